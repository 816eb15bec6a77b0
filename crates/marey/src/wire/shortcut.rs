//! The flow of a packet without a walk: for most packets a few comparisons are enough. What they
//! do not cover is walked over, so the answer is always that of [`layers`].

use super::bytes::{be16_at, part};
use super::ethernet::Ethernet;
use super::ethertype::EtherType;
use super::flow::FlowKey;
use super::ip_protocol::IpProtocol;
use super::ipv4::{self, Ipv4};
use super::ipv6::{self, Ipv6};
use super::link::LinkType;
use super::vlan::{self, Vlan};
use super::walk::{self, layers};
use std::net::IpAddr;

/// Packets with more tags are walked over.
const TAGS_MAX: usize = 4;

/// The flow of the outermost network, as [`Layers::flow`](walk::Layers::flow) gives it, but faster
/// for IP in Ethernet, with tags or without, and for raw IP. `None` if that is not IP.
#[inline]
pub fn flow_key(link: LinkType, bytes: &[u8], wire_len: u32) -> Option<FlowKey> {
    match quick(link, bytes) {
        Some(found) => Some(found.key),
        None => walked(link, bytes, wire_len),
    }
}

/// The flow of the innermost network, as [`Layers::inner_flow`](walk::Layers::inner_flow) gives it,
/// but faster where there is no tunnel.
#[inline]
pub fn inner_flow_key(link: LinkType, bytes: &[u8], wire_len: u32) -> Option<FlowKey> {
    match quick(link, bytes) {
        Some(found) if found.is_innermost => Some(found.key),
        _ => walked_inside(link, bytes, wire_len),
    }
}

#[inline(never)]
fn walked(link: LinkType, bytes: &[u8], wire_len: u32) -> Option<FlowKey> {
    layers(link, bytes, wire_len).flow()
}

#[inline(never)]
fn walked_inside(link: LinkType, bytes: &[u8], wire_len: u32) -> Option<FlowKey> {
    layers(link, bytes, wire_len).inner_flow()
}

struct Found {
    key: FlowKey,
    /// There is no other network inside.
    is_innermost: bool,
}

/// `None` if this needs a walk.
#[inline]
fn quick(link: LinkType, bytes: &[u8]) -> Option<Found> {
    match link {
        LinkType::ETHERNET => ethernet(bytes),
        LinkType::RAW | LinkType::RAW_DLT_12 | LinkType::RAW_DLT_14 => match bytes.first()? >> 4 {
            4 => ipv4(bytes, None),
            6 => ipv6(bytes, None),
            _ => None,
        },
        LinkType::IPV4 => ipv4(bytes, None),
        LinkType::IPV6 => ipv6(bytes, None),
        _ => None,
    }
}

#[inline]
fn ethernet(bytes: &[u8]) -> Option<Found> {
    let ethertype = EtherType(Ethernet::parse(bytes)?.type_or_len());
    let rest = bytes.get(super::ethernet::LEN..)?;
    match ethertype {
        EtherType::IPV4 => ipv4(rest, None),
        EtherType::IPV6 => ipv6(rest, None),
        tag if tag.is_vlan() => tagged(rest),
        _ => None,
    }
}

#[inline]
fn tagged(mut rest: &[u8]) -> Option<Found> {
    let outermost = Some(Vlan::parse(rest)?.id());
    for _ in 0..TAGS_MAX {
        let ethertype = EtherType(Vlan::parse(rest)?.type_or_len());
        rest = rest.get(vlan::LEN..)?;
        match ethertype {
            EtherType::IPV4 => return ipv4(rest, outermost),
            EtherType::IPV6 => return ipv6(rest, outermost),
            tag if tag.is_vlan() => {}
            _ => return None,
        }
    }
    None
}

#[inline]
fn ipv4(bytes: &[u8], vlan: Option<u16>) -> Option<Found> {
    let ip = Ipv4::parse(bytes)?;
    let header_len = ip.header_len();
    let end = match usize::from(ip.total_len()) {
        0 => bytes.len(),
        total_len => total_len,
    };
    if ip.version() != 4 || header_len < ipv4::LEN_MIN || header_len > end.min(bytes.len()) {
        return None;
    }
    let inside = Inside { bytes: part(bytes, header_len, end), is_fragment: ip.is_fragment() };
    inside.found(ip.source().into(), ip.target().into(), ip.protocol(), vlan)
}

#[inline]
fn ipv6(bytes: &[u8], vlan: Option<u16>) -> Option<Found> {
    let ip = Ipv6::parse(bytes)?;
    if ip.version() != 6 {
        return None;
    }
    let end = match usize::from(ip.payload_len()) {
        0 => bytes.len(),
        len => ipv6::LEN + len,
    };
    let inside = Inside { bytes: part(bytes, ipv6::LEN, end), is_fragment: false };
    inside.found(ip.source().into(), ip.target().into(), ip.next_header(), vlan)
}

/// What IP carries.
struct Inside<'a> {
    bytes: &'a [u8],
    is_fragment: bool,
}

impl Inside<'_> {
    #[inline]
    fn found(
        self,
        source: IpAddr,
        target: IpAddr,
        protocol: IpProtocol,
        vlan: Option<u16>,
    ) -> Option<Found> {
        if protocol.is_extension() {
            return None;
        }
        let (source_port, target_port) = self.ports(protocol).unwrap_or((0, 0));
        let is_innermost = match protocol {
            IpProtocol::TCP | IpProtocol::ICMP | IpProtocol::ICMPV6 | IpProtocol::SCTP => true,
            IpProtocol::UDP => !self.is_fragment && !walk::is_tunnel(source_port, target_port),
            _ => false,
        };
        let key = FlowKey { source, target, source_port, target_port, protocol, vlan };
        Some(Found { key, is_innermost })
    }

    #[inline]
    fn ports(&self, protocol: IpProtocol) -> Option<(u16, u16)> {
        if !protocol.has_ports() || self.is_fragment {
            return None;
        }
        Some((be16_at(self.bytes, 0)?, be16_at(self.bytes, 2)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rest is proved on many packets by the tests of the crate: each answer is the walk's.
    #[test]
    fn most_packets_need_no_walk() {
        let mut packet = vec![0; 12];
        packet.extend([0x88, 0xa8, 0, 100, 0x81, 0, 0, 7, 8, 0]);
        packet.extend([0x45, 0, 0, 24, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
        packet.extend([0, 53, 0x12, 0xb5]);
        let found = quick(LinkType::ETHERNET, &packet).unwrap();
        assert_eq!(found.key.to_string(), "vlan 100 udp 10.0.0.1:53 > 10.0.0.2:4789");
        assert!(!found.is_innermost, "VXLAN may be in it");
        assert!(quick(LinkType::RAW, &packet[22..]).is_some());
        packet[12..14].copy_from_slice(&[8, 6]);
        assert!(quick(LinkType::ETHERNET, &packet).is_none());
    }
}
