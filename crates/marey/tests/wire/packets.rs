//! Whole packets, built header by header. `packets.txt` holds what is to be said of each.

use marey::wire::LinkType;

/// A packet of the table.
pub struct Case {
    pub name: &'static str,
    pub link: LinkType,
    pub bytes: Vec<u8>,
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

/// Digits of a header, and what is inside.
fn with(front: &str, inner: &[u8]) -> Vec<u8> {
    join(&[&hex(front), inner])
}

const E: LinkType = LinkType::ETHERNET;
const RAW: LinkType = LinkType::RAW;

/// Every packet, in the order of `packets.txt`.
pub fn table() -> Vec<Case> {
    let groups = [
        ethernet(),
        llc(),
        mpls_and_pppoe(),
        cooked(),
        serial(),
        rings_and_monitors(),
        wireless(),
        extensions_and_fragments(),
        transports(),
        ip_tunnels(),
        udp_tunnels(),
        broken(),
    ];
    let case = |(name, link, bytes)| Case { name, link, bytes };
    groups.into_iter().flatten().map(case).collect()
}

/// The packet of this name.
pub fn named(name: &str) -> Case {
    table().into_iter().find(|case| case.name == name).unwrap()
}

type Cases = Vec<(&'static str, LinkType, Vec<u8>)>;

fn ethernet() -> Cases {
    let arp = hex("0001 0800 0604 0001 001b21000001 0a000001 000000000000 0a000002");
    let mut padded = eth(0x0806, &arp);
    padded.resize(60, 0);
    let qinq = vlan(100, 0x8100, &vlan(7, 0x0800, &ip4(1, &echo())));
    let old_tags = vlan(1, 0x9200, &vlan(2, 0x86dd, &ip6(17, &udp(53, 4000, b"hi"))));
    vec![
        ("tcp", E, eth(0x0800, &ip4(6, &tcp(b"")))),
        ("arp", E, padded),
        ("lldp", E, eth(0x88cc, &[0; 46])),
        ("qinq", E, eth(0x88a8, &qinq)),
        ("old tags", E, eth(0x9100, &old_tags)),
    ]
}

fn llc() -> Cases {
    let framed = |inner: &[u8]| eth(inner.len() as u16, inner);
    vec![
        ("stp", E, framed(&hex("42 42 03 0000 00 00 00"))),
        ("cdp", E, framed(&hex("aa aa 03 00000c 2000 02 b4"))),
        ("snap", E, framed(&with("aa aa 03 000000 0800", &ip4(6, &tcp(b""))))),
        ("novell", E, framed(&hex("ffff 0006 0004"))),
    ]
}

fn mpls_and_pppoe() -> Cases {
    let ip = ip4(6, &tcp(b""));
    let frame = eth(0x0800, &ip);
    let session_len = (2 + ip.len() as u16).to_be_bytes();
    let session = join(&[&hex("1100 0001"), &session_len, &[0, 0x21], &ip, &[0; 4]]);
    vec![
        ("labels", E, eth(0x8847, &with("00010040 00011140", &ip))),
        ("control word", E, eth(0x8847, &with("00010140 00000000", &frame))),
        ("pseudo-wire", E, eth(0x8848, &with("00010140", &frame))),
        ("channel", E, eth(0x8847, &with("00010140 10000007", &[0; 4]))),
        ("pppoe", E, eth(0x8864, &session)),
        ("pppoe discovery", E, eth(0x8863, &hex("1109 0000 0004 0101 0000"))),
    ]
}

fn icmpv6_echo() -> Vec<u8> {
    ip6(58, &hex("8000 0000 0001 0003"))
}

fn cooked() -> Cases {
    let (four, six) = (ip4(1, &echo()), icmpv6_echo());
    let sll = "0000 0001 0006 001b21000001 0000 0800";
    let sll2 = "0800 0000 00000002 0001 00 06 001b21000001 0000";
    vec![
        ("raw 4", RAW, four.clone()),
        ("raw 6", LinkType::RAW_DLT_12, six.clone()),
        ("ipv4", LinkType::IPV4, four.clone()),
        ("ipv6", LinkType::IPV6, six.clone()),
        ("null 4", LinkType::NULL, with("02000000", &four)),
        ("null 6", LinkType::NULL, with("0000001e", &six)),
        ("null other", LinkType::NULL, with("07000000", &[0; 8])),
        ("loop", LinkType::LOOP, with("00000018", &six)),
        ("sll", LinkType::LINUX_SLL, with(sll, &four)),
        ("sll2", LinkType::LINUX_SLL2, with(sll2, &four)),
    ]
}

fn serial() -> Cases {
    let (four, six) = (ip4(1, &echo()), icmpv6_echo());
    let frame = eth(0x0800, &four);
    vec![
        ("ppp framed", LinkType::PPP, with("ff03 0021", &four)),
        ("ppp compressed", LinkType::PPP, with("21", &four)),
        ("ppp hdlc", LinkType::PPP_HDLC, with("ff03 0057", &six)),
        ("ppp hdlc cisco", LinkType::PPP_HDLC, with("0f00 0800", &four)),
        ("ppp direction", LinkType::PPP_WITH_DIR, with("01 0021", &four)),
        ("pppd", LinkType::PPP_PPPD, with("00 03 0021", &four)),
        ("lcp", LinkType::PPP, hex("ff03 c021 0101 0004")),
        ("chdlc", LinkType::C_HDLC, with("8f00 0800", &four)),
        ("chdlc direction", LinkType::C_HDLC_WITH_DIR, with("00 8f00 0800", &four)),
        ("slarp", LinkType::C_HDLC, hex("8f00 8035 00000002")),
        ("fr nlpid", LinkType::FRELAY, with("1841 03cc", &four)),
        ("fr cisco", LinkType::FRELAY, with("1841 0800", &four)),
        ("fr bridged", LinkType::FRELAY, with("1841 0300 80 0080c2 0007", &frame)),
        ("fr other", LinkType::FRELAY, hex("1841 03b1 c000")),
        ("fr direction", LinkType::FRELAY_WITH_DIR, with("01 1841 03cc", &four)),
    ]
}

fn rings_and_monitors() -> Cases {
    let ip = ip4(1, &echo());
    let frame = eth(0x0800, &ip);
    let snap = with("aaaa03 000000 0800", &ip);
    let wlan = with("0800 0000 001b21000002 001b21000001 001b21000003 0000", &snap);
    let prism = with("00000044 00000018", &join(&[&[0; 16], &wlan]));
    vec![
        ("atm routed", LinkType::ATM_RFC1483, snap.clone()),
        ("atm bridged", LinkType::ATM_RFC1483, with("aaaa03 0080c2 0007 0000", &frame)),
        ("token ring", LinkType::IEEE802_5, with("1040 001b21000002 001b21000001", &snap)),
        (
            "token ring routed",
            LinkType::IEEE802_5,
            with("1040 001b21000002 801b21000001 0640 0011 0020", &snap),
        ),
        ("fddi", LinkType::FDDI, with("50 001b21000002 001b21000001", &snap)),
        ("mpls", LinkType::MPLS, with("00010140", &ip)),
        ("prism", LinkType::IEEE802_11_PRISM, prism),
        ("avs", LinkType::IEEE802_11_AVS, with("80211001 00000008", &wlan)),
        ("ppi", LinkType::PPI, with("0000 0800 69000000", &wlan)),
        ("pktap", LinkType::PKTAP, with("0c000000 01000000 01000000", &frame)),
        ("no view", LinkType(220), vec![0; 64]),
    ]
}

fn wireless() -> Cases {
    let ip = ip4(17, &udp(68, 67, b"bootp"));
    let snap = with("aaaa03 000000 0800", &ip);
    let addresses = "001b21000002 001b21000001 001b21000003";
    let frame = |control: &str, tail: &str| hex(&format!("{control} 0000 {addresses} 0010 {tail}"));
    let tap =
        |flags: &str, inner: &[&[u8]]| with(&format!("0000 0900 02000000 {flags}"), &join(inner));
    let subframe_len = (snap.len() as u16).to_be_bytes();
    let subframe = join(&[&hex("001b21000002 001b21000001"), &subframe_len, &snap]);
    let (radiotap, plain) = (LinkType::IEEE802_11_RADIOTAP, LinkType::IEEE802_11);
    vec![
        ("radiotap", radiotap, tap("00", &[&frame("0801", ""), &snap])),
        ("radiotap fcs", radiotap, tap("10", &[&frame("8801", "0000"), &snap, &[1, 2, 3, 4]])),
        ("radiotap padded", radiotap, tap("20", &[&frame("8801", "0000 0000"), &snap])),
        ("amsdu", plain, join(&[&frame("8801", "8000"), &subframe])),
        ("wlan encrypted", plain, join(&[&frame("0841", ""), &[0x55; 16]])),
        ("beacon", plain, join(&[&frame("8000", ""), &[0; 12]])),
        ("ack", plain, hex("d400 0000 001b21000002")),
    ]
}

fn ah() -> Vec<u8> {
    with("06 04 0000 00000009 00000001", &[0; 12])
}

fn extensions_and_fragments() -> Cases {
    let t = tcp(b"");
    let all = join(&[
        &hex("2b 00 0502 0000 0100"),
        &hex("3c 00 0400 00000000"),
        &hex("33 00 0104 00000000"),
        &ah(),
        &t,
    ]);
    let rare = hex("8b 00 0100 00000000 8c 00 01000000 0000 3b 00 80000000 0000");
    let first = ip4_raw(0x2000, 17, (A, B), &udp(5, 6, &[0; 16]));
    let later = ip4_raw(0x0003, 17, (A, B), &[0; 16]);
    vec![
        ("extensions", E, eth(0x86dd, &ip6(0, &all))),
        ("rare extensions", RAW, ip6(135, &rare)),
        ("ah", RAW, ip4(51, &join(&[&ah(), &t]))),
        ("first fragment 4", RAW, first),
        ("later fragment 4", RAW, later),
        ("first fragment 6", RAW, ip6(44, &with("06 00 0001 00000007", &t[..16]))),
        ("later fragment 6", RAW, ip6(44, &with("06 00 0019 00000007", &[0; 16]))),
        ("atomic fragment 6", RAW, ip6(44, &with("06 00 0000 00000007", &t))),
        ("nothing next", RAW, ip6(59, &[])),
    ]
}

fn transports() -> Cases {
    let sack = hex("03 00 0010 00000001 00000100 00000000");
    let data = hex("00 03 0011 00000005 00000000 00000000 61 000000");
    let sctp = join(&[&hex("0b59 0b5a 00000007 01020304"), &sack, &data, &hex("0b 00 0004")]);
    let solicitation = hex("8700 0000 00000000 20010db8000000000000000000000009");
    let ospf = hex("0201 002c c0a8aa08 00000001 273b 0000 0000000000000000");
    vec![
        ("sctp", RAW, ip4(132, &sctp)),
        ("dccp", RAW, ip4(33, &hex("0001 0002 03000000 04000009"))),
        ("udplite", RAW, ip4(136, &udp(1, 2, b"x"))),
        ("igmp", RAW, ip4(2, &hex("1600 0000 e00000fb"))),
        ("esp", RAW, ip4(50, &hex("00001234 00000001 aabbccdd"))),
        ("ospf", RAW, ip4(89, &ospf)),
        ("ospf update", RAW, ip4(89, &ospf_update())),
        ("vrrp", RAW, ip4(112, &[0; 20])),
        ("unassigned", RAW, ip6(200, &[0; 4])),
        ("neighbour", E, eth(0x86dd, &ip6(58, &solicitation))),
    ]
}

/// An update with a router's two links, and an external route.
fn ospf_update() -> Vec<u8> {
    let link = "0a000009 fffffffc 03 00 0040";
    let router = format!("0009 0201 0a000001 0a000001 80000001 abcd 0030 0000 0002 {link} {link}");
    let external = "ff000000 80000014 0a000005 00000001";
    let external = format!("0009 0205 0a000001 0a000001 80000001 abcd 0024 {external}");
    hex(&format!(
        "0204 0070 c0a8aa08 00000001 0000 0000 0000000000000000 00000002 {router} {external}"
    ))
}

fn ip_tunnels() -> Cases {
    let ip = ip4(17, &udp(1, 2, b"x"));
    let frame = eth(0x0800, &ip);
    let gre = |header: &str, inner: &[u8]| outer(47, &with(header, inner));
    vec![
        ("ipip", RAW, outer(4, &ip)),
        ("6in4", RAW, outer(41, &ip6(17, &udp(1, 2, b"x")))),
        ("gre", RAW, gre("b000 0800 00000000 00000005 00000006", &ip)),
        ("gre teb", RAW, gre("0000 6558", &frame)),
        ("erspan i", RAW, gre("0000 88be", &frame)),
        ("erspan ii", RAW, gre("1000 88be 00000001 1001 0007 00000000", &frame)),
        ("erspan iii", RAW, gre("1000 22eb 00000001 2001 0007 00000000 00000000", &frame)),
        (
            "erspan iii subheader",
            RAW,
            gre("1000 22eb 00000001 2001 0007 00000000 00000001 0000000000000000", &frame),
        ),
        ("erspan iii ip", RAW, gre("1000 22eb 00000001 2001 0007 00000000 00000800", &ip)),
        ("pptp", RAW, gre("3081 880b 00230001 00000001 00000000 21", &ip)),
        ("pptp ack", RAW, gre("2081 880b 00000001 00000000", b"")),
        ("gre keepalive", RAW, gre("0000 0000", b"")),
        ("etherip", RAW, outer(97, &with("3000", &frame))),
    ]
}

fn udp_tunnels() -> Cases {
    let ip = ip4(17, &udp(1, 2, b"x"));
    let frame = eth(0x0800, &ip);
    let to = |port: u16, inner: &[u8]| outer(17, &udp(50_000, port, inner));
    let gtp_len = (4 + 4 + ip.len() as u16).to_be_bytes();
    let gtp = join(&[&[0x34, 0xff], &gtp_len, &hex("00000abc 0000 00 85 01 1005 00"), &ip]);
    vec![
        ("vxlan", RAW, to(4789, &with("08000000 00007b00", &frame))),
        ("vxlan lldp", RAW, to(8472, &with("08000000 00000100", &eth(0x88cc, b"")))),
        ("gre in udp", RAW, to(4754, &with("0000 0800", &ip))),
        ("no vxlan", RAW, to(4789, &with("00000000 00007b00", &frame))),
        ("geneve", RAW, to(6081, &with("0100 6558 00000700 00010200", &frame))),
        ("gtp", RAW, to(2152, &gtp)),
        ("gtp echo", RAW, to(2152, &hex("3201 0004 00000000 0001 0000"))),
        ("radius", RAW, to(1812, &with("0107 001a", &join(&[&[0xaa; 16], &hex("0106 6e656d6f")])))),
        ("nested", E, nested()),
        ("no radius", RAW, to(1812, &hex("0107 0100"))),
    ]
}

/// A tunnel in a tunnel in a tunnel.
fn nested() -> Vec<u8> {
    let radius = with("0107 001a", &join(&[&[0xaa; 16], &hex("0106 6e656d6f")]));
    let user = ip6(60, &with("11 00 0104 00000000", &udp(1812, 5000, &radius)));
    let gtp_len = (user.len() as u16).to_be_bytes();
    let gtp = join(&[&hex("30ff"), &gtp_len, &hex("00000abc"), &user]);
    let inner = eth(0x0800, &ip4(17, &udp(2152, 2152, &gtp)));
    let vxlan = ip6(17, &udp(50_000, 4789, &with("08000000 00007b00", &inner)));
    let session_len = (2 + vxlan.len() as u16).to_be_bytes();
    let session = join(&[&hex("1100 0001"), &session_len, &hex("0057"), &vxlan]);
    let wire = with("00010140 00000000", &eth(0x8864, &session));
    eth(0x88a8, &vlan(100, 0x8847, &wire))
}

fn broken() -> Cases {
    let patched = |mut bytes: Vec<u8>, at: usize, patch: &[u8]| {
        bytes[at..at + patch.len()].copy_from_slice(patch);
        bytes
    };
    let segment = ip4(6, &tcp(b"data"));
    let deep = (0..40).fold(Vec::new(), |inner, _| vlan(1, 0x8100, &inner));
    vec![
        ("short header", E, eth(0x0800, &patched(segment.clone(), 0, &[0x44]))),
        ("short total", E, eth(0x0800, &patched(segment.clone(), 2, &[0, 19]))),
        ("short offset", RAW, patched(segment.clone(), 20 + 12, &[0x40])),
        ("no total", RAW, patched(segment, 2, &[0, 0])),
        ("no transport", RAW, ip4(6, b"")),
        ("no version", RAW, vec![0x70; 40]),
        ("too deep", E, eth(0x8100, &deep)),
    ]
}
