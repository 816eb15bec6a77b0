use super::*;
use crate::wire::link::LinkType;
use crate::wire::walk::layers;

/// Digits as bytes.
fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(16)).collect();
    digits.chunks(2).map(|pair| (pair[0] * 16 + pair[1]) as u8).collect()
}

fn verdicts(bytes: &[u8], wire_len: u32) -> Vec<(Protocol, Verdict)> {
    let found = layers(LinkType::RAW, bytes, wire_len);
    checksums(&found).map(|checksum| (checksum.protocol, checksum.verdict)).collect()
}

/// An IPv4 packet with a right checksum of its own.
fn ip4(flags_offset: u16, protocol: u8, inner: &[u8]) -> Vec<u8> {
    let mut head = vec![0x45, 0, 0, 20 + inner.len() as u8, 0, 1];
    head.extend(flags_offset.to_be_bytes());
    head.extend([64, protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
    let checksum = internet(&[&head]);
    head[10..12].copy_from_slice(&checksum.to_be_bytes());
    [&head, inner].concat()
}

fn ip6(next: u8, inner: &[u8]) -> Vec<u8> {
    let mut head = vec![0x60, 0, 0, 0, 0, inner.len() as u8, next, 64];
    head.extend(hex("20010db8000000000000000000000001 20010db8000000000000000000000002"));
    [&head, inner].concat()
}

/// Puts what is expected into the packet; then it must be right.
fn mended(mut bytes: Vec<u8>) -> Vec<u8> {
    let len = bytes.len() as u32;
    let found: Vec<_> = checksums(&layers(LinkType::RAW, &bytes, len)).collect();
    for checksum in found {
        if let Verdict::Bad { expected, .. } = checksum.verdict {
            let (at, len) = (checksum.offset as usize, usize::from(checksum.len));
            bytes[at..at + len].copy_from_slice(&expected.to_be_bytes()[4 - len..]);
        }
    }
    for (protocol, verdict) in verdicts(&bytes, len) {
        assert_eq!(verdict, Verdict::Good, "{protocol}");
    }
    bytes
}

fn last(bytes: &[u8]) -> Verdict {
    verdicts(bytes, bytes.len() as u32).last().unwrap().1
}

#[test]
fn each_protocol_is_mended_and_then_broken() {
    let tcp = hex("01bb c738 00000001 00000002 5012 ffff 1111 0000 616263");
    let lite = hex("0001 0002 000a 1111 00000000 0000");
    let dccp = hex("0001 0002 0301 1111 04000009 ffff");
    let sctp = hex("0b59 0b5a 00000007 11111111 0b00 0004");
    let ospf = hex("0201 001c c0a8aa08 00000001 1111 0001 6162636465666768 00000000");
    let ospf6 = hex("0301 0010 c0a8aa08 00000001 1111 0000");
    for (is_ipv6, number, inner) in [
        (false, 6, &tcp),
        (true, 6, &tcp),
        (false, 17, &hex("0001 0002 000b 1111 616263")),
        (true, 17, &hex("0001 0002 000b 1111 616263")),
        (false, 136, &lite),
        (true, 136, &lite),
        (false, 33, &dccp),
        (false, 1, &hex("0800 1111 0001 0003 61")),
        (true, 58, &hex("8000 1111 0001 0003 61")),
        (false, 2, &hex("1600 1111 e00000fb")),
        (false, 132, &sctp),
        (true, 132, &sctp),
        (false, 89, &ospf),
        (true, 89, &ospf6),
        (false, 47, &hex("8000 1234 1111 0000 616263")),
    ] {
        let packet = if is_ipv6 { ip6(number, inner) } else { ip4(0, number, inner) };
        let good = mended(packet);
        let covers = good.len() - if matches!(number, 33 | 136) { 4 } else { 1 };
        let mut bad = good.clone();
        bad[covers - 1] ^= 0x40;
        let is_last_covered = !matches!(number, 33 | 136);
        bad[good.len() - 1] ^= u8::from(is_last_covered);
        assert!(matches!(last(&bad), Verdict::Bad { .. }), "{number}");
        if !is_last_covered {
            let mut same = good.clone();
            *same.last_mut().unwrap() ^= 1;
            assert_eq!(last(&same), Verdict::Good, "{number}: not covered");
        }
        let cut = verdicts(&good[..covers - 1], good.len() as u32);
        assert_eq!(cut.last().unwrap().1, Verdict::NotCaptured, "{number}");
    }
}

#[test]
fn what_is_not_there_is_not_wrong() {
    let udp = hex("0001 0002 000b 0000 616263");
    assert_eq!(last(&ip4(0, 17, &udp)), Verdict::Absent);
    assert!(matches!(last(&ip6(17, &udp)), Verdict::Bad { found: 0, .. }));
    let vxlan = hex("0001 12b5 0010 0000 08000000 00007b00");
    assert_eq!(last(&ip6(17, &vxlan)), Verdict::Absent);
    let ospf = hex("0201 0018 c0a8aa08 00000001 0000 0002 0000000000000000");
    assert_eq!(last(&ip4(0, 89, &ospf)), Verdict::Absent);
    let fragment = hex("0001 0002 000b 1234 61626364");
    assert_eq!(last(&ip4(0x2000, 17, &fragment)), Verdict::NotChecked);
    let too_long = hex("0001 0002 0040 1234 61626364");
    assert_eq!(last(&ip4(0, 17, &too_long)), Verdict::NotChecked);
    let atomic = [hex("1100 0000 00000007"), udp].concat();
    assert!(matches!(last(&ip6(44, &atomic)), Verdict::Bad { .. }), "an atomic fragment is whole");
}

#[test]
fn the_final_target_counts() {
    let icmp = mended(ip6(58, &hex("8000 1111 0001 0003")));
    let routing = |kind: u8, left: u8, addresses: &str| {
        let addresses = hex(addresses);
        let words = addresses.len() as u8 / 8;
        [&[58, words, kind, left, 0, 0, 0, 0], &addresses[..], &icmp[40..]].concat()
    };
    let (target, other) = ("20010db8000000000000000000000002", "fe800000000000000000000000000009");
    for (kind, addresses) in
        [(0, format!("{other}{target}")), (2, target.into()), (4, format!("{target}{other}"))]
    {
        let mut packet = ip6(43, &routing(kind, 1, &addresses));
        packet[24..40].copy_from_slice(&hex(other));
        assert_eq!(last(&packet), Verdict::Good, "type {kind}");
        let arrived = ip6(43, &routing(kind, 0, &format!("{other}{other}")));
        assert_eq!(last(&arrived), Verdict::Good, "type {kind}");
    }
}

#[test]
fn tunnels_have_checksums_at_each_depth() {
    let inner = mended(ip4(0, 1, &hex("0800 1111 0001 0003")));
    let mut packet = mended(ip4(0, 4, &inner));
    packet[28] ^= 1;
    let protocols = verdicts(&packet, packet.len() as u32);
    assert_eq!(protocols[0], (Protocol::Ipv4, Verdict::Good));
    assert!(matches!(protocols[1], (Protocol::Ipv4, Verdict::Bad { .. })));
    assert_eq!(protocols[2], (Protocol::Icmp, Verdict::Good));
}

#[test]
fn known_values() {
    assert_eq!(crc32c(b"123456789"), 0xe306_9283);
    // RFC 1071 §3
    assert_eq!(internet(&[&[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]]), !0xddf2);
    assert_eq!(internet(&[&[0x00, 0x01], &[0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]]), !0xddf2);
    // RFC 1624 §4
    assert_eq!(adjusted(0xdd2f, &[0x55, 0x55], &[0x32, 0x85]), 0x0000);
}

#[test]
fn expected_is_said_of_good_ones_too() {
    let packet = mended(ip4(0, 1, &hex("0800 1111 0001 0003")));
    let found = layers(LinkType::RAW, &packet, packet.len() as u32);
    let expected: Vec<_> = checksums(&found).map(|checksum| checksum.expected(&found)).collect();
    let held = [10, 22].map(|at| u32::from(u16::from_be_bytes([packet[at], packet[at + 1]])));
    assert_eq!(expected, held.map(Some));
}
