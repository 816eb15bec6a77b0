//! DCCP (RFC 4340): the generic header.

use super::bytes::{Head, Put, be32_at};
use std::fmt;

// RFC 4340 §5.1
const SOURCE_PORT: usize = 0;
const TARGET_PORT: usize = 2;
const DATA_OFFSET: usize = 4;
const CCVAL_COVERAGE: usize = 5;
pub(super) const CHECKSUM: usize = 6;
const TYPE_X: usize = 8;
/// Bytes of a generic header with short sequence numbers.
pub const LEN_MIN: usize = 12;

/// A DCCP header.
#[derive(Clone, Copy, Debug)]
pub struct Dccp<'a> {
    head: Head<'a, LEN_MIN>,
    bytes: &'a [u8],
}

impl<'a> Dccp<'a> {
    /// The view of a header that starts at the first of `bytes`, unless its fixed part is cut.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        Some(Dccp { head: Head::of(bytes)?, bytes })
    }

    /// The sender's port.
    pub fn source_port(&self) -> u16 {
        self.head.be16::<SOURCE_PORT>()
    }

    /// The receiver's port.
    pub fn target_port(&self) -> u16 {
        self.head.be16::<TARGET_PORT>()
    }

    /// Bytes from the start to the data.
    pub fn header_len(&self) -> usize {
        usize::from(self.head.u8::<DATA_OFFSET>()) * 4
    }

    /// What the checksum covers of the data: 0 is all, 1 nothing, else so many words and one more
    /// (§9.2).
    pub fn coverage(&self) -> u8 {
        self.head.u8::<CCVAL_COVERAGE>() & 0xf
    }

    /// The checksum.
    pub fn checksum(&self) -> u16 {
        self.head.be16::<CHECKSUM>()
    }

    /// The type (§5.1, table 1).
    pub fn kind(&self) -> u8 {
        self.head.u8::<TYPE_X>() >> 1 & 0xf
    }

    /// The sequence number is of 48 bits rather than 24.
    pub fn is_extended(&self) -> bool {
        self.head.u8::<TYPE_X>() & 1 != 0
    }

    /// The sequence number; `None` if it is cut.
    pub fn sequence(&self) -> Option<u64> {
        if self.is_extended() {
            let high = u64::from(self.head.be16::<10>());
            Some(high << 32 | u64::from(be32_at(self.bytes, 12)?))
        } else {
            Some(u64::from(self.head.be32::<8>() & 0xff_ffff))
        }
    }

    /// The type's name.
    pub fn name(&self) -> Option<&'static str> {
        const NAMES: [&str; 10] = [
            "request",
            "response",
            "data",
            "ack",
            "data-ack",
            "close-request",
            "close",
            "reset",
            "sync",
            "sync-ack",
        ];
        NAMES.get(usize::from(self.kind())).copied()
    }

    /// Each field by name.
    pub fn fields(&self, put: &mut Put<'_>) {
        put("source port", &self.source_port());
        put("target port", &self.target_port());
        put("header length", &self.header_len());
        put("checksum", &format_args!("0x{:04x}", self.checksum()));
        put("type", &self.kind());
        if let Some(sequence) = self.sequence() {
            put("sequence", &sequence);
        }
    }
}

impl fmt::Display for Dccp<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "DCCP {name}"),
            None => write!(f, "DCCP type {}", self.kind()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sequence_numbers() {
        let short = [0, 1, 0, 2, 3, 0, 0, 0, 0x04, 0, 0, 9];
        let dccp = Dccp::parse(&short).unwrap();
        assert_eq!((dccp.source_port(), dccp.target_port(), dccp.header_len()), (1, 2, 12));
        assert_eq!((dccp.name(), dccp.sequence()), (Some("data"), Some(9)));
        let long = [0, 1, 0, 2, 4, 0, 0, 0, 0x01, 0, 0, 1, 0, 0, 0, 2];
        let dccp = Dccp::parse(&long).unwrap();
        assert_eq!(dccp.sequence(), Some(0x1_0000_0002));
        assert_eq!(Dccp::parse(&long[..12]).unwrap().sequence(), None);
        assert_eq!(dccp.to_string(), "DCCP request");
        assert!(Dccp::parse(&long[..11]).is_none());
    }
}
