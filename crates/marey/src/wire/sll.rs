//! Linux "cooked" captures: `LINKTYPE_LINUX_SLL` and `LINKTYPE_LINUX_SLL2`.

use super::bytes::{Head, Hex, Put, part};
use std::fmt;

/// `https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html`
mod v1 {
    pub const PACKET_TYPE: usize = 0;
    pub const ARPHRD: usize = 2;
    pub const ADDRESS_LEN: usize = 4;
    pub const ADDRESS: usize = 6;
    pub const PROTOCOL: usize = 14;
}

/// `https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html`
mod v2 {
    pub const PROTOCOL: usize = 0;
    pub const INTERFACE: usize = 4;
    pub const ARPHRD: usize = 8;
    pub const PACKET_TYPE: usize = 10;
    pub const ADDRESS_LEN: usize = 11;
    pub const ADDRESS: usize = 12;
}

/// Bytes of the header of version 1.
pub const LEN: usize = 16;
/// Bytes of the header of version 2.
pub const LEN_V2: usize = 20;

/// The hardware type of netlink (Linux `ARPHRD_NETLINK`): the protocol field is a netlink family.
pub const ARPHRD_NETLINK: u16 = 824;
/// The hardware type of GRE (Linux `ARPHRD_IPGRE`): the protocol field is GRE's.
pub const ARPHRD_IPGRE: u16 = 778;
/// The hardware type of Frame Relay (Linux `ARPHRD_FRAD`).
pub const ARPHRD_FRAD: u16 = 770;
/// The hardware type of 802.11 (Linux `ARPHRD_IEEE80211`).
pub const ARPHRD_IEEE80211: u16 = 801;
/// The hardware type of Radiotap (Linux `ARPHRD_IEEE80211_RADIOTAP`).
pub const ARPHRD_RADIOTAP: u16 = 803;

/// Protocol numbers that are no EtherTypes (`linux/if_ether.h`).
pub const NOVELL_802_3: u16 = 0x0001;
/// A frame starts with LLC.
pub const LLC_802_2: u16 = 0x0004;

/// The name of a packet type of either version.
fn packet_type_name(number: u16) -> Option<&'static str> {
    Some(match number {
        0 => "to us",
        1 => "broadcast",
        2 => "multicast",
        3 => "to another",
        4 => "from us",
        _ => return None,
    })
}

/// A cooked header of either version.
#[derive(Clone, Copy, Debug)]
pub struct Sll<'a> {
    packet_type: u16,
    arphrd: u16,
    protocol: u16,
    interface: Option<u32>,
    address: &'a [u8],
    header_len: usize,
}

impl<'a> Sll<'a> {
    /// The view of a header of version 1 at the first of `bytes`, unless it is cut.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        let head = Head::<LEN>::of(bytes)?;
        let address_len = usize::from(head.be16::<{ v1::ADDRESS_LEN }>()).min(8);
        Some(Sll {
            packet_type: head.be16::<{ v1::PACKET_TYPE }>(),
            arphrd: head.be16::<{ v1::ARPHRD }>(),
            protocol: head.be16::<{ v1::PROTOCOL }>(),
            interface: None,
            address: part(bytes, v1::ADDRESS, v1::ADDRESS + address_len),
            header_len: LEN,
        })
    }

    /// The view of a header of version 2 at the first of `bytes`, unless it is cut.
    pub fn parse_v2(bytes: &'a [u8]) -> Option<Self> {
        let head = Head::<LEN_V2>::of(bytes)?;
        let address_len = usize::from(head.u8::<{ v2::ADDRESS_LEN }>()).min(8);
        Some(Sll {
            packet_type: u16::from(head.u8::<{ v2::PACKET_TYPE }>()),
            arphrd: head.be16::<{ v2::ARPHRD }>(),
            protocol: head.be16::<{ v2::PROTOCOL }>(),
            interface: Some(head.be32::<{ v2::INTERFACE }>()),
            address: part(bytes, v2::ADDRESS, v2::ADDRESS + address_len),
            header_len: LEN_V2,
        })
    }

    /// To whom, from whom: 0 to us, 1 broadcast, 2 multicast, 3 to another, 4 from us.
    pub fn packet_type(&self) -> u16 {
        self.packet_type
    }

    /// The kind of the interface (Linux `ARPHRD_`).
    pub fn arphrd(&self) -> u16 {
        self.arphrd
    }

    /// What follows: an EtherType or one of a few small numbers.
    pub fn protocol(&self) -> u16 {
        self.protocol
    }

    /// The interface's index, in version 2.
    pub fn interface(&self) -> Option<u32> {
        self.interface
    }

    /// The sender's link-layer address: at most 8 bytes.
    pub fn address(&self) -> &'a [u8] {
        self.address
    }

    /// 16 or 20.
    pub fn header_len(&self) -> usize {
        self.header_len
    }

    /// Each field by name.
    pub fn fields(&self, put: &mut Put<'_>) {
        put("packet type", &self.packet_type);
        put("arphrd", &self.arphrd);
        put("address", &Hex(self.address));
        if let Some(interface) = self.interface {
            put("interface", &interface);
        }
        put("protocol", &format_args!("0x{:04x}", self.protocol));
    }
}

impl fmt::Display for Sll<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.interface.is_some() { "SLL2" } else { "SLL" })?;
        match packet_type_name(self.packet_type) {
            Some(name) => write!(f, " {name}")?,
            None => write!(f, " type {}", self.packet_type)?,
        }
        write!(f, " from {} protocol 0x{:04x}", Hex(self.address), self.protocol)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_1() {
        let bytes = [0, 4, 0, 1, 0, 6, 0, 0x11, 0x22, 0x33, 0x44, 0x55, 0, 0, 0x08, 0x00];
        let header = Sll::parse(&bytes).unwrap();
        assert_eq!((header.packet_type(), header.arphrd(), header.protocol()), (4, 1, 0x0800));
        assert_eq!(header.address(), [0, 0x11, 0x22, 0x33, 0x44, 0x55]);
        assert_eq!(header.to_string(), "SLL from us from 001122334455 protocol 0x0800");
        assert!(Sll::parse(&bytes[..15]).is_none());
    }

    #[test]
    fn version_2() {
        let bytes = [0x86, 0xdd, 0, 0, 0, 0, 0, 3, 0, 1, 2, 6, 1, 2, 3, 4, 5, 6, 0, 0];
        let header = Sll::parse_v2(&bytes).unwrap();
        assert_eq!((header.interface(), header.protocol()), (Some(3), 0x86dd));
        assert_eq!(header.to_string(), "SLL2 multicast from 010203040506 protocol 0x86dd");
        assert!(Sll::parse_v2(&bytes[..19]).is_none());
    }

    #[test]
    fn an_address_longer_than_its_field() {
        let mut bytes = [0xff; 16];
        bytes[15] = 0;
        assert_eq!(Sll::parse(&bytes).unwrap().address().len(), 8);
    }
}
