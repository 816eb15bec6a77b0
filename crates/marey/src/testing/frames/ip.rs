//! IP headers and fragments.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::checksum::{checksum, sum};
use super::{ethernet, mac_of};

/// A frame with an IP packet of `protocol`; IPv4 or IPv6 as the addresses are.
///
/// # Panics
///
/// If one address is IPv4 and the other IPv6, or if `payload` is longer than IP can say.
pub fn ip(src: IpAddr, dst: IpAddr, protocol: u8, payload: &[u8]) -> Vec<u8> {
    match (src, dst) {
        (IpAddr::V4(a), IpAddr::V4(b)) => {
            let header = ipv4_header(a, b, protocol, payload.len(), 0, 0x4000);
            let packet = [&header[..], payload].concat();
            ethernet(mac_of(dst), mac_of(src), 0x0800, &packet)
        }
        (IpAddr::V6(a), IpAddr::V6(b)) => {
            let packet = [&ipv6_header(a, b, protocol, payload.len())[..], payload].concat();
            ethernet(mac_of(dst), mac_of(src), 0x86DD, &packet)
        }
        _ => panic!("{src} and {dst} are of different families"),
    }
}

/// An IPv4 header of 20 bytes, its checksum set. `fragment` is flags and offset as on the wire.
fn ipv4_header(
    src: Ipv4Addr,
    dst: Ipv4Addr,
    protocol: u8,
    payload_len: usize,
    id: u16,
    fragment: u16,
) -> Vec<u8> {
    let total = u16::try_from(20 + payload_len).expect("an IPv4 packet below 64 KiB");
    let mut header = vec![0x45, 0];
    header.extend(total.to_be_bytes());
    header.extend(id.to_be_bytes());
    header.extend(fragment.to_be_bytes());
    header.extend([64, protocol, 0, 0]);
    header.extend(src.octets());
    header.extend(dst.octets());
    let check = checksum(sum(&header));
    header[10..12].copy_from_slice(&check.to_be_bytes());
    header
}

/// An IPv6 header of 40 bytes.
fn ipv6_header(src: Ipv6Addr, dst: Ipv6Addr, next: u8, payload_len: usize) -> Vec<u8> {
    let len = u16::try_from(payload_len).expect("an IPv6 packet below 64 KiB");
    // Neighbour discovery demands the full hop limit; it is good for all else as well.
    let hop_limit = if next == 58 { 255 } else { 64 };
    let mut header = vec![0x60, 0, 0, 0];
    header.extend(len.to_be_bytes());
    header.extend([next, hop_limit]);
    header.extend(src.octets());
    header.extend(dst.octets());
    header
}

/// The untagged IP `frame` as fragments with at most `unit` bytes of payload each, rounded down to
/// what fragments must be a multiple of, 8.
///
/// # Panics
///
/// If `frame` is not one that [`ip`] made, or `unit` is below 8.
pub fn fragments(frame: &[u8], id: u16, unit: usize) -> Vec<Vec<u8>> {
    let v4 = match u16::from_be_bytes([frame[12], frame[13]]) {
        0x0800 => true,
        0x86DD => false,
        other => panic!("EtherType {other:#06x} is not IP"),
    };
    let header = if v4 { 20 } else { 40 };
    let (head, payload) = frame[14..].split_at(header);
    let unit = unit & !7;
    let mut offset = 0;
    let mut out = Vec::new();
    for part in payload.chunks(unit) {
        let more = offset + part.len() < payload.len();
        let packet = if v4 {
            let place = (offset as u16 / 8) | if more { 0x2000 } else { 0 };
            let address = |at: usize| [head[at], head[at + 1], head[at + 2], head[at + 3]].into();
            let header = ipv4_header(address(12), address(16), head[9], part.len(), id, place);
            [&header[..], part].concat()
        } else {
            let place = offset as u16 | u16::from(more);
            let mut packet = head.to_vec();
            packet[4..6].copy_from_slice(&(8 + part.len() as u16).to_be_bytes());
            packet[6] = 44;
            packet.extend([head[6], 0]);
            packet.extend(place.to_be_bytes());
            packet.extend(u32::from(id).to_be_bytes());
            packet.extend_from_slice(part);
            packet
        };
        out.push([&frame[..14], &packet].concat());
        offset += part.len();
    }
    out
}
