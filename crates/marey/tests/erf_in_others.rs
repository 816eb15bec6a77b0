//! ERF records that are the packets of pcap and pcapng files (link type 197) are seen as in an ERF
//! file: provenance as meta records that describe interfaces, packets by their own link type,
//! lengths and finer time.
#![cfg(feature = "testing")]

use std::io::Cursor;
use std::process::Command;

use marey::Record;
use marey::pipeline::Reader;
use marey::scene::Interface;
use marey::testing::erf::{Erf, Head, extension, kind, meta};
use marey::testing::pcap::{Config, Pcap, Variant};
use marey::testing::pcapng::{ETHERNET, Length, Pcapng, option as o};
use marey::testing::{Made, Order, START_NS, What, frames, trace};
use marey::wire::LinkType;

const LINK_ERF: u16 = 197;

/// What of an interface does not depend on the file around the records.
fn about(interface: &Interface) -> String {
    let Interface { name, description, port, speed, statistics, .. } = interface;
    let counted = statistics.as_ref().map(|s| (s.time, s.received, s.dropped));
    format!("{name:?} {description:?} {port:?} {speed:?} {counted:?}")
}

/// All that is visible of a record and does not depend on the file around it.
fn seen(record: &Record<'_>) -> String {
    match record {
        Record::Packet(p) => {
            let lens = (p.captured_len(), p.wire_len());
            let time = (p.time(), p.raw_time());
            let interface = p.interface().map(about);
            let options: Vec<_> = p.options().into_iter().collect();
            format!(
                "{:?} {lens:?} {time:?} {interface:?} {options:?} {:?}",
                p.link_type(),
                p.bytes()
            )
        }
        Record::Meta(m) => {
            let interfaces: Vec<_> = m.interfaces().map(about).collect();
            let kinds: Vec<_> = m.items().iter().map(marey::meta::Item::kind).collect();
            format!("{:?} {interfaces:?} {kinds:?} {:?}", m.time(), m.fields())
        }
        _ => unreachable!("there are packets and meta records"),
    }
}

fn open(bytes: &[u8], block_len: usize) -> Reader {
    let trace = marey::open_stream("test", Cursor::new(bytes.to_vec())).unwrap();
    trace.block_len(block_len).reader()
}

/// What is seen of each record but for those of the file around them.
fn all_seen(bytes: &[u8], block_len: usize) -> (Vec<String>, u64, u64) {
    let mut reader = open(bytes, block_len);
    let mut all = Vec::new();
    while let Some(record) = reader.next() {
        let is_around = match &record {
            Record::Meta(meta) => {
                meta.kind() == "section" || meta.interfaces().any(|i| i.port.is_none())
            }
            _ => false,
        };
        if !is_around {
            all.push(seen(&record));
        }
    }
    assert_eq!(reader.ledger().damage, []);
    assert_eq!(reader.account().sum(), bytes.len() as u64);
    (all, reader.account().meta, reader.ledger().source_lost)
}

/// The bytes of an ERF trace's records, but for padding, and their times.
fn records(made: &Made) -> impl Iterator<Item = (i64, &[u8])> {
    let records = made.records.iter().filter(|r| r.what != What::Padding);
    records.map(|r| (r.time_ns.unwrap(), &made.bytes[r.range.clone()]))
}

fn in_pcap(made: &Made, variant: Variant, order: Order) -> Made {
    let mut pcap = Pcap::new(Config { link_type: LINK_ERF.into(), ..Config::new(variant, order) });
    for (time_ns, record) in records(made) {
        pcap.packet(time_ns, record);
    }
    pcap.finish()
}

/// In enhanced, obsolete and simple packet blocks in turn, with and without options.
fn in_pcapng(made: &Made, order: Order) -> Made {
    let mut file = Pcapng::new();
    file.section(order, Length::Unknown, &[]);
    file.interface(LINK_ERF, 0, &[]);
    for (index, (time_ns, record)) in records(made).enumerate() {
        match index % 4 {
            0 | 1 => file.packet(0, time_ns, record, &[]),
            2 => file.obsolete_packet(0, 0xffff, time_ns, record, &[]),
            _ => file.simple_packet(record),
        }
    }
    file.finish()
}

fn erf_traces() -> impl Iterator<Item = (&'static str, Made)> {
    trace::ready_made().into_iter().filter(|(name, _)| name.ends_with(".erf"))
}

#[test]
fn records_are_as_in_an_erf_file() {
    for (name, made) in erf_traces() {
        let (expected, meta, lost) = all_seen(&made.bytes, 4096);
        for order in [Order::Little, Order::Big] {
            let pcap = in_pcap(&made, Variant::Micros, order);
            let pcapng = in_pcapng(&made, order);
            for block_len in [16, 1000, 1 << 20] {
                let (all, meta_in, lost_in) = all_seen(&pcap.bytes, block_len);
                assert_eq!(all, expected, "{name} in pcap, blocks of {block_len}");
                assert_eq!(lost_in, lost, "{name} in pcap");
                assert_eq!(meta_in > 0, meta > 0, "{name} in pcap");
                let (all, _, lost_in) = all_seen(&pcapng.bytes, block_len);
                assert_eq!(all, expected, "{name} in pcapng, blocks of {block_len}");
                assert_eq!(lost_in, lost, "{name} in pcapng");
            }
        }
    }
}

#[test]
fn what_is_no_erf_record_stays_a_packet_of_link_type_197() {
    let head = Head { kind: 26, ..Head::at(START_NS) };
    let mut erf = Erf::new();
    erf.record(&head, &[1; 40]);
    let unassigned = erf.finish().bytes;
    let mut padding = Erf::new();
    padding.padding(40);
    let of_1970 = vec![0; 60];
    let all = [unassigned, padding.finish().bytes, of_1970, b"too short".to_vec(), vec![0x6e; 90]];
    let mut pcap = Pcap::new(Config {
        link_type: LINK_ERF.into(),
        ..Config::new(Variant::Nanos, Order::Little)
    });
    let mut pcapng = Pcapng::new();
    pcapng.section(Order::Big, Length::Unknown, &[]);
    pcapng.interface(LINK_ERF, 0, &[o::if_tsresol(9)]);
    for bytes in &all {
        pcap.packet(START_NS + 7, bytes);
        pcapng.packet(0, START_NS + 7, bytes, &[]);
    }
    for made in [pcap.finish(), pcapng.finish()] {
        let mut reader = open(&made.bytes, 1 << 20);
        let mut found = Vec::new();
        while let Some(record) = reader.next() {
            if let Record::Packet(packet) = record {
                assert_eq!(packet.link_type(), LinkType(LINK_ERF));
                assert_eq!(packet.time().map(|t| t.as_ns()), Some(START_NS + 7));
                found.push(packet.bytes().to_vec());
            }
        }
        assert_eq!(found, all);
    }
}

/// Provenance describes interfaces at ports. In pcapng these must not take numbers of interfaces
/// that the section describes itself.
#[test]
fn ports_take_no_numbers_of_the_section() {
    let mut erf = Erf::new();
    let host = || vec![extension::host_id(3, 9)];
    let tags = |name| [meta::text(12, name), meta::u64(196, 1000), meta::u64(195, 30)];
    let ports = [("port a", 1), ("port b", 2)]
        .map(|(name, id)| meta::Section::new(0xff03, id, &tags(name)));
    erf.meta(START_NS, host(), &ports);
    let head = Head { flags: 5, extensions: host(), ..Head::at(START_NS + 1000) };
    erf.record(&head, &frames::with_fcs(&[1; 60]));
    let erf = erf.finish();
    let carried: Vec<_> = records(&erf).collect();

    let mut file = Pcapng::new();
    file.section(Order::Little, Length::Unknown, &[]);
    file.interface(LINK_ERF, 0, &[o::if_name("dag")]);
    file.packet(0, START_NS, carried[0].1, &[o::comment("provenance")]);
    file.interface(ETHERNET, 0, &[o::if_name("eth0")]);
    file.packet(1, START_NS, &[7; 60], &[]);
    file.packet(0, START_NS, carried[1].1, &[o::comment("on port b")]);
    file.statistics(1, START_NS, &[o::isb_ifdrop(5)]);
    // A new section knows nothing of them.
    file.section(Order::Big, Length::Unknown, &[]);
    file.interface(LINK_ERF, 0, &[]);
    file.packet(0, START_NS, carried[1].1, &[]);
    let mut reader = open(&file.finish().bytes, 64);
    let mut found = Vec::new();
    while let Some(record) = reader.next() {
        if let Record::Packet(p) = record {
            let name = p.interface().and_then(|i| i.name()).map(str::to_owned);
            found.push((name, p.link_type().0, p.comments()));
        }
    }
    let text = |text: &str| Some(text.to_owned());
    let commented = vec!["on port b".to_owned()];
    let expected = [(text("eth0"), 1, vec![]), (text("port b"), 1, commented), (None, 1, vec![])];
    assert_eq!(found, expected);
    assert_eq!(reader.ledger().source_lost, 30 + 30 + 5);
    assert_eq!(reader.scene().ports().count(), 0);
}

// ---- against Wireshark --------------------------------------------------------------------

/// What tshark says of each packet: captured and wire length, seconds. `None`, said aloud, if it is
/// not installed.
fn tshark(name: &str, bytes: &[u8]) -> Option<Vec<(u32, u32, String)>> {
    let path = std::env::temp_dir().join(format!("marey-erf-{}-{name}", std::process::id()));
    std::fs::write(&path, bytes).unwrap();
    let fields = ["frame.cap_len", "frame.len", "frame.time_epoch"];
    let mut command = Command::new("tshark");
    command.arg("-r").arg(&path).args(["-T", "fields"]);
    for field in fields {
        command.args(["-e", field]);
    }
    let output = command.output();
    std::fs::remove_file(&path).unwrap();
    let output = match output {
        Ok(output) => output,
        Err(error) => {
            println!("skipped: tshark: {error}");
            return None;
        }
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let of_line = |line: &str| {
        let fields: Vec<&str> = line.split('\t').collect();
        (fields[0].parse().unwrap(), fields[1].parse().unwrap(), fields[2].to_owned())
    };
    Some(text.lines().map(of_line).collect())
}

/// Lengths are those that tshark gives; times too, but for what the file around cuts off.
#[test]
fn packets_are_those_of_tshark() {
    for (index, (name, made)) in erf_traces().enumerate() {
        let (variant, order) = match index % 2 {
            0 => (Variant::Nanos, Order::Little),
            _ => (Variant::Micros, Order::Big),
        };
        let bytes = in_pcap(&made, variant, order).bytes;
        let Some(expected) = tshark(&format!("{name}.pcap"), &bytes) else { return };
        let mut reader = open(&bytes, 1 << 20);
        let mut found = 0;
        while let Some(record) = reader.next() {
            let (captured, wire, time) = &expected[found];
            let ns = record.time().unwrap().as_ns();
            let (seconds, fraction) = time.split_once('.').unwrap();
            let theirs: i64 = format!("{seconds}{fraction:0<9}").parse().unwrap();
            assert!((ns - theirs).abs() < 1000, "{name}: {ns} and {theirs}");
            if let Record::Packet(p) = record {
                let ours = (p.captured_len(), p.wire_len());
                assert_eq!(ours, (*captured, *wire), "{name}, packet {found}");
            }
            found += 1;
        }
        assert_eq!(found, expected.len(), "{name}");
    }
}

/// The types of records that the tests above are about.
#[test]
fn traces_have_every_type() {
    let mut types: Vec<u8> = Vec::new();
    for (_, made) in erf_traces() {
        types.extend(records(&made).map(|(_, record)| record[8] & 0x7f));
    }
    for (name, number) in kind::ALL {
        let is_record = !matches!(*number, kind::LEGACY | kind::PAD);
        assert_eq!(types.contains(number), is_record, "{name}");
    }
}
