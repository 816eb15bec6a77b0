//! Sums over bytes.

/// The one's complement sum of `bytes` as 16-bit words (RFC 1071), an odd last byte filled up with
/// zero, not yet folded.
#[inline]
pub(super) fn sum(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<4>();
    let mut sum: u64 = words.iter().map(|word| u64::from(u32::from_be_bytes(*word))).sum();
    let mut last = [0; 4];
    for (to, from) in last.iter_mut().zip(rest) {
        *to = *from;
    }
    sum += u64::from(u32::from_be_bytes(last));
    sum
}

/// A sum in 16 bits.
#[inline]
pub(super) fn folded(mut sum: u64) -> u16 {
    while sum > 0xffff {
        sum = (sum >> 16) + (sum & 0xffff);
    }
    sum as u16
}

/// The Internet checksum of `parts` one behind the other (RFC 1071), with zeros in its own place.
/// All parts but the last must have an even length.
pub fn internet(parts: &[&[u8]]) -> u16 {
    !folded(parts.iter().map(|part| sum(part)).sum())
}

/// The Internet checksum after `old` was replaced by `new` in what it covers (RFC 1624 §3), also
/// where not all of that was captured. Both have the same even length and start at an even place.
///
/// ```
/// use marey::wire::checksum::{adjusted, internet};
///
/// let checksum = internet(&[&[1, 2, 3, 4], &[5, 6]]);
/// assert_eq!(adjusted(checksum, &[3, 4], &[7, 8]), internet(&[&[1, 2, 7, 8], &[5, 6]]));
/// ```
pub fn adjusted(checksum: u16, old: &[u8], new: &[u8]) -> u16 {
    // RFC 1624 §3, equation 3: HC' = ~(~HC + ~m + m')
    !folded(u64::from(!checksum) + u64::from(!folded(sum(old))) + sum(new))
}

/// CRC32c reflected (RFC 9260, appendix A).
const POLYNOMIAL: u32 = 0x82f6_3b78;

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut crc = index as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ POLYNOMIAL } else { crc >> 1 };
            bit += 1;
        }
        // Evaluated by the compiler, within bounds by the loop's condition.
        #[expect(clippy::indexing_slicing, reason = "a const fn has no other way to write")]
        {
            table[index] = crc;
        }
        index += 1;
    }
    table
}

static TABLE: [u32; 256] = table();

/// One more byte.
#[inline]
pub(super) fn crc_step(crc: u32, byte: u8) -> u32 {
    let index = usize::from(crc as u8 ^ byte);
    crc >> 8 ^ TABLE.get(index).copied().unwrap_or(0)
}

/// CRC32c (RFC 9260, appendix A) as a number: SCTP has its bytes lowest first.
pub fn crc32c(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| crc_step(crc, *byte))
}
