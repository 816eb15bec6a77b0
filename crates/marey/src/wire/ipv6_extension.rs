//! The extension headers of IPv6 (RFC 8200 §4; IANA's list), AH (RFC 4302) for IPv4 as well.

use super::bytes::{Head, Put, be16_at, be32_at, part, u8_at};
use super::ip_protocol::IpProtocol;
use super::options::Options;
use std::fmt;

// RFC 8200 §4.3: all but the fragment header start like this.
const NEXT_HEADER: usize = 0;
const LENGTH: usize = 1;
/// The least bytes of any of them.
pub const LEN_MIN: usize = 8;

// RFC 8200 §4.5
const FRAGMENT_OFFSET: usize = 2;
const FRAGMENT_IDENTIFICATION: usize = 4;

// RFC 4302 §2
const AH_SPI: usize = 4;
const AH_SEQUENCE: usize = 8;

// RFC 8200 §4.4
const ROUTING_TYPE: usize = 2;
const SEGMENTS_LEFT: usize = 3;

/// Any extension header.
#[derive(Clone, Copy, Debug)]
pub struct Extension<'a> {
    kind: IpProtocol,
    head: Head<'a, LEN_MIN>,
    bytes: &'a [u8],
}

impl<'a> Extension<'a> {
    /// The view of the header of number `kind` at the first of `bytes`, unless its fixed part is
    /// cut.
    pub fn parse(kind: IpProtocol, bytes: &'a [u8]) -> Option<Self> {
        Some(Extension { kind, head: Head::of(bytes)?, bytes })
    }

    /// Which extension header this is.
    pub fn kind(&self) -> IpProtocol {
        self.kind
    }

    /// What follows.
    pub fn next_header(&self) -> IpProtocol {
        IpProtocol(self.head.u8::<NEXT_HEADER>())
    }

    /// Bytes of the header: in 8-byte units beyond the first, but AH's in 4-byte units beyond the
    /// second (RFC 4302 §2.2), and the fragment header's always 8.
    pub fn header_len(&self) -> usize {
        let length = usize::from(self.head.u8::<LENGTH>());
        match self.kind {
            IpProtocol::FRAGMENT => LEN_MIN,
            IpProtocol::AH => (length + 2) * 4,
            _ => (length + 1) * 8,
        }
    }

    /// Where in its packet a fragment starts (RFC 8200 §4.5), in a fragment header.
    pub fn fragment_offset_bytes(&self) -> u32 {
        u32::from(self.head.be16::<FRAGMENT_OFFSET>() & 0xfff8)
    }

    /// More fragments follow, in a fragment header.
    pub fn more_fragments(&self) -> bool {
        self.head.be16::<FRAGMENT_OFFSET>() & 1 != 0
    }

    /// Which packet a fragment is of, in a fragment header.
    pub fn identification(&self) -> u32 {
        self.head.be32::<FRAGMENT_IDENTIFICATION>()
    }

    /// The security parameters' index, in an authentication header.
    pub fn spi(&self) -> u32 {
        self.head.be32::<AH_SPI>()
    }

    /// The sequence number, in an authentication header; `None` if it is cut.
    pub fn sequence(&self) -> Option<u32> {
        be32_at(self.bytes, AH_SEQUENCE)
    }

    /// The kind of routing, in a routing header: 4 is segment routing (RFC 8754).
    pub fn routing_type(&self) -> u8 {
        self.head.u8::<ROUTING_TYPE>()
    }

    /// How many nodes are still to be visited, in a routing header.
    pub fn segments_left(&self) -> u8 {
        self.head.u8::<SEGMENTS_LEFT>()
    }

    /// The options that were captured, in hop-by-hop and destination options; else none.
    pub fn options(&self) -> Options<'a> {
        let end = match self.kind {
            IpProtocol::HOP_BY_HOP | IpProtocol::DESTINATION => self.header_len(),
            _ => 2,
        };
        Options::data(part(self.bytes, 2, end))
    }

    /// The length of a jumbogram (RFC 2675 §2), if this header holds one.
    pub fn jumbo_len(&self) -> Option<u32> {
        let jumbo = self.options().find(|option| option.kind == 0xc2 && !option.cut)?;
        be32_at(jumbo.data, 0)
    }

    /// Each field by name.
    pub fn fields(&self, put: &mut Put<'_>) {
        put("next header", &self.next_header().0);
        put("length", &self.header_len());
        match self.kind {
            IpProtocol::FRAGMENT => {
                put("fragment offset", &self.fragment_offset_bytes());
                put("more fragments", &self.more_fragments());
                put("identification", &format_args!("0x{:08x}", self.identification()));
            }
            IpProtocol::AH => {
                put("spi", &format_args!("0x{:08x}", self.spi()));
                if let Some(sequence) = self.sequence() {
                    put("sequence", &sequence);
                }
            }
            IpProtocol::ROUTING => {
                put("routing type", &self.routing_type());
                put("segments left", &self.segments_left());
            }
            IpProtocol::MOBILITY => put("mobility type", &self.head.u8::<2>()),
            IpProtocol::HIP => put("packet type", &(self.head.u8::<2>() & 0x7f)),
            _ => {
                for option in self.options() {
                    put("option", &option);
                }
            }
        }
    }
}

impl fmt::Display for Extension<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            IpProtocol::FRAGMENT => {
                let (id, offset) = (self.identification(), self.fragment_offset_bytes());
                write!(f, "frag 0x{id:08x} offset {offset}")?;
                if self.more_fragments() { f.write_str("+") } else { Ok(()) }
            }
            IpProtocol::AH => write!(f, "AH spi 0x{:08x}", self.spi()),
            IpProtocol::ROUTING => {
                write!(f, "routing type {} left {}", self.routing_type(), self.segments_left())
            }
            kind => write!(f, "{kind}"),
        }
    }
}

/// The next header behind the header of number `kind` at the first of `bytes`, and its length,
/// from as few bytes as say so.
pub(super) fn skip(kind: IpProtocol, bytes: &[u8]) -> Option<(IpProtocol, usize)> {
    let length = usize::from(u8_at(bytes, LENGTH)?);
    let header_len = match kind {
        IpProtocol::FRAGMENT => LEN_MIN,
        IpProtocol::AH => (length + 2) * 4,
        _ => (length + 1) * 8,
    };
    Some((IpProtocol(u8_at(bytes, NEXT_HEADER)?), header_len))
}

/// The offset field of the fragment header at the first of `bytes`, if it was captured.
pub(super) fn fragment_offset(bytes: &[u8]) -> Option<u16> {
    be16_at(bytes, FRAGMENT_OFFSET)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_in_their_units() {
        let bytes = [6, 4, 0, 0, 0, 0, 0, 0];
        for (kind, len) in [
            (IpProtocol::HOP_BY_HOP, 40),
            (IpProtocol::ROUTING, 40),
            (IpProtocol::DESTINATION, 40),
            (IpProtocol::MOBILITY, 40),
            (IpProtocol::HIP, 40),
            (IpProtocol::SHIM6, 40),
            (IpProtocol::FRAGMENT, 8),
            (IpProtocol::AH, 24),
        ] {
            let header = Extension::parse(kind, &bytes).unwrap();
            assert_eq!((header.kind(), header.header_len()), (kind, len));
            assert_eq!(skip(kind, &bytes), Some((IpProtocol::TCP, len)));
        }
    }

    #[test]
    fn fragment() {
        let bytes = [17, 0, 0x05, 0xa9, 0, 0, 0, 7];
        let header = Extension::parse(IpProtocol::FRAGMENT, &bytes).unwrap();
        assert_eq!((header.fragment_offset_bytes(), header.identification()), (1448, 7));
        assert!(header.more_fragments());
        assert_eq!(header.to_string(), "frag 0x00000007 offset 1448+");
    }

    #[test]
    fn jumbo_and_ah() {
        let jumbo = [6, 0, 0xc2, 4, 0, 1, 0x86, 0xa0];
        let header = Extension::parse(IpProtocol::HOP_BY_HOP, &jumbo).unwrap();
        assert_eq!(header.jumbo_len(), Some(100_000));
        let ah = [6, 4, 0, 0, 0, 0, 0, 9, 0, 0, 0, 3];
        let header = Extension::parse(IpProtocol::AH, &ah).unwrap();
        assert_eq!((header.spi(), header.sequence()), (9, Some(3)));
        assert_eq!(header.jumbo_len(), None);
        assert!(Extension::parse(IpProtocol::AH, &ah[..7]).is_none());
    }

    #[test]
    fn routing() {
        let bytes = [43, 2, 4, 1, 0, 0, 0, 0];
        let header = Extension::parse(IpProtocol::ROUTING, &bytes).unwrap();
        assert_eq!((header.routing_type(), header.segments_left()), (4, 1));
        assert_eq!(header.to_string(), "routing type 4 left 1");
    }
}
