#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

use super::super::drive::{Driven, Random, drive, drive_alike, prod, recognised};
use super::super::{LOOKAHEAD, Recognised};
use super::*;
use crate::meta::{Text, Value};
use crate::record::Kind;
use crate::scene::Port;
use crate::wire::LinkType;

mod provenance;

const SECONDS_0: u32 = 1_519_812_043;
const HOST: u64 = 0x0025_90c0_3e08;

/// A record to be made: `body` is all that follows the extension headers.
#[derive(Clone)]
struct Made {
    record_type: u8,
    flags: u8,
    seconds: u32,
    counter: u16,
    wire: Option<u16>,
    ext: Vec<u64>,
    body: Vec<u8>,
}

impl Default for Made {
    fn default() -> Self {
        let body = eth(46);
        let (record_type, flags, seconds) = (2, 4, SECONDS_0);
        Made { record_type, flags, seconds, counter: 0, wire: None, ext: vec![], body }
    }
}

/// An Ethernet sub-header and a frame with `len` bytes of payload, none of them 0.
fn eth(len: usize) -> Vec<u8> {
    let mut body = vec![0, 0];
    body.extend((0..14 + len).map(|i| (i as u8).wrapping_mul(11) | 0x81));
    body
}

impl Made {
    /// The record, not padded, with the wire length of its body if none is set.
    fn bytes(&self) -> Vec<u8> {
        let sub_header_len = header::about_type(self.record_type).map_or(0, |a| a.sub_header_len);
        let len = HEADER_LEN + 8 * self.ext.len() + self.body.len();
        let wire = self.wire.unwrap_or(self.body.len().saturating_sub(sub_header_len) as u16);
        let ext_bit = if self.ext.is_empty() { 0 } else { 0x80 };
        let mut bytes = 0x8000_0000_u32.to_le_bytes().to_vec();
        bytes.extend(self.seconds.to_le_bytes());
        bytes.extend([self.record_type | ext_bit, self.flags]);
        bytes.extend([len as u16, self.counter, wire].iter().flat_map(|n| n.to_be_bytes()));
        for (number, ext) in self.ext.iter().enumerate() {
            let more = u64::from(number + 1 < self.ext.len()) << 63;
            bytes.extend((ext | more).to_be_bytes());
        }
        bytes.extend(&self.body);
        bytes
    }
}

fn ext(ext_type: u8, value: u64) -> u64 {
    u64::from(ext_type) << 56 | value
}

fn host_ext(source: u8, host: u64) -> u64 {
    ext(header::HOST_ID, u64::from(source) << 48 | host)
}

fn tag(number: u16, value: &[u8]) -> Vec<u8> {
    let mut tag = number.to_be_bytes().to_vec();
    tag.extend((value.len() as u16).to_be_bytes());
    tag.extend(value);
    tag.resize(tag.len().next_multiple_of(4), 0);
    tag
}

fn section(number: u16, id: u16, tags: &[Vec<u8>]) -> Vec<u8> {
    let tags = tags.concat();
    let head = [id, tags.len() as u16 + 8].map(u16::to_be_bytes).concat();
    [tag(number, &head), tags].concat()
}

fn meta(ext: Vec<u64>, sections: &[Vec<u8>]) -> Vec<u8> {
    Made { record_type: header::META, ext, body: sections.concat(), ..Made::default() }.bytes()
}

fn items_of(record: &[u8]) -> Vec<Item<'_>> {
    let (items, len) = Erf.meta_items(record, &Erf.start().scene);
    assert_eq!(len, record.len());
    items
}

fn text(text: &str) -> Option<Text> {
    Some(Text::new(text.as_bytes()))
}

fn walk(bytes: &[u8]) -> Driven {
    drive_alike(&Erf, bytes)
}

/// Packets of several kinds, with a meta record among them: whole ones, padded ones, some cut to
/// one length, with and without extension headers.
fn some_records() -> Vec<Vec<u8>> {
    let eth_packet = |n: u32, wire, body: Vec<u8>, ext| {
        Made { seconds: SECONDS_0 + n, wire, body, ext, ..Made::default() }.bytes()
    };
    let padded = |len: usize| {
        let mut body = eth(len);
        body.resize((16 + body.len()).next_multiple_of(8) - 16, 0);
        body
    };
    let flow = ext(header::FLOW_ID, 0x0005_0002_1122_3344);
    vec![
        eth_packet(0, None, eth(46), vec![]),
        eth_packet(0, Some(60), padded(46), vec![]),
        eth_packet(0, Some(1500), eth(46), vec![]),
        meta(vec![host_ext(5, HOST)], &[section(0xff03, 1, &[tag(12, b"port a")])]),
        eth_packet(1, Some(1400), eth(46), vec![host_ext(5, HOST), flow]),
        eth_packet(1, None, eth(46), vec![host_ext(5, HOST)]),
        Made { record_type: 22, body: vec![0x45; 41], ..Made::default() }.bytes(),
        eth_packet(2, Some(1300), eth(46), vec![]),
        eth_packet(2, None, eth(90), vec![]),
        eth_packet(3, None, eth(91), vec![]),
    ]
}

fn starts_of(records: &[Vec<u8>]) -> Vec<u64> {
    let ends = records.iter().scan(0, |end, record| {
        *end += record.len() as u64;
        Some(*end)
    });
    std::iter::once(0).chain(ends).collect()
}

#[test]
fn is_recognised_from_three_records_or_all() {
    let records = some_records();
    let file = records.concat();
    let starts = starts_of(&records);
    for len in 0..starts[3] as usize {
        let said = recognised(&KIND, &file[..len], false);
        let wanted: usize = said.strip_prefix("more ").unwrap().parse().unwrap();
        assert!((len + 1..=starts[3] as usize).contains(&wanted), "{len}: {said}");
        let is_whole = starts[1..].contains(&(len as u64));
        let expected = if is_whole { "yes" } else { "no" };
        assert_eq!(recognised(&KIND, &file[..len], true), expected, "{len}");
    }
    assert_eq!(recognised(&KIND, &file[..starts[3] as usize], false), "yes");
    assert_eq!(recognised(&KIND, &file, true), "yes");
    assert_eq!(Some("erf"), super::super::by_name("RAWERF").map(|kind| kind.name));
}

#[test]
fn pads_are_no_reason_to_believe() {
    let pad = Made { record_type: 48, body: vec![0; 16], wire: Some(0), ..Made::default() };
    let pad = Made { seconds: 0, ..pad };
    let mut pad = pad.bytes();
    pad[..8].fill(0);
    assert_eq!(recognised(&KIND, &pad, true), "no");
    assert_eq!(recognised(&KIND, &pad.repeat(30), true), "no");
    let packet = Made::default().bytes();
    assert_eq!(recognised(&KIND, &[pad.clone(), packet.clone()].concat(), true), "yes");
    let walked = walk(&[packet.clone(), pad.clone(), pad.clone(), packet.clone()].concat());
    assert_eq!(walked.heads.len(), 2);
    assert_eq!(walked.account.padding, 2 * pad.len() as u64);
    assert_eq!(walked.damage, []);
}

#[test]
fn other_things_are_not_recognised() {
    let text = "2018-02-28 10:00:43 0000 the quick brown fox jumps over the lazy dog\n".repeat(99);
    let pcap: &[u8] = b"\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\0\0\x04\0\x01\0\0\0";
    let pcapng_le: &[u8] = b"\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a\x01\0\0\0";
    let pcapng_be: &[u8] = b"\x0a\x0d\x0d\x0a\0\0\0\x1c\x1a\x2b\x3c\x4d\0\x01\0\0";
    let snoop: &[u8] = b"snoop\0\0\0\0\0\0\x02\0\0\0\x04";
    let zeros = vec![0; 4096];
    for bytes in [text.as_bytes(), pcap, pcapng_le, pcapng_be, snoop, &zeros] {
        let bytes = [bytes, &[0; 100]].concat();
        assert_eq!(recognised(&KIND, &bytes, false), "no", "{:?}", &bytes[..8]);
        assert_eq!(recognised(&KIND, &bytes, true), "no", "{:?}", &bytes[..8]);
    }
    let mut random = Random(99);
    for _ in 0..300 {
        assert_eq!(recognised(&KIND, &random.bytes(1 << 14), true), "no");
    }
}

#[test]
fn every_type_has_its_link_type_and_lengths() {
    let whole = LinkType::UNKNOWN.0;
    let types = [
        (1, 9, 0),
        (2, 1, 2),
        (3, whole, 0),
        (4, whole, 0),
        (5, 9, 4),
        (6, whole, 4),
        (7, whole, 4),
        (8, whole, 4),
        (9, whole, 4),
        (10, 9, 0),
        (11, 1, 2),
        (12, whole, 4),
        (13, whole, 0),
        (14, whole, 0),
        (15, 9, 0),
        (16, 1, 2),
        (17, 9, 4),
        (18, whole, 4),
        (19, 9, 0),
        (20, 1, 2),
        (21, 247, 0),
        (22, 228, 0),
        (23, 229, 0),
        (24, whole, 0),
        (25, whole, 0),
        (26, whole, 0),
        (28, whole, 0),
        (29, whole, 0),
        (30, whole, 0),
    ];
    for ext in [vec![], vec![host_ext(5, HOST), ext(header::PACKET_ID, 77)]] {
        for (record_type, link, sub_header_len) in types {
            let body = (0..64).map(|i| i | 0x80).collect();
            let made = Made {
                record_type,
                body,
                wire: Some(50),
                ext: ext.clone(),
                flags: 5,
                ..Made::default()
            };
            let file = made.bytes().repeat(3);
            let walked = walk(&file);
            assert_eq!((walked.damage.as_slice(), walked.heads.len()), (&[][..], 3));
            let head = walked.heads[1];
            let head_len = (16 + 8 * ext.len() + sub_header_len) as u32;
            let (body, len) = (head_len, 50);
            assert_eq!(head.link, LinkType(link), "type {record_type}");
            assert_eq!((head.body - head.start, head.captured, head.wire), (body, len, len));
            assert_eq!(head.kind, Kind::Packet);
            assert_eq!(head.interface & 0xff, 1);
        }
    }
}

#[test]
fn hdlc_is_told_by_its_first_bytes() {
    let links = [([0x0f, 0], 104), ([0x8f, 0], 104), ([0xff, 3], 50), ([0x21, 0x45], 9)];
    for (first, link) in links {
        let body = [first.to_vec(), vec![1; 40]].concat();
        let record = Made { record_type: 1, body: body.clone(), ..Made::default() }.bytes();
        assert_eq!(walk(&record).heads[0].link, LinkType(link));
        let body = [vec![0, 0, 0, 1], body].concat();
        let record = Made { record_type: 5, body, ..Made::default() }.bytes();
        assert_eq!(walk(&record).heads[0].link, LinkType(link));
    }
}

#[test]
fn captured_is_the_lesser_of_wire_and_space() {
    for (wire, captured) in [(60, 60), (64, 60), (1500, 60), (50, 50), (0, 0)] {
        let record = Made { wire: Some(wire), ..Made::default() }.bytes();
        let head = walk(&record.repeat(2)).heads[1];
        assert_eq!((head.captured, head.wire), (captured, u32::from(wire)));
    }
}

#[test]
fn times_are_rounded_half_up() {
    let second = 1 << 32;
    let cases = [
        (0, 0),
        (second / 2, 500_000_000),
        (2, 0),
        (3, 1),
        (second - 1, 1_000_000_000),
        (u64::MAX, 4_294_967_296_000_000_000),
        (0x4148_d781_002f_4700, 1_095_292_801_000_721_395),
    ];
    for (time, ns) in cases {
        assert_eq!(header::time_ns(time), ns, "{time:#x}");
    }
    let record = Made::default().bytes();
    let raw = Erf.raw_time(&record, &Scene::default()).unwrap();
    assert_eq!(raw.value, u64::from(SECONDS_0) << 32 | 0x8000_0000);
    assert_eq!(raw.resolution, Resolution::Binary(32));
}

#[test]
fn losses_are_counted_unless_the_counter_is_a_colour() {
    let packet = |record_type, counter| {
        let body = [vec![0, 0, 0, 1], vec![1; 60]].concat();
        Made { record_type, counter, body, ..Made::default() }.bytes()
    };
    for colour in [10, 11, 15, 16, 17, 19, 20] {
        assert_eq!(walk(&packet(colour, 7).repeat(4)).cut.source_lost(), 0);
        let record = packet(colour, 7);
        let options = Erf.packet_options(&record, &Scene::default());
        assert!(options.iter().any(|f| f.name == "color" && f.value == Value::Bits(7)));
    }
    let file = [packet(2, 3), packet(11, 100), packet(7, 4), packet(5, u16::MAX)].concat();
    assert_eq!(walk(&file).cut.source_lost(), 7 + 65_535);
}

#[test]
fn options_name_flags_headers_and_sub_headers() {
    let exts = vec![
        ext(header::CLASSIFICATION, 0x80_1230_0000_0009),
        ext(header::INTERCEPT_ID, 0x00_1234_0000_0000),
        ext(header::RAW_LINK, 0x00_0000_0007_0203),
        ext(header::BFS, 0x12_3456_789a_bcde),
        ext(header::CHANNELISED, 0xc0_0300_1102_0304),
        ext(header::SIGNATURE, 0x12_3456_789a_bcde),
        ext(header::PACKET_ID, 0x12_3456_789a_bcde),
        ext(header::FLOW_ID, 0x05_0102_dead_beef),
        host_ext(6, HOST),
        ext(header::ANCHOR_ID, 1 << 55 | 42),
        ext(header::ENTROPY, 1 << 48),
        ext(99, 3),
    ];
    let record = Made { flags: 0x3d, counter: 9, ext: exts, ..Made::default() }.bytes();
    let options = Erf.packet_options(&record, &Scene::default());
    let value = |part: &str, name: &str| {
        let mut of_name = options.iter().filter(|f| f.part == part && f.name == name);
        let value = of_name.next().unwrap_or_else(|| panic!("{part}.{name}")).value.clone();
        assert!(of_name.next().is_none());
        value
    };
    assert_eq!(value("", "type"), Value::Text(Text::new(b"ETH")));
    let numbers = [
        ("", "interface", 1),
        ("", "varying_length", 1),
        ("", "truncated", 1),
        ("", "rx_error", 1),
        ("", "ds_error", 1),
        ("", "lctr", 9),
        ("classification", "search_hit", 1),
        ("classification", "user_classification", 0x123),
        ("classification", "sequence_number", 9),
        ("intercept_id", "intercept_id", 0x1234),
        ("raw_link", "sequence_number", 7),
        ("raw_link", "rate", 2),
        ("raw_link", "link_type", 3),
        ("bfs", "hash", 0x12),
        ("bfs", "color", 0x3456),
        ("bfs", "raw_hash", 0x789a_bcde),
        ("channelised", "more_bits", 1),
        ("channelised", "more_fragments", 1),
        ("channelised", "sequence_number", 3),
        ("channelised", "virtual_container_id", 0x11),
        ("signature", "payload_hash", 0x12_3456),
        ("signature", "color", 0x78),
        ("signature", "flow_hash", 0x9a_bcde),
        ("packet_id", "packetid", 0x12_3456_789a_bcde),
        ("flow_id", "source_id", 5),
        ("flow_id", "hash_type", 1),
        ("flow_id", "stack_type", 2),
        ("flow_id", "flow_hash", 0xdead_beef),
        ("host_id", "source_id", 6),
        ("host_id", "host_id", HOST),
        ("anchor_id", "definition", 1),
        ("anchor_id", "anchor_id", 42),
        ("extension", "unknown", 3),
        ("eth", "offset", 0),
        ("eth", "pad", 0),
    ];
    for (part, name, number) in numbers {
        assert_eq!(value(part, name).as_u64(), Some(number), "{part}.{name}");
    }
    assert_eq!(value("entropy", "entropy"), Value::F32(0.0625));
    assert!(options.iter().all(|f| f.name != "flags"), "that name is pcapng's");
}

#[test]
fn options_name_the_multi_channel_headers() {
    let parts = [
        (5, "mc_hdlc", "connection", 0x3ff),
        (17, "mc_hdlc", "first_record", 1),
        (6, "mc_raw", "physical_interface", 0xf),
        (7, "mc_atm", "oam_cell", 1),
        (8, "mc_raw_channel", "lost_byte_error", 1),
        (9, "mc_aal5", "physical_port", 0xf),
        (12, "mc_aal2", "channel_id", 0xff),
        (18, "aal2", "maal_error_number", 0xff),
    ];
    for (record_type, part, name, number) in parts {
        let body = vec![0xff; 60];
        let record = Made { record_type, body, ..Made::default() }.bytes();
        let options = Erf.packet_options(&record, &Scene::default());
        let found = options.iter().find(|f| f.part == part && f.name == name);
        assert_eq!(found.and_then(|f| f.value.as_u64()), Some(number), "{part}.{name}");
    }
}

#[test]
fn packets_know_their_described_interface() {
    let packet = |number: u8, ext| Made { flags: 4 | number, ext, ..Made::default() }.bytes();
    let here = || vec![host_ext(5, HOST)];
    let flow = || vec![ext(header::FLOW_ID, 5 << 48)];
    let port_section = |id, name: &[u8]| section(0xff03, id, &[tag(12, name)]);
    let file = [
        packet(0, here()),
        meta(here(), &[port_section(1, b"a"), port_section(3, b"c")]),
        packet(0, here()),
        packet(2, here()),
        packet(1, here()),
        packet(0, vec![]),
        packet(2, flow()),
        packet(2, vec![host_ext(6, HOST)]),
        meta(vec![host_ext(6, 7)], &[port_section(1, b"other")]),
        packet(0, here()),
        packet(0, vec![]),
        packet(0, flow()),
        packet(0, vec![host_ext(6, 7)]),
        meta(here(), &[section(0xff03, 1, &[tag(13, b"again")])]),
        packet(0, vec![host_ext(0, HOST), host_ext(5, 99)]),
    ]
    .concat();
    let walked = walk(&file);
    let kinds = |kind| walked.heads.iter().filter(move |h| h.kind == kind);
    assert_eq!(kinds(Kind::Meta).count(), 3);
    let interfaces: Vec<u32> = kinds(Kind::Packet).map(|h| h.interface).collect();
    let unknown = |source: u32, number: u32| 0x8000_0000 | source << 8 | number;
    let expected =
        [unknown(5, 0), 0, 1, unknown(5, 1), 0, 1, unknown(6, 2), 0, unknown(0, 0), 0, 2, 0];
    assert_eq!(interfaces, expected);
    let scene = &walked.cut.scene;
    let names: Vec<_> = scene.interfaces().iter().map(|i| (i.id, i.name())).collect();
    assert_eq!(names, [(0, Some("a")), (1, Some("c")), (2, Some("other"))]);
    assert_eq!(scene.interface(0).unwrap().description(), Some("again"));
    let port = Port { host: Some(HOST), source: 5, number: 2 };
    assert_eq!(scene.interface(1).unwrap().port, Some(port));
    assert_eq!(scene.sections(), 1);
}

#[test]
fn extension_headers_that_do_not_end_cost_their_record() {
    let mut endless =
        Made { ext: vec![host_ext(5, HOST); 3], body: vec![], wire: Some(60), ..Made::default() };
    endless.ext.push(ext(1, 1));
    let mut endless = endless.bytes();
    let last = endless.len() - 8;
    endless[last] |= 0x80;
    let packet = Made::default().bytes();
    let file = [packet.clone(), endless.clone(), packet.clone(), packet.clone()].concat();
    let walked = walk(&file);
    assert_eq!(walked.heads.len(), 3);
    assert_eq!(walked.account.damaged, endless.len() as u64);
    assert_eq!(walked.damage[0].reason, "the extension headers run beyond their record");
}

#[test]
fn a_cut_costs_the_record_it_is_in() {
    let records = some_records();
    let (file, starts) = (records.concat(), starts_of(&records));
    for len in 0..=file.len() {
        let walked = walk(&file[..len]);
        let whole = starts[1..].iter().filter(|&&end| end <= len as u64).count();
        assert_eq!(walked.starts, starts[..whole], "cut at {len}");
        assert_eq!(walked.damage.len(), usize::from(!starts.contains(&(len as u64))), "{len}");
    }
}

#[test]
fn a_wrong_byte_in_lengths_costs_that_record_at_most() {
    let mut records = some_records();
    records.extend(some_records().into_iter().skip(4));
    let (file, starts) = (records.concat(), starts_of(&records));
    let starts = &starts[..records.len()];
    assert_eq!(walk(&file).starts, starts);
    for broken in 1..records.len() - 3 {
        for (at, flips) in [(10, &[0x01, 0x10, 0x80, 0xff]), (11, &[0x04, 0x08, 0x40, 0xff])] {
            for flip in flips {
                let mut bytes = file.clone();
                bytes[starts[broken] as usize + at] ^= flip;
                let walked = walk(&bytes);
                let missing: Vec<_> =
                    starts.iter().filter(|s| !walked.starts.contains(s)).collect();
                assert!(
                    missing.is_empty() || missing == [&starts[broken]],
                    "record {broken}, byte {at} ^ {flip:#x}: {missing:?} are missing"
                );
                assert!(walked.starts.iter().all(|s| starts.contains(s)), "{broken} {at}");
            }
        }
    }
}

#[test]
fn records_after_garbage_are_found_again() {
    let records = some_records().concat();
    let mut random = Random(5);
    for len in [1, 15, 16, 100, 4096, LOOKAHEAD + 1000] {
        for garbage in [vec![0; len], random.bytes(len), b"text and text\n".repeat(len / 14 + 1)] {
            let file = [records.as_slice(), &garbage, &records].concat();
            let walked = drive(&Erf, &file, None);
            let again = (records.len() + garbage.len()) as u64;
            let starts = walk(&records).starts;
            let expected: Vec<u64> =
                starts.iter().copied().chain(starts.iter().map(|s| s + again)).collect();
            assert_eq!(walked.starts, expected, "{len} bytes of {}", garbage[0]);
            assert_eq!(walked.account.damaged, garbage.len() as u64);
            assert_eq!(drive(&Erf, &file, Some(77)).starts, expected);
        }
    }
}

#[test]
fn times_may_jump() {
    let at = |seconds, wire| Made { seconds, wire, ..Made::default() }.bytes();
    let day = |day: u32| SECONDS_0 + day * 86_400 * 30;
    let traces = [day(0), day(4), day(1), day(2), day(0), day(9)];
    let records = traces.map(|seconds| {
        [Some(61), Some(600), Some(70), Some(900)].map(|wire| at(seconds, wire)).concat()
    });
    let walked = walk(&records.concat());
    assert_eq!(walked.damage, []);
    assert_eq!(walked.heads.len(), 24);
    let unset = [at(0, None), at(0, Some(800)), at(1, None), at(1, Some(80)), at(2, Some(99))];
    let walked = walk(&unset.concat());
    assert_eq!(walked.damage, []);
    assert_eq!(walked.heads.len(), 5);
}

#[test]
fn an_inner_record_is_found_in_a_packet() {
    let record =
        Made { ext: vec![host_ext(5, HOST)], wire: Some(1500), flags: 6, ..Made::default() };
    let record = record.bytes();
    let inner = super::inner(&record).unwrap();
    assert_eq!((inner.body, inner.captured, inner.wire), (26, 60, 1500));
    assert_eq!((inner.link, inner.is_meta), (LinkType(1), false));
    assert_eq!(inner.port, Port { host: Some(HOST), source: 5, number: 2 });
    assert_eq!(inner.time_ns, i64::from(SECONDS_0) * 1_000_000_000 + 500_000_000);
    assert_eq!(super::inner(&record[..50]).unwrap().captured, 24);
    assert_eq!(super::inner(&record[..25]), None);
    assert_eq!(super::inner(&[]), None);
    let meta = meta(vec![], &[tag(1, b"comment")]);
    assert!(super::inner(&meta).unwrap().is_meta);
}

#[test]
fn nothing_panics() {
    let mut random = Random(3);
    let mut good = some_records();
    good.push(meta(
        vec![host_ext(5, HOST)],
        &[section(0xff0a, 1, &[tag(256, b"\x0a\0\0\x01ten")])],
    ));
    let good = good.concat();
    for round in 0..300 {
        let len = random.next() as usize % 700;
        let mut noise = random.bytes(len);
        prod(&KIND, &Erf, &noise);
        if let [_, _, _, _, _, _, _, _, kind, _, high, ..] = noise.as_mut_slice() {
            (*kind, *high) = ((0x80 * (round & 1) as u8) | 27, 1);
        }
        prod(&KIND, &Erf, &noise);
        super::inner(&noise);
        let mut bytes = good.clone();
        for _ in 0..=round % 5 {
            let at = random.next() as usize % bytes.len();
            bytes[at] = random.next() as u8;
        }
        prod(&KIND, &Erf, &bytes);
    }
}

#[test]
fn samples_have_the_packets_that_capinfos_counts() {
    let Some(folder) = std::env::var_os("MAREY_SAMPLES") else {
        println!("skipped: MAREY_SAMPLES is not set");
        return;
    };
    let samples = [
        (
            "erf/libtrace-100_packets.erf",
            100,
            30_960,
            1_095_292_801_000_721_395,
            1_095_292_801_028_488_457,
        ),
        (
            "erf/libtrace-5_packets.erf",
            5,
            1_225,
            1_095_292_801_000_721_395,
            1_095_292_801_001_156_569,
        ),
        (
            "erf/libtrace-provenance.erf",
            100,
            30_352,
            1_519_812_043_000_000_000,
            1_519_812_092_000_000_000,
        ),
        ("erf/x-100p-erf.erf", 101, 31_100, 1_095_292_801_000_721_000, 1_095_292_801_028_488_000),
        (
            "legacy/libtrace-large_legacy.gz",
            31_249,
            1_656_197,
            948_764_200_001_914_860,
            948_764_287_500_813_263,
        ),
    ];
    for (name, records, bytes, first, last) in samples {
        let file = std::fs::read(std::path::Path::new(&folder).join(name)).expect("a sample");
        let Recognised::Yes(format) = header::recognise(&file, true) else { panic!("{name}") };
        let walked = drive(&*format, &file, None);
        assert_eq!(walked.damage, [], "{name}");
        assert_eq!(walked.heads.len(), records, "{name}");
        let wire_len = |start: &u64| u64::from(Header::read(&file, *start as usize).unwrap().wire);
        assert_eq!(walked.starts.iter().map(wire_len).sum::<u64>(), bytes, "{name}");
        assert_eq!(walked.heads.first().map(|h| h.time), Some(first), "{name}");
        assert_eq!(walked.heads.last().map(|h| h.time), Some(last), "{name}");
        assert_eq!(drive(&*format, &file, Some(1000)).starts, walked.starts, "{name}");
        if name.ends_with("provenance.erf") {
            let names: Vec<_> = walked.cut.scene.interfaces().iter().map(|i| i.name()).collect();
            assert_eq!(names, [Some("dagmod.5.a"), Some("dagmod.5.b")]);
            let module = walked.cut.scene.module().unwrap();
            assert_eq!(module.driver_version, text("5.5.1"));
        }
    }
}
