//! BSD loopback: `LINKTYPE_NULL`, in the order of the host that captured, and `LINKTYPE_LOOP`.

use super::bytes::{Head, Put};
use super::ethertype::EtherType;
use std::fmt;

// https://www.tcpdump.org/linktypes.html: LINKTYPE_NULL, LINKTYPE_LOOP
const FAMILY: usize = 0;
/// Bytes of the header.
pub const LEN: usize = 4;

/// The header: an address family and nothing else.
#[derive(Clone, Copy, Debug)]
pub struct Null<'a> {
    head: Head<'a, LEN>,
}

impl<'a> Null<'a> {
    /// The view of a header that starts at the first of `bytes`, unless it is cut.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        Some(Null { head: Head::of(bytes)? })
    }

    /// The address family: families are below 65,536, which tells the two byte orders apart.
    pub fn family(&self) -> u32 {
        let little = self.head.le32::<FAMILY>();
        if little <= 0xffff { little } else { self.head.be32::<FAMILY>() }
    }

    /// What follows: AF_INET is 2 everywhere, AF_INET6 depends on the system.
    pub fn ethertype(&self) -> Option<EtherType> {
        Some(match self.family() {
            2 => EtherType::IPV4,
            // Linux; NetBSD, OpenBSD, BSD/OS; FreeBSD, DragonFly; Darwin.
            10 | 24 | 28 | 30 => EtherType::IPV6,
            16 => EtherType(0x809b),
            23 => EtherType::IPX,
            _ => return None,
        })
    }

    /// Each field by name.
    pub fn fields(&self, put: &mut Put<'_>) {
        put("family", &self.family());
    }
}

impl fmt::Display for Null<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "loopback family {}", self.family())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_byte_orders() {
        for bytes in [[2, 0, 0, 0], [0, 0, 0, 2]] {
            assert_eq!(Null::parse(&bytes).unwrap().ethertype(), Some(EtherType::IPV4));
        }
        for family in [10, 24, 28, 30] {
            for bytes in [[family, 0, 0, 0], [0, 0, 0, family]] {
                let header = Null::parse(&bytes).unwrap();
                assert_eq!(header.ethertype(), Some(EtherType::IPV6));
            }
        }
        assert_eq!(Null::parse(&[0, 0, 0, 99]).unwrap().ethertype(), None);
        assert_eq!(Null::parse(&[7, 0, 0, 0]).unwrap().to_string(), "loopback family 7");
        assert!(Null::parse(&[2, 0, 0]).is_none());
    }
}
