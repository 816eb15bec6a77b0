//! The same packets through `etherparse`: both must agree.

use super::Noise;
use etherparse::{NetHeaders, PacketBuilder, PacketHeaders, TransportHeader};
use marey::wire::checksum::Verdict;
use marey::wire::{IpProtocol, LinkType, Network, Protocol, checksums, layers};

/// A random Ethernet packet with or without tags, of either IP version, with TCP, UDP or ICMP.
fn packet(noise: &mut Noise) -> Vec<u8> {
    let four = |noise: &mut Noise| -> [u8; 4] { noise.bytes(4).try_into().unwrap() };
    let six = |noise: &mut Noise| -> [u8; 6] { noise.bytes(6).try_into().unwrap() };
    let sixteen = |noise: &mut Noise| -> [u8; 16] { noise.bytes(16).try_into().unwrap() };
    let ethernet = PacketBuilder::ethernet2(six(noise), six(noise));
    let id = |noise: &mut Noise| (noise.below(4096) as u16).try_into().unwrap();
    let ip = match (noise.below(3), noise.below(2)) {
        (0, 0) => ethernet.ipv4(four(noise), four(noise), 64),
        (0, _) => ethernet.ipv6(sixteen(noise), sixteen(noise), 64),
        (1, 0) => ethernet.single_vlan(id(noise)).ipv4(four(noise), four(noise), 64),
        (1, _) => ethernet.single_vlan(id(noise)).ipv6(sixteen(noise), sixteen(noise), 64),
        (_, 0) => ethernet.double_vlan(id(noise), id(noise)).ipv4(four(noise), four(noise), 1),
        (_, _) => {
            ethernet.double_vlan(id(noise), id(noise)).ipv6(sixteen(noise), sixteen(noise), 1)
        }
    };
    let payload_len = noise.below(64);
    let payload = noise.bytes(payload_len);
    // Ports above those of tunnels, which the oracle does not follow.
    let port = |noise: &mut Noise| 10_000 + noise.below(50_000) as u16;
    let mut bytes = Vec::new();
    match noise.below(3) {
        0 => ip.udp(port(noise), port(noise)).write(&mut bytes, &payload),
        1 => ip
            .tcp(port(noise), port(noise), noise.next() as u32, noise.next() as u16)
            .options(&[etherparse::TcpOptionElement::MaximumSegmentSize(1460)])
            .unwrap()
            .write(&mut bytes, &payload),
        _ => ip.icmpv4_echo_request(1, 2).write(&mut bytes, &payload),
    }
    .unwrap();
    bytes
}

#[test]
fn etherparse_agrees() {
    let mut noise = Noise(0x6d61_7265_7933);
    for _ in 0..5_000 {
        let bytes = packet(&mut noise);
        let wire_len = u32::try_from(bytes.len()).unwrap();
        let theirs = PacketHeaders::from_ethernet_slice(&bytes).unwrap();
        let ours = layers(LinkType::ETHERNET, &bytes, wire_len);

        let vlans: Vec<_> = theirs.vlan_ids().iter().map(|id| id.value()).collect();
        assert_eq!(ours.vlans().collect::<Vec<_>>(), vlans);

        let network = match theirs.net.unwrap() {
            NetHeaders::Ipv4(ip, _) => {
                Network::V4 { source: ip.source.into(), target: ip.destination.into() }
            }
            NetHeaders::Ipv6(ip, _) => {
                Network::V6 { source: ip.source.into(), target: ip.destination.into() }
            }
            other => panic!("not generated: {other:?}"),
        };
        assert_eq!(ours.network(), Some(network));

        let transport = ours.transport().unwrap();
        let (protocol, ports) = match theirs.transport.unwrap() {
            TransportHeader::Udp(udp) => {
                (Protocol::Udp, Some((udp.source_port, udp.destination_port)))
            }
            TransportHeader::Tcp(tcp) => {
                (Protocol::Tcp, Some((tcp.source_port, tcp.destination_port)))
            }
            TransportHeader::Icmpv4(_) => (Protocol::Icmp, None),
            TransportHeader::Icmpv6(_) => (Protocol::Icmpv6, None),
            other => panic!("not generated: {other:?}"),
        };
        assert_eq!((transport.protocol, transport.ports), (protocol, ports));
        assert_eq!(ours.payload(), theirs.payload.slice());
        let mut verdicts = checksums(&ours).map(|checksum| checksum.verdict);
        assert!(verdicts.all(|verdict| verdict == Verdict::Good), "{ours:?}");
        let number = match protocol {
            Protocol::Udp => IpProtocol::UDP,
            Protocol::Tcp => IpProtocol::TCP,
            _ => IpProtocol::ICMP,
        };
        assert_eq!(ours.flow().unwrap().protocol, number);
    }
}
