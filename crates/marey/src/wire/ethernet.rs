//! Ethernet II (RFC 894) and IEEE 802.3.

use super::bytes::{Head, Mac, Put, part};
use super::ethertype::EtherType;
use std::fmt;

// IEEE 802.3-2022 §3.2
const TARGET: usize = 0;
const SOURCE: usize = 6;
const TYPE_OR_LEN: usize = 12;
/// Bytes of the header.
pub const LEN: usize = 14;
/// The largest value of the last field that is a length (IEEE 802.3-2022 §3.2.6).
pub const LENGTH_MAX: u16 = 1500;
/// The smallest value of the last field that is an EtherType (same place).
pub const ETHERTYPE_MIN: u16 = 0x0600;

/// The header of an Ethernet frame; VLAN tags are headers of their own.
#[derive(Clone, Copy, Debug)]
pub struct Ethernet<'a> {
    head: Head<'a, LEN>,
    bytes: &'a [u8],
}

impl<'a> Ethernet<'a> {
    /// The view of a frame that starts at the first of `bytes`, unless its header is cut.
    #[inline]
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        Some(Ethernet { head: Head::of(bytes)?, bytes })
    }

    /// To whom (§3.2.4).
    pub fn target(&self) -> Mac {
        Mac(self.head.array::<TARGET, 6>())
    }

    /// From whom (§3.2.5).
    pub fn source(&self) -> Mac {
        Mac(self.head.array::<SOURCE, 6>())
    }

    /// The last field, whatever it means (§3.2.6).
    #[inline]
    pub fn type_or_len(&self) -> u16 {
        self.head.be16::<TYPE_OR_LEN>()
    }

    /// What follows, in Ethernet II.
    #[inline]
    pub fn ethertype(&self) -> Option<EtherType> {
        (self.type_or_len() >= ETHERTYPE_MIN).then_some(EtherType(self.type_or_len()))
    }

    /// How many bytes of LLC follow, in 802.3.
    #[inline]
    pub fn length(&self) -> Option<u16> {
        (self.type_or_len() <= LENGTH_MAX).then_some(self.type_or_len())
    }

    /// What was captured behind the header, padding included.
    pub fn payload(&self) -> &'a [u8] {
        part(self.bytes, LEN, self.bytes.len())
    }

    /// Each field by name.
    pub fn fields(&self, put: &mut Put<'_>) {
        put("target", &self.target());
        put("source", &self.source());
        match self.length() {
            Some(length) => put("length", &length),
            None => put("ethertype", &format_args!("0x{:04x}", self.type_or_len())),
        }
    }
}

impl fmt::Display for Ethernet<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ethernet {} > {}", self.source(), self.target())?;
        match self.length() {
            Some(length) => write!(f, " 802.3 length {length}"),
            None => write!(f, " ethertype 0x{:04x}", self.type_or_len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LLDP: [u8; 16] =
        [0x01, 0x80, 0xc2, 0x00, 0x00, 0x0e, 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x88, 0xcc, 2, 7];

    #[test]
    fn ethernet_two() {
        let frame = Ethernet::parse(&LLDP).unwrap();
        assert_eq!(frame.ethertype(), Some(EtherType(0x88cc)));
        assert_eq!(frame.length(), None);
        assert!(frame.target().is_multicast() && !frame.source().is_multicast());
        assert_eq!(frame.payload(), [2, 7]);
        assert_eq!(
            frame.to_string(),
            "Ethernet 00:11:22:33:44:55 > 01:80:c2:00:00:0e ethertype 0x88cc"
        );
        assert!(Ethernet::parse(&LLDP[..13]).is_none());
    }

    #[test]
    fn lengths_and_types_leave_a_gap() {
        let mut bytes = LLDP;
        for (value, length, ethertype) in [
            (1500, Some(1500), None),
            (1501, None, None),
            (1535, None, None),
            (1536, None, Some(EtherType(1536))),
        ] {
            bytes[12..14].copy_from_slice(&u16::to_be_bytes(value));
            let frame = Ethernet::parse(&bytes).unwrap();
            assert_eq!((frame.length(), frame.ethertype()), (length, ethertype));
        }
    }
}
