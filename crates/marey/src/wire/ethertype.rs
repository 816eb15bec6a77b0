//! EtherTypes: the numbers that say what a link carries.

use super::bytes::name_in;
use std::fmt;

/// An EtherType (IEEE 802 numbers register), also where other headers borrow its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EtherType(pub u16);

impl EtherType {
    /// RFC 894.
    pub const IPV4: EtherType = EtherType(0x0800);
    /// RFC 826.
    pub const ARP: EtherType = EtherType(0x0806);
    /// RFC 903.
    pub const RARP: EtherType = EtherType(0x8035);
    /// Transparent Ethernet bridging (RFC 1701): an Ethernet frame follows.
    pub const TEB: EtherType = EtherType(0x6558);
    /// IEEE 802.1Q customer tag.
    pub const VLAN: EtherType = EtherType(0x8100);
    /// Novell IPX.
    pub const IPX: EtherType = EtherType(0x8137);
    /// RFC 2464.
    pub const IPV6: EtherType = EtherType(0x86dd);
    /// PPP (RFC 7042), inside GRE.
    pub const PPP: EtherType = EtherType(0x880b);
    /// MPLS, downstream-assigned label (RFC 5332).
    pub const MPLS: EtherType = EtherType(0x8847);
    /// MPLS, upstream-assigned label (RFC 5332).
    pub const MPLS_UPSTREAM: EtherType = EtherType(0x8848);
    /// PPPoE discovery (RFC 2516).
    pub const PPPOE_DISCOVERY: EtherType = EtherType(0x8863);
    /// PPPoE session (RFC 2516).
    pub const PPPOE_SESSION: EtherType = EtherType(0x8864);
    /// ERSPAN types I and II, inside GRE.
    pub const ERSPAN: EtherType = EtherType(0x88be);
    /// ERSPAN type III, inside GRE.
    pub const ERSPAN_III: EtherType = EtherType(0x22eb);
    /// IEEE 802.1ad service tag.
    pub const SERVICE_VLAN: EtherType = EtherType(0x88a8);
    /// A tag of before 802.1ad.
    pub const VLAN_9100: EtherType = EtherType(0x9100);
    /// Another tag of before 802.1ad.
    pub const VLAN_9200: EtherType = EtherType(0x9200);

    /// The lower-case short name, if it is a known one.
    pub fn name(self) -> Option<&'static str> {
        name_in(ETHERTYPES, self.0)
    }

    /// A VLAN tag follows (802.1Q, 802.1ad, and the two numbers used before it).
    #[inline]
    pub fn is_vlan(self) -> bool {
        matches!(self, Self::VLAN | Self::SERVICE_VLAN | Self::VLAN_9100 | Self::VLAN_9200)
    }
}

impl fmt::Display for EtherType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "ethertype 0x{:04x}", self.0),
        }
    }
}

/// Sorted by number.
static ETHERTYPES: &[(u16, &str)] = &[
    (0x0200, "pup"),
    (0x0600, "xns"),
    (0x0800, "ipv4"),
    (0x0801, "x.75"),
    (0x0805, "x.25"),
    (0x0806, "arp"),
    (0x0808, "frame relay arp"),
    (0x0842, "wake-on-lan"),
    (0x0bad, "vines"),
    (0x2000, "cdp"),
    (0x22ea, "srp"),
    (0x22eb, "erspan iii"),
    (0x22f0, "avtp"),
    (0x22f3, "trill"),
    (0x22f4, "l2-isis"),
    (0x6001, "dec mop dump"),
    (0x6002, "dec mop console"),
    (0x6003, "decnet"),
    (0x6004, "lat"),
    (0x6558, "teb"),
    (0x6559, "frame relay"),
    (0x8035, "rarp"),
    (0x809b, "appletalk"),
    (0x80f3, "aarp"),
    (0x80ff, "wellfleet compression"),
    (0x8100, "vlan"),
    (0x8137, "ipx"),
    (0x8138, "ipx"),
    (0x814c, "snmp"),
    (0x8181, "stp"),
    (0x8204, "qnet"),
    (0x8600, "tcp/ip compression"),
    (0x86dd, "ipv6"),
    (0x8808, "mac control"),
    (0x8809, "slow protocols"),
    (0x880b, "ppp"),
    (0x880c, "gsmp"),
    (0x8819, "cobranet"),
    (0x883e, "wccp"),
    (0x8847, "mpls"),
    (0x8848, "mpls"),
    (0x885b, "eap over frame relay"),
    (0x8863, "pppoe discovery"),
    (0x8864, "pppoe"),
    (0x886c, "homepna"),
    (0x886d, "intel ans"),
    (0x886f, "nlb"),
    (0x8870, "jumbo llc"),
    (0x887b, "homeplug"),
    (0x8881, "cdma2000 a10"),
    (0x8892, "profinet"),
    (0x8899, "realtek"),
    (0x889a, "hyperscsi"),
    (0x88a2, "aoe"),
    (0x88a4, "ethercat"),
    (0x88a8, "service vlan"),
    (0x88ab, "powerlink"),
    (0x88b5, "local experimental 1"),
    (0x88b6, "local experimental 2"),
    (0x88b7, "oui extended"),
    (0x88b8, "goose"),
    (0x88b9, "gse"),
    (0x88ba, "sv"),
    (0x88be, "erspan"),
    (0x88c7, "rsn preauth"),
    (0x88ca, "tipc"),
    (0x88cc, "lldp"),
    (0x88cd, "sercos iii"),
    (0x88d9, "lltd"),
    (0x88dc, "wsmp"),
    (0x88e1, "homeplug av"),
    (0x88e3, "mrp"),
    (0x88e5, "macsec"),
    (0x88e7, "pbb"),
    (0x88ee, "elmi"),
    (0x88f5, "mvrp"),
    (0x88f6, "mmrp"),
    (0x88f7, "ptp"),
    (0x88f8, "ncsi"),
    (0x88fb, "prp"),
    (0x8902, "cfm"),
    (0x8906, "fcoe"),
    (0x890d, "802.11 remote"),
    (0x8914, "fip"),
    (0x8915, "roce"),
    (0x891d, "ttethernet"),
    (0x8926, "vn-tag"),
    (0x892d, "bluetooth"),
    (0x892f, "hsr"),
    (0x893a, "1905.1"),
    (0x893f, "e-tag"),
    (0x894f, "nsh"),
    (0x8988, "802.21"),
    (0x9000, "loopback"),
    (0x9003, "rtmac"),
    (0x9100, "vlan 0x9100"),
    (0x9200, "vlan 0x9200"),
    (0x9999, "realtek loop"),
    (0xa0ed, "lowpan"),
    (0xb7ea, "gre control"),
    (0xcafe, "vertical networks"),
    (0xfcfc, "fcft"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ethertypes() {
        assert!(ETHERTYPES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(EtherType(0x88cc).to_string(), "lldp");
        assert_eq!(EtherType(0x1234).to_string(), "ethertype 0x1234");
        assert!(EtherType(0x9100).is_vlan() && !EtherType::IPV4.is_vlan());
    }
}
