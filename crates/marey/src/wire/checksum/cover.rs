//! Where each protocol has its checksum, what it covers, and what is put in front of that.

use super::Verdict;
use super::sum::{crc_step, folded, sum};
use crate::wire::bytes::{be16_at, be32_at, part};
use crate::wire::dccp::{self, Dccp};
use crate::wire::gre::{self, Gre};
use crate::wire::ip_protocol::IpProtocol;
use crate::wire::ipv4::{self, Ipv4};
use crate::wire::ipv6::Ipv6;
use crate::wire::ospf::{self, Ospf};
use crate::wire::protocol::Protocol;
use crate::wire::udp::{self, Udp};
use crate::wire::walk::{Layer, Layers, u32_of, usize_of};
use crate::wire::{icmp, icmpv6, igmp, sctp, tcp};

/// The field with a checksum.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    pub offset: u32,
    pub len: u8,
    pub found: u32,
}

/// Where the field is; `None` if the protocol has none, or it was not captured.
pub(super) fn field(layers: &Layers<'_>, layer: &Layer) -> Option<Field> {
    let bytes = layers.bytes_of(layer);
    let bytes = part(bytes, 0, usize::from(layer.header_len));
    let at = match layer.protocol {
        Protocol::Ipv4 => ipv4::CHECKSUM,
        Protocol::Tcp => tcp::CHECKSUM,
        Protocol::Udp | Protocol::UdpLite => udp::CHECKSUM,
        Protocol::Dccp => dccp::CHECKSUM,
        Protocol::Icmp => icmp::CHECKSUM,
        Protocol::Icmpv6 => icmpv6::CHECKSUM,
        Protocol::Igmp => igmp::CHECKSUM,
        Protocol::Ospf => ospf::CHECKSUM,
        Protocol::Gre if Gre::parse(bytes)?.checksum().is_some() => gre::LEN_MIN,
        Protocol::Sctp => sctp::CHECKSUM,
        _ => return None,
    };
    let (len, found) = match layer.protocol {
        Protocol::Sctp => (4, be32_at(bytes, at)?),
        _ => (2, be16_at(bytes, at)?.into()),
    };
    Some(Field { offset: layer.offset + u32_of(at), len, found })
}

/// The values are the same; of an Internet checksum 0 and 0xffff are (RFC 1624 §3), since it is
/// verified by its sum.
pub(super) fn same(field: Field, expected: u32) -> bool {
    let is_zero = |value: u32| field.len == 2 && (value == 0 || value == 0xffff);
    field.found == expected || is_zero(field.found) && is_zero(expected)
}

/// What the field should hold, or why that cannot be said.
pub(super) fn expected(layers: &Layers<'_>, index: usize, field: Field) -> Result<u32, Verdict> {
    let layer = layers.as_slice().get(index).ok_or(Verdict::NotChecked)?;
    let cover = Cover { layers, layer, field };
    if layer.protocol == Protocol::Ipv4 {
        return cover.ipv4();
    }
    let before = layers.as_slice().get(..index).unwrap_or(&[]);
    let network = before.iter().rposition(|layer| layer.protocol.is_network());
    let network = network.ok_or(Verdict::NotChecked)?;
    if layer.protocol == Protocol::Udp && field.found == 0 && may_lack(layers, network, index) {
        return Err(Verdict::Absent);
    }
    if layers.fragment_of(network).is_some() {
        return Err(Verdict::NotChecked);
    }
    let datagram = layers.datagram(network).ok_or(Verdict::NotChecked)?;
    let len = datagram.end - datagram.at;
    match layer.protocol {
        Protocol::Tcp => cover.with_pseudo(network, IpProtocol::TCP, len, len),
        Protocol::Udp => cover.udp(network, len),
        Protocol::UdpLite => cover.udp_lite(network, len),
        Protocol::Dccp => cover.dccp(network, len),
        Protocol::Icmpv6 => cover.with_pseudo(network, IpProtocol::ICMPV6, len, len),
        Protocol::Icmp | Protocol::Igmp | Protocol::Gre => cover.internet(0, len),
        Protocol::Ospf => cover.ospf(network, len),
        Protocol::Sctp => cover.crc32c(len),
        _ => Err(Verdict::NotChecked),
    }
}

/// UDP may go without a checksum over IPv4 (RFC 768), and where it carries a tunnel over IPv6
/// (RFC 6935 §5).
fn may_lack(layers: &Layers<'_>, network: usize, index: usize) -> bool {
    let protocol = |index: usize| layers.as_slice().get(index).map(|layer| layer.protocol);
    let inside = protocol(index + 1);
    let is_tunnel =
        matches!(inside, Some(Protocol::Vxlan | Protocol::Geneve | Protocol::Gtpu | Protocol::Gre));
    protocol(network) == Some(Protocol::Ipv4) || is_tunnel
}

struct Cover<'l, 'a> {
    layers: &'l Layers<'a>,
    layer: &'l Layer,
    field: Field,
}

impl<'a> Cover<'_, 'a> {
    /// The `len` bytes from the header's first one.
    fn bytes(&self, len: usize) -> Result<&'a [u8], Verdict> {
        let at = usize_of(self.layer.offset);
        let found = at.checked_add(len).and_then(|end| self.layers.bytes().get(at..end));
        found.ok_or(Verdict::NotCaptured)
    }

    /// The Internet checksum of `len` bytes and of what has the sum `before`.
    fn internet(&self, before: u64, len: usize) -> Result<u32, Verdict> {
        let bytes = self.bytes(len)?;
        // The field counts as zero: taken off again, in one's complement.
        let total = before + sum(bytes) + u64::from(!(self.field.found as u16));
        Ok(u32::from(!folded(total)))
    }

    fn ipv4(&self) -> Result<u32, Verdict> {
        if self.layer.cut {
            return Err(Verdict::NotCaptured);
        }
        self.internet(0, usize::from(self.layer.header_len))
    }

    /// With a pseudo-header that says `len`, over `covered` bytes.
    fn with_pseudo(
        &self,
        network: usize,
        protocol: IpProtocol,
        len: usize,
        covered: usize,
    ) -> Result<u32, Verdict> {
        let addresses = addresses(self.layers, network).ok_or(Verdict::NotChecked)?;
        let len = u64::from(u32_of(len));
        self.internet(addresses + u64::from(protocol.0) + len, covered)
    }

    /// RFC 768; of a jumbogram (RFC 2675 §4) IP says the length.
    fn udp(&self, network: usize, len: usize) -> Result<u32, Verdict> {
        let len = self.udp_length(len)?;
        self.with_pseudo(network, IpProtocol::UDP, len, len).map(never_zero)
    }

    /// RFC 3828 §3.1: the length of UDP is how much is covered, 0 is all.
    fn udp_lite(&self, network: usize, len: usize) -> Result<u32, Verdict> {
        let covered = self.udp_length(len)?;
        self.with_pseudo(network, IpProtocol::UDP_LITE, len, covered).map(never_zero)
    }

    /// The length of UDP; 0 is all of the `len` bytes that there are.
    fn udp_length(&self, len: usize) -> Result<usize, Verdict> {
        let head = Udp::parse(self.bytes(udp::LEN)?).ok_or(Verdict::NotCaptured)?;
        match usize::from(head.length()) {
            0 => Ok(len),
            length if length < udp::LEN || length > len => Err(Verdict::NotChecked),
            length => Ok(length),
        }
    }

    /// RFC 4340 §9.2: the header, and no payload or all but a few words of it.
    fn dccp(&self, network: usize, len: usize) -> Result<u32, Verdict> {
        let head = Dccp::parse(self.bytes(dccp::LEN_MIN)?).ok_or(Verdict::NotCaptured)?;
        let header_len = head.header_len();
        let covered = match usize::from(head.coverage()) {
            0 => len,
            words => header_len + (words - 1) * 4,
        };
        if header_len < dccp::LEN_MIN || covered > len {
            return Err(Verdict::NotChecked);
        }
        self.with_pseudo(network, IpProtocol::DCCP, len, covered)
    }

    /// Version 2 leaves the authentication out (RFC 2328 §D.4); version 3 has a pseudo-header
    /// (RFC 5340 §A.3.1).
    fn ospf(&self, network: usize, len: usize) -> Result<u32, Verdict> {
        let head = Ospf::parse(self.bytes(ospf::LEN_MIN)?).ok_or(Verdict::NotCaptured)?;
        let length = usize::from(head.length());
        if length < head.header_len() || length > len {
            return Err(Verdict::NotChecked);
        }
        if head.version() == 3 {
            return self.with_pseudo(network, IpProtocol::OSPF, length, length);
        }
        if head.authentication() == Some(ospf::AUTHENTICATION_CRYPTOGRAPHIC) {
            return Err(Verdict::Absent);
        }
        let authentication = part(self.bytes(ospf::LEN_V2)?, ospf::LEN_MIN, ospf::LEN_V2);
        let without = u64::from(!folded(sum(authentication)));
        self.internet(without, length)
    }

    /// RFC 9260 §6.8: lowest byte first.
    fn crc32c(&self, len: usize) -> Result<u32, Verdict> {
        let bytes = self.bytes(len)?;
        let (before, rest) = bytes.split_at_checked(sctp::CHECKSUM).ok_or(Verdict::NotChecked)?;
        let (_, behind) = rest.split_at_checked(4).ok_or(Verdict::NotChecked)?;
        let all = before.iter().chain(&[0; 4]).chain(behind);
        Ok((!all.fold(!0, |crc, byte| crc_step(crc, *byte))).swap_bytes())
    }
}

/// Of UDP, 0 means that there is no checksum (RFC 768).
fn never_zero(checksum: u32) -> u32 {
    if checksum == 0 { 0xffff } else { checksum }
}

/// The sum of both addresses, the last of a source route in place of the next.
fn addresses(layers: &Layers<'_>, network: usize) -> Option<u64> {
    let layer = layers.as_slice().get(network)?;
    let bytes = layers.bytes_of(layer);
    if layer.protocol == Protocol::Ipv4 {
        let ip = Ipv4::parse(bytes)?;
        let target = last_of_route(&ip).unwrap_or(ip.target().octets());
        return Some(sum(&ip.source().octets()) + sum(&target));
    }
    let ip = Ipv6::parse(bytes)?;
    let target = last_segment(layers, network).unwrap_or(ip.target().octets());
    Some(sum(&ip.source().octets()) + sum(&target))
}

/// The final target of an IPv4 packet that is still on a source route (RFC 791 §3.1: types 131 and
/// 137; RFC 9293 §3.1: the pseudo-header has the final address).
fn last_of_route(ip: &Ipv4<'_>) -> Option<[u8; 4]> {
    let route = ip.options().find(|option| matches!(option.kind, 131 | 137) && !option.cut)?;
    let (pointer, addresses) = route.data.split_first()?;
    // The pointer counts from 1 at the option's type; three bytes come before the addresses.
    let is_on_its_way = usize::from(*pointer) <= addresses.len() + 3;
    let (addresses, _) = addresses.as_chunks::<4>();
    addresses.last().copied().filter(|_| is_on_its_way)
}

/// The final target of an IPv6 packet that still has segments to visit (RFC 8200 §8.1): the last
/// address of types 0 (RFC 5095) and 2 (RFC 6275 §6.4.1), the first of type 4 (RFC 8754 §2).
fn last_segment(layers: &Layers<'_>, network: usize) -> Option<[u8; 16]> {
    let mut routes = layers
        .extensions(network)
        .filter(|(header, _)| header.kind() == IpProtocol::ROUTING && header.segments_left() > 0);
    let (header, bytes) = routes.next()?;
    let (addresses, _) = bytes.get(8..)?.as_chunks::<16>();
    match header.routing_type() {
        0 | 2 => addresses.last().copied(),
        4 => addresses.first().copied(),
        _ => None,
    }
}
