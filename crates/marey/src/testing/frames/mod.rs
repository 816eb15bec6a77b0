//! Ethernet frames, built from the outside in, with valid checksums.
//!
//! Each function gives a whole frame without its FCS. MAC addresses follow from the IP addresses
//! ([`mac_of`]). Frames are as short as their content: see [`padded`] for Ethernet's least length.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

pub mod app;
pub mod checksum;
mod ip;

pub use ip::{fragments, ip};

use checksum::{checksum, crc32, crc32c, sum};

/// A MAC address.
pub type Mac = [u8; 6];

/// The MAC address for all stations.
pub const BROADCAST: Mac = [0xFF; 6];

/// The TCP flag FIN.
pub const FIN: u8 = 0x01;
/// The TCP flag SYN.
pub const SYN: u8 = 0x02;
/// The TCP flag RST.
pub const RST: u8 = 0x04;
/// The TCP flag PSH.
pub const PSH: u8 = 0x08;
/// The TCP flag ACK.
pub const ACK: u8 = 0x10;

/// What a TCP header says beside its ports.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tcp {
    /// The sequence number.
    pub seq: u32,
    /// The acknowledgement number.
    pub ack: u32,
    /// The flags, e.g. `SYN | ACK`.
    pub flags: u8,
}

/// The MAC address that belongs to `ip`: a locally administered one that shows the address's last
/// four bytes, or the group address that multicast and broadcast ask for.
pub fn mac_of(ip: IpAddr) -> Mac {
    match ip {
        IpAddr::V4(ip) => {
            let [a, b, c, d] = ip.octets();
            match ip {
                Ipv4Addr::BROADCAST => BROADCAST,
                _ if ip.is_multicast() => [0x01, 0x00, 0x5E, b & 0x7F, c, d],
                _ => [0x02, 0x04, a, b, c, d],
            }
        }
        IpAddr::V6(ip) => {
            let [.., a, b, c, d] = ip.octets();
            let head = if ip.is_multicast() { [0x33, 0x33] } else { [0x02, 0x06] };
            [head[0], head[1], a, b, c, d]
        }
    }
}

/// A frame with `payload` of the given EtherType.
pub fn ethernet(dst: Mac, src: Mac, ethertype: u16, payload: &[u8]) -> Vec<u8> {
    [&dst[..], &src, &ethertype.to_be_bytes(), payload].concat()
}

/// The frame with VLAN tags put in, the outermost first: (0x8100, id) for 802.1Q, (0x88A8, id) for
/// the outer tag of QinQ.
pub fn tagged(frame: &[u8], tags: &[(u16, u16)]) -> Vec<u8> {
    let mut out = frame[..12].to_vec();
    for (protocol, control) in tags {
        out.extend(protocol.to_be_bytes());
        out.extend(control.to_be_bytes());
    }
    out.extend_from_slice(&frame[12..]);
    out
}

/// The frame with zeros up to Ethernet's least length, 60 bytes without the FCS.
pub fn padded(mut frame: Vec<u8>) -> Vec<u8> {
    frame.resize(frame.len().max(60), 0);
    frame
}

/// The frame followed by its FCS, four bytes.
pub fn with_fcs(frame: &[u8]) -> Vec<u8> {
    [frame, &crc32(frame).to_le_bytes()].concat()
}

/// Sets the checksum at `at` of a transport segment, over the pseudo-header as well.
fn seal(src: IpAddr, dst: IpAddr, protocol: u8, segment: &mut [u8], at: usize) {
    let addresses = match (src, dst) {
        (IpAddr::V4(a), IpAddr::V4(b)) => sum(&a.octets()) + sum(&b.octets()),
        (IpAddr::V6(a), IpAddr::V6(b)) => sum(&a.octets()) + sum(&b.octets()),
        _ => panic!("{src} and {dst} are of different families"),
    };
    let pseudo = addresses + u32::from(protocol) + segment.len() as u32;
    let mut check = checksum(pseudo + sum(segment));
    if protocol == 17 && check == 0 {
        check = 0xFFFF; // RFC 768: 0 would mean that there is no checksum.
    }
    segment[at..at + 2].copy_from_slice(&check.to_be_bytes());
}

/// A frame with a UDP datagram.
///
/// # Panics
///
/// If the addresses are of different families, or `payload` is too long for UDP.
pub fn udp(src: SocketAddr, dst: SocketAddr, payload: &[u8]) -> Vec<u8> {
    let len = u16::try_from(8 + payload.len()).expect("a UDP datagram below 64 KiB");
    let mut segment = Vec::with_capacity(8 + payload.len());
    segment.extend(src.port().to_be_bytes());
    segment.extend(dst.port().to_be_bytes());
    segment.extend(len.to_be_bytes());
    segment.extend([0, 0]);
    segment.extend_from_slice(payload);
    seal(src.ip(), dst.ip(), 17, &mut segment, 6);
    ip(src.ip(), dst.ip(), 17, &segment)
}

/// A frame with a TCP segment. A SYN carries the option for a largest segment of 1440 bytes.
///
/// # Panics
///
/// As [`ip`].
pub fn tcp(src: SocketAddr, dst: SocketAddr, head: Tcp, payload: &[u8]) -> Vec<u8> {
    let options: &[u8] = if head.flags & SYN != 0 { &[2, 4, 0x05, 0xA0] } else { &[] };
    let mut segment = Vec::with_capacity(24 + payload.len());
    segment.extend(src.port().to_be_bytes());
    segment.extend(dst.port().to_be_bytes());
    segment.extend(head.seq.to_be_bytes());
    segment.extend(head.ack.to_be_bytes());
    segment.extend([((20 + options.len()) as u8 / 4) << 4, head.flags]);
    segment.extend([0xFA, 0xF0, 0, 0, 0, 0]); // window 64240, checksum, urgent pointer
    segment.extend_from_slice(options);
    segment.extend_from_slice(payload);
    seal(src.ip(), dst.ip(), 6, &mut segment, 16);
    ip(src.ip(), dst.ip(), 6, &segment)
}

/// A frame with an echo request, or with the reply to one: ICMP or ICMPv6 as the addresses are.
///
/// # Panics
///
/// As [`ip`].
pub fn echo(src: IpAddr, dst: IpAddr, reply: bool, id: u16, seq: u16, data: &[u8]) -> Vec<u8> {
    let kind = match (src.is_ipv4(), reply) {
        (true, false) => 8,
        (true, true) => 0,
        (false, false) => 128,
        (false, true) => 129,
    };
    let mut message = vec![kind, 0, 0, 0];
    message.extend(id.to_be_bytes());
    message.extend(seq.to_be_bytes());
    message.extend_from_slice(data);
    icmp(src, dst, message)
}

/// A frame with an ICMP or ICMPv6 message whose checksum is still to be set.
fn icmp(src: IpAddr, dst: IpAddr, mut message: Vec<u8>) -> Vec<u8> {
    if src.is_ipv4() {
        let check = checksum(sum(&message));
        message[2..4].copy_from_slice(&check.to_be_bytes());
        ip(src, dst, 1, &message)
    } else {
        seal(src, dst, 58, &mut message, 2);
        ip(src, dst, 58, &message)
    }
}

/// A frame with an ICMPv6 neighbour solicitation: who has `target`?
pub fn neighbour_solicitation(src: Ipv6Addr, target: Ipv6Addr) -> Vec<u8> {
    let [.., b, c, d] = target.octets();
    let group = Ipv6Addr::new(0xFF02, 0, 0, 0, 0, 1, 0xFF00 | u16::from(b), word(c, d));
    let mut message = vec![135, 0, 0, 0, 0, 0, 0, 0];
    message.extend(target.octets());
    message.extend([1, 1]);
    message.extend(mac_of(src.into()));
    icmp(src.into(), group.into(), message)
}

/// A frame with the ICMPv6 neighbour advertisement that answers `dst`: `src` is at its MAC.
pub fn neighbour_advertisement(src: Ipv6Addr, dst: Ipv6Addr) -> Vec<u8> {
    let mut message = vec![136, 0, 0, 0, 0x60, 0, 0, 0];
    message.extend(src.octets());
    message.extend([2, 1]);
    message.extend(mac_of(src.into()));
    icmp(src.into(), dst.into(), message)
}

fn word(high: u8, low: u8) -> u16 {
    u16::from_be_bytes([high, low])
}

/// A frame with an ARP request to all: who has `target`? Or with the reply to `target`.
pub fn arp(sender: Ipv4Addr, target: Ipv4Addr, reply: bool) -> Vec<u8> {
    let src = mac_of(sender.into());
    let (dst, asked) =
        if reply { (mac_of(target.into()), mac_of(target.into())) } else { (BROADCAST, [0; 6]) };
    let operation = if reply { 2 } else { 1 };
    let mut body = vec![0, 1, 8, 0, 6, 4, 0, operation];
    body.extend(src);
    body.extend(sender.octets());
    body.extend(asked);
    body.extend(target.octets());
    padded(ethernet(dst, src, 0x0806, &body))
}

/// A frame with an SCTP packet that holds one DATA chunk.
///
/// # Panics
///
/// As [`ip`].
pub fn sctp(src: SocketAddr, dst: SocketAddr, tsn: u32, data: &[u8]) -> Vec<u8> {
    let mut packet = Vec::with_capacity(32 + data.len());
    packet.extend(src.port().to_be_bytes());
    packet.extend(dst.port().to_be_bytes());
    packet.extend(0x6D61_7265_u32.to_be_bytes()); // verification tag
    packet.extend([0; 4]);
    packet.extend([0, 3]); // DATA, first and last fragment
    packet.extend(((16 + data.len()) as u16).to_be_bytes());
    packet.extend(tsn.to_be_bytes());
    packet.extend([0; 8]); // stream, sequence, protocol
    packet.extend_from_slice(data);
    packet.resize(packet.len().next_multiple_of(4), 0);
    let check = crc32c(&packet).to_le_bytes();
    packet[8..12].copy_from_slice(&check);
    ip(src.ip(), dst.ip(), 132, &packet)
}
