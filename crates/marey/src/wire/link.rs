//! What a capture's outermost header is: the link types of pcap and pcapng.
//!
//! The register is <https://www.tcpdump.org/linktypes.html>; `link_table.rs` holds its names.

use super::link_table::TABLE;
use std::fmt;

/// A `LINKTYPE_` number, as pcap and pcapng files hold it (not a `DLT_` of some operating system).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LinkType(pub u16);

impl LinkType {
    /// Not known: the trace does not say, or what said it is damaged.
    pub const UNKNOWN: LinkType = LinkType(0xffff);
    /// BSD loopback: an address family in the order of the host that captured.
    pub const NULL: LinkType = LinkType(0);
    /// IEEE 802.3 Ethernet.
    pub const ETHERNET: LinkType = LinkType(1);
    /// IEEE 802.5 Token Ring.
    pub const IEEE802_5: LinkType = LinkType(6);
    /// PPP, with or without the address and control bytes of RFC 1662.
    pub const PPP: LinkType = LinkType(9);
    /// FDDI.
    pub const FDDI: LinkType = LinkType(10);
    /// Raw IP as some systems number it in files (their `DLT_RAW`).
    pub const RAW_DLT_12: LinkType = LinkType(12);
    /// Raw IP as OpenBSD numbers it in files (its `DLT_RAW`).
    pub const RAW_DLT_14: LinkType = LinkType(14);
    /// PPP in HDLC-like framing (RFC 1662), or Cisco's HDLC.
    pub const PPP_HDLC: LinkType = LinkType(50);
    /// PPPoE without the Ethernet header.
    pub const PPP_ETHER: LinkType = LinkType(51);
    /// LLC and SNAP over ATM (RFC 2684).
    pub const ATM_RFC1483: LinkType = LinkType(100);
    /// IPv4 or IPv6, told apart by the version.
    pub const RAW: LinkType = LinkType(101);
    /// Cisco's HDLC.
    pub const C_HDLC: LinkType = LinkType(104);
    /// IEEE 802.11.
    pub const IEEE802_11: LinkType = LinkType(105);
    /// Frame Relay.
    pub const FRELAY: LinkType = LinkType(107);
    /// OpenBSD loopback: an address family in network order.
    pub const LOOP: LinkType = LinkType(108);
    /// Linux "cooked" capture, version 1.
    pub const LINUX_SLL: LinkType = LinkType(113);
    /// Prism monitor header, then IEEE 802.11.
    pub const IEEE802_11_PRISM: LinkType = LinkType(119);
    /// Radiotap, then IEEE 802.11.
    pub const IEEE802_11_RADIOTAP: LinkType = LinkType(127);
    /// AVS monitor header, then IEEE 802.11.
    pub const IEEE802_11_AVS: LinkType = LinkType(163);
    /// PPP with a direction byte (pppd).
    pub const PPP_PPPD: LinkType = LinkType(166);
    /// Per-Packet Information, then a frame of the link type it names.
    pub const PPI: LinkType = LinkType(192);
    /// PPP behind a byte of direction.
    pub const PPP_WITH_DIR: LinkType = LinkType(204);
    /// Cisco's HDLC behind a byte of direction.
    pub const C_HDLC_WITH_DIR: LinkType = LinkType(205);
    /// Frame Relay behind a byte of direction.
    pub const FRELAY_WITH_DIR: LinkType = LinkType(206);
    /// MPLS label stack.
    pub const MPLS: LinkType = LinkType(219);
    /// IPv4.
    pub const IPV4: LinkType = LinkType(228);
    /// IPv6.
    pub const IPV6: LinkType = LinkType(229);
    /// Apple's per-packet header, then a frame of the link type it names.
    pub const PKTAP: LinkType = LinkType(258);
    /// Linux "cooked" capture, version 2.
    pub const LINUX_SLL2: LinkType = LinkType(276);

    /// The registered name without `LINKTYPE_`.
    pub fn name(self) -> Option<&'static str> {
        self.entry().map(|&(_, name, _)| name)
    }

    /// A few words on what the frames are.
    pub fn description(self) -> Option<&'static str> {
        self.entry().map(|&(_, _, description)| description)
    }

    fn entry(self) -> Option<&'static (u16, &'static str, &'static str)> {
        let index = TABLE.binary_search_by_key(&self.0, |&(number, _, _)| number).ok()?;
        TABLE.get(index)
    }
}

impl fmt::Display for LinkType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "{}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_registered_ones() {
        let named = [
            (0, "NULL"),
            (1, "ETHERNET"),
            (101, "RAW"),
            (113, "LINUX_SLL"),
            (127, "IEEE802_11_RADIOTAP"),
            (162, "USER15"),
            (195, "IEEE802_15_4_WITHFCS"),
            (220, "USB_LINUX_MMAPPED"),
            (276, "LINUX_SLL2"),
        ];
        for (number, name) in named {
            assert_eq!(LinkType(number).name(), Some(name));
            assert_eq!(LinkType(number).to_string(), name);
        }
        assert_eq!(LinkType(60_000).name(), None);
        assert_eq!(LinkType(60_000).to_string(), "60000");
    }

    #[test]
    fn table_is_sorted_and_complete() {
        assert!(TABLE.windows(2).all(|pair| pair[0].0 < pair[1].0));
        for &(_, name, description) in TABLE {
            assert!(!name.is_empty() && !description.is_empty(), "{name}");
            let plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
            assert!(name.chars().all(plain), "{name}");
        }
    }
}
