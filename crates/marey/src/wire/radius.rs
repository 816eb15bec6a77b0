//! RADIUS (RFC 2865, RFC 2866, RFC 5176): the header and the attributes.

use super::bytes::{Head, Hex, Put, be32_at, name_in, part, u8_at};
use std::fmt;
use std::net::Ipv4Addr;

// RFC 2865 §3
const CODE: usize = 0;
const IDENTIFIER: usize = 1;
const LENGTH: usize = 2;
const AUTHENTICATOR: usize = 4;
/// Bytes of the header.
pub const LEN: usize = 20;
/// The assigned ports of authentication, accounting and changes (RFC 5176 §2.1), and the early ones
/// of the first two (RFC 2865 §3).
pub const PORTS: [u16; 5] = [1812, 1813, 1645, 1646, 3799];
/// How many attributes of a packet are walked: 4096 bytes (RFC 2865 §3) have room for no more.
pub const ATTRIBUTES_MAX: usize = 2048;

/// The name of the user (RFC 2865 §5.1).
pub const USER_NAME: u8 = 1;
/// The address of the network access server (RFC 2865 §5.4).
pub const NAS_IP_ADDRESS: u8 = 4;
/// The name of the network access server (RFC 2865 §5.32).
pub const NAS_IDENTIFIER: u8 = 32;

/// Sorted by code (IANA, RADIUS packet type codes).
static CODES: &[(u8, &str)] = &[
    (1, "access request"),
    (2, "access accept"),
    (3, "access reject"),
    (4, "accounting request"),
    (5, "accounting response"),
    (11, "access challenge"),
    (12, "status server"),
    (13, "status client"),
    (40, "disconnect request"),
    (41, "disconnect ack"),
    (42, "disconnect nak"),
    (43, "change of authorization request"),
    (44, "change of authorization ack"),
    (45, "change of authorization nak"),
];

/// The first byte of a packet is a known code.
pub fn is_plausible(first: u8) -> bool {
    name_in(CODES, first).is_some()
}

/// A RADIUS packet.
#[derive(Clone, Copy, Debug)]
pub struct Radius<'a> {
    head: Head<'a, LEN>,
    bytes: &'a [u8],
}

impl<'a> Radius<'a> {
    /// The view of a packet that starts at the first of `bytes`, unless its header is cut.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        Some(Radius { head: Head::of(bytes)?, bytes })
    }

    /// What kind of packet this is.
    pub fn code(&self) -> u8 {
        self.head.u8::<CODE>()
    }

    /// Which request this is, or is the answer to.
    pub fn identifier(&self) -> u8 {
        self.head.u8::<IDENTIFIER>()
    }

    /// Bytes of header and attributes.
    pub fn length(&self) -> u16 {
        self.head.be16::<LENGTH>()
    }

    /// The authenticator.
    pub fn authenticator(&self) -> [u8; 16] {
        self.head.array::<AUTHENTICATOR, 16>()
    }

    /// The attributes that were captured, in order.
    pub fn attributes(&self) -> Attributes<'a> {
        let bytes = part(self.bytes, LEN, usize::from(self.length()));
        Attributes { bytes, left: ATTRIBUTES_MAX }
    }

    /// The first attribute of type `kind`: its value, as far as it was captured.
    pub fn attribute(&self, kind: u8) -> Option<&'a [u8]> {
        self.attributes().find(|attribute| attribute.kind == kind).map(|found| found.value)
    }

    /// The name of the user (RFC 2865 §5.1): bytes that should be UTF-8.
    pub fn user_name(&self) -> Option<&'a [u8]> {
        self.attribute(USER_NAME)
    }

    /// The name of the network access server (RFC 2865 §5.32): bytes that should be UTF-8.
    pub fn nas_identifier(&self) -> Option<&'a [u8]> {
        self.attribute(NAS_IDENTIFIER)
    }

    /// The address of the network access server (RFC 2865 §5.4).
    pub fn nas_address(&self) -> Option<Ipv4Addr> {
        be32_at(self.attribute(NAS_IP_ADDRESS)?, 0).map(Ipv4Addr::from)
    }

    /// What the code means.
    pub fn name(&self) -> Option<&'static str> {
        name_in(CODES, self.code())
    }

    /// Each field by name. Attributes come with their type and length: some are secrets.
    pub fn fields(&self, put: &mut Put<'_>) {
        put("code", &self.code());
        put("identifier", &self.identifier());
        put("length", &self.length());
        put("authenticator", &Hex(&self.authenticator()));
        for attribute in self.attributes() {
            put("attribute", &attribute);
        }
        if let Some(address) = self.nas_address() {
            put("nas address", &address);
        }
    }
}

impl fmt::Display for Radius<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "RADIUS {name}")?,
            None => write!(f, "RADIUS code {}", self.code())?,
        }
        write!(f, " id {}", self.identifier())
    }
}

/// An attribute (RFC 2865 §5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attribute<'a> {
    /// The type.
    pub kind: u8,
    /// What was captured of the value.
    pub value: &'a [u8],
    /// The value is cut, or the length is impossible: nothing can be read behind it.
    pub cut: bool,
}

impl fmt::Display for Attribute<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes)", self.kind, self.value.len())?;
        if self.cut { f.write_str(" cut") } else { Ok(()) }
    }
}

/// The attributes of a packet, in order. One that is cut is the last.
#[derive(Clone, Debug)]
pub struct Attributes<'a> {
    bytes: &'a [u8],
    left: usize,
}

impl<'a> Iterator for Attributes<'a> {
    type Item = Attribute<'a>;

    fn next(&mut self) -> Option<Attribute<'a>> {
        self.left = self.left.checked_sub(1)?;
        let kind = u8_at(self.bytes, 0)?;
        let len = usize::from(u8_at(self.bytes, 1).unwrap_or(0));
        let value = part(self.bytes, 2, len);
        let cut = len < 2 || value.len() + 2 < len;
        self.bytes = if cut { &[] } else { part(self.bytes, len, self.bytes.len()) };
        Some(Attribute { kind, value, cut })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet() -> Vec<u8> {
        let mut bytes = vec![1, 7, 0, 39];
        bytes.extend([0xaa; 16]);
        bytes.extend(b"\x01\x06nemo\x20\x03n\x02\x04pw\x04\x06\x0a\x00\x00\x01");
        bytes
    }

    #[test]
    fn fields_of_a_packet() {
        let mut bytes = packet();
        bytes.extend([1, 2]);
        let radius = Radius::parse(&bytes).unwrap();
        assert_eq!((radius.code(), radius.identifier(), radius.length()), (1, 7, 39));
        assert_eq!(radius.user_name(), Some(&b"nemo"[..]));
        assert_eq!(radius.nas_identifier(), Some(&b"n"[..]));
        assert_eq!(radius.nas_address(), Some(Ipv4Addr::new(10, 0, 0, 1)));
        assert_eq!(radius.attributes().count(), 4, "padding is none");
        assert_eq!(radius.to_string(), "RADIUS access request id 7");
        let mut shown = String::new();
        radius.fields(&mut |name, value| shown += &format!("{name}={value} "));
        assert!(shown.contains("attribute=2 (2 bytes)") && !shown.contains("pw"), "{shown}");
    }

    #[test]
    fn cut_and_broken_attributes_are_the_last() {
        let bytes = packet();
        let cut: Vec<_> = Radius::parse(&bytes[..23]).unwrap().attributes().collect();
        assert_eq!(cut, [Attribute { kind: 1, value: b"n", cut: true }]);
        let mut broken = bytes.clone();
        broken[21] = 1;
        assert_eq!(Radius::parse(&broken).unwrap().attributes().count(), 1);
        assert!(Radius::parse(&bytes[..19]).is_none());
        assert!(is_plausible(45) && !is_plausible(0));
    }
}
