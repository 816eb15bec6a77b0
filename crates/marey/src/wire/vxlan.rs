//! VXLAN (RFC 7348): an Ethernet frame in UDP.

use super::bytes::{Head, Put};
use std::fmt;

// RFC 7348 §5
const FLAGS: usize = 0;
const VNI: usize = 4;
/// Bytes of the header.
pub const LEN: usize = 8;
/// The assigned port.
pub const PORT: u16 = 4789;
/// The port Linux used before.
pub const PORT_LINUX: u16 = 8472;
/// The network identifier counts: always set.
pub const FLAG_VNI: u8 = 0x08;

/// A VXLAN header.
#[derive(Clone, Copy, Debug)]
pub struct Vxlan<'a> {
    head: Head<'a, LEN>,
}

impl<'a> Vxlan<'a> {
    /// The view of a header that starts at the first of `bytes`, unless it is cut.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        Some(Vxlan { head: Head::of(bytes)? })
    }

    /// The flags.
    pub fn flags(&self) -> u8 {
        self.head.u8::<FLAGS>()
    }

    /// The network identifier.
    pub fn vni(&self) -> u32 {
        self.head.be32::<VNI>() >> 8
    }

    /// Each field by name.
    pub fn fields(&self, put: &mut Put<'_>) {
        put("flags", &format_args!("0x{:02x}", self.flags()));
        put("vni", &self.vni());
    }
}

impl fmt::Display for Vxlan<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VXLAN vni {}", self.vni())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_a_header() {
        let vxlan = Vxlan::parse(&[0x08, 0, 0, 0, 0, 0x12, 0x34, 0]).unwrap();
        assert_eq!((vxlan.flags(), vxlan.vni()), (FLAG_VNI, 0x1234));
        assert_eq!(vxlan.to_string(), "VXLAN vni 4660");
        assert!(Vxlan::parse(&[8; 7]).is_none());
    }
}
