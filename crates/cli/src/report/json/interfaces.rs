//! Sections and interfaces as JSON.

use marey::Timestamp;
use marey::scene::{ByteOrder, Port, Statistics};
use marey::time;
use serde::Serialize;

use super::span;
use crate::report::gather::Interfaces;
use crate::report::gather::counts::link_name;
use crate::report::gather::interfaces::{AboutInterface, InterfaceSeen, Key, SectionSeen};

/// A section.
#[derive(Serialize)]
pub struct Section<'a> {
    section: u32,
    packets: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    byte_order: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hardware: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    os: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    application: Option<&'a str>,
}

/// An interface: what was seen on it, and what the trace says of it.
#[derive(Serialize)]
pub struct Interface<'a> {
    section: u32,
    id: u32,
    described: bool,
    packets: u64,
    captured_bytes: u64,
    wire_bytes: u64,
    first_ns: Option<String>,
    last_ns: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dropped_before_packets: Option<u64>,
    #[serde(flatten)]
    about: Option<About<'a>>,
}

/// What a trace says of an interface.
#[derive(Serialize)]
struct About<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    link_type: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link_type_name: Option<String>,
    snap_len: u32,
    resolution: Resolution,
    time_offset_s: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    addresses: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    mac: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    eui64: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    speed_bps: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tx_speed_bps: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rx_speed_bps: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    filter: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    os: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hardware: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fcs_len: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_zone: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<PortLine>,
    description_damaged: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    statistics: Option<Counters>,
}

/// The unit of times: `base` to the power of `exponent` seconds.
#[derive(Serialize)]
struct Resolution {
    base: u8,
    exponent: i16,
}

#[derive(Serialize)]
struct PortLine {
    /// In hexadecimal: it has 64 bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<String>,
    source: u8,
    number: u32,
}

#[derive(Serialize)]
struct Counters {
    time_ns: Option<String>,
    start_ns: Option<String>,
    end_ns: Option<String>,
    received: Option<u64>,
    dropped: Option<u64>,
    filter_accepted: Option<u64>,
    os_dropped: Option<u64>,
    delivered: Option<u64>,
}

/// The sections that are listed.
pub fn sections(seen: &Interfaces) -> Vec<Section<'_>> {
    seen.sections().map(|(index, section)| self::section(index, section)).collect()
}

fn section(section: u32, seen: &SectionSeen) -> Section<'_> {
    let about = seen.about.as_ref();
    Section {
        section,
        packets: seen.packets,
        byte_order: about.map(|about| match about.byte_order {
            ByteOrder::Little => "little",
            ByteOrder::Big => "big",
        }),
        version: about.map(|about| format!("{}.{}", about.version.0, about.version.1)),
        hardware: about.and_then(|about| about.hardware.as_deref()),
        os: about.and_then(|about| about.os.as_deref()),
        application: about.and_then(|about| about.application.as_deref()),
    }
}

/// The interfaces that are listed.
pub fn interfaces(seen: &Interfaces) -> Vec<Interface<'_>> {
    seen.interfaces().map(|(key, interface)| self::interface(key, interface)).collect()
}

fn interface((section, id): Key, seen: &InterfaceSeen) -> Interface<'_> {
    let (first_ns, last_ns) = span(&seen.traffic);
    Interface {
        section,
        id,
        described: seen.about().is_some_and(|about| !about.lost),
        packets: seen.traffic.packets,
        captured_bytes: seen.traffic.captured_bytes,
        wire_bytes: seen.traffic.wire_bytes,
        first_ns,
        last_ns,
        dropped_before_packets: seen.dropped_before_packets,
        about: seen.about().map(about),
    }
}

fn about(about: &AboutInterface) -> About<'_> {
    About {
        link_type: about.link_type.map(|link| link.0),
        link_type_name: about.link_type.map(link_name),
        snap_len: about.snap_len,
        resolution: resolution(about.resolution),
        time_offset_s: about.time_offset_s,
        name: about.name.as_deref(),
        description: about.description.as_deref(),
        addresses: &about.addresses,
        mac: about.mac.map(|mac| mac.to_string()),
        eui64: about.eui64.map(|eui| eui.map(|byte| format!("{byte:02x}")).join(":")),
        speed_bps: about.speed,
        tx_speed_bps: about.tx_speed,
        rx_speed_bps: about.rx_speed,
        filter: about.filter.as_deref(),
        os: about.os.as_deref(),
        hardware: about.hardware.as_deref(),
        fcs_len: about.fcs_len,
        time_zone: about.time_zone.as_deref(),
        port: about.port.map(port),
        description_damaged: about.lost,
        statistics: about.statistics.as_ref().map(counters),
    }
}

fn port(port: Port) -> PortLine {
    let host = port.host.map(|host| format!("{host:016x}"));
    PortLine { host, source: port.source, number: port.number }
}

fn resolution(resolution: time::Resolution) -> Resolution {
    match resolution {
        time::Resolution::Decimal(n) => Resolution { base: 10, exponent: -i16::from(n) },
        time::Resolution::Binary(n) => Resolution { base: 2, exponent: -i16::from(n) },
    }
}

fn counters(statistics: &Statistics) -> Counters {
    let ns = |time: Option<Timestamp>| time.map(|time| time.as_ns().to_string());
    Counters {
        time_ns: ns(statistics.time),
        start_ns: ns(statistics.start),
        end_ns: ns(statistics.end),
        received: statistics.received,
        dropped: statistics.dropped,
        filter_accepted: statistics.filter_accepted,
        os_dropped: statistics.os_dropped,
        delivered: statistics.delivered,
    }
}
