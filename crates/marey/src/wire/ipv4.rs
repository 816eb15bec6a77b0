//! IPv4 (RFC 791).

use super::bytes::{Head, Put, part};
use super::ip_protocol::IpProtocol;
use super::options::Options;
use std::fmt;
use std::net::Ipv4Addr;

// RFC 791 §3.1
const VERSION_IHL: usize = 0;
const TYPE_OF_SERVICE: usize = 1;
const TOTAL_LENGTH: usize = 2;
const IDENTIFICATION: usize = 4;
const FLAGS_OFFSET: usize = 6;
const TTL: usize = 8;
const PROTOCOL: usize = 9;
pub(super) const CHECKSUM: usize = 10;
const SOURCE: usize = 12;
const TARGET: usize = 16;
/// Bytes of a header without options.
pub const LEN_MIN: usize = 20;

/// An IPv4 header.
#[derive(Clone, Copy, Debug)]
pub struct Ipv4<'a> {
    head: Head<'a, LEN_MIN>,
    bytes: &'a [u8],
}

impl<'a> Ipv4<'a> {
    /// The view of a header that starts at the first of `bytes`, unless its fixed part is cut.
    #[inline]
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        Some(Ipv4 { head: Head::of(bytes)?, bytes })
    }

    /// 4.
    #[inline]
    pub fn version(&self) -> u8 {
        self.head.u8::<VERSION_IHL>() >> 4
    }

    /// Bytes of the header with options, as it says: less than [`LEN_MIN`] is malformed.
    #[inline]
    pub fn header_len(&self) -> usize {
        usize::from(self.head.u8::<VERSION_IHL>() & 0x0f) * 4
    }

    /// Differentiated services (RFC 2474).
    pub fn dscp(&self) -> u8 {
        self.head.u8::<TYPE_OF_SERVICE>() >> 2
    }

    /// Explicit congestion notification (RFC 3168 §5).
    pub fn ecn(&self) -> u8 {
        self.head.u8::<TYPE_OF_SERVICE>() & 3
    }

    /// Bytes of the datagram; 0 where the sender left it to its network card.
    #[inline]
    pub fn total_len(&self) -> u16 {
        self.head.be16::<TOTAL_LENGTH>()
    }

    /// Which datagram a fragment is of.
    #[inline]
    pub fn identification(&self) -> u16 {
        self.head.be16::<IDENTIFICATION>()
    }

    /// Must not be fragmented.
    pub fn dont_fragment(&self) -> bool {
        self.head.u8::<FLAGS_OFFSET>() & 0x40 != 0
    }

    /// More fragments follow.
    #[inline]
    pub fn more_fragments(&self) -> bool {
        self.head.u8::<FLAGS_OFFSET>() & 0x20 != 0
    }

    /// The reserved flag (RFC 3514, of an April 1st).
    pub fn reserved_flag(&self) -> bool {
        self.head.u8::<FLAGS_OFFSET>() & 0x80 != 0
    }

    /// Where in its datagram a fragment starts.
    #[inline]
    pub fn fragment_offset_bytes(&self) -> u32 {
        u32::from(self.head.be16::<FLAGS_OFFSET>() & 0x1fff) * 8
    }

    /// Is one of several fragments.
    #[inline]
    pub fn is_fragment(&self) -> bool {
        self.head.be16::<FLAGS_OFFSET>() & 0x3fff != 0
    }

    /// Time to live.
    pub fn ttl(&self) -> u8 {
        self.head.u8::<TTL>()
    }

    /// What follows.
    #[inline]
    pub fn protocol(&self) -> IpProtocol {
        IpProtocol(self.head.u8::<PROTOCOL>())
    }

    /// The header's checksum.
    pub fn checksum(&self) -> u16 {
        self.head.be16::<CHECKSUM>()
    }

    /// The checksum is right; `None` if the header is cut.
    pub fn checksum_ok(&self) -> Option<bool> {
        let header = self.bytes.get(..self.header_len().max(LEN_MIN))?;
        let (words, _) = header.as_chunks::<2>();
        let sum: u32 = words.iter().map(|word| u32::from(u16::from_be_bytes(*word))).sum();
        Some((sum & 0xffff) + (sum >> 16) == 0xffff)
    }

    /// From whom.
    #[inline]
    pub fn source(&self) -> Ipv4Addr {
        Ipv4Addr::from(self.head.array::<SOURCE, 4>())
    }

    /// To whom.
    #[inline]
    pub fn target(&self) -> Ipv4Addr {
        Ipv4Addr::from(self.head.array::<TARGET, 4>())
    }

    /// The options that were captured (RFC 791 §3.1; types in IANA's IP option numbers).
    pub fn options(&self) -> Options<'a> {
        Options::counted(part(self.bytes, LEN_MIN, self.header_len()))
    }

    /// What was captured behind the header, without what is not of the datagram.
    pub fn payload(&self) -> &'a [u8] {
        let end = match self.total_len() {
            0 => self.bytes.len(),
            len => usize::from(len),
        };
        part(self.bytes, self.header_len().max(LEN_MIN), end)
    }

    /// Each field by name.
    pub fn fields(&self, put: &mut Put<'_>) {
        put("version", &self.version());
        put("header length", &self.header_len());
        put("dscp", &self.dscp());
        put("ecn", &self.ecn());
        put("total length", &self.total_len());
        put("identification", &format_args!("0x{:04x}", self.identification()));
        put("reserved flag", &self.reserved_flag());
        put("don't fragment", &self.dont_fragment());
        put("more fragments", &self.more_fragments());
        put("fragment offset", &self.fragment_offset_bytes());
        put("ttl", &self.ttl());
        put("protocol", &self.protocol().0);
        put("checksum", &format_args!("0x{:04x}", self.checksum()));
        if let Some(ok) = self.checksum_ok() {
            put("checksum ok", &ok);
        }
        put("source", &self.source());
        put("target", &self.target());
        for option in self.options() {
            put("option", &option);
        }
    }
}

impl fmt::Display for Ipv4<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IPv4 {} > {}", self.source(), self.target())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 1071's textbooks, with an option and 4 bytes of payload.
    const HEADER: [u8; 32] = [
        0x46, 0x02, 0x00, 0x1c, 0x12, 0x34, 0x40, 0x00, 0x40, 0x11, 0xb9, 0x9f, 192, 168, 0, 1,
        192, 168, 0, 199, 0x94, 0x04, 0x00, 0x00, 1, 2, 3, 4, 0, 0, 0, 0,
    ];

    #[test]
    fn fields_of_a_header() {
        let ip = Ipv4::parse(&HEADER).unwrap();
        assert_eq!((ip.version(), ip.header_len(), ip.total_len()), (4, 24, 28));
        assert_eq!((ip.dscp(), ip.ecn(), ip.ttl()), (0, 2, 64));
        assert_eq!((ip.protocol(), ip.identification()), (IpProtocol::UDP, 0x1234));
        assert!(ip.dont_fragment() && !ip.is_fragment() && !ip.reserved_flag());
        assert_eq!(ip.payload(), [1, 2, 3, 4]);
        let options: Vec<_> = ip.options().map(|option| option.kind).collect();
        assert_eq!(options, [0x94]);
        assert_eq!(ip.to_string(), "IPv4 192.168.0.1 > 192.168.0.199");
    }

    #[test]
    fn fragments() {
        let mut bytes = HEADER;
        bytes[6..8].copy_from_slice(&[0x20, 0xb9]);
        let ip = Ipv4::parse(&bytes).unwrap();
        assert!(ip.is_fragment() && ip.more_fragments());
        assert_eq!(ip.fragment_offset_bytes(), 1480);
    }

    #[test]
    fn checksum() {
        let good = [
            0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11, 0xb8, 0x61, 0xc0, 0xa8,
            0x00, 0x01, 0xc0, 0xa8, 0x00, 0xc7,
        ];
        assert_eq!(Ipv4::parse(&good).unwrap().checksum_ok(), Some(true));
        let mut bad = good;
        bad[10] ^= 1;
        assert_eq!(Ipv4::parse(&bad).unwrap().checksum_ok(), Some(false));
        assert_eq!(Ipv4::parse(&HEADER[..22]).unwrap().checksum_ok(), None);
    }

    #[test]
    fn nonsense_is_shown_not_refused() {
        let ip = Ipv4::parse(&[0; 20]).unwrap();
        assert_eq!((ip.version(), ip.header_len()), (0, 0));
        assert!(ip.payload().is_empty() && ip.options().next().is_none());
        assert!(Ipv4::parse(&[0x45; 19]).is_none());
    }
}
