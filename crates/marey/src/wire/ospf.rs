//! OSPF versions 2 (RFC 2328) and 3 (RFC 5340): the header. What packets of version 2 say is in
//! `ospf_body.rs`.

use super::bytes::{Head, Put, be16_at, part};
use super::ospf_body::Body;
use std::fmt;
use std::net::Ipv4Addr;

// RFC 2328 §A.3.1, RFC 5340 §A.3.1
const VERSION: usize = 0;
const TYPE: usize = 1;
const LENGTH: usize = 2;
const ROUTER: usize = 4;
const AREA: usize = 8;
pub(super) const CHECKSUM: usize = 12;
const AUTHENTICATION_TYPE: usize = 14;
/// Bytes of a version 3 header: what both versions share.
pub const LEN_MIN: usize = 16;
/// Bytes of a version 2 header.
pub const LEN_V2: usize = 24;

/// The type of authentication that leaves the checksum out (RFC 2328 §D.4.3).
pub const AUTHENTICATION_CRYPTOGRAPHIC: u16 = 2;

/// An OSPF header.
#[derive(Clone, Copy, Debug)]
pub struct Ospf<'a> {
    head: Head<'a, LEN_MIN>,
    bytes: &'a [u8],
}

impl<'a> Ospf<'a> {
    /// The view of a header that starts at the first of `bytes`, unless its shared part is cut.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        Some(Ospf { head: Head::of(bytes)?, bytes })
    }

    /// 2 or 3.
    pub fn version(&self) -> u8 {
        self.head.u8::<VERSION>()
    }

    /// The type, 1 to 5.
    pub fn kind(&self) -> u8 {
        self.head.u8::<TYPE>()
    }

    /// Bytes of the packet with this header.
    pub fn length(&self) -> u16 {
        self.head.be16::<LENGTH>()
    }

    /// The sender.
    pub fn router(&self) -> Ipv4Addr {
        Ipv4Addr::from(self.head.array::<ROUTER, 4>())
    }

    /// The area.
    pub fn area(&self) -> Ipv4Addr {
        Ipv4Addr::from(self.head.array::<AREA, 4>())
    }

    /// The checksum.
    pub fn checksum(&self) -> u16 {
        self.head.be16::<CHECKSUM>()
    }

    /// The type of authentication (RFC 2328 §D); only version 2 has one in its header.
    pub fn authentication(&self) -> Option<u16> {
        if self.version() == 3 { None } else { be16_at(self.bytes, AUTHENTICATION_TYPE) }
    }

    /// What a packet of version 2 says, as far as it was captured; `None` if its fixed part is cut,
    /// and of other versions and types.
    pub fn body(&self) -> Option<Body<'a>> {
        let bytes = part(self.bytes, LEN_V2, usize::from(self.length()));
        if self.version() == 2 { Body::parse(self.kind(), bytes) } else { None }
    }

    /// Bytes of the header, by version.
    pub fn header_len(&self) -> usize {
        if self.version() == 3 { LEN_MIN } else { LEN_V2 }
    }

    /// What the type means.
    pub fn name(&self) -> Option<&'static str> {
        Some(match self.kind() {
            1 => "hello",
            2 => "database description",
            3 => "link state request",
            4 => "link state update",
            5 => "link state acknowledgment",
            _ => return None,
        })
    }

    /// Each field by name.
    pub fn fields(&self, put: &mut Put<'_>) {
        put("version", &self.version());
        put("type", &self.kind());
        put("length", &self.length());
        put("router", &self.router());
        put("area", &self.area());
        put("checksum", &format_args!("0x{:04x}", self.checksum()));
        if let Some(authentication) = self.authentication() {
            put("authentication", &authentication);
        }
        if let Some(body) = self.body() {
            body.fields(put);
        }
    }
}

impl fmt::Display for Ospf<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OSPFv{} ", self.version())?;
        match self.name() {
            Some(name) => f.write_str(name)?,
            None => write!(f, "type {}", self.kind())?,
        }
        write!(f, " router {} area {}", self.router(), self.area())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions() {
        let mut bytes = [2, 1, 0, 44, 192, 168, 170, 8, 0, 0, 0, 1, 0x27, 0x3b, 0, 0];
        let ospf = Ospf::parse(&bytes).unwrap();
        assert_eq!((ospf.length(), ospf.checksum(), ospf.header_len()), (44, 0x273b, 24));
        assert_eq!(ospf.to_string(), "OSPFv2 hello router 192.168.170.8 area 0.0.0.1");
        bytes[0] = 3;
        assert_eq!(Ospf::parse(&bytes).unwrap().header_len(), 16);
        assert!(Ospf::parse(&bytes[..15]).is_none());
    }
}
