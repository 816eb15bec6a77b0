//! What marey says of a packet.

use super::said::{Fact, Said};
use marey::wire::checksum::Verdict;
use marey::wire::ethernet::Ethernet;
use marey::wire::ipv4::Ipv4;
use marey::wire::ipv6::Ipv6;
use marey::wire::ipv6_extension::Extension;
use marey::wire::{
    IpProtocol, Layer, Layers, LinkType, Protocol, Stop, checksums, flow_key, inner_flow_key,
    layers,
};

/// Packets of this link type have at least one header.
pub fn has_view(link: LinkType) -> bool {
    layers(link, &[0; 64], 64).stop() != Stop::Link(link)
}

pub fn said(link: LinkType, bytes: &[u8], wire_len: u32) -> Said {
    let found = layers(link, bytes, wire_len);
    assert_eq!(flow_key(link, bytes, wire_len), found.flow());
    assert_eq!(inner_flow_key(link, bytes, wire_len), found.inner_flow());
    // `tshark` has one header for LLC and SNAP.
    let named = found.as_slice().iter().filter(|layer| layer.protocol != Protocol::Snap);
    let mut layers: Vec<_> = named.map(|layer| layer.protocol.name().to_owned()).collect();
    // It names a stack of labels once.
    layers.dedup_by(|next, before| next == before && next == "mpls");
    Said { layers, end: end(&found), facts: facts(&found) }
}

/// Names, not numbers: these belong to the kind of a difference.
fn end(found: &Layers<'_>) -> String {
    match found.stop() {
        Stop::EtherType(_) => "other ethertype".into(),
        Stop::IpProtocol(_) => "other ip protocol".into(),
        Stop::Ppp(_) => "other ppp".into(),
        Stop::Sap(_) => "other sap".into(),
        Stop::Snap { .. } => "other snap".into(),
        Stop::Nlpid(_) => "other nlpid".into(),
        Stop::Family(_) => "other family".into(),
        stop => stop.to_string(),
    }
}

/// Each header of `protocol` that is whole, as `value` puts it.
fn each<'a>(
    found: &Layers<'a>,
    protocol: Protocol,
    value: impl Fn(&'a [u8]) -> Option<String>,
) -> Vec<String> {
    let is_meant = |layer: &&Layer| layer.protocol == protocol && !layer.cut;
    let meant = found.as_slice().iter().filter(is_meant);
    meant.filter_map(|layer| value(found.bytes_of(layer))).collect()
}

fn facts(found: &Layers<'_>) -> Vec<Fact> {
    let ethernet = |bytes| {
        let frame = Ethernet::parse(bytes)?;
        Some(format!("{} {}", frame.source(), frame.target()))
    };
    let ipv4 = |bytes| Ipv4::parse(bytes).map(|ip| format!("{} {}", ip.source(), ip.target()));
    let ipv6 = |bytes| Ipv6::parse(bytes).map(|ip| format!("{} {}", ip.source(), ip.target()));
    let part4 = |bytes| {
        let ip = Ipv4::parse(bytes)?;
        Some(format!("{} {}", ip.fragment_offset_bytes(), u8::from(ip.more_fragments())))
    };
    let part6 = |bytes| {
        let header = Extension::parse(IpProtocol::FRAGMENT, bytes)?;
        Some(format!("{} {}", header.fragment_offset_bytes(), u8::from(header.more_fragments())))
    };
    let ports = |bytes: &[u8]| {
        let word = |at: usize| Some(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]));
        Some(format!("{} {}", word(0)?, word(2)?))
    };
    let radio = found.radio().unwrap_or_default();
    let dbm = |power: Option<i8>| power.iter().map(i8::to_string).collect();
    let mut vlans: Vec<_> = found.vlans().map(|id| id.to_string()).collect();
    vlans.sort_unstable();
    let mut facts = vec![
        Fact::new("ethernet addresses", each(found, Protocol::Ethernet, ethernet)),
        Fact::new("vlans", vlans),
        Fact::new("ipv4 addresses", each(found, Protocol::Ipv4, ipv4)),
        Fact::new("ipv6 addresses", each(found, Protocol::Ipv6, ipv6)),
        Fact::new("ipv4 fragment", each(found, Protocol::Ipv4, part4)),
        Fact::new("ipv6 fragment", each(found, Protocol::Fragment, part6)),
        Fact::new("tcp ports", each(found, Protocol::Tcp, ports)),
        Fact::new("udp ports", each(found, Protocol::Udp, ports)),
        Fact::new("sctp ports", each(found, Protocol::Sctp, ports)),
        Fact::new("dccp ports", each(found, Protocol::Dccp, ports)),
        Fact::new("radio signal", dbm(radio.signal_dbm)),
        Fact::new("radio noise", dbm(radio.noise_dbm)),
    ];
    let checked = [
        ("ipv4 checksum", Protocol::Ipv4),
        ("tcp checksum", Protocol::Tcp),
        ("udp checksum", Protocol::Udp),
        ("udplite checksum", Protocol::UdpLite),
        ("sctp checksum", Protocol::Sctp),
        ("dccp checksum", Protocol::Dccp),
        ("icmp checksum", Protocol::Icmp),
        ("icmpv6 checksum", Protocol::Icmpv6),
        ("igmp checksum", Protocol::Igmp),
        ("gre checksum", Protocol::Gre),
    ];
    facts.extend(checked.map(|(name, protocol)| Fact::verdict(name, verdicts(found, protocol))));
    facts
}

fn verdicts(found: &Layers<'_>, protocol: Protocol) -> Vec<String> {
    let cut = |index: usize| found.as_slice()[index].cut;
    let of_it = checksums(found).filter(|sum| sum.protocol == protocol && !cut(sum.layer));
    let word = |verdict| match verdict {
        Verdict::Good => "good",
        Verdict::Bad { .. } => "bad",
        Verdict::Absent => "absent",
        Verdict::NotCaptured | Verdict::NotChecked => "unverified",
    };
    of_it.map(|checksum| word(checksum.verdict).to_owned()).collect()
}
