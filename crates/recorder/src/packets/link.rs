//! What packets of an interface begin with.

/// The link type of packets without the headers of their links: `LINKTYPE_LINUX_SLL2`.
pub const COOKED: u16 = 276;
/// `LINKTYPE_ETHERNET`
pub const ETHERNET: u16 = 1;
/// `ARPHRD_LOOPBACK`
pub const LOOPBACK: u16 = 772;

/// What an interface's packets begin with, by what the interface is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The number that pcapng has for it (`LINKTYPE_…`).
    pub link_type: u16,
    /// The kernel takes the headers off, and marey writes others.
    pub is_cooked: bool,
}

/// By the numbers of the Address Resolution Protocol (`linux/if_arp.h`), the link types of
/// draft-ietf-opsawg-pcaplinktype.
const LINKS: [(u16, u16); 9] = [
    (1, ETHERNET),
    (LOOPBACK, ETHERNET),
    // Tunnels, WireGuard, modems: packets of IP.
    (65534, 101),
    (519, 101),
    // 802.11: bare, with the header of Prism, with radiotap.
    (801, 105),
    (802, 119),
    (803, 127),
    // 802.15.4: without checksums, with them.
    (804, 230),
    (805, 195),
];

/// Interfaces whose headers are of many kinds, or not for others: PPP, tunnels in IP.
const COOKED_ONES: [u16; 6] = [512, 768, 769, 776, 778, 823];

impl Link {
    /// All interfaces at once.
    pub const ANY: Link = Link { link_type: COOKED, is_cooked: true };

    /// What packets of an interface begin with; nothing if it is not known.
    pub fn of(hardware: u16) -> Option<Link> {
        if COOKED_ONES.contains(&hardware) {
            return Some(Link::ANY);
        }
        let (_, link_type) = LINKS.iter().find(|(number, _)| *number == hardware)?;
        Some(Link { link_type: *link_type, is_cooked: false })
    }
}
