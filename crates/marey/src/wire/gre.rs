//! GRE with all its flags: RFC 2784, RFC 2890, RFC 1701 (routing), RFC 2637 (version 1, PPTP).

use super::bytes::{Head, Put, be16_at, be32_at, u8_at};
use super::ethertype::EtherType;
use std::fmt;

// RFC 1701, "Packet header"
const FLAGS_VERSION: usize = 0;
const PROTOCOL: usize = 2;
/// Bytes of a header without optional fields.
pub const LEN_MIN: usize = 4;
/// The port of GRE in UDP (RFC 8086).
pub const PORT: u16 = 4754;
/// How many source route entries are stepped over.
pub const ROUTES_MAX: usize = 32;

const CHECKSUM_PRESENT: u16 = 0x8000;
const ROUTING_PRESENT: u16 = 0x4000;
const KEY_PRESENT: u16 = 0x2000;
const SEQUENCE_PRESENT: u16 = 0x1000;
const ACKNOWLEDGMENT_PRESENT: u16 = 0x0080;

/// A GRE header.
#[derive(Clone, Copy, Debug)]
pub struct Gre<'a> {
    head: Head<'a, LEN_MIN>,
    bytes: &'a [u8],
}

impl<'a> Gre<'a> {
    /// The view of a header that starts at the first of `bytes`, unless its fixed part is cut.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        Some(Gre { head: Head::of(bytes)?, bytes })
    }

    fn flags(&self) -> u16 {
        self.head.be16::<FLAGS_VERSION>()
    }

    fn has(&self, flag: u16) -> bool {
        self.flags() & flag != 0
    }

    /// 0, or 1 in PPTP.
    pub fn version(&self) -> u8 {
        (self.flags() & 7) as u8
    }

    /// What follows. 0 is a keepalive.
    pub fn protocol(&self) -> EtherType {
        EtherType(self.head.be16::<PROTOCOL>())
    }

    /// Has a sequence number: tells ERSPAN's types I and II apart.
    pub fn has_sequence(&self) -> bool {
        self.has(SEQUENCE_PRESENT)
    }

    /// The field of version 0 that checksum and routing share is there (RFC 1701).
    fn checksum_len(&self) -> usize {
        if self.version() == 0 && self.has(CHECKSUM_PRESENT | ROUTING_PRESENT) { 4 } else { 0 }
    }

    /// The checksum (RFC 2784 §2.3); `None` if there is none or it is cut.
    pub fn checksum(&self) -> Option<u16> {
        let has = self.version() == 0 && self.has(CHECKSUM_PRESENT);
        has.then(|| be16_at(self.bytes, LEN_MIN))?
    }

    /// The key (RFC 2890 §2.1); in version 1 payload length and call (RFC 2637 §4.1).
    pub fn key(&self) -> Option<u32> {
        self.has(KEY_PRESENT).then(|| be32_at(self.bytes, LEN_MIN + self.checksum_len()))?
    }

    /// The sequence number (RFC 2890 §2.2).
    pub fn sequence(&self) -> Option<u32> {
        let key_len = if self.has(KEY_PRESENT) { 4 } else { 0 };
        let at = LEN_MIN + self.checksum_len() + key_len;
        self.has_sequence().then(|| be32_at(self.bytes, at))?
    }

    /// Bytes of the header; `None` if what tells it (source routes of RFC 1701) is cut.
    pub fn header_len(&self) -> Option<usize> {
        let mut len = LEN_MIN + self.checksum_len();
        for flag in [KEY_PRESENT, SEQUENCE_PRESENT] {
            len += if self.has(flag) { 4 } else { 0 };
        }
        if self.version() == 1 {
            return Some(len + if self.has(ACKNOWLEDGMENT_PRESENT) { 4 } else { 0 });
        }
        if !self.has(ROUTING_PRESENT) {
            return Some(len);
        }
        for _ in 0..ROUTES_MAX {
            let route_len = usize::from(u8_at(self.bytes, len + 3)?);
            let family = be16_at(self.bytes, len)?;
            len += 4 + route_len;
            if family == 0 && route_len == 0 {
                break;
            }
        }
        Some(len)
    }

    /// Each field by name.
    pub fn fields(&self, put: &mut Put<'_>) {
        put("flags", &format_args!("0x{:04x}", self.flags()));
        put("version", &self.version());
        put("protocol", &format_args!("0x{:04x}", self.protocol().0));
        if let Some(checksum) = self.checksum() {
            put("checksum", &format_args!("0x{checksum:04x}"));
        }
        if let Some(key) = self.key() {
            put("key", &format_args!("0x{key:08x}"));
        }
        if let Some(sequence) = self.sequence() {
            put("sequence", &sequence);
        }
    }
}

impl fmt::Display for Gre<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GRE")?;
        if self.protocol().0 == 0 && self.version() == 0 {
            f.write_str(" keepalive")?;
        }
        if let Some(key) = self.key() {
            write!(f, " key 0x{key:x}")?;
        }
        match self.sequence() {
            Some(sequence) => write!(f, " seq {sequence}"),
            None => Ok(()),
        }
    }
}

// draft-foschiano-erspan
const ERSPAN_VERSION_VLAN: usize = 0;
const ERSPAN_SESSION: usize = 2;
/// Bytes of a type II header.
pub const ERSPAN_II_LEN: usize = 8;
/// Bytes of a type III header without its subheader.
pub const ERSPAN_III_LEN: usize = 12;
/// Bytes of a type III header's platform subheader.
const ERSPAN_SUBHEADER_LEN: usize = 8;

/// What a type III header says to follow it (the field FT): a frame of Ethernet.
pub const ERSPAN_FRAME_ETHERNET: u8 = 0;
/// An IP packet.
pub const ERSPAN_FRAME_IP: u8 = 2;

/// An ERSPAN header of type II or III: what was mirrored follows.
#[derive(Clone, Copy, Debug)]
pub struct Erspan<'a> {
    head: Head<'a, ERSPAN_II_LEN>,
    bytes: &'a [u8],
}

impl<'a> Erspan<'a> {
    /// The view of a header that starts at the first of `bytes`, unless its fixed part is cut.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        Some(Erspan { head: Head::of(bytes)?, bytes })
    }

    /// 1 is type II, 2 is type III.
    pub fn version(&self) -> u8 {
        self.head.u8::<ERSPAN_VERSION_VLAN>() >> 4
    }

    /// The VLAN of the mirrored frame.
    pub fn vlan(&self) -> u16 {
        self.head.be16::<ERSPAN_VERSION_VLAN>() & 0xfff
    }

    /// The mirroring session.
    pub fn session(&self) -> u16 {
        self.head.be16::<ERSPAN_SESSION>() & 0x3ff
    }

    /// What follows: type II always has Ethernet; `None` if what tells it is cut.
    pub fn frame_type(&self) -> Option<u8> {
        match self.version() {
            2 => Some(u8_at(self.bytes, ERSPAN_III_LEN - 2)? >> 2 & 0x1f),
            _ => Some(ERSPAN_FRAME_ETHERNET),
        }
    }

    /// Bytes of the header; `None` if what tells it is cut.
    pub fn header_len(&self) -> Option<usize> {
        if self.version() != 2 {
            return Some(ERSPAN_II_LEN);
        }
        let has_subheader = u8_at(self.bytes, ERSPAN_III_LEN - 1)? & 1 != 0;
        Some(ERSPAN_III_LEN + if has_subheader { ERSPAN_SUBHEADER_LEN } else { 0 })
    }

    /// Each field by name.
    pub fn fields(&self, put: &mut Put<'_>) {
        put("version", &self.version());
        put("vlan", &self.vlan());
        put("session", &self.session());
    }
}

impl fmt::Display for Erspan<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ERSPAN session {}", self.session())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_combination_of_flags() {
        for flags in 0..16_u16 {
            let mut bytes = [0; 20];
            // Without routing: its entries are variable.
            let word = (flags & 0b1011) << 12 | flags >> 2 & 1;
            bytes[..2].copy_from_slice(&word.to_be_bytes());
            let gre = Gre::parse(&bytes).unwrap();
            let version_1 = word & 7 == 1;
            let checksum = if word & 0x8000 != 0 && !version_1 { 4 } else { 0 };
            let rest = 4 * (word & 0x2000 != 0) as usize + 4 * (word & 0x1000 != 0) as usize;
            assert_eq!(gre.header_len(), Some(4 + checksum + rest), "{word:04x}");
        }
    }

    #[test]
    fn key_and_sequence() {
        let bytes = [0xb0, 0, 0x65, 0x58, 0xaa, 0xbb, 0, 0, 0, 0, 0, 5, 0, 0, 0, 6];
        let gre = Gre::parse(&bytes).unwrap();
        assert_eq!((gre.checksum(), gre.key(), gre.sequence()), (Some(0xaabb), Some(5), Some(6)));
        assert_eq!((gre.protocol(), gre.header_len()), (EtherType::TEB, Some(16)));
        assert_eq!(gre.to_string(), "GRE key 0x5 seq 6");
        assert_eq!(Gre::parse(&bytes[..10]).unwrap().key(), None);
    }

    #[test]
    fn pptp_and_routes() {
        let pptp = [0x30, 0x81, 0x88, 0x0b, 0, 2, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0];
        assert_eq!(Gre::parse(&pptp).unwrap().header_len(), Some(16));
        let routed = [0x40, 0, 8, 0, 0, 0, 0, 0, 0, 2, 0, 4, 1, 2, 3, 4, 0, 0, 0, 0, 0x45];
        assert_eq!(Gre::parse(&routed).unwrap().header_len(), Some(20));
        assert_eq!(Gre::parse(&routed[..18]).unwrap().header_len(), None);
        assert_eq!(Gre::parse(&[0; 4]).unwrap().to_string(), "GRE keepalive");
    }

    #[test]
    fn erspan() {
        let two = Erspan::parse(&[0x10, 0x64, 0, 7, 0, 0, 0, 0]).unwrap();
        assert_eq!((two.version(), two.vlan(), two.session()), (1, 100, 7));
        assert_eq!((two.header_len(), two.to_string().as_str()), (Some(8), "ERSPAN session 7"));
        let mut three = [0; 12];
        three[0] = 0x20;
        assert_eq!(Erspan::parse(&three).unwrap().header_len(), Some(12));
        three[11] = 1;
        assert_eq!(Erspan::parse(&three).unwrap().header_len(), Some(20));
        three[10] = 0x88;
        assert_eq!(Erspan::parse(&three).unwrap().frame_type(), Some(ERSPAN_FRAME_IP));
        assert_eq!(Erspan::parse(&three[..11]).unwrap().header_len(), None);
    }
}
