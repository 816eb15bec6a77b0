//! The checksums of frames, in their plainest form.

/// The sum of `bytes` as big-endian 16-bit words, an odd last byte filled up with zero. Sums of
/// parts with an even length may be added up. Right for up to 128 KiB.
pub fn sum(bytes: &[u8]) -> u32 {
    bytes
        .chunks(2)
        .map(|word| u32::from(word[0]) << 8 | u32::from(*word.get(1).unwrap_or(&0)))
        .sum()
}

/// The Internet checksum (RFC 1071) of what has this [`sum`].
#[inline]
pub fn checksum(mut sum: u32) -> u16 {
    while sum > 0xFFFF {
        sum = (sum >> 16) + (sum & 0xFFFF);
    }
    !(sum as u16)
}

/// CRC-32 as Ethernet's FCS has it.
pub fn crc32(bytes: &[u8]) -> u32 {
    crc(0xEDB8_8320, bytes)
}

/// CRC-32C as SCTP has it.
pub fn crc32c(bytes: &[u8]) -> u32 {
    crc(0x82F6_3B78, bytes)
}

/// A reflected CRC of 32 bits with ones before and after.
fn crc(polynomial: u32, bytes: &[u8]) -> u32 {
    let mut crc = !0;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ polynomial } else { crc >> 1 };
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crcs_of_the_check_string() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32c(b"123456789"), 0xE306_9283);
    }

    /// The example of RFC 1071, section 3.
    #[test]
    fn internet_checksum() {
        let bytes = [0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7];
        assert_eq!(sum(&bytes), 0x2DDF0);
        assert_eq!(checksum(sum(&bytes)), !0xDDF2);
        assert_eq!(sum(&[1]), 0x0100);
    }
}
