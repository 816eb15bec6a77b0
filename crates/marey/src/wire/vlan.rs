//! VLAN tags: 802.1Q, 802.1ad, and the tags of before it, at any depth.
//!
//! A tag starts behind the EtherType that announces it, and ends with the next EtherType.

use super::bytes::{Head, Put};
use super::ethernet::{ETHERTYPE_MIN, LENGTH_MAX};
use super::ethertype::EtherType;
use std::fmt;

// IEEE 802.1Q-2022 §9.6
const TCI: usize = 0;
const TYPE_OR_LEN: usize = 2;
/// Bytes of a tag.
pub const LEN: usize = 4;

/// One VLAN tag.
#[derive(Clone, Copy, Debug)]
pub struct Vlan<'a> {
    head: Head<'a, LEN>,
}

impl<'a> Vlan<'a> {
    /// The view of a tag that starts at the first of `bytes`, unless it is cut.
    #[inline]
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        Some(Vlan { head: Head::of(bytes)? })
    }

    /// The VLAN's number (§9.6: VID).
    #[inline]
    pub fn id(&self) -> u16 {
        self.head.be16::<TCI>() & 0x0fff
    }

    /// The priority, 0 to 7 (§9.6: PCP).
    pub fn priority(&self) -> u8 {
        self.head.u8::<TCI>() >> 5
    }

    /// The frame may be dropped first (§9.6: DEI; formerly CFI).
    pub fn drop_eligible(&self) -> bool {
        self.head.u8::<TCI>() & 0x10 != 0
    }

    /// The EtherType or, as in 802.3, the length behind the tag.
    #[inline]
    pub fn type_or_len(&self) -> u16 {
        self.head.be16::<TYPE_OR_LEN>()
    }

    /// What follows, unless it is LLC.
    #[inline]
    pub fn ethertype(&self) -> Option<EtherType> {
        (self.type_or_len() >= ETHERTYPE_MIN).then_some(EtherType(self.type_or_len()))
    }

    /// How many bytes of LLC follow.
    #[inline]
    pub fn length(&self) -> Option<u16> {
        (self.type_or_len() <= LENGTH_MAX).then_some(self.type_or_len())
    }

    /// Each field by name.
    pub fn fields(&self, put: &mut Put<'_>) {
        put("id", &self.id());
        put("priority", &self.priority());
        put("drop eligible", &self.drop_eligible());
        match self.length() {
            Some(length) => put("length", &length),
            None => put("ethertype", &format_args!("0x{:04x}", self.type_or_len())),
        }
    }
}

impl fmt::Display for Vlan<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "vlan {}", self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_a_tag() {
        let tag = Vlan::parse(&[0xb0, 0x64, 0x08, 0x00]).unwrap();
        assert_eq!((tag.id(), tag.priority(), tag.drop_eligible()), (100, 5, true));
        assert_eq!(tag.ethertype(), Some(EtherType::IPV4));
        assert_eq!(tag.to_string(), "vlan 100");
        assert_eq!(Vlan::parse(&[0, 1, 0, 9]).unwrap().length(), Some(9));
        assert!(Vlan::parse(&[0, 1, 8]).is_none());
    }
}
