//! Whole packets through `marey::wire`: known answers, every cut, noise, an oracle, real traces.

#[path = "wire/oracle.rs"]
mod oracle;
#[path = "wire/packets.rs"]
mod packets;
#[path = "wire/samples.rs"]
mod samples;

use marey::wire::checksum::{Verdict, checksum_of};
use marey::wire::{
    FlowKey, IpProtocol, Layers, LinkType, Network, Protocol, Stop, checksums, flow_key, headers,
    inner_flow_key, layers, summary,
};
use packets::Case;
use std::fmt::Write;

/// The names of the layers, with a space between them.
fn chain(layers: &Layers<'_>) -> String {
    let names: Vec<_> = layers.as_slice().iter().map(|layer| layer.protocol.name()).collect();
    names.join(" ")
}

fn len(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap()
}

/// Calls all there is to call, and checks what must always hold.
fn exercise(link: LinkType, bytes: &[u8], wire_len: u32) -> usize {
    let found = layers(link, bytes, wire_len);
    let mut end = 0;
    for layer in found.as_slice() {
        assert!(layer.offset >= end, "layers are in order: {found:?}");
        assert!(layer.header_len > 0, "a layer has bytes: {found:?}");
        end = layer.offset + u32::from(layer.header_len);
        assert!(end <= len(bytes), "a layer is inside the packet: {found:?}");
        let last = std::ptr::eq(layer, found.as_slice().last().unwrap());
        assert!(last || !layer.cut, "only the last layer is cut: {found:?}");
    }
    assert!(found.payload_offset() >= end);
    assert!(found.payload().len() as u64 <= u64::from(found.payload_len()));
    let mut text = String::new();
    write!(text, "{} {:?} {:?}", summary(&found), found.network(), found.inner_network()).unwrap();
    write!(text, "{:?} {:?}", found.transport(), found.inner_transport()).unwrap();
    write!(text, "{:?} {:?}", found.fragment(), found.inner_fragment()).unwrap();
    write!(text, "{:?} {:?}", found.ip_protocol(), found.inner_ip_protocol()).unwrap();
    if let Some(flow) = found.flow() {
        assert_eq!(flow.symmetric(), flow.reversed().symmetric());
        write!(text, "{flow}").unwrap();
    }
    write!(text, "{:?} {}", found.inner_flow(), found.vlans().count()).unwrap();
    assert_eq!(flow_key(link, bytes, wire_len), found.flow(), "{found:?}");
    assert_eq!(inner_flow_key(link, bytes, wire_len), found.inner_flow(), "{found:?}");
    exercise_lengths_and_checksums(&found, bytes);
    write!(text, "{:?} {:?}", found.radio(), found.macs()).unwrap();
    write!(text, "{} {:?}", found.labels().count(), found.stripped().map(|s| s.left_out)).unwrap();
    headers(&found, &mut |layer, fields| {
        for field in fields {
            write!(text, "{} {}={} ", layer.protocol, field.name, field.value).unwrap();
        }
    });
    assert!(text.chars().all(|c| !c.is_control()), "{text:?}");
    text.len()
}

fn exercise_lengths_and_checksums(found: &Layers<'_>, bytes: &[u8]) {
    for payload_len in [found.transport_payload_len(), found.inner_transport_payload_len()] {
        assert!(payload_len.is_none_or(|len| len <= found.wire_len()));
    }
    for checksum in checksums(found) {
        let at = checksum.offset as usize;
        let field = &bytes[at..at + usize::from(checksum.len)];
        let held = field.iter().fold(0, |value, byte| value << 8 | u32::from(*byte));
        match checksum.verdict {
            Verdict::Bad { found, expected } => assert!(found == held && expected != held),
            Verdict::Good => assert!(checksum.expected(found).is_some()),
            _ => assert_eq!(checksum.expected(found), None),
        }
        assert_eq!(checksum_of(found, checksum.layer), Some(checksum));
    }
}

/// What is to be said of each packet: name, link type, layers, why the walk ended, the line.
const ANSWERS: &str = include_str!("wire/packets.txt");

/// `BLESS=1` writes what is said now; read the difference before it is committed.
#[test]
fn known_packets_give_known_answers() {
    let mut text = String::new();
    for Case { name, link, bytes } in packets::table() {
        let found = layers(link, &bytes, len(&bytes));
        let (chain, stop) = (chain(&found), found.stop());
        writeln!(text, "{name} | {link} | {chain} | {stop} | {}", summary(&found)).unwrap();
        exercise(link, &bytes, len(&bytes));
    }
    if std::env::var_os("BLESS").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/wire/packets.txt");
        std::fs::write(path, &text).unwrap();
        return;
    }
    for (ours, answer) in text.lines().zip(ANSWERS.lines()) {
        assert_eq!(ours, answer);
    }
    assert_eq!(text.lines().count(), ANSWERS.lines().count());
}

#[test]
fn a_cut_packet_has_a_prefix_of_the_layers() {
    for case in packets::table() {
        let wire_len = len(&case.bytes);
        let whole = layers(case.link, &case.bytes, wire_len);
        for cut in 0..case.bytes.len() {
            let bytes = &case.bytes[..cut];
            exercise(case.link, bytes, wire_len);
            let part = layers(case.link, bytes, wire_len);
            let what = format!("{} cut to {cut}: {part:?}", case.name);
            for (index, layer) in part.as_slice().iter().enumerate() {
                let same = whole.as_slice()[index];
                assert_eq!((layer.protocol, layer.offset), (same.protocol, same.offset), "{what}");
                assert!(layer.cut || *layer == same, "{what}");
                assert!(layer.header_len <= same.header_len, "{what}");
            }
            if part.as_slice().len() < whole.as_slice().len() {
                assert_eq!(part.stop(), Stop::Snapped, "{what}");
            }
            assert!(part.stop() == Stop::Snapped || part.stop() == whole.stop(), "{what}");
            if let Some(flow) = part.flow() {
                let same = whole.flow().unwrap();
                assert_eq!((flow.source, flow.target), (same.source, same.target), "{what}");
            }
            // What the wire itself cut is another packet, but must end as well.
            exercise(case.link, bytes, len(bytes));
        }
    }
}

#[test]
fn ports_survive_a_cut_transport_header() {
    let packet = packets::eth(0x0800, &packets::ip4(6, &packets::tcp(b"data")));
    let found = layers(LinkType::ETHERNET, &packet[..38], len(&packet));
    assert_eq!(found.transport().unwrap().ports, Some((443, 51000)));
    assert_eq!(found.flow().unwrap().source_port, 443);
    assert_eq!((found.stop(), found.as_slice().last().unwrap().cut), (Stop::Snapped, true));
    let without = layers(LinkType::ETHERNET, &packet[..34], len(&packet));
    assert_eq!((without.transport(), without.ip_protocol()), (None, Some(IpProtocol::TCP)));
}

#[test]
fn payload_is_without_padding() {
    let mut packet = packets::eth(0x0800, &packets::ip4(17, &packets::udp(1, 2, b"abc")));
    packet.resize(60, 0xee);
    let found = layers(LinkType::ETHERNET, &packet, 60);
    assert_eq!((found.payload(), found.payload_len()), (&b"abc"[..], 3));
    let cut = layers(LinkType::ETHERNET, &packet[..44], 60);
    assert_eq!((cut.payload(), cut.payload_len()), (&b"ab"[..], 3));
}

#[test]
fn lengths_on_the_wire_are_those_of_the_headers() {
    let lengths = |link: LinkType, bytes: &[u8], wire_len: u32| {
        let found = layers(link, bytes, wire_len);
        (found.transport_payload_len(), found.inner_transport_payload_len())
    };
    let mut packet = packets::eth(0x0800, &packets::ip4(17, &packets::udp(1, 2, b"abc")));
    packet.resize(60, 0xee);
    assert_eq!(lengths(LinkType::ETHERNET, &packet, 60), (Some(3), Some(3)));
    assert_eq!(lengths(LinkType::ETHERNET, &packet[..42], 60), (Some(3), Some(3)));
    assert_eq!(lengths(LinkType::ETHERNET, &packet[..40], 60), (None, None));
    let tcp = packets::eth(0x86dd, &packets::ip6(6, &packets::tcp(b"data")));
    assert_eq!(lengths(LinkType::ETHERNET, &tcp[..76], len(&tcp)), (Some(4), Some(4)));
    let case = packets::named("vxlan");
    let found = lengths(case.link, &case.bytes, len(&case.bytes));
    assert_eq!(found, (Some(8 + 14 + 20 + 8 + 1), Some(1)));
    let case = packets::named("extensions");
    assert_eq!(lengths(case.link, &case.bytes, len(&case.bytes)).0, Some(0));
}

/// All that the generator makes has right checksums.
#[cfg(feature = "testing")]
#[test]
fn generated_frames_have_good_checksums() {
    use marey::testing::frames;
    let (four, six) = (["10.0.0.1:1", "10.0.0.2:53"], ["[2001:db8::1]:1", "[2001:db8::2]:53"]);
    for [source, target] in [four, six].map(|ends| ends.map(|end| end.parse().unwrap())) {
        let made: [Vec<u8>; 4] = [
            frames::udp(source, target, b"datagram"),
            frames::tcp(
                source,
                target,
                frames::Tcp { flags: frames::SYN, ..Default::default() },
                b"x",
            ),
            frames::sctp(source, target, 7, b"chunk"),
            frames::echo(source.ip(), target.ip(), false, 1, 2, b"ping"),
        ];
        for frame in made {
            let found = layers(LinkType::ETHERNET, &frame, len(&frame));
            let verdicts: Vec<_> = checksums(&found).map(|checksum| checksum.verdict).collect();
            let expected = if source.is_ipv4() { 2 } else { 1 };
            assert_eq!(verdicts, vec![Verdict::Good; expected], "{}", summary(&found));
        }
    }
}

/// What must always hold does for each packet of the generator, and for each of them damaged.
#[cfg(feature = "testing")]
#[test]
fn generated_packets_and_mutations_of_them() {
    let mut noise = Noise(0x6d61_7265_7934);
    let mut count = 0;
    for (_, made) in marey::testing::trace::ready_made() {
        let trace = marey::open_stream("test", std::io::Cursor::new(made.bytes)).unwrap();
        let mut reader = trace.reader();
        while let Some(record) = reader.next() {
            let marey::Record::Packet(packet) = record else { continue };
            count += 1;
            exercise(packet.link_type(), packet.bytes(), packet.wire_len());
            let bytes = mutated(&mut noise, packet.bytes().to_vec());
            exercise(packet.link_type(), &bytes, packet.wire_len());
        }
    }
    assert!(count > 100);
}

#[test]
fn radius_is_followed_where_it_fits() {
    let case = packets::named("radius");
    let found = layers(case.link, &case.bytes, len(&case.bytes));
    let layer = found.find(Protocol::Radius).unwrap();
    let radius = marey::wire::radius::Radius::parse(found.bytes_of(layer)).unwrap();
    assert_eq!(radius.user_name(), Some(&b"nemo"[..]));
    assert_eq!(found.transport_payload_len(), Some(26));
}

#[test]
fn storage_can_be_used_again() {
    let table = packets::table();
    let mut again = Layers::empty();
    assert_eq!((again.as_slice().len(), again.payload().len()), (0, 0));
    for case in &table {
        again.walk(case.link, &case.bytes, len(&case.bytes));
        let fresh = layers(case.link, &case.bytes, len(&case.bytes));
        assert_eq!(format!("{again:?}"), format!("{fresh:?}"));
        assert_eq!((again.payload(), again.flow()), (fresh.payload(), fresh.flow()));
        assert_eq!((again.network(), again.stop()), (fresh.network(), fresh.stop()));
    }
}

#[test]
fn names_for_counting() {
    let counted = |bytes: &[u8]| {
        let found = layers(LinkType::ETHERNET, bytes, len(bytes));
        let kind = found.kind().map_or(String::new(), |kind| kind.to_string());
        let protocol = found.ip_protocol().map_or(String::new(), |protocol| protocol.to_string());
        (kind, protocol)
    };
    let text = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    let tcp = packets::eth(0x0800, &packets::ip4(6, &packets::tcp(b"")));
    assert_eq!(counted(&tcp), text("ipv4", "tcp"));
    assert_eq!(counted(&tcp[..14]), text("ipv4", ""));
    assert_eq!(
        counted(&packets::eth(0x86dd, &packets::ip6(200, b""))),
        text("ipv6", "ip protocol 200")
    );
    assert_eq!(counted(&packets::eth(0x88cc, b"")), text("lldp", ""));
    assert_eq!(counted(&packets::eth(0x1234, b"")), text("ethertype 0x1234", ""));
    assert_eq!(counted(&packets::eth(3, &packets::hex("424203"))), text("stp", ""));
}

#[test]
fn flows_of_tunnels_and_fragments() {
    let flow = |name: &str| {
        let case = packets::named(name);
        let found = layers(case.link, &case.bytes, len(&case.bytes));
        let text = |flow: Option<FlowKey>| flow.map_or(String::new(), |flow| flow.to_string());
        (text(found.flow()), text(found.inner_flow()))
    };
    let (outer, inner) = flow("vxlan");
    assert_eq!(outer, "udp 192.0.2.1:50000 > 192.0.2.2:4789");
    assert_eq!(inner, "udp 10.0.0.1:1 > 10.0.0.2:2");
    assert_eq!(flow("ipip").0, "ipip 192.0.2.1 > 192.0.2.2");
    assert_eq!(flow("first fragment 4"), flow("later fragment 4"));
    assert_eq!(flow("first fragment 4").0, "udp 10.0.0.1 > 10.0.0.2");
    assert_eq!(flow("first fragment 6"), flow("later fragment 6"));
    assert_eq!(flow("first fragment 6").0, "tcp 2001:db8::1 > 2001:db8::2");
    assert_eq!(flow("atomic fragment 6"), flow("extensions"));
    assert_eq!(flow("extensions").0, "tcp [2001:db8::1]:443 > [2001:db8::2]:51000");
    assert_eq!(flow("qinq").0, "vlan 100 icmp 10.0.0.1 > 10.0.0.2");
    assert_eq!(flow("arp"), (String::new(), String::new()));
}

#[test]
fn networks_and_vlans() {
    let case = packets::named("arp");
    let found = layers(case.link, &case.bytes, len(&case.bytes));
    let (source, target) = (Some([10, 0, 0, 1].into()), Some([10, 0, 0, 2].into()));
    assert_eq!(found.network(), Some(Network::Arp { source, target }));
    let case = packets::named("qinq");
    let found = layers(case.link, &case.bytes, len(&case.bytes));
    assert_eq!(found.vlans().collect::<Vec<_>>(), [100, 7]);
}

#[test]
fn stations_and_labels() {
    let case = packets::named("labels");
    let found = layers(case.link, &case.bytes, len(&case.bytes));
    assert_eq!(found.labels().collect::<Vec<_>>(), [16, 17]);
    let (source, target) = found.macs().unwrap();
    assert_eq!(source.to_string(), "00:1b:21:00:00:01");
    assert_eq!(target.to_string(), "00:1b:21:00:00:02");
    let case = packets::named("radiotap");
    let found = layers(case.link, &case.bytes, len(&case.bytes));
    assert!(found.macs().is_some() && found.labels().next().is_none());
}

#[test]
fn tags_and_labels_can_be_left_out() {
    for name in ["qinq", "old tags", "labels", "pppoe"] {
        let case = packets::named(name);
        let whole = layers(case.link, &case.bytes, len(&case.bytes));
        let stripped = whole.stripped().unwrap();
        let bytes = [&stripped.ethernet, stripped.rest].concat();
        assert_eq!(bytes.len() + stripped.left_out as usize, case.bytes.len());
        let without = layers(case.link, &bytes, len(&bytes));
        assert_eq!((without.network(), without.transport().unwrap().ports), {
            (whole.network(), whole.transport().unwrap().ports)
        });
        assert_eq!(without.payload(), whole.payload(), "{name}");
        assert_eq!((without.macs(), without.stripped()), (whole.macs(), None), "{name}");
    }
    for name in ["tcp", "pseudo-wire", "gre", "lldp"] {
        let case = packets::named(name);
        let whole = layers(case.link, &case.bytes, len(&case.bytes));
        assert_eq!(whole.stripped(), None, "{name}");
    }
}

#[test]
fn headers_list_every_field() {
    let packet = packets::eth(0x0800, &packets::ip4(6, &packets::tcp(b"")));
    let mut lines = Vec::new();
    headers(&layers(LinkType::ETHERNET, &packet, len(&packet)), &mut |layer, fields| {
        let fields: Vec<_> =
            fields.iter().map(|field| format!("{}: {}", field.name, field.value)).collect();
        lines.push(format!("{} {}", layer.protocol, fields.join(", ")));
    });
    assert_eq!(
        lines,
        [
            "ethernet target: 00:1b:21:00:00:02, source: 00:1b:21:00:00:01, ethertype: 0x0800",
            "ipv4 version: 4, header length: 20, dscp: 0, ecn: 0, total length: 52, \
             identification: 0x1234, reserved flag: false, don't fragment: false, \
             more fragments: false, fragment offset: 0, ttl: 64, protocol: 6, checksum: 0x548e, \
             checksum ok: true, source: 10.0.0.1, target: 10.0.0.2",
            "tcp source port: 443, target port: 51000, sequence: 1, acknowledgment: 2, \
             header length: 32, flags: SA, window: 65535, checksum: 0x0000, urgent: 0, \
             option: mss 1460, option: nop, option: nop, option: sackOK, option: nop, \
             option: wscale 7",
        ]
    );
}

/// A seeded generator of noise (xorshift64*): the same run each time.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next() as u8).collect()
    }
}

/// All link types that have a view, and one that has none.
const LINKS: [u16; 31] = [
    0, 1, 6, 9, 10, 12, 14, 50, 51, 100, 101, 104, 105, 107, 108, 113, 119, 127, 163, 166, 192,
    204, 205, 206, 219, 228, 229, 258, 276, 220, 65535,
];

#[test]
fn noise_never_panics() {
    let mut noise = Noise(0x6d61_7265_7931);
    let rounds = if cfg!(debug_assertions) { 20_000 } else { 400_000 };
    for _ in 0..rounds {
        let count = noise.below(200);
        let bytes = noise.bytes(count);
        let wire_len = noise.below(300) as u32;
        exercise(LinkType(LINKS[noise.below(LINKS.len())]), &bytes, wire_len);
    }
}

/// The bytes with a few of them changed, some put in, and the end cut off.
fn mutated(noise: &mut Noise, mut bytes: Vec<u8>) -> Vec<u8> {
    for _ in 0..=noise.below(4) {
        if bytes.is_empty() {
            return bytes;
        }
        let at = noise.below(bytes.len());
        match noise.below(4) {
            0 => bytes[at] = noise.next() as u8,
            1 => bytes[at] ^= 1 << noise.below(8),
            2 => bytes[at] = [0, 1, 0x7f, 0x80, 0xff][noise.below(5)],
            _ => bytes.insert(at, noise.next() as u8),
        }
    }
    bytes.truncate(noise.below(bytes.len()) + 1);
    bytes
}

#[test]
fn mutated_packets_never_panic() {
    let table = packets::table();
    let mut noise = Noise(0x6d61_7265_7932);
    let rounds = if cfg!(debug_assertions) { 40_000 } else { 1_000_000 };
    for _ in 0..rounds {
        let case = &table[noise.below(table.len())];
        let bytes = mutated(&mut noise, case.bytes.clone());
        let link = match noise.below(8) {
            0 => LinkType(LINKS[noise.below(LINKS.len())]),
            _ => case.link,
        };
        let more = noise.below(40) as u32;
        exercise(link, &bytes, len(&bytes) + more);
    }
}

#[test]
fn huge_wire_lengths_are_only_numbers() {
    let packet = packets::eth(0x0800, &packets::ip4(6, &packets::tcp(b"")));
    exercise(LinkType::ETHERNET, &packet, u32::MAX);
    exercise(LinkType::ETHERNET, &packet, 0);
    exercise(LinkType::ETHERNET, &[], 0);
    assert_eq!(layers(LinkType::ETHERNET, &packet, 0).wire_len(), len(&packet));
}
