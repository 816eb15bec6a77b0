//! The numbers that say what IP carries.

use std::fmt;

/// A protocol number of IPv4 (RFC 791 §3.1) or a next header of IPv6 (RFC 8200 §3), as IANA's
/// register has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IpProtocol(pub u8);

impl IpProtocol {
    /// IPv6 hop-by-hop options (RFC 8200 §4.3).
    pub const HOP_BY_HOP: IpProtocol = IpProtocol(0);
    /// RFC 792.
    pub const ICMP: IpProtocol = IpProtocol(1);
    /// RFC 9776.
    pub const IGMP: IpProtocol = IpProtocol(2);
    /// IPv4 in IP (RFC 2003).
    pub const IPV4: IpProtocol = IpProtocol(4);
    /// RFC 9293.
    pub const TCP: IpProtocol = IpProtocol(6);
    /// RFC 768.
    pub const UDP: IpProtocol = IpProtocol(17);
    /// RFC 4340.
    pub const DCCP: IpProtocol = IpProtocol(33);
    /// IPv6 in IP (RFC 4213).
    pub const IPV6: IpProtocol = IpProtocol(41);
    /// IPv6 routing header (RFC 8200 §4.4).
    pub const ROUTING: IpProtocol = IpProtocol(43);
    /// IPv6 fragment header (RFC 8200 §4.5).
    pub const FRAGMENT: IpProtocol = IpProtocol(44);
    /// RFC 2784.
    pub const GRE: IpProtocol = IpProtocol(47);
    /// RFC 4303.
    pub const ESP: IpProtocol = IpProtocol(50);
    /// RFC 4302.
    pub const AH: IpProtocol = IpProtocol(51);
    /// RFC 4443.
    pub const ICMPV6: IpProtocol = IpProtocol(58);
    /// Nothing follows (RFC 8200 §4.7).
    pub const NO_NEXT_HEADER: IpProtocol = IpProtocol(59);
    /// IPv6 destination options (RFC 8200 §4.6).
    pub const DESTINATION: IpProtocol = IpProtocol(60);
    /// RFC 2328, RFC 5340.
    pub const OSPF: IpProtocol = IpProtocol(89);
    /// Ethernet in IP (RFC 3378); Ethernet after a segment routing header (RFC 8986).
    pub const ETHERIP: IpProtocol = IpProtocol(97);
    /// RFC 9260.
    pub const SCTP: IpProtocol = IpProtocol(132);
    /// IPv6 mobility header (RFC 6275 §6.1).
    pub const MOBILITY: IpProtocol = IpProtocol(135);
    /// RFC 3828.
    pub const UDP_LITE: IpProtocol = IpProtocol(136);
    /// MPLS in IP (RFC 4023).
    pub const MPLS: IpProtocol = IpProtocol(137);
    /// Host identity protocol (RFC 7401 §5.1).
    pub const HIP: IpProtocol = IpProtocol(139);
    /// Shim6 (RFC 5533 §5).
    pub const SHIM6: IpProtocol = IpProtocol(140);
    /// Ethernet (RFC 8986 §10.1).
    pub const ETHERNET: IpProtocol = IpProtocol(143);

    /// The lower-case short name, if the number is assigned.
    pub fn name(self) -> Option<&'static str> {
        IP_PROTOCOLS.get(usize::from(self.0)).copied().or(match self.0 {
            253 | 254 => Some("experimental"),
            255 => Some("reserved"),
            _ => None,
        })
    }

    /// Starts with two bytes of source port and two of destination port.
    #[inline]
    pub const fn has_ports(self) -> bool {
        matches!(self, Self::TCP | Self::UDP | Self::UDP_LITE | Self::SCTP | Self::DCCP)
    }

    /// An IPv6 extension header (IANA's list; RFC 7045) that one can step over.
    #[inline]
    pub fn is_extension(self) -> bool {
        matches!(
            self,
            Self::HOP_BY_HOP
                | Self::ROUTING
                | Self::FRAGMENT
                | Self::AH
                | Self::DESTINATION
                | Self::MOBILITY
                | Self::HIP
                | Self::SHIM6
        )
    }
}

impl fmt::Display for IpProtocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "ip protocol {}", self.0),
        }
    }
}

/// Indexed by number.
#[rustfmt::skip]
static IP_PROTOCOLS: &[&str] = &[
    "hopopt", "icmp", "igmp", "ggp", "ipip", "st", "tcp", "cbt", "egp", "igp", "bbn-rcc", "nvp",
    "pup", "argus", "emcon", "xnet", "chaos", "udp", "mux", "dcn", "hmp", "prm", "xns-idp",
    "trunk-1", "trunk-2", "leaf-1", "leaf-2", "rdp", "irtp", "iso-tp4", "netblt", "mfe-nsp",
    "merit-inp", "dccp", "3pc", "idpr", "xtp", "ddp", "idpr-cmtp", "tp++", "il", "ipv6", "sdrp",
    "ipv6-route", "ipv6-frag", "idrp", "rsvp", "gre", "dsr", "bna", "esp", "ah", "i-nlsp", "swipe",
    "narp", "mobile", "tlsp", "skip", "icmpv6", "ipv6-nonxt", "ipv6-opts", "host", "cftp", "local",
    "sat-expak", "kryptolan", "rvd", "ippc", "distributed-fs", "sat-mon", "visa", "ipcv", "cpnx",
    "cphb", "wsn", "pvp", "br-sat-mon", "sun-nd", "wb-mon", "wb-expak", "iso-ip", "vmtp",
    "secure-vmtp", "vines", "iptm", "nsfnet-igp", "dgp", "tcf", "eigrp", "ospf", "sprite-rpc",
    "larp", "mtp", "ax.25", "os", "micp", "scc-sp", "etherip", "encap", "private-encryption",
    "gmtp", "ifmp", "pnni", "pim", "aris", "scps", "qnx", "a/n", "ipcomp", "snp", "compaq-peer",
    "ipx-in-ip", "vrrp", "pgm", "0-hop", "l2tp", "ddx", "iatp", "stp", "srp", "uti", "smp", "sm",
    "ptp", "isis", "fire", "crtp", "crudp", "sscopmce", "iplt", "sps", "pipe", "sctp", "fc",
    "rsvp-e2e-ignore", "mobility", "udplite", "mpls-in-ip", "manet", "hip", "shim6", "wesp", "rohc",
    "ethernet", "aggfrag", "nsh",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ip_protocols() {
        let known = [
            (IpProtocol::TCP, "tcp"),
            (IpProtocol::UDP, "udp"),
            (IpProtocol::ICMPV6, "icmpv6"),
            (IpProtocol::ESP, "esp"),
            (IpProtocol::OSPF, "ospf"),
            (IpProtocol::SCTP, "sctp"),
            (IpProtocol::SHIM6, "shim6"),
            (IpProtocol(46), "rsvp"),
            (IpProtocol(88), "eigrp"),
            (IpProtocol(103), "pim"),
            (IpProtocol(112), "vrrp"),
            (IpProtocol(115), "l2tp"),
            (IpProtocol(142), "rohc"),
            (IpProtocol(145), "nsh"),
        ];
        for (protocol, name) in known {
            assert_eq!(protocol.to_string(), name);
        }
        assert_eq!(IpProtocol(200).to_string(), "ip protocol 200");
        assert!(IpProtocol::AH.is_extension() && !IpProtocol::ESP.is_extension());
    }
}
