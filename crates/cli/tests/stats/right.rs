//! Tables beside naive code that counts the same packets one by one.

use std::collections::{BTreeMap, BTreeSet};

use marey::wire::ipv4::Ipv4;
use marey::wire::ipv6::Ipv6;
use marey::wire::tcp::Tcp;
use marey::wire::{FlowKey, Layers, Protocol, Side};
use marey::{Packet, Record};

use super::*;

/// Packets, bytes on the wire, captured bytes.
type Count = [u64; 3];
type Table = BTreeMap<String, Count>;

fn add(table: &mut Table, key: String, packet: &Packet<'_>) {
    let count = table.entry(key).or_default();
    let one = [1, packet.wire_len().into(), packet.captured_len().into()];
    count.iter_mut().zip(one).for_each(|(count, one)| *count += one);
}

fn text(flow: &FlowKey) -> String {
    format!("{flow:?}")
}

/// The first layer of one of these protocols, from its first byte on.
fn first<'a>(layers: &Layers<'a>, protocols: &[Protocol]) -> Option<(Protocol, &'a [u8])> {
    let layer = layers.as_slice().iter().find(|layer| protocols.contains(&layer.protocol))?;
    Some((layer.protocol, layers.bytes_of(layer)))
}

/// What a packet counts under, by table.
fn keys(packet: &Packet<'_>) -> BTreeMap<&'static str, Vec<String>> {
    let layers = packet.layers();
    let mut keys: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    let names: BTreeSet<_> = layers.as_slice().iter().map(|l| l.protocol.to_string()).collect();
    keys.insert("protocol", names.into_iter().collect());
    if let Some(flow) = layers.flow() {
        keys.insert("flow", vec![text(&flow)]);
        keys.insert("conversation", vec![text(&flow.symmetric())]);
        keys.insert("endpoint", vec![flow.source.to_string(), flow.target.to_string()]);
        let port = match flow.server() {
            Side::Source => flow.source_port,
            Side::Target => flow.target_port,
        };
        if (flow.source_port, flow.target_port) != (0, 0) {
            keys.insert("port", vec![format!("{} {port}", flow.protocol)]);
        }
    }
    match first(&layers, &[Protocol::Ipv4, Protocol::Ipv6]) {
        Some((Protocol::Ipv4, bytes)) => {
            let ip = Ipv4::parse(bytes).expect("walked over");
            keys.insert("ttl", vec![ip.ttl().to_string()]);
            keys.insert("tos", vec![format!("{} {}", ip.dscp(), ip.ecn())]);
        }
        Some((_, bytes)) => {
            let ip = Ipv6::parse(bytes).expect("walked over");
            keys.insert("ttl", vec![ip.hop_limit().to_string()]);
            keys.insert("tos", vec![format!("{} {}", ip.dscp(), ip.ecn())]);
        }
        None => {}
    }
    if let Some((_, bytes)) = first(&layers, &[Protocol::Tcp])
        && let Some(tcp) = Tcp::parse(bytes)
    {
        keys.insert("tcp-flags", vec![tcp.flags().0.to_string()]);
        let kinds: BTreeSet<u8> = tcp.options().map(|option| option.kind).collect();
        let kinds = kinds.iter().map(u8::to_string).collect::<Vec<_>>();
        if tcp.flags().0 & 2 != 0 {
            keys.insert("syn-options", vec![kinds.join(" ")]);
        }
        keys.insert("tcp-options", if kinds.is_empty() { vec!["none".to_owned()] } else { kinds });
    }
    let vlans: Vec<String> = layers.vlans().map(|id| id.to_string()).collect();
    if !vlans.is_empty() {
        keys.insert("vlan", vec![vlans.join("/")]);
    }
    let bounds = [0, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120];
    let size = bounds.into_iter().rfind(|from| *from <= packet.wire_len());
    keys.insert("size", vec![size.unwrap_or(0).to_string()]);
    keys
}

fn naive(path: &Path) -> BTreeMap<&'static str, Table> {
    let mut tables: BTreeMap<&'static str, Table> = BTreeMap::new();
    let mut reader = marey::open(path).expect("a trace").reader();
    while let Some(record) = reader.next() {
        let Record::Packet(packet) = record else { continue };
        for (by, keys) in keys(&packet) {
            let table = tables.entry(by).or_default();
            keys.into_iter().for_each(|key| add(table, key, &packet));
        }
    }
    tables
}

/// The key of a row as [`keys`] has it.
fn key_of(by: &str, row: &Value) -> String {
    let field = |name: &str| match &row[name] {
        Value::String(text) => text.clone(),
        Value::Null => "none".to_owned(),
        value => value.to_string(),
    };
    match by {
        "protocol" => field("protocol"),
        "endpoint" => field("address"),
        "port" => format!("{} {}", field("protocol"), field("port")),
        "ttl" => field("ttl"),
        "tos" => format!("{} {}", field("dscp"), field("ecn")),
        "tcp-flags" => field("bits"),
        "tcp-options" => field("kind"),
        "syn-options" => {
            let kinds = row["kinds"].as_array().expect("kinds");
            kinds.iter().map(Value::to_string).collect::<Vec<_>>().join(" ")
        }
        "vlan" => field("stack"),
        "size" => field("from"),
        _ => {
            let ends = if by == "flow" { ["source", "target"] } else { ["a", "b"] };
            let address = |end: &str| field(end).parse().expect("an address");
            let port = |end: &str| row[format!("{end}_port")].as_u64().unwrap_or(0) as u16;
            let protocol = (0..=255).map(marey::wire::IpProtocol);
            text(&FlowKey {
                source: address(ends[0]),
                target: address(ends[1]),
                source_port: port(ends[0]),
                target_port: port(ends[1]),
                protocol: protocol
                    .into_iter()
                    .find(|p| p.to_string() == field("protocol"))
                    .expect("one"),
                vlan: row["flow_vlan"].as_u64().map(|id| id as u16),
            })
        }
    }
}

fn check(directory: &Path, name: &str) {
    let lines = json(directory, &["--by", ALL, name]);
    let packets = number(&lines[0], "packets");
    let expected = naive(&directory.join(name));
    let tables = [
        "protocol",
        "flow",
        "conversation",
        "endpoint",
        "port",
        "ttl",
        "tos",
        "tcp-flags",
        "tcp-options",
        "syn-options",
        "vlan",
        "size",
    ];
    for by in tables {
        let rows = of(&lines, "row", by);
        let count =
            |row: &&Value| ["packets", "wire_bytes", "captured_bytes"].map(|f| number(row, f));
        let found: Table = rows.iter().map(|row| (key_of(by, row), count(row))).collect();
        let expected = expected.get(by).cloned().unwrap_or_default();
        assert_eq!(found.len(), rows.len(), "{name} by {by}");
        assert_eq!(found, expected, "{name} by {by}");
        let bytes = |row: &&Value| std::cmp::Reverse(number(row, "wire_bytes"));
        assert!(by == "size" || rows.is_sorted_by_key(bytes), "{name} by {by}");
    }
    for by in ["flow", "conversation", "port", "interface", "vlan", "size", "ttl", "direction"] {
        let lines = [of(&lines, "row", by), of(&lines, "without", by)].concat();
        let sum: u64 = lines.iter().map(|line| number(line, "packets")).sum();
        assert_eq!(sum, packets, "{name} by {by}");
    }
}

#[test]
fn small_traces() {
    let directory = scratch("stats-right");
    for (name, made) in trace::ready_made() {
        write(&directory, name, &made.bytes);
        check(&directory, name);
    }
}

#[test]
fn many_flows() {
    let directory = scratch("stats-right-large");
    let mut bytes = Vec::new();
    marey::testing::large::headers_only(&mut bytes, 1 << 20, 5).expect("written to memory");
    write(&directory, "a.pcap", &bytes);
    check(&directory, "a.pcap");
}

#[test]
fn both_sides_are_told_apart() {
    let directory = scratch("stats-sides");
    write(&directory, "demo.pcapng", &trace::demo().bytes);
    let lines = json(&directory, &["--by", "conversation,flow,endpoint", "demo.pcapng"]);
    let side = |row: &Value, name: &str| number(&row[name], "packets");
    for row in of(&lines, "row", "conversation") {
        let flow = |source: &str, target: &str| {
            let is_it = |flow: &&&Value| {
                flow["source"] == row[source]
                    && flow["target"] == row[target]
                    && flow["source_port"] == row[format!("{source}_port")]
                    && flow["target_port"] == row[format!("{target}_port")]
                    && flow["protocol"] == row["protocol"]
            };
            of(&lines, "row", "flow").iter().find(is_it).map_or(0, |flow| number(flow, "packets"))
        };
        assert_eq!((side(row, "a_to_b"), side(row, "b_to_a")), (flow("a", "b"), flow("b", "a")));
    }
    let rows = of(&lines, "row", "endpoint");
    let sent: u64 = rows.iter().map(|row| side(row, "sent")).sum();
    let received: u64 = rows.iter().map(|row| side(row, "received")).sum();
    let flows: u64 = of(&lines, "row", "flow").iter().map(|row| number(row, "packets")).sum();
    assert_eq!((sent, received), (flows, flows));
}

#[test]
fn interfaces_have_their_names_and_packets_their_directions() {
    let directory = scratch("stats-interfaces");
    write(&directory, "demo.pcapng", &trace::demo().bytes);
    let lines = json(&directory, &["--by", "interface,direction", "demo.pcapng"]);
    let mut names: Vec<_> = of(&lines, "row", "interface")
        .iter()
        .map(|row| (row["name"].as_str().expect("a name"), number(row, "packets")))
        .collect();
    names.sort_unstable();
    assert_eq!(names, [("lan0", 116), ("wan0", 116)]);
    let mut reader = marey::open(directory.join("demo.pcapng")).expect("a trace").reader();
    let mut directions: BTreeMap<String, u64> = BTreeMap::new();
    while let Some(record) = reader.next() {
        if let Record::Packet(packet) = record
            && let Some(direction) = packet.direction()
        {
            *directions.entry(format!("{direction:?}").to_lowercase()).or_default() += 1;
        }
    }
    let found = of(&lines, "row", "direction")
        .into_iter()
        .map(|row| (row["direction"].as_str().expect("a word").to_owned(), number(row, "packets")));
    assert_eq!(found.collect::<BTreeMap<_, _>>(), directions);
}
