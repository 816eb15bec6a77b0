//! IEEE 802.2 logical link control and the sub-network access header behind it.

use super::bytes::{Head, Put, name_in, u8_at};
use super::ethertype::EtherType;
use std::fmt;

// IEEE 802.2-1998 §3.2
const TARGET_SAP: usize = 0;
const SOURCE_SAP: usize = 1;
const CONTROL: usize = 2;
/// The least bytes of an LLC header: unnumbered frames.
pub const LEN_MIN: usize = 3;
/// Bytes of an LLC header of information and supervisory frames.
pub const LEN_MAX: usize = 4;
/// The service access point of SNAP (IEEE 802-2014 §9.2).
pub const SNAP_SAP: u8 = 0xaa;

// IEEE 802-2014 §9.5
const SNAP_OUI: usize = 0;
const SNAP_PROTOCOL: usize = 3;
/// Bytes of a SNAP header.
pub const SNAP_LEN: usize = 5;

/// A service access point: what LLC carries without SNAP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sap(pub u8);

impl Sap {
    /// The lower-case short name, if it is a known one.
    pub fn name(self) -> Option<&'static str> {
        name_in(SAPS, self.0)
    }
}

impl fmt::Display for Sap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "llc sap 0x{:02x}", self.0),
        }
    }
}

/// Sorted by number.
static SAPS: &[(u8, &str)] = &[
    (0x00, "llc null"),
    (0x02, "llc management"),
    (0x04, "sna"),
    (0x06, "ipv4"),
    (0x0e, "proway"),
    (0x42, "stp"),
    (0x4e, "mms"),
    (0x7e, "x.25"),
    (0x80, "xns"),
    (0x98, "arp"),
    (0xaa, "snap"),
    (0xbc, "vines"),
    (0xe0, "ipx"),
    (0xf0, "netbeui"),
    (0xf4, "lan manager"),
    (0xfe, "osi"),
    (0xff, "llc global"),
];

/// An LLC header.
#[derive(Clone, Copy, Debug)]
pub struct Llc<'a> {
    head: Head<'a, LEN_MIN>,
}

impl<'a> Llc<'a> {
    /// The view of a header that starts at the first of `bytes`, unless it is cut.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        Some(Llc { head: Head::of(bytes)? })
    }

    /// To which service (§3.3.1).
    pub fn target_sap(&self) -> Sap {
        Sap(self.head.u8::<TARGET_SAP>())
    }

    /// From which service; the lowest bit marks a response (§3.3.1).
    pub fn source_sap(&self) -> Sap {
        Sap(self.head.u8::<SOURCE_SAP>() & 0xfe)
    }

    /// The control field's first byte (§5.2).
    pub fn control(&self) -> u8 {
        self.head.u8::<CONTROL>()
    }

    /// 3 for unnumbered frames, else 4 (§5.2).
    pub fn header_len(&self) -> usize {
        if self.control() & 3 == 3 { LEN_MIN } else { LEN_MAX }
    }

    /// A SNAP header follows.
    pub fn is_snap(&self) -> bool {
        self.target_sap().0 == SNAP_SAP && self.source_sap().0 == SNAP_SAP && self.control() == 3
    }

    /// Each field by name.
    pub fn fields(&self, put: &mut Put<'_>) {
        put("target sap", &format_args!("0x{:02x}", self.target_sap().0));
        put("source sap", &format_args!("0x{:02x}", self.source_sap().0));
        put("control", &format_args!("0x{:02x}", self.control()));
    }
}

impl fmt::Display for Llc<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (source, target) = (self.source_sap().0, self.target_sap().0);
        write!(f, "LLC 0x{source:02x} > 0x{target:02x} control 0x{:02x}", self.control())
    }
}

/// A SNAP header.
#[derive(Clone, Copy, Debug)]
pub struct Snap<'a> {
    head: Head<'a, SNAP_LEN>,
}

impl<'a> Snap<'a> {
    /// The view of a header that starts at the first of `bytes`, unless it is cut.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        Some(Snap { head: Head::of(bytes)? })
    }

    /// Whose protocol number it is: 0 is an EtherType (RFC 1042).
    pub fn oui(&self) -> u32 {
        let [a, b, c] = self.head.array::<SNAP_OUI, 3>();
        u32::from_be_bytes([0, a, b, c])
    }

    /// The protocol number.
    pub fn protocol(&self) -> u16 {
        self.head.be16::<SNAP_PROTOCOL>()
    }

    /// What follows, if the number is an EtherType: of RFC 1042 and of 802.1H's bridge tunnel.
    pub fn ethertype(&self) -> Option<EtherType> {
        matches!(self.oui(), 0 | 0x00_00f8).then_some(EtherType(self.protocol()))
    }

    /// A bridged Ethernet frame follows, behind two bytes of padding if `true` (RFC 2684 §5.2).
    pub fn bridged_ethernet(&self) -> bool {
        self.oui() == 0x00_80c2 && matches!(self.protocol(), 0x0001 | 0x0007)
    }

    /// The name of what follows, where it is not an EtherType.
    pub fn name(&self) -> Option<&'static str> {
        snap_name(self.oui(), self.protocol())
    }

    /// Each field by name.
    pub fn fields(&self, put: &mut Put<'_>) {
        put("oui", &format_args!("0x{:06x}", self.oui()));
        put("protocol", &format_args!("0x{:04x}", self.protocol()));
    }
}

impl fmt::Display for Snap<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SNAP oui 0x{:06x} protocol 0x{:04x}", self.oui(), self.protocol())
    }
}

/// The name of an organisation's protocol number.
pub(super) fn snap_name(oui: u32, protocol: u16) -> Option<&'static str> {
    Some(match (oui, protocol) {
        (0x00_000c, 0x0104) => "pagp",
        (0x00_000c, 0x010b) => "pvst",
        (0x00_000c, 0x0111) => "udld",
        (0x00_000c, 0x2000) => "cdp",
        (0x00_000c, 0x2003) => "vtp",
        (0x00_000c, 0x2004) => "dtp",
        (0x00_80c2, 0x000e) => "stp",
        (0x08_0007, 0x809b) => "appletalk",
        _ => return None,
    })
}

/// Novell's 802.3 without LLC: the checksum of IPX, always FFFF, comes first. `None` if cut.
pub fn is_raw_ipx(bytes: &[u8]) -> Option<bool> {
    Some(u8_at(bytes, 0)? == 0xff && u8_at(bytes, 1)? == 0xff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn llc_kinds() {
        let stp = Llc::parse(&[0x42, 0x42, 0x03]).unwrap();
        assert_eq!((stp.target_sap().to_string().as_str(), stp.header_len()), ("stp", 3));
        assert!(!stp.is_snap());
        let netbeui = Llc::parse(&[0xf0, 0xf1, 0x01]).unwrap();
        assert_eq!((netbeui.source_sap().name(), netbeui.header_len()), (Some("netbeui"), 4));
        assert_eq!(stp.to_string(), "LLC 0x42 > 0x42 control 0x03");
        assert_eq!(Sap(0x12).to_string(), "llc sap 0x12");
        assert!(SAPS.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn snap_kinds() {
        assert!(Llc::parse(&[0xaa, 0xaa, 0x03]).unwrap().is_snap());
        let ip = Snap::parse(&[0, 0, 0, 0x08, 0x00]).unwrap();
        assert_eq!(ip.ethertype(), Some(EtherType::IPV4));
        let cdp = Snap::parse(&[0, 0, 0x0c, 0x20, 0x00]).unwrap();
        assert_eq!((cdp.ethertype(), cdp.name()), (None, Some("cdp")));
        assert_eq!(cdp.to_string(), "SNAP oui 0x00000c protocol 0x2000");
        assert!(Snap::parse(&[0x00, 0x80, 0xc2, 0, 7]).unwrap().bridged_ethernet());
    }

    #[test]
    fn novell() {
        assert_eq!(is_raw_ipx(&[0xff, 0xff]), Some(true));
        assert_eq!(is_raw_ipx(&[0xff]), None);
        assert_eq!(is_raw_ipx(&[0xe0, 0xe0]), Some(false));
    }
}
