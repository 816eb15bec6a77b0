//! Series over time: exact for any order of packets, with empty intervals, aligned to the first.

use std::collections::BTreeMap;

use super::*;

const MS: i64 = 1_000_000;

/// The start of each interval in nanoseconds after the trace's start, and its packets.
fn series(lines: &[Value]) -> Vec<(Option<i64>, u64)> {
    let row = |line: &&Value| {
        let start = line["start_ns"].as_str().map(|text| text.parse::<i64>().expect("a number"));
        (start.map(|start| start - START_NS), number(line, "packets"))
    };
    of(lines, "row", "time").iter().map(row).collect()
}

#[test]
fn intervals_begin_with_the_first_packet() {
    let directory = scratch("stats-series");
    // Unsorted: also before the first packet of the trace.
    write(&directory, "a.pcapng", &at(&[7 * MS, 16 * MS, 17 * MS, 47 * MS, -3 * MS - 1, 9 * MS]));
    let lines = json(&directory, &["--every", "10ms", "a.pcapng"]);
    let expected = [(-13, 1), (-3, 0), (7, 3), (17, 1), (27, 0), (37, 0), (47, 1)];
    let expected = expected.map(|(start, packets)| (Some(start * MS), packets));
    assert_eq!(series(&lines), expected);
    let table = of(&lines, "table", "time")[0];
    assert_eq!(table["origin_ns"], (START_NS + 7 * MS).to_string());
    // The first one of those that are not left out; also where it comes once only.
    let since = format!("{}.010", START_NS / 1_000_000_000);
    let arguments = ["--every", "10ms", "--since", &since];
    let lines = json(&directory, &[&arguments[..], &["a.pcapng"]].concat());
    assert_eq!(series(&lines)[0], (Some(16 * MS), 2));
    let file = std::fs::read(directory.join("a.pcapng")).expect("the file");
    let ran = run_with(&[&["stats", "--json"], &arguments[..], &["-"]].concat(), &file);
    assert_eq!(series(&Schema::of("stats").check(&ran.ok())), series(&lines));
}

#[test]
fn a_long_jump_is_said() {
    let directory = scratch("stats-jump");
    write(&directory, "a.pcapng", &at(&[0, 100_001 * MS, 200_003 * MS]));
    let lines = json(&directory, &["--every", "1ms", "a.pcapng"]);
    let jumps = of(&lines, "jump", "time");
    let from = (START_NS + 100_002 * MS).to_string();
    assert_eq!(jumps.len(), 1, "100,000 empty intervals are rows, 100,001 are not");
    assert_eq!((number(jumps[0], "intervals"), jumps[0]["start_ns"] == from), (100_001, true));
    assert_eq!(series(&lines).len(), 3 + 100_000);
    let ran = stats(&directory, &["--every", "1ms", "--csv", "--packets", "9", "a.pcapng"]);
    assert!(ran.stderr.contains("100001 intervals from"), "{}", ran.stderr);
}

#[test]
fn each_interval_has_its_own_table() {
    let directory = scratch("stats-slices");
    let mut bytes = Vec::new();
    marey::testing::large::headers_only(&mut bytes, 256 << 10, 3).expect("written to memory");
    write(&directory, "a.pcap", &bytes);
    let lines = json(&directory, &["--every", "7ms", "--by", "port,protocol", "a.pcap"]);
    let mut naive: BTreeMap<(i64, u64), u64> = BTreeMap::new();
    let mut reader = marey::open(directory.join("a.pcap")).expect("a trace").reader();
    let mut origin = None;
    while let Some(record) = reader.next() {
        let marey::Record::Packet(packet) = record else { continue };
        let time = packet.time().expect("a time").as_ns();
        let slice = (time - *origin.get_or_insert(time)) / (7 * MS);
        if let Some(flow) = packet.flow().filter(|flow| flow.protocol.has_ports()) {
            let port = match flow.server() {
                marey::wire::Side::Source => flow.source_port,
                marey::wire::Side::Target => flow.target_port,
            };
            *naive.entry((slice, port.into())).or_default() += u64::from(packet.wire_len());
        }
    }
    let mut counted: BTreeMap<(i64, u64), u64> = BTreeMap::new();
    for row in of(&lines, "row", "port") {
        let start: i64 = row["start_ns"].as_str().and_then(|t| t.parse().ok()).expect("a time");
        let slice = (start - origin.expect("a packet")) / (7 * MS);
        *counted.entry((slice, number(row, "port"))).or_default() += number(row, "wire_bytes");
    }
    assert!(naive.len() > 20);
    assert_eq!(counted, naive);
    let tables = of(&lines, "table", "protocol");
    let packets: u64 = tables.iter().map(|table| number(table, "packets")).sum();
    assert_eq!(packets, number(&lines[0], "packets"));
}

#[test]
fn packets_without_a_time_are_apart() {
    let directory = scratch("stats-untimed");
    let mut file = Pcapng::new();
    file.section(Order::Little, Length::Unknown, &[]);
    file.interface(ETHERNET, 0, &[]);
    file.simple_packet(&frame(1));
    file.packet(0, START_NS, &frame(1), &[]);
    write(&directory, "a.pcapng", &file.finish().bytes);
    let lines = json(&directory, &["--every", "1s", "a.pcapng"]);
    assert_eq!(series(&lines), [(None, 1), (Some(0), 1)]);
    assert_eq!(number(&lines[0], "packets_without_time"), 1);
}
