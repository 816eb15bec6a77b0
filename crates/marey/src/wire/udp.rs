//! UDP (RFC 768) and UDP-Lite (RFC 3828).

use super::bytes::{Head, Put, part};
use std::fmt;

// RFC 768
const SOURCE_PORT: usize = 0;
const TARGET_PORT: usize = 2;
const LENGTH: usize = 4;
pub(super) const CHECKSUM: usize = 6;
/// Bytes of the header.
pub const LEN: usize = 8;

/// A UDP header.
#[derive(Clone, Copy, Debug)]
pub struct Udp<'a> {
    head: Head<'a, LEN>,
    bytes: &'a [u8],
}

impl<'a> Udp<'a> {
    /// The view of a header that starts at the first of `bytes`, unless it is cut.
    #[inline]
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        Some(Udp { head: Head::of(bytes)?, bytes })
    }

    /// The sender's port.
    #[inline]
    pub fn source_port(&self) -> u16 {
        self.head.be16::<SOURCE_PORT>()
    }

    /// The receiver's port.
    #[inline]
    pub fn target_port(&self) -> u16 {
        self.head.be16::<TARGET_PORT>()
    }

    /// Bytes of header and payload; 0 in jumbograms (RFC 2675 §4). In UDP-Lite: how many of them
    /// the checksum covers (RFC 3828 §3.1).
    #[inline]
    pub fn length(&self) -> u16 {
        self.head.be16::<LENGTH>()
    }

    /// The checksum.
    pub fn checksum(&self) -> u16 {
        self.head.be16::<CHECKSUM>()
    }

    /// What was captured behind the header, up to the end of `bytes`.
    pub fn payload(&self) -> &'a [u8] {
        part(self.bytes, LEN, self.bytes.len())
    }

    /// Each field by name.
    pub fn fields(&self, put: &mut Put<'_>) {
        put("source port", &self.source_port());
        put("target port", &self.target_port());
        put("length", &self.length());
        put("checksum", &format_args!("0x{:04x}", self.checksum()));
    }
}

impl fmt::Display for Udp<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UDP")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_a_header() {
        let udp = Udp::parse(&[0, 53, 0xc0, 0, 0, 10, 0xab, 0xcd, 1, 2]).unwrap();
        assert_eq!((udp.source_port(), udp.target_port()), (53, 49152));
        assert_eq!((udp.length(), udp.checksum()), (10, 0xabcd));
        assert_eq!(udp.payload(), [1, 2]);
        assert!(Udp::parse(&[0; 7]).is_none());
    }
}
