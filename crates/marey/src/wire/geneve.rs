//! Geneve (RFC 8926): any EtherType in UDP, with options.

use super::bytes::{Head, Put};
use super::ethertype::EtherType;
use std::fmt;

// RFC 8926 §3.4
const VERSION_LENGTH: usize = 0;
const FLAGS: usize = 1;
const PROTOCOL: usize = 2;
const VNI: usize = 4;
/// Bytes of a header without options.
pub const LEN_MIN: usize = 8;
/// The assigned port.
pub const PORT: u16 = 6081;

/// A Geneve header.
#[derive(Clone, Copy, Debug)]
pub struct Geneve<'a> {
    head: Head<'a, LEN_MIN>,
}

impl<'a> Geneve<'a> {
    /// The view of a header that starts at the first of `bytes`, unless its fixed part is cut.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        Some(Geneve { head: Head::of(bytes)? })
    }

    /// 0.
    pub fn version(&self) -> u8 {
        self.head.u8::<VERSION_LENGTH>() >> 6
    }

    /// Bytes of the header with options.
    pub fn header_len(&self) -> usize {
        LEN_MIN + usize::from(self.head.u8::<VERSION_LENGTH>() & 0x3f) * 4
    }

    /// A control message.
    pub fn is_control(&self) -> bool {
        self.head.u8::<FLAGS>() & 0x80 != 0
    }

    /// Some options must be understood.
    pub fn has_critical_options(&self) -> bool {
        self.head.u8::<FLAGS>() & 0x40 != 0
    }

    /// What follows.
    pub fn protocol(&self) -> EtherType {
        EtherType(self.head.be16::<PROTOCOL>())
    }

    /// The network identifier.
    pub fn vni(&self) -> u32 {
        self.head.be32::<VNI>() >> 8
    }

    /// Each field by name.
    pub fn fields(&self, put: &mut Put<'_>) {
        put("version", &self.version());
        put("header length", &self.header_len());
        put("control", &self.is_control());
        put("critical options", &self.has_critical_options());
        put("protocol", &format_args!("0x{:04x}", self.protocol().0));
        put("vni", &self.vni());
    }
}

impl fmt::Display for Geneve<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Geneve vni {}", self.vni())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_a_header() {
        let geneve = Geneve::parse(&[0x02, 0x40, 0x65, 0x58, 0, 0, 0x0a, 0]).unwrap();
        assert_eq!((geneve.version(), geneve.header_len(), geneve.vni()), (0, 16, 10));
        assert!(geneve.has_critical_options() && !geneve.is_control());
        assert_eq!(geneve.protocol(), EtherType::TEB);
        assert_eq!(geneve.to_string(), "Geneve vni 10");
        assert!(Geneve::parse(&[0; 7]).is_none());
    }
}
