//! The protocols that have a view here: the alphabet of a chain of layers.

use super::ip_protocol::IpProtocol;
use std::fmt;

/// A kind of header. Its name is the usual short one, lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
#[repr(u8)]
pub enum Protocol {
    /// Ethernet II or IEEE 802.3.
    Ethernet,
    /// A tag of 802.1Q, 802.1ad, or of before them.
    Vlan,
    /// One label of an MPLS stack.
    Mpls,
    /// The control word of a pseudo-wire.
    ControlWord,
    /// PPP over Ethernet.
    Pppoe,
    /// PPP.
    Ppp,
    /// IEEE 802.2 logical link control.
    Llc,
    /// The sub-network access header after LLC.
    Snap,
    /// Linux cooked capture, version 1.
    LinuxSll,
    /// Linux cooked capture, version 2.
    LinuxSll2,
    /// BSD loopback.
    Null,
    /// Cisco's HDLC.
    CiscoHdlc,
    /// Frame Relay.
    FrameRelay,
    /// IEEE 802.5.
    TokenRing,
    /// FDDI.
    Fddi,
    /// Radiotap.
    Radiotap,
    /// Prism monitor header.
    Prism,
    /// AVS monitor header.
    Avs,
    /// Per-Packet Information.
    Ppi,
    /// Apple's per-packet header.
    Pktap,
    /// IEEE 802.11.
    Wlan,
    /// A subframe of an 802.11 aggregate (A-MSDU).
    WlanSubframe,
    /// ARP, RARP, InARP.
    Arp,
    /// IPv4.
    Ipv4,
    /// IPv6.
    Ipv6,
    /// IPv6 hop-by-hop options.
    HopByHop,
    /// IPv6 routing header.
    Routing,
    /// IPv6 fragment header.
    Fragment,
    /// IP authentication header.
    Ah,
    /// IPv6 destination options.
    Destination,
    /// IPv6 mobility header.
    Mobility,
    /// Host identity protocol.
    Hip,
    /// Shim6.
    Shim6,
    /// ICMP for IPv4.
    Icmp,
    /// ICMPv6.
    Icmpv6,
    /// IGMP.
    Igmp,
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// UDP-Lite.
    UdpLite,
    /// SCTP.
    Sctp,
    /// DCCP.
    Dccp,
    /// ESP.
    Esp,
    /// OSPF.
    Ospf,
    /// GRE.
    Gre,
    /// ERSPAN.
    Erspan,
    /// EtherIP.
    EtherIp,
    /// VXLAN.
    Vxlan,
    /// Geneve.
    Geneve,
    /// GTP user plane.
    Gtpu,
    /// RADIUS.
    Radius,
}

impl Protocol {
    /// The usual short name, lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Protocol::Ethernet => "ethernet",
            Protocol::Vlan => "vlan",
            Protocol::Mpls => "mpls",
            Protocol::ControlWord => "pwcw",
            Protocol::Pppoe => "pppoe",
            Protocol::Ppp => "ppp",
            Protocol::Llc => "llc",
            Protocol::Snap => "snap",
            Protocol::LinuxSll => "sll",
            Protocol::LinuxSll2 => "sll2",
            Protocol::Null => "null",
            Protocol::CiscoHdlc => "chdlc",
            Protocol::FrameRelay => "fr",
            Protocol::TokenRing => "tr",
            Protocol::Fddi => "fddi",
            Protocol::Radiotap => "radiotap",
            Protocol::Prism => "prism",
            Protocol::Avs => "avs",
            Protocol::Ppi => "ppi",
            Protocol::Pktap => "pktap",
            Protocol::Wlan => "wlan",
            Protocol::WlanSubframe => "amsdu",
            Protocol::Arp => "arp",
            Protocol::Ipv4 => "ipv4",
            Protocol::Ipv6 => "ipv6",
            Protocol::HopByHop => "hopopt",
            Protocol::Routing => "ipv6-route",
            Protocol::Fragment => "ipv6-frag",
            Protocol::Ah => "ah",
            Protocol::Destination => "ipv6-opts",
            Protocol::Mobility => "mobility",
            Protocol::Hip => "hip",
            Protocol::Shim6 => "shim6",
            Protocol::Icmp => "icmp",
            Protocol::Icmpv6 => "icmpv6",
            Protocol::Igmp => "igmp",
            Protocol::Tcp => "tcp",
            Protocol::Udp => "udp",
            Protocol::UdpLite => "udplite",
            Protocol::Sctp => "sctp",
            Protocol::Dccp => "dccp",
            Protocol::Esp => "esp",
            Protocol::Ospf => "ospf",
            Protocol::Gre => "gre",
            Protocol::Erspan => "erspan",
            Protocol::EtherIp => "etherip",
            Protocol::Vxlan => "vxlan",
            Protocol::Geneve => "geneve",
            Protocol::Gtpu => "gtpu",
            Protocol::Radius => "radius",
        }
    }

    /// Carries addresses of hosts, whatever the links between them.
    #[inline]
    pub const fn is_network(self) -> bool {
        matches!(self, Protocol::Ipv4 | Protocol::Ipv6 | Protocol::Arp)
    }

    /// Comes right after IP and its extension headers, and has an IP protocol number.
    #[inline]
    pub const fn is_transport(self) -> bool {
        use Protocol::*;
        matches!(
            self,
            Icmp | Icmpv6 | Igmp | Tcp | Udp | UdpLite | Sctp | Dccp | Esp | Ospf | Gre | EtherIp
        )
    }

    /// Starts with two bytes of source port and two of destination port.
    #[inline]
    pub const fn has_ports(self) -> bool {
        use Protocol::*;
        matches!(self, Tcp | Udp | UdpLite | Sctp | Dccp)
    }

    /// A header between IP and its transport.
    #[inline]
    pub const fn is_extension(self) -> bool {
        use Protocol::*;
        matches!(self, HopByHop | Routing | Fragment | Ah | Destination | Mobility | Hip | Shim6)
    }

    /// The number of a header between IP and its transport.
    pub(super) const fn extension_number(self) -> Option<IpProtocol> {
        Some(match self {
            Protocol::HopByHop => IpProtocol::HOP_BY_HOP,
            Protocol::Routing => IpProtocol::ROUTING,
            Protocol::Fragment => IpProtocol::FRAGMENT,
            Protocol::Ah => IpProtocol::AH,
            Protocol::Destination => IpProtocol::DESTINATION,
            Protocol::Mobility => IpProtocol::MOBILITY,
            Protocol::Hip => IpProtocol::HIP,
            Protocol::Shim6 => IpProtocol::SHIM6,
            _ => return None,
        })
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_apart() {
        assert!(Protocol::Arp.is_network() && !Protocol::Arp.is_transport());
        assert!(Protocol::Gre.is_transport() && !Protocol::Gre.has_ports());
        assert!(Protocol::Ah.is_extension() && !Protocol::Ah.is_transport());
        assert_eq!(Protocol::Destination.to_string(), "ipv6-opts");
    }
}
