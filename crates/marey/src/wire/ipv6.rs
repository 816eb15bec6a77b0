//! IPv6 (RFC 8200 §3). Its extension headers are in `ipv6_extension.rs`.

use super::bytes::{Head, Put, part};
use super::ip_protocol::IpProtocol;
use std::fmt;
use std::net::Ipv6Addr;

// RFC 8200 §3
const VERSION_CLASS_LABEL: usize = 0;
const PAYLOAD_LENGTH: usize = 4;
const NEXT_HEADER: usize = 6;
const HOP_LIMIT: usize = 7;
const SOURCE: usize = 8;
const TARGET: usize = 24;
/// Bytes of the header.
pub const LEN: usize = 40;

/// An IPv6 header.
#[derive(Clone, Copy, Debug)]
pub struct Ipv6<'a> {
    head: Head<'a, LEN>,
    bytes: &'a [u8],
}

impl<'a> Ipv6<'a> {
    /// The view of a header that starts at the first of `bytes`, unless it is cut.
    #[inline]
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        Some(Ipv6 { head: Head::of(bytes)?, bytes })
    }

    /// 6.
    #[inline]
    pub fn version(&self) -> u8 {
        self.head.u8::<VERSION_CLASS_LABEL>() >> 4
    }

    fn traffic_class(&self) -> u8 {
        (self.head.be16::<VERSION_CLASS_LABEL>() >> 4 & 0xff) as u8
    }

    /// Differentiated services (RFC 2474).
    pub fn dscp(&self) -> u8 {
        self.traffic_class() >> 2
    }

    /// Explicit congestion notification (RFC 3168 §5).
    pub fn ecn(&self) -> u8 {
        self.traffic_class() & 3
    }

    /// The flow label (RFC 6437).
    pub fn flow_label(&self) -> u32 {
        self.head.be32::<VERSION_CLASS_LABEL>() & 0xf_ffff
    }

    /// Bytes behind this header; 0 for jumbograms (RFC 2675) and what a network card segments.
    #[inline]
    pub fn payload_len(&self) -> u16 {
        self.head.be16::<PAYLOAD_LENGTH>()
    }

    /// What follows: an extension header or a transport.
    #[inline]
    pub fn next_header(&self) -> IpProtocol {
        IpProtocol(self.head.u8::<NEXT_HEADER>())
    }

    /// How many hops are left.
    pub fn hop_limit(&self) -> u8 {
        self.head.u8::<HOP_LIMIT>()
    }

    /// From whom.
    #[inline]
    pub fn source(&self) -> Ipv6Addr {
        Ipv6Addr::from(self.head.array::<SOURCE, 16>())
    }

    /// To whom; with a routing header not the final one.
    #[inline]
    pub fn target(&self) -> Ipv6Addr {
        Ipv6Addr::from(self.head.array::<TARGET, 16>())
    }

    /// What was captured behind the header, without what is not of the packet.
    pub fn payload(&self) -> &'a [u8] {
        let end = match self.payload_len() {
            0 => self.bytes.len(),
            len => LEN + usize::from(len),
        };
        part(self.bytes, LEN, end)
    }

    /// Each field by name.
    pub fn fields(&self, put: &mut Put<'_>) {
        put("version", &self.version());
        put("dscp", &self.dscp());
        put("ecn", &self.ecn());
        put("flow label", &format_args!("0x{:05x}", self.flow_label()));
        put("payload length", &self.payload_len());
        put("next header", &self.next_header().0);
        put("hop limit", &self.hop_limit());
        put("source", &self.source());
        put("target", &self.target());
    }
}

impl fmt::Display for Ipv6<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IPv6 {} > {}", self.source(), self.target())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: [u8; 43] = [
        0x6b, 0x81, 0x23, 0x45, 0x00, 0x02, 0x3a, 0xff, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 1, 0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0x87, 0, 0,
    ];

    #[test]
    fn fields_of_a_header() {
        let ip = Ipv6::parse(&HEADER).unwrap();
        assert_eq!((ip.version(), ip.dscp(), ip.ecn()), (6, 46, 0));
        assert_eq!((ip.flow_label(), ip.payload_len()), (0x12345, 2));
        assert_eq!((ip.next_header(), ip.hop_limit()), (IpProtocol::ICMPV6, 255));
        assert_eq!(ip.payload(), [0x87, 0]);
        assert_eq!(ip.to_string(), "IPv6 fe80::1 > ff02::1");
        assert!(Ipv6::parse(&HEADER[..39]).is_none());
    }
}
