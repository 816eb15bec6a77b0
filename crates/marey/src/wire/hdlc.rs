//! Cisco's HDLC (RFC 1547 §4.3.1 describes it).

use super::bytes::{Head, Put};
use super::ethertype::EtherType;
use std::fmt;

const ADDRESS: usize = 0;
const PROTOCOL: usize = 2;
/// Bytes of the header.
pub const LEN: usize = 4;
/// The address of unicast frames.
pub const UNICAST: u8 = 0x0f;
/// The address of multicast frames.
pub const MULTICAST: u8 = 0x8f;

/// The header: address, control (0) and an EtherType.
#[derive(Clone, Copy, Debug)]
pub struct CiscoHdlc<'a> {
    head: Head<'a, LEN>,
}

impl<'a> CiscoHdlc<'a> {
    /// The view of a header that starts at the first of `bytes`, unless it is cut.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        Some(CiscoHdlc { head: Head::of(bytes)? })
    }

    /// [`UNICAST`] or [`MULTICAST`].
    pub fn address(&self) -> u8 {
        self.head.u8::<ADDRESS>()
    }

    /// What follows; 0x8035 is SLARP here.
    pub fn ethertype(&self) -> EtherType {
        EtherType(self.head.be16::<PROTOCOL>())
    }

    /// Keepalives and address requests (SLARP) rather than reverse ARP.
    pub fn is_slarp(&self) -> bool {
        self.ethertype() == EtherType::RARP
    }

    /// Each field by name.
    pub fn fields(&self, put: &mut Put<'_>) {
        put("address", &format_args!("0x{:02x}", self.address()));
        put("protocol", &format_args!("0x{:04x}", self.ethertype().0));
    }
}

impl fmt::Display for CiscoHdlc<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let protocol = self.ethertype().0;
        write!(f, "C-HDLC address 0x{:02x} protocol 0x{protocol:04x}", self.address())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_a_header() {
        let header = CiscoHdlc::parse(&[0x0f, 0x00, 0x08, 0x00, 0x45]).unwrap();
        assert_eq!((header.address(), header.ethertype()), (UNICAST, EtherType::IPV4));
        assert_eq!(header.to_string(), "C-HDLC address 0x0f protocol 0x0800");
        assert!(CiscoHdlc::parse(&[0x8f, 0, 0x80, 0x35]).unwrap().is_slarp());
        assert!(CiscoHdlc::parse(&[0x8f, 0, 0x80]).is_none());
    }
}
