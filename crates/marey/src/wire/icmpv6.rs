//! ICMPv6 (RFC 4443), with neighbour discovery (RFC 4861) and listener discovery (RFC 3810).

use super::bytes::{Head, Put, name_in, part};
use std::fmt;
use std::net::Ipv6Addr;

// RFC 4443 §2.1
const TYPE: usize = 0;
const CODE: usize = 1;
pub(super) const CHECKSUM: usize = 2;
const REST: usize = 4;
/// Bytes of the part that all messages share.
pub const LEN_MIN: usize = 4;
/// Bytes of it with what most messages have next.
pub const LEN: usize = 8;
/// Where neighbour discovery has its target (RFC 4861 §4.3).
const TARGET: usize = 8;

/// Sorted by type (IANA, ICMPv6 parameters).
static NAMES: &[(u8, &str)] = &[
    (1, "unreachable"),
    (2, "packet too big"),
    (3, "time exceeded"),
    (4, "parameter problem"),
    (128, "echo request"),
    (129, "echo reply"),
    (130, "listener query"),
    (131, "listener report"),
    (132, "listener done"),
    (133, "router solicitation"),
    (134, "router advertisement"),
    (135, "neighbour solicitation"),
    (136, "neighbour advertisement"),
    (137, "redirect"),
    (138, "router renumbering"),
    (139, "node information query"),
    (140, "node information response"),
    (141, "inverse neighbour solicitation"),
    (142, "inverse neighbour advertisement"),
    (143, "listener report v2"),
    (144, "home agent discovery request"),
    (145, "home agent discovery reply"),
    (146, "mobile prefix solicitation"),
    (147, "mobile prefix advertisement"),
    (148, "certification path solicitation"),
    (149, "certification path advertisement"),
    (151, "multicast router advertisement"),
    (152, "multicast router solicitation"),
    (153, "multicast router termination"),
    (155, "RPL control"),
    (157, "duplicate address request"),
    (158, "duplicate address confirmation"),
    (160, "extended echo request"),
    (161, "extended echo reply"),
];

/// An ICMPv6 header.
#[derive(Clone, Copy, Debug)]
pub struct Icmpv6<'a> {
    head: Head<'a, LEN>,
    bytes: &'a [u8],
}

impl<'a> Icmpv6<'a> {
    /// The view of a header that starts at the first of `bytes`, unless it is cut.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        Some(Icmpv6 { head: Head::of(bytes)?, bytes })
    }

    /// The type: errors are below 128.
    pub fn kind(&self) -> u8 {
        self.head.u8::<TYPE>()
    }

    /// The code within the type.
    pub fn code(&self) -> u8 {
        self.head.u8::<CODE>()
    }

    /// The checksum.
    pub fn checksum(&self) -> u16 {
        self.head.be16::<CHECKSUM>()
    }

    /// Identifier and sequence number, in echoes (RFC 4443 §4).
    pub fn echo(&self) -> Option<(u16, u16)> {
        let has = matches!(self.kind(), 128 | 129);
        has.then(|| (self.head.be16::<REST>(), self.head.be16::<{ REST + 2 }>()))
    }

    /// The path's largest packet, in "packet too big" (RFC 4443 §3.2).
    pub fn mtu(&self) -> Option<u32> {
        (self.kind() == 2).then(|| self.head.be32::<REST>())
    }

    /// The address a neighbour discovery message is about; `None` if there is none or it is cut.
    pub fn target(&self) -> Option<Ipv6Addr> {
        let has = matches!(self.kind(), 135..=137);
        let bytes: &[u8; 16] = has.then(|| self.bytes.get(TARGET..))??.first_chunk()?;
        Some(Ipv6Addr::from(*bytes))
    }

    /// The packet an error is about, as far as it was quoted and captured: an IPv6 header first.
    pub fn quoted(&self) -> Option<&'a [u8]> {
        matches!(self.kind(), 1..=4).then(|| part(self.bytes, LEN, self.bytes.len()))
    }

    /// What the type means.
    pub fn name(&self) -> Option<&'static str> {
        name_in(NAMES, self.kind())
    }

    /// Each field by name.
    pub fn fields(&self, put: &mut Put<'_>) {
        put("type", &self.kind());
        put("code", &self.code());
        put("checksum", &format_args!("0x{:04x}", self.checksum()));
        if let Some((id, sequence)) = self.echo() {
            put("identifier", &id);
            put("sequence", &sequence);
        }
        if let Some(mtu) = self.mtu() {
            put("mtu", &mtu);
        }
        if let Some(target) = self.target() {
            put("target", &target);
        }
    }
}

impl fmt::Display for Icmpv6<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "ICMPv6 {name}")?,
            None => write!(f, "ICMPv6 type {} code {}", self.kind(), self.code())?,
        }
        if let Some((id, sequence)) = self.echo() {
            write!(f, " id {id} seq {sequence}")?;
        }
        if let Some(mtu) = self.mtu() {
            write!(f, " mtu {mtu}")?;
        }
        if let Some(target) = self.target() {
            write!(f, " for {target}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbour_solicitation() {
        let mut bytes = [0; 24];
        bytes[0] = 135;
        bytes[8..10].copy_from_slice(&[0xfe, 0x80]);
        bytes[23] = 2;
        let icmp = Icmpv6::parse(&bytes).unwrap();
        assert_eq!(icmp.to_string(), "ICMPv6 neighbour solicitation for fe80::2");
        let cut = Icmpv6::parse(&bytes[..23]).unwrap();
        assert_eq!(cut.to_string(), "ICMPv6 neighbour solicitation");
    }

    #[test]
    fn others() {
        assert!(NAMES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        let echo = Icmpv6::parse(&[128, 0, 0, 0, 0, 1, 0, 2]).unwrap();
        assert_eq!(echo.to_string(), "ICMPv6 echo request id 1 seq 2");
        let big = Icmpv6::parse(&[2, 0, 0, 0, 0, 0, 5, 0, 0x60]).unwrap();
        assert_eq!((big.mtu(), big.quoted()), (Some(1280), Some(&[0x60][..])));
        assert_eq!(
            Icmpv6::parse(&[200, 9, 0, 0, 0, 0, 0, 0]).unwrap().to_string(),
            "ICMPv6 type 200 code 9"
        );
        assert!(Icmpv6::parse(&[128; 7]).is_none());
    }
}
