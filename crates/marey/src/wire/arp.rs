//! ARP (RFC 826), RARP (RFC 903), InARP (RFC 2390).

use super::bytes::{Head, Hex, Mac, Put, part};
use std::fmt;
use std::net::Ipv4Addr;

// RFC 826, "Packet format"
const HARDWARE: usize = 0;
const PROTOCOL: usize = 2;
const HARDWARE_LEN: usize = 4;
const PROTOCOL_LEN: usize = 5;
const OPERATION: usize = 6;
/// Bytes of the fixed part.
pub const LEN_MIN: usize = 8;

/// An ARP packet. Addresses that are cut are as short as what was captured of them.
#[derive(Clone, Copy, Debug)]
pub struct Arp<'a> {
    head: Head<'a, LEN_MIN>,
    bytes: &'a [u8],
}

impl<'a> Arp<'a> {
    /// The view of a packet that starts at the first of `bytes`, unless its fixed part is cut.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        Some(Arp { head: Head::of(bytes)?, bytes })
    }

    /// The kind of hardware: 1 is Ethernet.
    pub fn hardware(&self) -> u16 {
        self.head.be16::<HARDWARE>()
    }

    /// The kind of protocol address: an EtherType.
    pub fn protocol(&self) -> u16 {
        self.head.be16::<PROTOCOL>()
    }

    /// Bytes of a hardware address.
    pub fn hardware_len(&self) -> usize {
        usize::from(self.head.u8::<HARDWARE_LEN>())
    }

    /// Bytes of a protocol address.
    pub fn protocol_len(&self) -> usize {
        usize::from(self.head.u8::<PROTOCOL_LEN>())
    }

    /// 1 request, 2 reply, 3 and 4 reverse, 8 and 9 inverse.
    pub fn operation(&self) -> u16 {
        self.head.be16::<OPERATION>()
    }

    /// The operation's name (IANA, ARP parameters).
    pub fn operation_name(&self) -> Option<&'static str> {
        Some(match self.operation() {
            1 => "request",
            2 => "reply",
            3 => "reverse request",
            4 => "reverse reply",
            8 => "inverse request",
            9 => "inverse reply",
            10 => "nak",
            _ => return None,
        })
    }

    /// Bytes of the whole packet.
    pub fn header_len(&self) -> usize {
        LEN_MIN + 2 * (self.hardware_len() + self.protocol_len())
    }

    fn field(&self, at: usize, len: usize) -> &'a [u8] {
        part(self.bytes, LEN_MIN + at, LEN_MIN + at + len)
    }

    /// The sender's hardware address.
    pub fn source_hardware(&self) -> &'a [u8] {
        self.field(0, self.hardware_len())
    }

    /// The sender's protocol address.
    pub fn source_protocol(&self) -> &'a [u8] {
        self.field(self.hardware_len(), self.protocol_len())
    }

    /// The target's hardware address.
    pub fn target_hardware(&self) -> &'a [u8] {
        self.field(self.hardware_len() + self.protocol_len(), self.hardware_len())
    }

    /// The target's protocol address.
    pub fn target_protocol(&self) -> &'a [u8] {
        self.field(2 * self.hardware_len() + self.protocol_len(), self.protocol_len())
    }

    /// The sender's IPv4 address, where it is one.
    pub fn source(&self) -> Option<Ipv4Addr> {
        self.ipv4(self.source_protocol())
    }

    /// The target's IPv4 address, where it is one.
    pub fn target(&self) -> Option<Ipv4Addr> {
        self.ipv4(self.target_protocol())
    }

    fn ipv4(&self, address: &[u8]) -> Option<Ipv4Addr> {
        if self.protocol() != 0x0800 {
            return None;
        }
        <[u8; 4]>::try_from(address).ok().map(Ipv4Addr::from)
    }

    /// Each field by name.
    pub fn fields(&self, put: &mut Put<'_>) {
        put("hardware", &self.hardware());
        put("protocol", &format_args!("0x{:04x}", self.protocol()));
        put("operation", &self.operation());
        put("source hardware", &Address(self.source_hardware()));
        put("source", &Address(self.source_protocol()));
        put("target hardware", &Address(self.target_hardware()));
        put("target", &Address(self.target_protocol()));
    }
}

impl fmt::Display for Arp<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (source, target) = (Address(self.source_protocol()), Address(self.target_protocol()));
        match self.operation() {
            1 => write!(f, "ARP who-has {target} tell {source}"),
            2 => write!(f, "ARP {source} is-at {}", Address(self.source_hardware())),
            3 => write!(f, "RARP who-is {}", Address(self.target_hardware())),
            4 => write!(f, "RARP {} is {target}", Address(self.target_hardware())),
            _ => match self.operation_name() {
                Some(name) => write!(f, "ARP {name} {source} > {target}"),
                None => write!(f, "ARP operation {} {source} > {target}", self.operation()),
            },
        }
    }
}

/// An address of a length that says what it is.
struct Address<'a>(&'a [u8]);

impl fmt::Display for Address<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self.0 {
            [] => f.write_str("?"),
            [a, b, c, d] => Ipv4Addr::new(a, b, c, d).fmt(f),
            [a, b, c, d, e, g] => Mac([a, b, c, d, e, g]).fmt(f),
            _ => Hex(self.0).fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: [u8; 28] = [
        0, 1, 8, 0, 6, 4, 0, 1, 0, 0x11, 0x22, 0x33, 0x44, 0x55, 10, 0, 0, 1, 0, 0, 0, 0, 0, 0, 10,
        0, 0, 2,
    ];

    #[test]
    fn request_and_reply() {
        let arp = Arp::parse(&REQUEST).unwrap();
        assert_eq!(arp.header_len(), 28);
        assert_eq!(arp.source(), Some(Ipv4Addr::new(10, 0, 0, 1)));
        assert_eq!(arp.target(), Some(Ipv4Addr::new(10, 0, 0, 2)));
        assert_eq!(arp.to_string(), "ARP who-has 10.0.0.2 tell 10.0.0.1");
        let mut reply = REQUEST;
        reply[7] = 2;
        assert_eq!(Arp::parse(&reply).unwrap().to_string(), "ARP 10.0.0.1 is-at 00:11:22:33:44:55");
    }

    #[test]
    fn cut_addresses() {
        let arp = Arp::parse(&REQUEST[..16]).unwrap();
        assert_eq!((arp.source(), arp.target()), (None, None));
        assert_eq!(arp.to_string(), "ARP who-has ? tell 0a00");
        assert!(Arp::parse(&REQUEST[..7]).is_none());
    }
}
