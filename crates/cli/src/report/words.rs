//! What pages of all kinds say in the same words.

use std::net::SocketAddr;

use marey::format::Account;
use marey::scene::{Port, Statistics};
use marey::wire::FlowKey;

use super::Input;
use super::gather::described::{Comment, Secret};
use super::gather::interfaces::{AboutInterface, AboutSection, InterfaceSeen, Key, shown_id};
use super::gather::protocols::Ends;
use crate::page::words::{bytes, grouped, scaled};

/// Why wrong checksums may be no fault.
pub const OFFLOAD: &str = "packets that the recording host sent may have unfinished checksums: \
                           its network card fills them in later (offload)";

/// Both ends of a flow, with their ports if it has any.
pub fn ends(key: &FlowKey) -> [String; 2] {
    match key.ports() {
        Some((source_port, target_port)) => {
            let ends = [(key.source, source_port), (key.target, target_port)];
            ends.map(|end| SocketAddr::from(end).to_string())
        }
        None => [key.source, key.target].map(|address| address.to_string()),
    }
}

/// From which to which length on the wire; the last range has no end.
pub fn range((from, to): (u32, Option<u32>)) -> String {
    let from = grouped(u64::from(from));
    match to {
        Some(to) => format!("{from} to {}", grouped(u64::from(to))),
        None => format!("from {from}"),
    }
}

/// Why headers could not be followed to their end; nothing if all could.
pub fn stops(ends: &Ends) -> String {
    let Ends { snapped, malformed, fragment, encrypted, too_deep, unknown_link } = *ends;
    let stops = [
        (snapped, "cut short"),
        (malformed, "malformed"),
        (fragment, "in fragments"),
        (encrypted, "encrypted"),
        (too_deep, "too deeply nested"),
        (unknown_link, "of an unknown link type"),
    ];
    let there = stops.into_iter().filter(|(count, _)| *count > 0);
    there.map(|(count, why)| format!("{} {why}", grouped(count))).collect::<Vec<_>>().join(", ")
}

/// What the bytes of a trace are, as far as there are any of a kind.
pub fn bytes_by_kind(account: &Account) -> Vec<(&'static str, u64)> {
    let kinds = [
        ("header", account.header),
        ("packets", account.packets),
        ("meta records", account.meta),
        ("padding", account.padding),
        ("damaged", account.damaged),
    ];
    kinds.into_iter().filter(|(_, bytes)| *bytes > 0).collect()
}

/// How a trace is compressed, if it is.
pub fn compression(input: &Input) -> Option<String> {
    let from = input.file_bytes.map(|from| format!(", {} in the file", bytes(from)));
    let is_packed = input.compression != "none";
    is_packed.then(|| format!("{}{}", input.compression, from.unwrap_or_default()))
}

/// An interface, with its section if there are several.
pub fn interface((section, id): Key, sections: u32) -> String {
    match sections {
        0 | 1 => shown_id(id),
        _ => format!("{section}.{}", shown_id(id)),
    }
}

/// How much of a packet there is to capture; 0 is no limit.
pub fn snap_len(about: &AboutInterface) -> String {
    match about.snap_len {
        0 => "none".to_owned(),
        len => grouped(u64::from(len)),
    }
}

/// Which keys there are; the keys themselves are not shown.
pub fn secret(secret: &Secret) -> String {
    let unknown = format!("type {:#010x}", secret.secrets_type);
    let name = secret.name.map_or(unknown, str::to_owned);
    format!("{name}, {}, not shown", bytes(secret.len as u64))
}

/// A number that vendors or types of records have, by its name if it has one.
pub fn number(what: &str, number: u32, name: Option<&str>) -> String {
    match name {
        Some(name) => name.to_owned(),
        None if what == "type" => format!("type {number:#010x}"),
        None => format!("{what} {number}"),
    }
}

/// What a section says of who recorded it.
pub fn section_facts(about: &AboutSection) -> Vec<(&'static str, &str)> {
    let facts =
        [("application", &about.application), ("os", &about.os), ("hardware", &about.hardware)];
    let there = facts.into_iter().filter_map(|(what, text)| Some((what, text.as_deref()?)));
    there.filter(|(_, text)| !text.is_empty()).collect()
}

/// What is short: addresses, speeds and the like.
pub fn facts(about: &AboutInterface) -> Vec<String> {
    let mut facts = Vec::new();
    let speed = |what: &str, speed: u64| format!("{}{what}", scaled(speed as f64, "bit/s"));
    facts.extend(about.speed.map(|bits| speed("", bits)));
    facts.extend(about.rx_speed.map(|bits| speed(" in", bits)));
    facts.extend(about.tx_speed.map(|bits| speed(" out", bits)));
    facts.extend(about.mac.map(|mac| mac.to_string()));
    facts.extend(about.eui64.map(|eui| eui.map(|byte| format!("{byte:02x}")).join(":")));
    facts.extend(about.addresses.iter().cloned());
    facts.extend(about.port.map(port));
    facts.extend(about.fcs_len.map(|len| format!("FCS length {len}")));
    if about.time_offset_s != 0 {
        facts.push(format!("times {:+} s", about.time_offset_s));
    }
    facts
}

/// The port that stands for an interface which a trace with ports does not describe: its number
/// has the highest bit, a source and a port.
pub fn undescribed_port(id: u32, format: &str) -> Option<String> {
    let has_ports = format != "pcapng" && id & 1 << 31 != 0;
    has_ports.then(|| port(Port { host: None, source: (id >> 8) as u8, number: id & 0xff }))
}

fn port(port: Port) -> String {
    let host = port.host.map(|host| format!("host {host:016x} ")).unwrap_or_default();
    format!("{host}source {} port {}", port.source, port.number)
}

/// How many packets were lost on an interface, as far as the trace says.
pub fn lost(seen: &InterfaceSeen) -> Option<u64> {
    let statistics = seen.about().and_then(|about| about.statistics.as_ref());
    let counted = statistics.filter(|s| s.dropped.is_some() || s.os_dropped.is_some());
    let lost = counted.map(Statistics::lost);
    lost.max(seen.dropped_before_packets).filter(|lost| *lost > 0)
}

/// What an interface counted while recording.
pub fn counters(statistics: &Statistics) -> String {
    let counters = [
        ("received", statistics.received),
        ("dropped", statistics.dropped),
        ("dropped by the os", statistics.os_dropped),
        ("passed the filter", statistics.filter_accepted),
        ("delivered", statistics.delivered),
    ];
    let there = counters.iter().filter_map(|(what, count)| Some((what, (*count)?)));
    let parts: Vec<String> =
        there.map(|(what, count)| format!("{what} {}", grouped(count))).collect();
    parts.join(", ")
}

/// What a comment is on.
pub fn subject(record: u64, comment: &Comment) -> String {
    match (comment.of, comment.interface) {
        ("packet", _) => format!("record {record}"),
        ("section", _) => format!("section {}", comment.section),
        ("interface", Some(id)) => format!("interface {}", shown_id(id)),
        (of, _) => of.to_owned(),
    }
}
