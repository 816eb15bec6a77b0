//! Token Ring (IEEE 802.5) and FDDI (ISO 9314-2): two headers in front of LLC.

use super::bytes::{Head, Mac, Put, u8_at};
use std::fmt;

// IEEE 802.5-1998 §3.2: access control, frame control, addresses, routing information.
const TOKEN_RING_TARGET: usize = 2;
const TOKEN_RING_SOURCE: usize = 8;
/// Bytes of a Token Ring header without routing information.
pub const TOKEN_RING_LEN: usize = 14;

// ISO 9314-2 §7.2: frame control, addresses.
const FDDI_CONTROL: usize = 0;
const FDDI_TARGET: usize = 1;
const FDDI_SOURCE: usize = 7;
/// Bytes of an FDDI header.
pub const FDDI_LEN: usize = 13;

/// A Token Ring header.
#[derive(Clone, Copy, Debug)]
pub struct TokenRing<'a> {
    head: Head<'a, TOKEN_RING_LEN>,
    bytes: &'a [u8],
}

impl<'a> TokenRing<'a> {
    /// The view of a header that starts at the first of `bytes`, unless it is cut.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        Some(TokenRing { head: Head::of(bytes)?, bytes })
    }

    /// To whom.
    pub fn target(&self) -> Mac {
        Mac(self.head.array::<TOKEN_RING_TARGET, 6>())
    }

    /// From whom; its highest bit is not part of the address but announces routing information.
    pub fn source(&self) -> Mac {
        let [first, rest @ ..] = self.head.array::<TOKEN_RING_SOURCE, 6>();
        let [b, c, d, e, g] = rest;
        Mac([first & 0x7f, b, c, d, e, g])
    }

    /// LLC follows, rather than the ring's own management.
    pub fn is_llc(&self) -> bool {
        self.head.u8::<1>() >> 6 == 1
    }

    /// Bytes of the header with the routing information; `None` if its length was not captured.
    pub fn header_len(&self) -> Option<usize> {
        if self.head.u8::<TOKEN_RING_SOURCE>() & 0x80 == 0 {
            return Some(TOKEN_RING_LEN);
        }
        let routing_len = u8_at(self.bytes, TOKEN_RING_LEN)? & 0x1f;
        Some(TOKEN_RING_LEN + usize::from(routing_len.max(2)))
    }

    /// Each field by name.
    pub fn fields(&self, put: &mut Put<'_>) {
        put("target", &self.target());
        put("source", &self.source());
        put("llc", &self.is_llc());
    }
}

impl fmt::Display for TokenRing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token Ring {} > {}", self.source(), self.target())
    }
}

/// An FDDI header.
#[derive(Clone, Copy, Debug)]
pub struct Fddi<'a> {
    head: Head<'a, FDDI_LEN>,
}

impl<'a> Fddi<'a> {
    /// The view of a header that starts at the first of `bytes`, unless it is cut.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        Some(Fddi { head: Head::of(bytes)? })
    }

    /// To whom.
    pub fn target(&self) -> Mac {
        Mac(self.head.array::<FDDI_TARGET, 6>())
    }

    /// From whom.
    pub fn source(&self) -> Mac {
        Mac(self.head.array::<FDDI_SOURCE, 6>())
    }

    /// LLC follows, rather than the ring's own management.
    pub fn is_llc(&self) -> bool {
        self.head.u8::<FDDI_CONTROL>() & 0x70 == 0x50
    }

    /// Each field by name.
    pub fn fields(&self, put: &mut Put<'_>) {
        put("target", &self.target());
        put("source", &self.source());
        put("llc", &self.is_llc());
    }
}

impl fmt::Display for Fddi<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FDDI {} > {}", self.source(), self.target())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_ring_with_a_route() {
        let mut bytes = [0x10, 0x40, 1, 2, 3, 4, 5, 6, 0x80, 8, 9, 10, 11, 12, 0x06, 0, 0, 0];
        let header = TokenRing::parse(&bytes).unwrap();
        assert!(header.is_llc());
        assert_eq!(header.header_len(), Some(20));
        assert_eq!(TokenRing::parse(&bytes[..14]).unwrap().header_len(), None);
        assert_eq!(header.to_string(), "Token Ring 00:08:09:0a:0b:0c > 01:02:03:04:05:06");
        bytes[8] = 0;
        assert_eq!(TokenRing::parse(&bytes).unwrap().header_len(), Some(14));
    }

    #[test]
    fn fddi() {
        let header = Fddi::parse(&[0x50, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]).unwrap();
        assert!(header.is_llc());
        assert_eq!(header.to_string(), "FDDI 07:08:09:0a:0b:0c > 01:02:03:04:05:06");
        assert!(Fddi::parse(&[0; 12]).is_none());
    }
}
