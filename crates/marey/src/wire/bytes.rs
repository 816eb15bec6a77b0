//! What all views share: the fixed part of a header, parts that may be cut, addresses as text.
//!
//! A view holds a [`Head`]: a reference to an array, so that reading a field of it can neither fail
//! nor cost a check. Offsets beyond its end do not compile.

use std::fmt;

/// Receives the name and the value of each field of a header, in the order of the wire.
pub type Put<'p> = dyn FnMut(&'static str, &dyn fmt::Display) + 'p;

/// The first `N` bytes of a header: they are there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head<'a, const N: usize>(&'a [u8; N]);

impl<'a, const N: usize> Head<'a, N> {
    /// The first `N` of `bytes`, unless there are fewer.
    #[inline]
    pub(super) fn of(bytes: &'a [u8]) -> Option<Self> {
        bytes.first_chunk().map(Head)
    }

    /// `LEN` bytes from `AT`.
    #[inline]
    pub(super) fn array<const AT: usize, const LEN: usize>(self) -> [u8; LEN] {
        const { assert!(AT + LEN <= N, "the field is beyond the head") };
        match self.0.get(AT..).and_then(|from| from.first_chunk()) {
            Some(found) => *found,
            None => [0; LEN],
        }
    }

    /// The byte at `AT`.
    #[inline]
    pub(super) fn u8<const AT: usize>(self) -> u8 {
        u8::from_be_bytes(self.array::<AT, 1>())
    }

    /// The two bytes at `AT` in network order.
    #[inline]
    pub(super) fn be16<const AT: usize>(self) -> u16 {
        u16::from_be_bytes(self.array::<AT, 2>())
    }

    /// The four bytes at `AT` in network order.
    #[inline]
    pub(super) fn be32<const AT: usize>(self) -> u32 {
        u32::from_be_bytes(self.array::<AT, 4>())
    }

    /// The two bytes at `AT`, lowest first.
    #[inline]
    pub(super) fn le16<const AT: usize>(self) -> u16 {
        u16::from_le_bytes(self.array::<AT, 2>())
    }

    /// The four bytes at `AT`, lowest first.
    #[inline]
    pub(super) fn le32<const AT: usize>(self) -> u32 {
        u32::from_le_bytes(self.array::<AT, 4>())
    }
}

/// What there is of `bytes` between `from` and `to`.
#[inline]
pub(super) fn part(bytes: &[u8], from: usize, to: usize) -> &[u8] {
    bytes.get(from..to.min(bytes.len())).unwrap_or(&[])
}

/// The byte at `at`, if it was captured.
#[inline]
pub(super) fn u8_at(bytes: &[u8], at: usize) -> Option<u8> {
    bytes.get(at).copied()
}

/// The two bytes at `at` in network order, if they were captured.
#[inline]
pub(super) fn be16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|found| u16::from_be_bytes(*found))
}

/// The four bytes at `at` in network order, if they were captured.
#[inline]
pub(super) fn be32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|found| u32::from_be_bytes(*found))
}

/// A hardware address (IEEE 802-2014 §8.2), shown as `00:11:22:33:44:55`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Mac(pub [u8; 6]);

impl Mac {
    /// To a group of stations (§8.2.2: the lowest bit of the first byte).
    pub fn is_multicast(self) -> bool {
        let [first, ..] = self.0;
        first & 1 != 0
    }
}

impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}")
    }
}

/// How many bytes [`Hex`] shows at most.
pub const HEX_MAX: usize = 64;

/// Bytes as hexadecimal digits, at most [`HEX_MAX`] of them: no packet is printed as it is.
#[derive(Clone, Copy, Debug)]
pub struct Hex<'a>(pub &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0.iter().take(HEX_MAX) {
            write!(f, "{byte:02x}")?;
        }
        if self.0.len() > HEX_MAX { write!(f, "... ({} bytes)", self.0.len()) } else { Ok(()) }
    }
}

/// The name of `number` in a table sorted by number.
pub(super) fn name_in<K: Ord + Copy>(
    table: &[(K, &'static str)],
    number: K,
) -> Option<&'static str> {
    let index = table.binary_search_by_key(&number, |&(key, _)| key).ok()?;
    table.get(index).map(|&(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn head_reads_both_byte_orders() {
        let head = Head::<6>::of(&[1, 2, 3, 4, 5, 6, 7]).unwrap();
        assert_eq!(head.u8::<5>(), 6);
        assert_eq!(head.be16::<1>(), 0x0203);
        assert_eq!(head.le16::<1>(), 0x0302);
        assert_eq!(head.be32::<2>(), 0x0304_0506);
        assert_eq!(head.le32::<0>(), 0x0403_0201);
        assert!(Head::<8>::of(&[0; 7]).is_none());
    }

    #[test]
    fn parts_are_what_there_is() {
        assert_eq!(part(&[1, 2, 3], 1, 9), [2, 3]);
        assert_eq!(part(&[1, 2, 3], 4, 9), []);
        assert_eq!(part(&[1, 2, 3], 2, 1), []);
        assert_eq!((be16_at(&[1, 2], 1), be32_at(&[0, 0, 0, 7], 0)), (None, Some(7)));
    }

    #[test]
    fn text_is_bounded() {
        assert_eq!(Mac([0, 0x1b, 2, 3, 4, 0xff]).to_string(), "00:1b:02:03:04:ff");
        assert_eq!(Hex(&[0xde, 0xad]).to_string(), "dead");
        assert!(Hex(&[0; 4096]).to_string().len() < 160);
    }
}
