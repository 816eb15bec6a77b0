//! MPLS: one label stack entry (RFC 3032 §2.1), and the control word of a pseudo-wire (RFC 4385).
//!
//! Nothing in a packet says what is behind the last label. The guess is the usual one: a first
//! nibble of 4 or 6 is IP; 0 is a control word and then Ethernet; 1 is an associated channel, which
//! is not followed; all else is Ethernet without a control word.

use super::bytes::{Head, Put, be16_at, u8_at};
use super::ethertype::EtherType;
use std::fmt;

// RFC 3032 §2.1
const ENTRY: usize = 0;
const TTL: usize = 3;
/// Bytes of a label stack entry, and of a control word.
pub const LEN: usize = 4;

/// One label stack entry.
#[derive(Clone, Copy, Debug)]
pub struct Mpls<'a> {
    head: Head<'a, LEN>,
}

impl<'a> Mpls<'a> {
    /// The view of an entry that starts at the first of `bytes`, unless it is cut.
    #[inline]
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        Some(Mpls { head: Head::of(bytes)? })
    }

    /// The label.
    pub fn label(&self) -> u32 {
        self.head.be32::<ENTRY>() >> 12
    }

    /// The traffic class (RFC 5462; formerly EXP).
    pub fn traffic_class(&self) -> u8 {
        (self.head.u8::<2>() >> 1) & 7
    }

    /// The last entry of its stack.
    #[inline]
    pub fn is_bottom(&self) -> bool {
        self.head.u8::<2>() & 1 != 0
    }

    /// Time to live.
    pub fn ttl(&self) -> u8 {
        self.head.u8::<TTL>()
    }

    /// Each field by name.
    pub fn fields(&self, put: &mut Put<'_>) {
        put("label", &self.label());
        put("traffic class", &self.traffic_class());
        put("bottom", &self.is_bottom());
        put("ttl", &self.ttl());
    }
}

impl fmt::Display for Mpls<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MPLS {}", self.label())
    }
}

/// What is taken to follow the last label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// IPv4 (RFC 3032).
    Ipv4,
    /// IPv6 (RFC 3032).
    Ipv6,
    /// An Ethernet frame (RFC 4448).
    Ethernet,
    /// A control word and an Ethernet frame (RFC 4448 §4.6).
    ControlWord,
    /// An associated channel (RFC 4385 §5).
    Channel,
}

/// How many bytes settle each case of [`content`].
pub const CONTENT_LEN_MAX: usize = 18;

/// The guess at what starts at the first of `bytes`; `None` if too few were captured.
///
/// A station address may start with a nibble of 0 as a control word does: then the EtherType
/// behind either decides, if it is a known one.
pub fn content(bytes: &[u8], all_captured: bool) -> Option<Content> {
    let guess = match u8_at(bytes, 0)? >> 4 {
        4 => Content::Ipv4,
        6 => Content::Ipv6,
        1 => Content::Channel,
        0 if bytes.len() < CONTENT_LEN_MAX && !all_captured => return None,
        0 => {
            let known = |at| be16_at(bytes, at).and_then(|number| EtherType(number).name());
            match (known(12), known(16)) {
                (Some(_), None) => Content::Ethernet,
                _ => Content::ControlWord,
            }
        }
        _ => Content::Ethernet,
    };
    Some(guess)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_an_entry() {
        let entry = Mpls::parse(&[0x00, 0x01, 0x0b, 0x40]).unwrap();
        assert_eq!((entry.label(), entry.traffic_class(), entry.ttl()), (16, 5, 64));
        assert!(entry.is_bottom());
        assert_eq!(entry.to_string(), "MPLS 16");
        assert!(Mpls::parse(&[0; 3]).is_none());
    }

    #[test]
    fn guesses() {
        assert_eq!(content(&[0x45], false), Some(Content::Ipv4));
        assert_eq!(content(&[0x60], false), Some(Content::Ipv6));
        assert_eq!(content(&[0x10], false), Some(Content::Channel));
        assert_eq!(content(&[0xaa], false), Some(Content::Ethernet));
        assert_eq!(content(&[], true), None);
        assert_eq!(content(&[0; 17], false), None);
        assert_eq!(content(&[0; 17], true), Some(Content::ControlWord));
        let mut frame = [0; 18];
        frame[12..14].copy_from_slice(&[0x08, 0x00]);
        assert_eq!(content(&frame, false), Some(Content::Ethernet));
        frame[16..18].copy_from_slice(&[0x08, 0x00]);
        assert_eq!(content(&frame, false), Some(Content::ControlWord));
    }
}
