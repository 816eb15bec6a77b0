//! Whole packets, built header by header, and what is to be said of each.

use marey::wire::LinkType;

/// A packet and what is known of it.
pub struct Case {
    pub link: LinkType,
    pub bytes: Vec<u8>,
    /// The names of its layers.
    pub chain: &'static str,
    /// Why the walk ends.
    pub stop: &'static str,
    /// The line that shows it.
    pub line: &'static str,
}

const A: [u8; 4] = [10, 0, 0, 1];
const B: [u8; 4] = [10, 0, 0, 2];
const C: [u8; 4] = [192, 0, 2, 1];
const D: [u8; 4] = [192, 0, 2, 2];

fn join(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

/// Text such as `45 00` as bytes.
pub fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(16)).collect();
    digits.chunks(2).map(|pair| (pair[0] * 16 + pair[1]) as u8).collect()
}

pub fn eth(ethertype: u16, inner: &[u8]) -> Vec<u8> {
    let macs = [0, 0x1b, 0x21, 0, 0, 2, 0, 0x1b, 0x21, 0, 0, 1];
    join(&[&macs, &ethertype.to_be_bytes(), inner])
}

fn vlan(id: u16, ethertype: u16, inner: &[u8]) -> Vec<u8> {
    join(&[&id.to_be_bytes(), &ethertype.to_be_bytes(), inner])
}

fn llc_len(inner: &[u8]) -> u16 {
    inner.len() as u16
}

/// The checksum that makes the sum of `bytes` all ones.
fn checksum(bytes: &[u8]) -> u16 {
    let mut sum: u32 = 0;
    for pair in bytes.chunks(2) {
        sum += u32::from(pair[0]) << 8 | u32::from(*pair.get(1).unwrap_or(&0));
    }
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

fn ip4_raw(flags_offset: u16, protocol: u8, ends: ([u8; 4], [u8; 4]), inner: &[u8]) -> Vec<u8> {
    let total = (20 + inner.len()) as u16;
    let mut head = vec![0x45, 0];
    head.extend(total.to_be_bytes());
    head.extend([0x12, 0x34]);
    head.extend(flags_offset.to_be_bytes());
    head.extend([64, protocol, 0, 0]);
    head.extend(ends.0);
    head.extend(ends.1);
    let sum = checksum(&head);
    head[10..12].copy_from_slice(&sum.to_be_bytes());
    join(&[&head, inner])
}

pub fn ip4(protocol: u8, inner: &[u8]) -> Vec<u8> {
    ip4_raw(0, protocol, (A, B), inner)
}

fn outer(protocol: u8, inner: &[u8]) -> Vec<u8> {
    ip4_raw(0x4000, protocol, (C, D), inner)
}

pub fn ip6(next: u8, inner: &[u8]) -> Vec<u8> {
    let mut head = vec![0x60, 0, 0, 0];
    head.extend((inner.len() as u16).to_be_bytes());
    head.extend([next, 64]);
    head.extend(hex("20010db8 00000000 00000000 00000001"));
    head.extend(hex("20010db8 00000000 00000000 00000002"));
    join(&[&head, inner])
}

pub fn udp(source: u16, target: u16, inner: &[u8]) -> Vec<u8> {
    let length = (8 + inner.len()) as u16;
    let (source, target) = (source.to_be_bytes(), target.to_be_bytes());
    join(&[&source, &target, &length.to_be_bytes(), &[0, 0], inner])
}

pub fn tcp(inner: &[u8]) -> Vec<u8> {
    let head = hex("01bb c738 00000001 00000002 8012 ffff 0000 0000 0204 05b4 0101 0402 0103 0307");
    join(&[&head[..32], inner])
}

fn echo() -> Vec<u8> {
    hex("0800 f7fb 0001 0003")
}

/// Every packet of the table.
pub fn table() -> Vec<Case> {
    [ethernet(), links(), wireless(), ip(), tunnels(), broken()].into_iter().flatten().collect()
}

const E: LinkType = LinkType::ETHERNET;

fn case(
    link: LinkType,
    bytes: Vec<u8>,
    chain: &'static str,
    stop: &'static str,
    line: &'static str,
) -> Case {
    Case { link, bytes, chain, stop, line }
}

fn ethernet() -> Vec<Case> {
    let ip = ip4(6, &tcp(b""));
    let arp = hex("0001 0800 0604 0001 001b21000001 0a000001 000000000000 0a000002");
    let mut padded = eth(0x0806, &arp);
    padded.resize(60, 0);
    let lldp = eth(0x88cc, &[0; 46]);
    let stp = hex("42 42 03 0000 00 00 00");
    let cdp = hex("aa aa 03 00000c 2000 02 b4");
    let snap_ip = join(&[&hex("aa aa 03 000000 0800"), &ip]);
    let pppoe = join(&[&hex("1100 0001"), &(2 + ip.len() as u16).to_be_bytes(), &[0, 0x21], &ip]);
    let pppoe_len = pppoe.len();
    let mut pppoe = eth(0x8864, &pppoe);
    pppoe.resize(14 + pppoe_len + 4, 0);
    let wire = "IPv4 10.0.0.1:443 > 10.0.0.2:51000 TCP [SA] seq 1 ack 2 win 65535 len 0";
    vec![
        case(E, eth(0x0800, &ip), "ethernet ipv4 tcp", "payload", wire),
        case(E, padded, "ethernet arp", "payload", "ARP who-has 10.0.0.2 tell 10.0.0.1"),
        case(
            E,
            lldp,
            "ethernet",
            "lldp",
            "Ethernet 00:1b:21:00:00:01 > 00:1b:21:00:00:02 ethertype 0x88cc LLDP len 60",
        ),
        case(
            E,
            eth(0x88a8, &vlan(100, 0x8100, &vlan(7, 0x0800, &ip4(1, &echo())))),
            "ethernet vlan vlan ipv4 icmp",
            "payload",
            "vlan 100 vlan 7 IPv4 10.0.0.1 > 10.0.0.2 ICMP echo request id 1 seq 3",
        ),
        case(
            E,
            eth(0x9100, &vlan(1, 0x9200, &vlan(2, 0x86dd, &ip6(17, &udp(53, 4000, b"hi"))))),
            "ethernet vlan vlan ipv6 udp",
            "payload",
            "vlan 1 vlan 2 IPv6 [2001:db8::1]:53 > [2001:db8::2]:4000 UDP len 2",
        ),
        case(
            E,
            eth(llc_len(&stp), &stp),
            "ethernet llc",
            "stp",
            "Ethernet 00:1b:21:00:00:01 > 00:1b:21:00:00:02 STP len 22",
        ),
        case(
            E,
            eth(llc_len(&cdp), &cdp),
            "ethernet llc snap",
            "snap 0x00000c 0x2000",
            "Ethernet 00:1b:21:00:00:01 > 00:1b:21:00:00:02 CDP len 24",
        ),
        case(E, eth(llc_len(&snap_ip), &snap_ip), "ethernet llc snap ipv4 tcp", "payload", wire),
        case(
            E,
            eth(0x0022, &hex("ffff 0022 0004")),
            "ethernet",
            "ipx",
            "Ethernet 00:1b:21:00:00:01 > 00:1b:21:00:00:02 ethertype 0x8137 IPX len 20",
        ),
        case(
            E,
            eth(0x8847, &join(&[&hex("00010040 00011140"), &ip])),
            "ethernet mpls mpls ipv4 tcp",
            "payload",
            "MPLS 16 MPLS 17 IPv4 10.0.0.1:443 > 10.0.0.2:51000 TCP [SA] seq 1 ack 2 win 65535 \
             len 0",
        ),
        case(
            E,
            eth(0x8847, &join(&[&hex("00010140 00000000"), &eth(0x0800, &ip)])),
            "ethernet mpls pwcw ethernet ipv4 tcp",
            "payload",
            "MPLS 16 IPv4 10.0.0.1:443 > 10.0.0.2:51000 TCP [SA] seq 1 ack 2 win 65535 len 0",
        ),
        case(
            E,
            eth(0x8848, &join(&[&hex("00010140"), &eth(0x0800, &ip)])),
            "ethernet mpls ethernet ipv4 tcp",
            "payload",
            "MPLS 16 IPv4 10.0.0.1:443 > 10.0.0.2:51000 TCP [SA] seq 1 ack 2 win 65535 len 0",
        ),
        case(E, pppoe, "ethernet pppoe ppp ipv4 tcp", "payload", wire),
        case(
            E,
            eth(0x8863, &hex("1109 0000 0004 0101 0000")),
            "ethernet pppoe",
            "payload",
            "Ethernet 00:1b:21:00:00:01 > 00:1b:21:00:00:02 PPPoE PADI 0x0000 len 24",
        ),
    ]
}

fn links() -> Vec<Case> {
    let ip = ip4(1, &echo());
    let line = "IPv4 10.0.0.1 > 10.0.0.2 ICMP echo request id 1 seq 3";
    let sll = hex("0000 0001 0006 001b21000001 0000");
    let sll2 = hex("0000 00000002 0001 00 06 001b21000001 0000");
    let with = |front: &str, inner: &[u8]| join(&[&hex(front), inner]);
    let six = ip6(58, &hex("8000 0000 0001 0003"));
    let six_line = "IPv6 2001:db8::1 > 2001:db8::2 ICMPv6 echo request id 1 seq 3";
    let route = "40 10 001b21000002 801b21000001 0640 0011 0020";
    let routed = hex(&route.replace(' ', ""));
    let ring = |inner: &[u8]| join(&[&routed[1..2], &routed[..1], &routed[2..], inner]);
    let prism = |inner: &[u8]| join(&[&hex("00000044 00000018"), &[0; 16], inner]);
    let data = with("0800 0000 001b21000002 001b21000001 001b21000003 0000", &[]);
    let snap = with("aaaa03 000000 0800", &ip);
    vec![
        case(LinkType::RAW, ip.clone(), "ipv4 icmp", "payload", line),
        case(LinkType::RAW_DLT_12, six.clone(), "ipv6 icmpv6", "payload", six_line),
        case(LinkType::IPV4, ip.clone(), "ipv4 icmp", "payload", line),
        case(LinkType::IPV6, six.clone(), "ipv6 icmpv6", "payload", six_line),
        case(LinkType::NULL, with("02000000", &ip), "null ipv4 icmp", "payload", line),
        case(LinkType::NULL, with("0000001e", &six), "null ipv6 icmpv6", "payload", six_line),
        case(LinkType::LOOP, with("00000018", &six), "null ipv6 icmpv6", "payload", six_line),
        case(
            LinkType::LINUX_SLL,
            join(&[&sll, &[0x08, 0x00], &ip]),
            "sll ipv4 icmp",
            "payload",
            line,
        ),
        case(
            LinkType::LINUX_SLL2,
            join(&[&[0x08, 0x00], &sll2, &ip]),
            "sll2 ipv4 icmp",
            "payload",
            line,
        ),
        case(LinkType::PPP, with("ff03 0021", &ip), "ppp ipv4 icmp", "payload", line),
        case(LinkType::PPP, with("21", &ip), "ppp ipv4 icmp", "payload", line),
        case(LinkType::PPP_HDLC, with("ff03 0057", &six), "ppp ipv6 icmpv6", "payload", six_line),
        case(LinkType::PPP_HDLC, with("0f00 0800", &ip), "chdlc ipv4 icmp", "payload", line),
        case(LinkType::PPP_WITH_DIR, with("01 0021", &ip), "ppp ipv4 icmp", "payload", line),
        case(LinkType::PPP_PPPD, with("00 03 0021", &ip), "ppp ipv4 icmp", "payload", line),
        case(LinkType::PPP, hex("ff03 c021 0101 0004"), "ppp", "ppp lcp", "PPP lcp len 8"),
        case(LinkType::C_HDLC, with("8f00 0800", &ip), "chdlc ipv4 icmp", "payload", line),
        case(
            LinkType::C_HDLC,
            hex("8f00 8035 00000002"),
            "chdlc",
            "slarp",
            "C-HDLC address 0x8f protocol 0x8035 SLARP len 8",
        ),
        case(LinkType::FRELAY, with("1841 03cc", &ip), "fr ipv4 icmp", "payload", line),
        case(LinkType::FRELAY, with("1841 0800", &ip), "fr ipv4 icmp", "payload", line),
        case(
            LinkType::FRELAY,
            with("1841 0300 80 0080c2 0007", &eth(0x0800, &ip)),
            "fr snap ethernet ipv4 icmp",
            "payload",
            line,
        ),
        case(
            LinkType::FRELAY,
            hex("1841 03b1 c000"),
            "fr",
            "nlpid 0xb1",
            "Frame Relay dlci 100 nlpid 0xb1 len 6",
        ),
        case(LinkType::ATM_RFC1483, snap.clone(), "llc snap ipv4 icmp", "payload", line),
        case(
            LinkType::ATM_RFC1483,
            with("aaaa03 0080c2 0007 0000", &eth(0x0800, &ip)),
            "llc snap ethernet ipv4 icmp",
            "payload",
            line,
        ),
        case(LinkType::IEEE802_5, ring(&snap), "tr llc snap ipv4 icmp", "payload", line),
        case(
            LinkType::FDDI,
            join(&[&hex("50 001b21000002 001b21000001"), &snap]),
            "fddi llc snap ipv4 icmp",
            "payload",
            line,
        ),
        case(
            LinkType::MPLS,
            with("00010140", &ip),
            "mpls ipv4 icmp",
            "payload",
            "MPLS 16 IPv4 10.0.0.1 > 10.0.0.2 ICMP echo request id 1 seq 3",
        ),
        case(
            LinkType::IEEE802_11_PRISM,
            prism(&join(&[&data, &snap])),
            "prism wlan llc snap ipv4 icmp",
            "payload",
            line,
        ),
        case(
            LinkType::PPI,
            join(&[&hex("0000 0800 69000000"), &data, &snap]),
            "ppi wlan llc snap ipv4 icmp",
            "payload",
            line,
        ),
        case(
            LinkType::PKTAP,
            join(&[&hex("0c000000 01000000 01000000"), &eth(0x0800, &ip)]),
            "pktap ethernet ipv4 icmp",
            "payload",
            line,
        ),
        case(
            LinkType(220),
            vec![0; 64],
            "",
            "link type USB_LINUX_MMAPPED",
            "USB_LINUX_MMAPPED len 64",
        ),
    ]
}

fn wireless() -> Vec<Case> {
    let ip = ip4(17, &udp(68, 67, b"bootp"));
    let snap = join(&[&hex("aaaa03 000000 0800"), &ip]);
    let addresses = "001b21000002 001b21000001 001b21000003";
    let frame = |control: &str, tail: &str| hex(&format!("{control} 0000 {addresses} 0010 {tail}"));
    let tap = hex("0000 0900 02000000 00");
    let tap_fcs = hex("0000 0900 02000000 10");
    let tap_padded = hex("0000 0900 02000000 20");
    let subframe_len = (snap.len() as u16).to_be_bytes();
    let subframe = join(&[&hex("001b21000002 001b21000001"), &subframe_len, &snap]);
    let line = "IPv4 10.0.0.1:68 > 10.0.0.2:67 UDP len 5";
    let tap_link = LinkType::IEEE802_11_RADIOTAP;
    vec![
        case(
            tap_link,
            join(&[&tap, &frame("0801", ""), &snap]),
            "radiotap wlan llc snap ipv4 udp",
            "payload",
            line,
        ),
        case(
            tap_link,
            join(&[&tap_fcs, &frame("8801", "0000"), &snap, &[1, 2, 3, 4]]),
            "radiotap wlan llc snap ipv4 udp",
            "payload",
            line,
        ),
        case(
            tap_link,
            join(&[&tap_padded, &frame("8801", "0000 0000"), &snap]),
            "radiotap wlan llc snap ipv4 udp",
            "payload",
            line,
        ),
        case(
            LinkType::IEEE802_11,
            join(&[&frame("8801", "8000"), &subframe]),
            "wlan amsdu llc snap ipv4 udp",
            "payload",
            line,
        ),
        case(
            LinkType::IEEE802_11,
            join(&[&frame("0841", ""), &[0x55; 16]]),
            "wlan",
            "encrypted",
            "802.11 00:1b:21:00:00:01 > 00:1b:21:00:00:03 data encrypted len 40",
        ),
        case(
            LinkType::IEEE802_11,
            join(&[&frame("8000", ""), &[0; 12]]),
            "wlan",
            "payload",
            "802.11 00:1b:21:00:00:01 > 00:1b:21:00:00:02 beacon len 36",
        ),
        case(
            LinkType::IEEE802_11,
            hex("d400 0000 001b21000002"),
            "wlan",
            "payload",
            "802.11 > 00:1b:21:00:00:02 ack len 10",
        ),
    ]
}

fn ip() -> Vec<Case> {
    let t = tcp(b"");
    let ah = join(&[&hex("06 04 0000 00000009 00000001"), &[0; 12]]);
    let all = join(&[
        &hex("2b 00 0502 0000 0100"),
        &hex("3c 00 0400 00000000"),
        &hex("33 00 0104 00000000"),
        &ah,
        &t,
    ]);
    let sack = hex("03 00 0010 00000001 00000100 00000000");
    let data = hex("00 03 0011 00000005 00000000 00000000 61 000000");
    let sctp = join(&[&hex("0b59 0b5a 00000007 01020304"), &sack, &data, &hex("0b 00 0004")]);
    vec![
        case(
            E,
            eth(0x86dd, &ip6(0, &all)),
            "ethernet ipv6 hopopt ipv6-route ipv6-opts ah tcp",
            "payload",
            "IPv6 [2001:db8::1]:443 > [2001:db8::2]:51000 routing type 4 left 0 \
             AH spi 0x00000009 TCP [SA] seq 1 ack 2 win 65535 len 0",
        ),
        case(
            LinkType::RAW,
            ip4(51, &join(&[&ah, &t])),
            "ipv4 ah tcp",
            "payload",
            "IPv4 10.0.0.1:443 > 10.0.0.2:51000 AH spi 0x00000009 TCP [SA] seq 1 ack 2 win 65535 \
             len 0",
        ),
        case(
            LinkType::RAW,
            ip4_raw(0x2000, 17, (A, B), &udp(5, 6, &[0; 16])),
            "ipv4 udp",
            "payload",
            "IPv4 10.0.0.1:5 > 10.0.0.2:6 frag 0x1234 offset 0+ UDP len 16",
        ),
        case(
            LinkType::RAW,
            ip4_raw(0x0003, 17, (A, B), &[0; 16]),
            "ipv4",
            "fragment",
            "IPv4 10.0.0.1 > 10.0.0.2 frag 0x1234 offset 24 len 16",
        ),
        case(
            LinkType::RAW,
            ip6(44, &join(&[&hex("06 00 0019 00000007"), &[0; 16]])),
            "ipv6 ipv6-frag",
            "fragment",
            "IPv6 2001:db8::1 > 2001:db8::2 frag 0x7 offset 24+ len 16",
        ),
        case(
            LinkType::RAW,
            ip6(44, &join(&[&hex("06 00 0001 00000007"), &t[..16]])),
            "ipv6 ipv6-frag tcp",
            "fragment",
            "IPv6 [2001:db8::1]:443 > [2001:db8::2]:51000 frag 0x7 offset 0+ TCP len 0",
        ),
        case(
            LinkType::RAW,
            ip6(135, &join(&[&hex("8b 00 0100 00000000 8c 00 01000000 0000 3b 00 80000000 0000")])),
            "ipv6 mobility hip shim6",
            "payload",
            "IPv6 2001:db8::1 > 2001:db8::2 mobility hip shim6",
        ),
        case(
            LinkType::RAW,
            ip4(132, &sctp),
            "ipv4 sctp",
            "payload",
            "IPv4 10.0.0.1:2905 > 10.0.0.2:2906 SCTP SACK, DATA, COOKIE ACK len 40",
        ),
        case(
            LinkType::RAW,
            ip4(33, &hex("0001 0002 03000000 04000009")),
            "ipv4 dccp",
            "payload",
            "IPv4 10.0.0.1:1 > 10.0.0.2:2 DCCP data len 0",
        ),
        case(
            LinkType::RAW,
            ip4(136, &udp(1, 2, b"x")),
            "ipv4 udplite",
            "payload",
            "IPv4 10.0.0.1:1 > 10.0.0.2:2 UDP-Lite len 1",
        ),
        case(
            LinkType::RAW,
            ip4(2, &hex("1600 0000 e00000fb")),
            "ipv4 igmp",
            "payload",
            "IPv4 10.0.0.1 > 10.0.0.2 IGMP report v2 224.0.0.251",
        ),
        case(
            LinkType::RAW,
            ip4(50, &hex("00001234 00000001 aabbccdd")),
            "ipv4 esp",
            "encrypted",
            "IPv4 10.0.0.1 > 10.0.0.2 ESP spi 0x00001234 seq 1 len 4",
        ),
        case(
            LinkType::RAW,
            ip4(89, &hex("0201 002c c0a8aa08 00000001 273b 0000 0000000000000000")),
            "ipv4 ospf",
            "payload",
            "IPv4 10.0.0.1 > 10.0.0.2 OSPFv2 hello router 192.168.170.8 area 0.0.0.1",
        ),
        case(
            LinkType::RAW,
            ip4(112, &[0; 20]),
            "ipv4",
            "vrrp",
            "IPv4 10.0.0.1 > 10.0.0.2 VRRP len 20",
        ),
        case(
            LinkType::RAW,
            ip6(200, &[0; 4]),
            "ipv6",
            "ip protocol 200",
            "IPv6 2001:db8::1 > 2001:db8::2 ip protocol 200 len 4",
        ),
        case(
            LinkType::RAW,
            ip6(59, &[]),
            "ipv6",
            "payload",
            "IPv6 2001:db8::1 > 2001:db8::2 len 0",
        ),
        case(
            E,
            eth(0x86dd, &ip6(58, &hex("8700 0000 00000000 20010db8000000000000000000000009"))),
            "ethernet ipv6 icmpv6",
            "payload",
            "IPv6 2001:db8::1 > 2001:db8::2 ICMPv6 neighbour solicitation for 2001:db8::9",
        ),
    ]
}

fn tunnels() -> Vec<Case> {
    let ip = ip4(17, &udp(1, 2, b"x"));
    let frame = eth(0x0800, &ip);
    let with = |front: &str, inner: &[u8]| join(&[&hex(front), inner]);
    let gtp_len = (4 + 4 + ip.len() as u16).to_be_bytes();
    let gtp = join(&[&[0x34, 0xff], &gtp_len, &hex("00000abc 0000 00 85 01 1005 00"), &ip]);
    let gre = |header: &str, inner: &[u8]| outer(47, &with(header, inner));
    vec![
        case(
            LinkType::RAW,
            outer(4, &ip),
            "ipv4 ipv4 udp",
            "payload",
            "IPv4 192.0.2.1 > 192.0.2.2 IPv4 10.0.0.1:1 > 10.0.0.2:2 UDP len 1",
        ),
        case(
            LinkType::RAW,
            outer(41, &ip6(17, &udp(1, 2, b"x"))),
            "ipv4 ipv6 udp",
            "payload",
            "IPv4 192.0.2.1 > 192.0.2.2 IPv6 [2001:db8::1]:1 > [2001:db8::2]:2 UDP len 1",
        ),
        case(
            LinkType::RAW,
            gre("b000 0800 00000000 00000005 00000006", &ip),
            "ipv4 gre ipv4 udp",
            "payload",
            "IPv4 192.0.2.1 > 192.0.2.2 GRE key 0x5 seq 6 IPv4 10.0.0.1:1 > 10.0.0.2:2 UDP len 1",
        ),
        case(
            LinkType::RAW,
            gre("0000 6558", &frame),
            "ipv4 gre ethernet ipv4 udp",
            "payload",
            "IPv4 192.0.2.1 > 192.0.2.2 GRE IPv4 10.0.0.1:1 > 10.0.0.2:2 UDP len 1",
        ),
        case(
            LinkType::RAW,
            gre("1000 88be 00000001 1001 0007 00000000", &frame),
            "ipv4 gre erspan ethernet ipv4 udp",
            "payload",
            "IPv4 192.0.2.1 > 192.0.2.2 GRE seq 1 ERSPAN session 7 IPv4 10.0.0.1:1 > 10.0.0.2:2 \
             UDP len 1",
        ),
        case(
            LinkType::RAW,
            gre("0000 88be", &frame),
            "ipv4 gre ethernet ipv4 udp",
            "payload",
            "IPv4 192.0.2.1 > 192.0.2.2 GRE IPv4 10.0.0.1:1 > 10.0.0.2:2 UDP len 1",
        ),
        case(
            LinkType::RAW,
            gre("3081 880b 00230001 00000001 00000000 21", &ip),
            "ipv4 gre ppp ipv4 udp",
            "payload",
            "IPv4 192.0.2.1 > 192.0.2.2 GRE key 0x230001 seq 1 IPv4 10.0.0.1:1 > 10.0.0.2:2 \
             UDP len 1",
        ),
        case(
            LinkType::RAW,
            gre("0000 0000", b""),
            "ipv4 gre",
            "payload",
            "IPv4 192.0.2.1 > 192.0.2.2 GRE keepalive",
        ),
        case(
            LinkType::RAW,
            outer(17, &udp(50_000, 4789, &with("08000000 00007b00", &frame))),
            "ipv4 udp vxlan ethernet ipv4 udp",
            "payload",
            "IPv4 192.0.2.1:50000 > 192.0.2.2:4789 UDP VXLAN vni 123 \
             IPv4 10.0.0.1:1 > 10.0.0.2:2 UDP len 1",
        ),
        case(
            LinkType::RAW,
            outer(17, &udp(50_000, 8472, &with("08000000 00000100", &eth(0x88cc, b"")))),
            "ipv4 udp vxlan ethernet",
            "lldp",
            "IPv4 192.0.2.1:50000 > 192.0.2.2:8472 UDP VXLAN vni 1 \
             Ethernet 00:1b:21:00:00:01 > 00:1b:21:00:00:02 ethertype 0x88cc LLDP len 0",
        ),
        case(
            LinkType::RAW,
            outer(17, &udp(50_000, 6081, &with("0100 6558 00000700 00010200", &frame))),
            "ipv4 udp geneve ethernet ipv4 udp",
            "payload",
            "IPv4 192.0.2.1:50000 > 192.0.2.2:6081 UDP Geneve vni 7 \
             IPv4 10.0.0.1:1 > 10.0.0.2:2 UDP len 1",
        ),
        case(
            LinkType::RAW,
            outer(17, &udp(2152, 2152, &gtp)),
            "ipv4 udp gtpu ipv4 udp",
            "payload",
            "IPv4 192.0.2.1:2152 > 192.0.2.2:2152 UDP GTP-U teid 0xabc \
             IPv4 10.0.0.1:1 > 10.0.0.2:2 UDP len 1",
        ),
        case(
            LinkType::RAW,
            outer(97, &with("3000", &frame)),
            "ipv4 etherip ethernet ipv4 udp",
            "payload",
            "IPv4 192.0.2.1 > 192.0.2.2 EtherIP IPv4 10.0.0.1:1 > 10.0.0.2:2 UDP len 1",
        ),
    ]
}

fn broken() -> Vec<Case> {
    let mut short_header = ip4(6, &tcp(b""));
    short_header[0] = 0x44;
    let mut short_total = ip4(6, &tcp(b""));
    short_total[2..4].copy_from_slice(&[0, 19]);
    let mut short_offset = tcp(b"");
    short_offset[12] = 0x40;
    let mut segmented = ip4(6, &tcp(b"data"));
    segmented[2..4].copy_from_slice(&[0, 0]);
    let deep = (0..40).fold(Vec::new(), |inner, _| vlan(1, 0x8100, &inner));
    vec![
        case(
            E,
            eth(0x0800, &short_header),
            "ethernet ipv4",
            "malformed",
            "Ethernet 00:1b:21:00:00:01 > 00:1b:21:00:00:02 IPv4 10.0.0.1 > 10.0.0.2 [malformed]",
        ),
        case(
            E,
            eth(0x0800, &short_total),
            "ethernet ipv4",
            "malformed",
            "IPv4 10.0.0.1 > 10.0.0.2 [malformed]",
        ),
        case(
            LinkType::RAW,
            ip4(6, &short_offset),
            "ipv4 tcp",
            "malformed",
            "IPv4 10.0.0.1:443 > 10.0.0.2:51000 TCP [SA] seq 1 ack 2 win 65535 [malformed]",
        ),
        case(
            LinkType::RAW,
            segmented,
            "ipv4 tcp",
            "payload",
            "IPv4 10.0.0.1:443 > 10.0.0.2:51000 TCP [SA] seq 1 ack 2 win 65535 len 4",
        ),
        case(
            LinkType::RAW,
            ip4(6, b""),
            "ipv4",
            "malformed",
            "IPv4 10.0.0.1 > 10.0.0.2 [malformed]",
        ),
        case(LinkType::RAW, vec![0x70; 40], "", "malformed", "RAW len 40 [malformed]"),
        case(
            E,
            eth(0x8100, &deep),
            "ethernet vlan vlan vlan vlan vlan vlan vlan vlan vlan vlan vlan vlan vlan vlan vlan \
             vlan vlan vlan vlan vlan vlan vlan vlan vlan vlan vlan vlan vlan vlan vlan vlan",
            "too deep",
            "Ethernet 00:1b:21:00:00:01 > 00:1b:21:00:00:02 vlan 1 vlan 1 vlan 1 vlan 1 vlan 1 \
             vlan 1 vlan 1 vlan 1 vlan 1 vlan 1 vlan 1 vlan 1 vlan 1 vlan 1 vlan 1 vlan 1 vlan 1 \
             vlan 1 vlan 1 vlan 1 vlan 1 vlan 1 vlan 1 vlan 1 vlan 1 vlan 1 vlan 1 vlan 1 vlan 1 \
             vlan 1 vlan 1 [too deep]",
        ),
    ]
}
