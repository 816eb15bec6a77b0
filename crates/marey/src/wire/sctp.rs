//! SCTP (RFC 9260): the common header and the chunks, all of them.

use super::bytes::{Head, Put, be16_at, name_in, part, u8_at};
use std::fmt;

// RFC 9260 §3.1
const SOURCE_PORT: usize = 0;
const TARGET_PORT: usize = 2;
const TAG: usize = 4;
pub(super) const CHECKSUM: usize = 8;
/// Bytes of the common header.
pub const LEN: usize = 12;

// RFC 9260 §3.2
const CHUNK_FLAGS: usize = 1;
const CHUNK_LENGTH: usize = 2;
/// Bytes of a chunk's header.
pub const CHUNK_LEN_MIN: usize = 4;
/// How many chunks of a packet are walked: a datagram of 64 KiB has room for no more.
pub const CHUNKS_MAX: usize = 16_384;

/// Sorted by type (IANA, SCTP parameters).
static CHUNK_NAMES: &[(u8, &str)] = &[
    (0, "DATA"),
    (1, "INIT"),
    (2, "INIT ACK"),
    (3, "SACK"),
    (4, "HEARTBEAT"),
    (5, "HEARTBEAT ACK"),
    (6, "ABORT"),
    (7, "SHUTDOWN"),
    (8, "SHUTDOWN ACK"),
    (9, "ERROR"),
    (10, "COOKIE ECHO"),
    (11, "COOKIE ACK"),
    (12, "ECNE"),
    (13, "CWR"),
    (14, "SHUTDOWN COMPLETE"),
    (15, "AUTH"),
    (64, "I-DATA"),
    (128, "ASCONF ACK"),
    (130, "RE-CONFIG"),
    (132, "PAD"),
    (192, "FORWARD TSN"),
    (193, "ASCONF"),
    (194, "I-FORWARD TSN"),
];

/// The common header of a packet.
#[derive(Clone, Copy, Debug)]
pub struct Sctp<'a> {
    head: Head<'a, LEN>,
    bytes: &'a [u8],
}

impl<'a> Sctp<'a> {
    /// The view of a header that starts at the first of `bytes`, unless it is cut.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        Some(Sctp { head: Head::of(bytes)?, bytes })
    }

    /// The sender's port.
    pub fn source_port(&self) -> u16 {
        self.head.be16::<SOURCE_PORT>()
    }

    /// The receiver's port.
    pub fn target_port(&self) -> u16 {
        self.head.be16::<TARGET_PORT>()
    }

    /// Which association the receiver takes this to be of.
    pub fn verification_tag(&self) -> u32 {
        self.head.be32::<TAG>()
    }

    /// The CRC32c.
    pub fn checksum(&self) -> u32 {
        self.head.be32::<CHECKSUM>()
    }

    /// All chunks up to the end of `bytes`, which must end with the packet.
    pub fn chunks(&self) -> Chunks<'a> {
        Chunks { bytes: part(self.bytes, LEN, self.bytes.len()), left: CHUNKS_MAX }
    }

    /// Each field by name.
    pub fn fields(&self, put: &mut Put<'_>) {
        put("source port", &self.source_port());
        put("target port", &self.target_port());
        put("verification tag", &format_args!("0x{:08x}", self.verification_tag()));
        put("checksum", &format_args!("0x{:08x}", self.checksum()));
        for chunk in self.chunks() {
            put("chunk", &chunk);
        }
    }
}

impl fmt::Display for Sctp<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// How many chunks a line names.
        const NAMED_MAX: usize = 8;
        f.write_str("SCTP")?;
        for (index, chunk) in self.chunks().take(NAMED_MAX).enumerate() {
            write!(f, "{} {chunk}", if index == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

/// A chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk<'a> {
    /// The type.
    pub kind: u8,
    /// The flags.
    pub flags: u8,
    /// Bytes of header and value, without padding.
    pub length: u16,
    /// What was captured of the value.
    pub value: &'a [u8],
}

impl Chunk<'_> {
    /// The type's name.
    pub fn name(&self) -> Option<&'static str> {
        name_in(CHUNK_NAMES, self.kind)
    }

    /// Part of the value was not captured, or the length is impossible.
    pub fn is_cut(&self) -> bool {
        usize::from(self.length) != self.value.len() + CHUNK_LEN_MIN
    }
}

impl fmt::Display for Chunk<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name)?,
            None => write!(f, "chunk {}", self.kind)?,
        }
        if self.is_cut() { f.write_str(" cut") } else { Ok(()) }
    }
}

/// The chunks of a packet, in order. One that is cut is the last.
#[derive(Clone, Debug)]
pub struct Chunks<'a> {
    bytes: &'a [u8],
    left: usize,
}

impl<'a> Iterator for Chunks<'a> {
    type Item = Chunk<'a>;

    fn next(&mut self) -> Option<Chunk<'a>> {
        self.left = self.left.checked_sub(1)?;
        let kind = u8_at(self.bytes, 0)?;
        let flags = u8_at(self.bytes, CHUNK_FLAGS)?;
        let length = be16_at(self.bytes, CHUNK_LENGTH)?;
        let len = usize::from(length);
        let value = part(self.bytes, CHUNK_LEN_MIN, len);
        self.bytes = if len < CHUNK_LEN_MIN {
            &[]
        } else {
            part(self.bytes, len.next_multiple_of(4), self.bytes.len())
        };
        Some(Chunk { kind, flags, length, value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SACK, a DATA chunk with padding, a HEARTBEAT.
    const PACKET: [u8; 60] = [
        0x0b, 0x59, 0x0b, 0x5a, 0, 0, 0, 7, 1, 2, 3, 4, 3, 0, 0, 16, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0,
        0, 0, 0, 3, 0, 17, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0x61, 0, 0, 0, 4, 0, 0, 12, 0, 1, 0,
        8, 1, 2, 3, 4,
    ];

    #[test]
    fn three_chunks_are_three() {
        let sctp = Sctp::parse(&PACKET).unwrap();
        assert_eq!((sctp.source_port(), sctp.target_port()), (2905, 2906));
        assert_eq!(sctp.verification_tag(), 7);
        let kinds: Vec<_> = sctp.chunks().map(|chunk| (chunk.kind, chunk.value.len())).collect();
        assert_eq!(kinds, [(3, 12), (0, 13), (4, 8)]);
        assert_eq!(sctp.to_string(), "SCTP SACK, DATA, HEARTBEAT");
    }

    #[test]
    fn cut_and_broken_chunks_are_the_last() {
        let cut = Sctp::parse(&PACKET[..40]).unwrap();
        assert_eq!(cut.to_string(), "SCTP SACK, DATA cut");
        let mut broken = PACKET;
        broken[14..16].copy_from_slice(&[0, 3]);
        assert_eq!(Sctp::parse(&broken).unwrap().chunks().count(), 1);
        assert!(Sctp::parse(&PACKET[..11]).is_none());
        assert!(CHUNK_NAMES.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}
