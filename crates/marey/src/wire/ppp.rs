//! PPP (RFC 1661), with or without the address and control bytes of HDLC-like framing (RFC 1662).

use super::bytes::{Put, name_in, u8_at};
use super::ethertype::EtherType;
use std::fmt;

// RFC 1662 §3.1
const ADDRESS: u8 = 0xff;
const CONTROL: u8 = 0x03;
/// The least bytes a header has: a compressed protocol field (RFC 1661 §6.5).
pub const LEN_MIN: usize = 1;

/// What a PPP frame carries (RFC 1661 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PppProtocol(pub u16);

impl PppProtocol {
    /// The lower-case short name, if it is a known one.
    pub fn name(self) -> Option<&'static str> {
        name_in(NAMES, self.0)
    }

    /// The EtherType of the same content, where there is one.
    pub fn ethertype(self) -> Option<EtherType> {
        Some(match self.0 {
            0x0021 => EtherType::IPV4,
            0x0057 => EtherType::IPV6,
            0x0281 => EtherType::MPLS,
            0x0283 => EtherType::MPLS_UPSTREAM,
            0x002b => EtherType::IPX,
            _ => return None,
        })
    }
}

impl fmt::Display for PppProtocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "ppp {name}"),
            None => write!(f, "ppp 0x{:04x}", self.0),
        }
    }
}

/// Sorted by number (IANA, PPP numbers).
static NAMES: &[(u16, &str)] = &[
    (0x0021, "ipv4"),
    (0x0023, "osi"),
    (0x0025, "xns"),
    (0x0027, "decnet"),
    (0x0029, "appletalk"),
    (0x002b, "ipx"),
    (0x002d, "vj compressed"),
    (0x002f, "vj uncompressed"),
    (0x0031, "bridging"),
    (0x0033, "st-ii"),
    (0x0035, "vines"),
    (0x003d, "multilink"),
    (0x0053, "encryption"),
    (0x0057, "ipv6"),
    (0x0059, "multiplexing"),
    (0x00fb, "link compression"),
    (0x00fd, "compressed"),
    (0x0201, "802.1d hello"),
    (0x0207, "cdp"),
    (0x0281, "mpls"),
    (0x0283, "mpls"),
    (0x8021, "ipcp"),
    (0x8023, "osinlcp"),
    (0x8029, "atcp"),
    (0x802b, "ipxcp"),
    (0x8031, "bcp"),
    (0x8053, "ecp"),
    (0x8057, "ipv6cp"),
    (0x80fb, "link ccp"),
    (0x80fd, "ccp"),
    (0x8207, "cdpcp"),
    (0x8281, "mplscp"),
    (0xc021, "lcp"),
    (0xc023, "pap"),
    (0xc025, "lqr"),
    (0xc02d, "bap"),
    (0xc223, "chap"),
    (0xc227, "eap"),
];

/// The header of a PPP frame.
#[derive(Clone, Copy, Debug)]
pub struct Ppp {
    framed: bool,
    protocol: PppProtocol,
    header_len: usize,
}

impl Ppp {
    /// The view of a header that starts at the first of `bytes`, unless it is cut.
    ///
    /// Both the address and control bytes and the first byte of the protocol may be left out
    /// (RFC 1661 §6.5, §6.6).
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let framed = u8_at(bytes, 0)? == ADDRESS && u8_at(bytes, 1)? == CONTROL;
        let at = if framed { 2 } else { 0 };
        let first = u8_at(bytes, at)?;
        if first & 1 != 0 {
            let protocol = PppProtocol(u16::from(first));
            return Some(Ppp { framed, protocol, header_len: at + 1 });
        }
        let protocol = PppProtocol(u16::from_be_bytes([first, u8_at(bytes, at + 1)?]));
        Some(Ppp { framed, protocol, header_len: at + 2 })
    }

    /// Starts with the address and control bytes.
    pub fn is_framed(&self) -> bool {
        self.framed
    }

    /// What follows.
    pub fn protocol(&self) -> PppProtocol {
        self.protocol
    }

    /// Bytes of the header: 1 to 4.
    pub fn header_len(&self) -> usize {
        self.header_len
    }

    /// Each field by name.
    pub fn fields(&self, put: &mut Put<'_>) {
        put("framed", &self.framed);
        put("protocol", &format_args!("0x{:04x}", self.protocol.0));
    }
}

impl fmt::Display for Ppp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.protocol.name() {
            Some(name) => write!(f, "PPP {name}"),
            None => write!(f, "PPP 0x{:04x}", self.protocol.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_four_forms() {
        let forms: [(&[u8], bool, usize); 4] = [
            (&[0xff, 0x03, 0x00, 0x21, 0x45], true, 4),
            (&[0x00, 0x21, 0x45], false, 2),
            (&[0x21, 0x45], false, 1),
            (&[0xff, 0x03, 0x21, 0x45], true, 3),
        ];
        for (bytes, framed, header_len) in forms {
            let header = Ppp::parse(bytes).unwrap();
            assert_eq!((header.is_framed(), header.header_len()), (framed, header_len));
            assert_eq!(header.protocol().ethertype(), Some(EtherType::IPV4));
            assert_eq!(header.to_string(), "PPP ipv4");
            assert!(Ppp::parse(&bytes[..header_len - 1]).is_none());
        }
    }

    #[test]
    fn names() {
        assert!(NAMES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(PppProtocol(0xc021).to_string(), "ppp lcp");
        assert_eq!(PppProtocol(0x4001).to_string(), "ppp 0x4001");
    }
}
