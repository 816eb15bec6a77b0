//! What generated code writes with.
//!
//! Places are in bits from the packet's start. What is not in the packet is not written, and there
//! is no answer: nothing here panics.

/// The bytes from a whole byte on.
#[inline(always)]
pub fn fixed<const N: usize>(packet: &mut [u8], at_bits: u32) -> Option<&mut [u8; N]> {
    packet.get_mut(at_bits as usize / 8..)?.first_chunk_mut()
}

/// Puts bytes into others, so many bytes behind their start. All of that is constant, so that
/// nothing remains of the looks whether they fit.
#[inline(always)]
pub fn put<const N: usize, const LEN: usize>(to: &mut [u8; N], at: usize, bytes: [u8; LEN]) {
    if let Some(to) = to.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
        *to = bytes;
    }
}

/// Sets the whole bytes between two places to 0.
#[inline]
pub fn zero(packet: &mut [u8], from_bits: u32, to_bits: u32) -> Option<()> {
    let (from, to) = (from_bits.div_ceil(8) as usize, to_bits as usize / 8);
    if from < to {
        packet.get_mut(from..to)?.fill(0);
    }
    Some(())
}

/// The bytes of a text as they are in a trace: those in front of its first 0.
#[inline]
pub fn text(text: &str) -> &[u8] {
    let bytes = text.as_bytes();
    let (words, rest) = bytes.as_chunks();
    let in_words = words.iter().any(|word| has_zero(u64::from_ne_bytes(*word)));
    if in_words || rest.contains(&0) {
        return up_to_zero(bytes);
    }
    bytes
}

/// Whether one of the bytes is 0.
#[inline]
fn has_zero(word: u64) -> bool {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    word.wrapping_sub(LOW) & !word & HIGH != 0
}

#[cold]
fn up_to_zero(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// Writes a text that [`text`] gave, and a 0.
#[inline]
pub fn put_text(packet: &mut [u8], at_bits: u32, text: &[u8]) -> Option<()> {
    let rest = packet.get_mut(at_bits as usize / 8..)?;
    let (to, rest) = rest.split_at_mut_checked(text.len())?;
    *rest.first_mut()? = 0;
    copy(to, text);
    Some(())
}

/// Writes bytes.
#[inline]
pub fn put_bytes(packet: &mut [u8], at_bits: u32, bytes: &[u8]) -> Option<()> {
    let rest = packet.get_mut(at_bits as usize / 8..)?;
    let (to, _) = rest.split_at_mut_checked(bytes.len())?;
    copy(to, bytes);
    Some(())
}

/// Compilers make `memcpy` of this. The one that the library has panics if lengths differ, which is
/// compiled, too, where optimisation is for size.
#[inline]
fn copy(to: &mut [u8], from: &[u8]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
}

/// Writes numbers one behind the other, each as `bytes` makes it.
#[inline]
pub fn put_all<T: Copy, const N: usize>(
    packet: &mut [u8],
    at_bits: u32,
    values: &[T],
    bytes: impl Fn(T) -> [u8; N],
) -> Option<()> {
    let rest = packet.get_mut(at_bits as usize / 8..)?;
    let to = rest.as_chunks_mut::<N>().0.get_mut(..values.len())?;
    for (to, value) in to.iter_mut().zip(values) {
        *to = bytes(*value);
    }
    Some(())
}

/// Writes the low bits of a value, from the lowest bits of bytes on. The bits of the last byte that
/// are behind them become 0.
#[inline]
pub fn bits_little(packet: &mut [u8], at_bits: u32, len: u32, value: u64) -> Option<()> {
    little::<false>(packet, at_bits, len, value)
}

/// Writes the low bits of a value, from the highest bits of bytes on. The bits of the last byte
/// that are behind them become 0.
#[inline]
pub fn bits_big(packet: &mut [u8], at_bits: u32, len: u32, value: u64) -> Option<()> {
    big::<false>(packet, at_bits, len, value)
}

/// As [`bits_little`], where all these bits are 0 so far. Those around them stay.
#[inline]
pub fn set_little(packet: &mut [u8], at_bits: u32, len: u32, value: u64) -> Option<()> {
    little::<true>(packet, at_bits, len, value)
}

/// As [`bits_big`], where all these bits are 0 so far. Those around them stay.
#[inline]
pub fn set_big(packet: &mut [u8], at_bits: u32, len: u32, value: u64) -> Option<()> {
    big::<true>(packet, at_bits, len, value)
}

#[inline]
fn little<const KEEPS: bool>(packet: &mut [u8], at: u32, len: u32, value: u64) -> Option<()> {
    let mut bytes = touched(packet, at, len)?.iter_mut();
    let (used, mut value) = (at % 8, low(value, len));
    if used != 0 {
        *bytes.next()? |= (value << used) as u8;
        value >>= 8 - used;
    }
    for byte in bytes {
        let kept = if KEEPS { *byte } else { 0 };
        *byte = kept | value as u8;
        value >>= 8;
    }
    Some(())
}

#[inline]
fn big<const KEEPS: bool>(packet: &mut [u8], at: u32, len: u32, value: u64) -> Option<()> {
    let mut bytes = touched(packet, at, len)?.iter_mut();
    let (used, value, mut left) = (at % 8, low(value, len), len);
    if used != 0 {
        let (byte, free) = (bytes.next()?, 8 - used);
        if len <= free {
            *byte |= (value << (free - len)) as u8;
            return Some(());
        }
        left -= free;
        *byte |= (value >> left) as u8;
    }
    for byte in bytes {
        let kept = if KEEPS { *byte } else { 0 };
        let part = match left.checked_sub(8) {
            Some(behind) => {
                left = behind;
                value >> behind
            }
            None => value << (8 - left),
        };
        *byte = kept | part as u8;
    }
    Some(())
}

/// The bytes that these bits are in.
#[inline]
fn touched(packet: &mut [u8], at: u32, len: u32) -> Option<&mut [u8]> {
    packet.get_mut(at as usize / 8..(at + len).div_ceil(8) as usize)
}

/// The low bits.
#[inline]
fn low(value: u64, len: u32) -> u64 {
    if len < 64 { value & ((1 << len) - 1) } else { value }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;

    /// A bit at a time.
    fn slowly(packet: &mut [u8], at: u32, len: u32, value: u64, is_big: bool) {
        for index in 0..len {
            let bit = (value >> if is_big { len - 1 - index } else { index }) & 1;
            let place = at + index;
            let mask = if is_big { 0x80 >> (place % 8) } else { 1 << (place % 8) };
            packet[place as usize / 8] |= if bit == 1 { mask } else { 0 };
        }
    }

    #[test]
    fn bits_are_written_anywhere() {
        let value = 0x9abc_def0_1234_5678_u64.rotate_left(13);
        for (at, len) in (0..16).flat_map(|at| (1..=64).map(move |len| (at, len))) {
            for is_big in [false, true] {
                let mut expected = [0; 11];
                slowly(&mut expected, at, len, value, is_big);
                let (mut put, mut set) = ([0; 11], [0; 11]);
                let answers = match is_big {
                    false => [
                        bits_little(&mut put, at, len, value),
                        set_little(&mut set, at, len, value),
                    ],
                    true => [bits_big(&mut put, at, len, value), set_big(&mut set, at, len, value)],
                };
                assert_eq!(answers, [Some(()); 2]);
                assert_eq!((put, set), (expected, expected), "{at} {len} {is_big}");
            }
        }
    }

    #[test]
    fn bits_around_stay() {
        let mut packet = [0x0f, 0xaa, 0xaa];
        assert_eq!(bits_little(&mut packet, 4, 6, 0x3f), Some(()));
        assert_eq!(packet, [0xff, 0x03, 0xaa], "what is behind becomes 0");
        let mut packet = [0x0f, 0xf0, 0xaa];
        assert_eq!(set_little(&mut packet, 4, 8, 0xff), Some(()));
        assert_eq!(packet, [0xff, 0xff, 0xaa]);
        let mut packet = [0xf0, 0x0f, 0xaa];
        assert_eq!(set_big(&mut packet, 4, 8, 0xff), Some(()));
        assert_eq!(packet, [0xff, 0xff, 0xaa]);
    }

    #[test]
    fn a_text_ends_at_its_first_zero() {
        let long = "0123456789abcdef0123456789";
        assert_eq!(text(long), long.as_bytes());
        for at in 0..long.len() {
            let mut bytes = std::vec::Vec::from(long);
            bytes[at] = 0;
            bytes[25] = 0;
            let with_zeros = std::str::from_utf8(&bytes).expect("UTF-8");
            assert_eq!(text(with_zeros), &long.as_bytes()[..at]);
            assert_eq!(text(&long[..at]).len(), at);
        }
        assert_eq!(text("\u{1}\u{80}\u{100}ab\u{7f}"), "\u{1}\u{80}\u{100}ab\u{7f}".as_bytes());
    }

    #[test]
    fn what_is_not_in_the_packet_is_not_written() {
        let mut packet = [0xaa; 4];
        assert_eq!(fixed::<4>(&mut packet, 8), None);
        assert_eq!(fixed::<4>(&mut packet, 80), None);
        assert_eq!(zero(&mut packet, 24, 40), None);
        assert_eq!(put_text(&mut packet, 0, b"abcd"), None);
        assert_eq!(put_bytes(&mut packet, 8, b"abcd"), None);
        assert_eq!(put_all(&mut packet, 16, &[1_u16, 2], u16::to_le_bytes), None);
        assert_eq!(bits_little(&mut packet, 30, 3, 1), None);
        assert_eq!(set_big(&mut packet, 40, 1, 1), None);
        assert_eq!(packet, [0xaa; 4]);
    }
}
