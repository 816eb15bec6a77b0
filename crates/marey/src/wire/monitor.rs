//! Small headers that capturing systems put in front of a frame: Prism, AVS, PPI and PKTAP.

use super::bytes::{Head, Put, be32_at};
use super::link::LinkType;
use std::fmt;

// The Prism monitor header of the wlan-ng driver: a message code, a length, fields.
const PRISM_LENGTH: usize = 4;
/// Bytes of the fixed part of a Prism header.
pub const PRISM_LEN_MIN: usize = 8;

// AVS capture header §2: in network order.
const AVS_LENGTH: usize = 4;
/// Bytes of the fixed part of an AVS header.
pub const AVS_LEN_MIN: usize = 8;
/// What the highest 20 bits of an AVS header's version are.
const AVS_MAGIC: u32 = 0x8021_1000;

// CACE PPI 1.0.10 §3.1: lowest byte first.
const PPI_LENGTH: usize = 2;
const PPI_LINK: usize = 4;
/// Bytes of the fixed part of a PPI header.
pub const PPI_LEN_MIN: usize = 8;

// Darwin's `struct pktap_header`: lowest byte first.
const PKTAP_LENGTH: usize = 0;
const PKTAP_NEXT: usize = 4;
const PKTAP_LINK: usize = 8;
/// Bytes of the fixed part of a PKTAP header.
pub const PKTAP_LEN_MIN: usize = 12;
/// A packet follows.
const PKTAP_NEXT_PACKET: u32 = 1;

/// An AVS header, also in the place of a Prism header.
pub(super) fn is_avs(bytes: &[u8]) -> bool {
    be32_at(bytes, 0).is_some_and(|version| version & 0xffff_f000 == AVS_MAGIC)
}

/// A Prism header is in the order of the host that captured, in which its length is small.
pub(super) fn is_little_prism(bytes: &[u8]) -> Option<bool> {
    Some(Head::<PRISM_LEN_MIN>::of(bytes)?.le32::<PRISM_LENGTH>() <= 0xffff)
}

/// Any of these headers: how long it is and what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Monitor {
    header_len: u32,
    link: Option<LinkType>,
}

impl Monitor {
    /// A Prism header, in the order of the host that captured, or an AVS header in its place.
    pub fn parse_prism(bytes: &[u8]) -> Option<Self> {
        let head = Head::<PRISM_LEN_MIN>::of(bytes)?;
        if is_avs(bytes) {
            return Monitor::parse_avs(bytes);
        }
        let header_len = match is_little_prism(bytes)? {
            true => head.le32::<PRISM_LENGTH>(),
            false => head.be32::<PRISM_LENGTH>(),
        };
        Some(Monitor { header_len, link: Some(LinkType::IEEE802_11) })
    }

    /// An AVS header.
    pub fn parse_avs(bytes: &[u8]) -> Option<Self> {
        let head = Head::<AVS_LEN_MIN>::of(bytes)?;
        let header_len = head.be32::<AVS_LENGTH>();
        Some(Monitor { header_len, link: Some(LinkType::IEEE802_11) })
    }

    /// A PPI header.
    pub fn parse_ppi(bytes: &[u8]) -> Option<Self> {
        let head = Head::<PPI_LEN_MIN>::of(bytes)?;
        let link = u16::try_from(head.le32::<PPI_LINK>()).ok().map(LinkType);
        Some(Monitor { header_len: u32::from(head.le16::<PPI_LENGTH>()), link })
    }

    /// A PKTAP header.
    pub fn parse_pktap(bytes: &[u8]) -> Option<Self> {
        let head = Head::<PKTAP_LEN_MIN>::of(bytes)?;
        let link = u16::try_from(head.le32::<PKTAP_LINK>()).ok().map(LinkType);
        let is_packet = head.le32::<PKTAP_NEXT>() == PKTAP_NEXT_PACKET;
        Some(Monitor { header_len: head.le32::<PKTAP_LENGTH>(), link: link.filter(|_| is_packet) })
    }

    /// Bytes of the header, as it says.
    pub fn header_len(&self) -> u32 {
        self.header_len
    }

    /// The link type of the frame that follows, if one does.
    pub fn link(&self) -> Option<LinkType> {
        self.link
    }

    /// Each field by name.
    pub fn fields(&self, put: &mut Put<'_>) {
        put("length", &self.header_len);
        if let Some(link) = self.link {
            put("link type", &link);
        }
    }
}

impl fmt::Display for Monitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.link {
            Some(link) => write!(f, "monitor header of {link}"),
            None => f.write_str("monitor header"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prism_and_avs() {
        let prism = Monitor::parse_prism(&[0x44, 0, 0, 0, 0x90, 0, 0, 0, 1]).unwrap();
        assert_eq!((prism.header_len(), prism.link()), (144, Some(LinkType::IEEE802_11)));
        let big = Monitor::parse_prism(&[0, 0, 0, 0x44, 0, 0, 0, 0x90]).unwrap();
        assert_eq!(prism, big);
        let avs = Monitor::parse_prism(&[0x80, 0x21, 0x10, 0x01, 0, 0, 0, 64]).unwrap();
        assert_eq!(avs.header_len(), 64);
        assert_eq!(avs.to_string(), "monitor header of IEEE802_11");
    }

    #[test]
    fn ppi_and_pktap() {
        let ppi = Monitor::parse_ppi(&[0, 0, 32, 0, 105, 0, 0, 0]).unwrap();
        assert_eq!((ppi.header_len(), ppi.link()), (32, Some(LinkType::IEEE802_11)));
        let pktap = Monitor::parse_pktap(&[108, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]).unwrap();
        assert_eq!((pktap.header_len(), pktap.link()), (108, Some(LinkType::ETHERNET)));
        assert!(Monitor::parse_pktap(&[0; 11]).is_none());
        assert_eq!(Monitor::parse_pktap(&[0; 12]).unwrap().link(), None);
    }
}
