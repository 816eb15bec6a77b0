//! ESP (RFC 4303): what is behind the header is encrypted.

use super::bytes::{Head, Put};
use std::fmt;

// RFC 4303 §2
const SPI: usize = 0;
const SEQUENCE: usize = 4;
/// Bytes of the header.
pub const LEN: usize = 8;

/// An ESP header.
#[derive(Clone, Copy, Debug)]
pub struct Esp<'a> {
    head: Head<'a, LEN>,
}

impl<'a> Esp<'a> {
    /// The view of a header that starts at the first of `bytes`, unless it is cut.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        Some(Esp { head: Head::of(bytes)? })
    }

    /// The security parameters' index.
    pub fn spi(&self) -> u32 {
        self.head.be32::<SPI>()
    }

    /// The sequence number.
    pub fn sequence(&self) -> u32 {
        self.head.be32::<SEQUENCE>()
    }

    /// Each field by name.
    pub fn fields(&self, put: &mut Put<'_>) {
        put("spi", &format_args!("0x{:08x}", self.spi()));
        put("sequence", &self.sequence());
    }
}

impl fmt::Display for Esp<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ESP spi 0x{:08x} seq {}", self.spi(), self.sequence())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_a_header() {
        let esp = Esp::parse(&[0, 0, 0x12, 0x34, 0, 0, 0, 9]).unwrap();
        assert_eq!((esp.spi(), esp.sequence()), (0x1234, 9));
        assert_eq!(esp.to_string(), "ESP spi 0x00001234 seq 9");
        assert!(Esp::parse(&[0; 7]).is_none());
    }
}
