//! Frame Relay: the address of Q.922 §3.3, then RFC 2427 (NLPID, SNAP) or Cisco's EtherType.

use super::bytes::{Put, be16_at, u8_at};
use super::ethertype::EtherType;
use std::fmt;

/// The bytes of an address (Q.922 §3.3.1).
pub const ADDRESS_LEN_MAX: usize = 4;
/// The least bytes of a header: address, control, NLPID.
pub const LEN_MIN: usize = 4;
/// Unnumbered information (RFC 2427 §3).
const CONTROL_UI: u8 = 0x03;

/// What a Frame Relay header says follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Named by an EtherType: Cisco's encapsulation, or an NLPID that is one.
    EtherType(EtherType),
    /// A SNAP header (RFC 2427 §4.1).
    Snap,
    /// PPP (RFC 1973).
    Ppp,
    /// Another network layer protocol identifier (ISO/IEC TR 9577).
    Nlpid(u8),
}

/// A Frame Relay header with what names its content.
#[derive(Clone, Copy, Debug)]
pub struct FrameRelay {
    dlci: u32,
    flags: u8,
    content: Content,
    header_len: usize,
}

impl FrameRelay {
    /// The view of a header that starts at the first of `bytes`, unless it is cut.
    ///
    /// An address of more than [`ADDRESS_LEN_MAX`] bytes is read as one of that many.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut address = [0_u32; ADDRESS_LEN_MAX];
        let mut address_len = 0;
        for byte in &mut address {
            let found = u8_at(bytes, address_len)?;
            *byte = u32::from(found);
            address_len += 1;
            if found & 1 != 0 && address_len >= 2 {
                break;
            }
        }
        let [a, b, c, d] = address;
        let dlci = match address_len {
            2 => (a >> 2) << 4 | b >> 4,
            3 => (a >> 2) << 10 | (b >> 4) << 6 | c >> 2,
            _ => (a >> 2) << 17 | (b >> 4) << 13 | (c >> 1) << 6 | d >> 2,
        };
        let (content, content_len) = content(bytes, address_len)?;
        let flags = u8_at(bytes, 1)? >> 1;
        Some(FrameRelay { dlci, flags, content, header_len: address_len + content_len })
    }

    /// The connection (Q.922 §3.3.6).
    pub fn dlci(&self) -> u32 {
        self.dlci
    }

    /// Forward congestion (Q.922 §3.3.3).
    pub fn forward_congestion(&self) -> bool {
        self.flags & 4 != 0
    }

    /// Backward congestion (Q.922 §3.3.4).
    pub fn backward_congestion(&self) -> bool {
        self.flags & 2 != 0
    }

    /// May be dropped first (Q.922 §3.3.5).
    pub fn drop_eligible(&self) -> bool {
        self.flags & 1 != 0
    }

    /// What follows.
    pub fn content(&self) -> Content {
        self.content
    }

    /// Bytes of address, control, padding and what names the content; SNAP's are not among them.
    pub fn header_len(&self) -> usize {
        self.header_len
    }

    /// Each field by name.
    pub fn fields(&self, put: &mut Put<'_>) {
        put("dlci", &self.dlci);
        put("fecn", &self.forward_congestion());
        put("becn", &self.backward_congestion());
        put("drop eligible", &self.drop_eligible());
        match self.content {
            Content::EtherType(ethertype) => {
                put("ethertype", &format_args!("0x{:04x}", ethertype.0));
            }
            Content::Snap => put("nlpid", &"0x80"),
            Content::Ppp => put("nlpid", &"0xcf"),
            Content::Nlpid(nlpid) => put("nlpid", &format_args!("0x{nlpid:02x}")),
        }
    }
}

/// What follows the address, and how many bytes say so (RFC 2427 §3, §4).
fn content(bytes: &[u8], at: usize) -> Option<(Content, usize)> {
    if u8_at(bytes, at)? != CONTROL_UI {
        return Some((Content::EtherType(EtherType(be16_at(bytes, at)?)), 2));
    }
    let pad = usize::from(u8_at(bytes, at + 1)? == 0);
    let content = match u8_at(bytes, at + 1 + pad)? {
        0xcc => Content::EtherType(EtherType::IPV4),
        0x8e => Content::EtherType(EtherType::IPV6),
        0x80 => Content::Snap,
        0xcf => Content::Ppp,
        other => Content::Nlpid(other),
    };
    Some((content, 2 + pad))
}

impl fmt::Display for FrameRelay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Frame Relay dlci {}", self.dlci)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ip_by_nlpid() {
        let header = FrameRelay::parse(&[0x18, 0x41, 0x03, 0xcc, 0x45]).unwrap();
        assert_eq!((header.dlci(), header.header_len()), (100, 4));
        assert_eq!(header.content(), Content::EtherType(EtherType::IPV4));
        assert_eq!(header.to_string(), "Frame Relay dlci 100");
        assert!(FrameRelay::parse(&[0x18, 0x41, 0x03]).is_none());
    }

    #[test]
    fn other_forms() {
        let cisco = FrameRelay::parse(&[0x18, 0x4f, 0x86, 0xdd]).unwrap();
        assert_eq!(cisco.content(), Content::EtherType(EtherType::IPV6));
        assert!(cisco.forward_congestion() && cisco.backward_congestion());
        assert!(cisco.drop_eligible());
        let snap = FrameRelay::parse(&[0x18, 0x41, 0x03, 0x00, 0x80, 0, 0, 0]).unwrap();
        assert_eq!((snap.content(), snap.header_len()), (Content::Snap, 5));
        let wide = FrameRelay::parse(&[0x04, 0x00, 0x02, 0x05, 0x03, 0xcc]).unwrap();
        assert_eq!((wide.dlci(), wide.header_len()), (131_137, 6));
    }
}
