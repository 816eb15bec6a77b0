//! Meta blocks as typed items.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::Reader;
use super::block::{self, BlockHead, padded};
use super::options::{self, field};
use super::secrets;
use crate::meta::{
    Custom, Field, Item, Journal, Mac, Name, NameOf, Names, Raw, Secrets, Text, Value,
};
use crate::scene::{ByteOrder, Filter, Interface, Scene, Section, Statistics};
use crate::time::{Resolution, Timestamp};
use crate::wire::LinkType;

/// What a meta block says.
pub(super) fn item<'a>(bytes: &'a [u8], head: BlockHead, scene: &Scene) -> Item<'a> {
    let end = bytes.len().saturating_sub(block::TRAILER_LEN);
    let body = bytes.get(block::BODY..end).unwrap_or(&[]);
    let reader = Reader::new(bytes, head.order);
    match head.block_type {
        block::SECTION => Item::Section(section(bytes, head, scene)),
        block::INTERFACE => Item::Interface(interface(bytes, head, scene)),
        block::NAMES => Item::Names(names(bytes, head, scene)),
        block::STATISTICS => Item::Statistics(statistics(bytes, head, scene)),
        block::SECRETS => Item::Secrets(Secrets {
            secrets_type: reader.u32(block::BODY).unwrap_or(0),
            data: secrets::parts(bytes, head).secrets,
            comments: comments(&options::fields(bytes, head, scene)),
        }),
        block::JOURNAL => Item::Journal(journal(body)),
        block::CUSTOM | block::CUSTOM_NO_COPY => Item::Custom(Custom {
            enterprise: reader.u32(block::BODY).unwrap_or(0),
            copyable: head.block_type == block::CUSTOM,
            data: body.get(4..).unwrap_or(&[]),
        }),
        record_type => {
            Item::Raw(Raw { record_type, name: block::type_name(record_type), data: body })
        }
    }
}

/// When a meta block was written.
pub(super) fn time_of(items: &[Item<'_>]) -> Option<Timestamp> {
    items.iter().find_map(|item| match item {
        Item::Statistics(statistics) => statistics.time,
        Item::Journal(journal) => journal.time,
        _ => None,
    })
}

fn comments(fields: &[Field<'_>]) -> Vec<Text> {
    let is_comment = |f: &&Field<'_>| f.name == "comment";
    fields.iter().filter(is_comment).filter_map(|f| f.value.as_text().cloned()).collect()
}

/// The first option called `name`.
fn find<'f, 'a>(fields: &'f [Field<'a>], name: &str) -> Option<&'f Value<'a>> {
    fields.iter().find(|f| f.code != 0 && f.name == name).map(|f| &f.value)
}

fn text(fields: &[Field<'_>], name: &str) -> Option<Text> {
    find(fields, name).and_then(Value::as_text).cloned()
}

fn number(fields: &[Field<'_>], name: &str) -> Option<u64> {
    find(fields, name).and_then(Value::as_u64)
}

fn section(bytes: &[u8], head: BlockHead, scene: &Scene) -> Section {
    let fields = options::fields(bytes, head, scene);
    let reader = Reader::new(bytes, head.order);
    Section {
        index: scene.sections(),
        byte_order: head.order,
        version: (reader.u16(12).unwrap_or(0), reader.u16(14).unwrap_or(0)),
        length: reader.u64(16).filter(|&len| len != u64::MAX),
        hardware: text(&fields, "hardware"),
        os: text(&fields, "os"),
        application: text(&fields, "userappl"),
        comments: comments(&fields),
    }
}

fn interface(bytes: &[u8], head: BlockHead, scene: &Scene) -> Interface {
    let fields = options::fields(bytes, head, scene);
    let reader = Reader::new(bytes, head.order);
    let resolution = number(&fields, "tsresol").map(|byte| Resolution::from_tsresol(byte as u8));
    let offset = match find(&fields, "tsoffset") {
        Some(Value::I64(seconds)) => *seconds,
        _ => 0,
    };
    Interface {
        link_type: reader.u16(8).map(LinkType),
        snap_len: reader.u32(12).unwrap_or(0),
        resolution: resolution.unwrap_or(Resolution::MICRO),
        time_offset_s: offset,
        name: text(&fields, "name"),
        description: text(&fields, "description"),
        ipv4: fields.iter().filter_map(ipv4_net).collect(),
        ipv6: fields.iter().filter_map(ipv6_net).collect(),
        mac: find(&fields, "MACaddr").and_then(|value| match value {
            Value::Mac(mac) => Some(*mac),
            _ => None,
        }),
        eui64: find(&fields, "EUIaddr").and_then(|value| match value {
            Value::Bytes(bytes) => bytes.first_chunk().copied(),
            _ => None,
        }),
        speed: number(&fields, "speed"),
        tx_speed: number(&fields, "txspeed"),
        rx_speed: number(&fields, "rxspeed"),
        filter: find(&fields, "filter").and_then(filter),
        os: text(&fields, "os"),
        hardware: text(&fields, "hardware"),
        fcs_len: number(&fields, "fcslen").map(|len| len as u32),
        time_zone: text(&fields, "iana_tzname"),
        comments: comments(&fields),
        ..Interface::new(scene.interfaces().len() as u32)
    }
}

fn ipv4_net(field: &Field<'_>) -> Option<(Ipv4Addr, Ipv4Addr)> {
    match field.value {
        Value::Ipv4Net(address, mask) => Some((address, mask)),
        _ => None,
    }
}

fn ipv6_net(field: &Field<'_>) -> Option<(Ipv6Addr, u8)> {
    match field.value {
        Value::Ipv6Net(address, prefix) => Some((address, prefix)),
        _ => None,
    }
}

fn filter(value: &Value<'_>) -> Option<Filter> {
    match value {
        Value::Tagged(0, text) => Some(Filter::Expression(Text::new(text))),
        Value::Tagged(1, code) => Some(Filter::Bpf(code.to_vec())),
        Value::Tagged(kind, bytes) => Some(Filter::Other(*kind, bytes.to_vec())),
        _ => None,
    }
}

fn statistics(bytes: &[u8], head: BlockHead, scene: &Scene) -> Statistics {
    let fields = options::fields(bytes, head, scene);
    let time = |name| match find(&fields, name) {
        Some(Value::Time(time)) => *time,
        _ => None,
    };
    Statistics {
        interface: Reader::new(bytes, head.order).u32(block::BODY).unwrap_or(0),
        time: statistics_time(bytes, head, scene),
        start: time("starttime"),
        end: time("endtime"),
        received: number(&fields, "ifrecv"),
        dropped: number(&fields, "ifdrop"),
        filter_accepted: number(&fields, "filteraccept"),
        os_dropped: number(&fields, "osdrop"),
        delivered: number(&fields, "usrdeliv"),
        comments: comments(&fields),
    }
}

fn statistics_time(bytes: &[u8], head: BlockHead, scene: &Scene) -> Option<Timestamp> {
    let reader = Reader::new(bytes, head.order);
    let interface = scene.interface(reader.u32(block::BODY)?).filter(|i| !i.lost)?;
    let units = u64::from(reader.u32(12)?) << 32 | u64::from(reader.u32(16)?);
    interface.resolution.time(units, interface.time_offset_s)
}

fn journal(body: &[u8]) -> Journal<'_> {
    let mut journal = Journal { entry: body, time: None };
    let micros = journal.field("__REALTIME_TIMESTAMP");
    let micros = micros.and_then(|v| std::str::from_utf8(v).ok()?.parse::<u64>().ok());
    journal.time = micros.and_then(|v| Resolution::MICRO.time(v, 0));
    journal
}

// Types of name resolution records (section 4.5).
const RECORD_END: u16 = 0;

/// The records of a name resolution block: type and value, and where they end.
fn name_records(bytes: &[u8], head: BlockHead) -> (Vec<(u16, &[u8])>, usize) {
    let end = head.body_end(bytes);
    let reader = Reader::new(bytes, head.order);
    let mut at = block::BODY;
    let mut records = Vec::new();
    while at + 4 <= end {
        let (Some(kind), Some(len)) = (reader.u16(at), reader.u16(at + 2)) else { break };
        let len = usize::from(len);
        if kind == RECORD_END {
            return (records, at + 4);
        }
        if at + 4 + len > end {
            return (records, end);
        }
        records.push((kind, reader.slice(at + 4, len)));
        at += 4 + padded(len);
    }
    (records, at.min(end))
}

/// Where the options of a name resolution block start.
pub(super) fn end_of_names(bytes: &[u8], head: BlockHead) -> usize {
    name_records(bytes, head).1
}

/// The address of a name record, and how many bytes it has.
fn name_of(kind: u16, value: &[u8]) -> Option<(NameOf, usize)> {
    let reader = Reader::new(value, ByteOrder::Big);
    Some(match kind {
        1 => (NameOf::Ipv4(Ipv4Addr::from(reader.array::<4>(0)?)), 4),
        2 => (NameOf::Ipv6(Ipv6Addr::from(reader.array::<16>(0)?)), 16),
        3 => (NameOf::Mac(Mac(reader.array::<6>(0)?)), 6),
        4 => (NameOf::Eui64(reader.array::<8>(0)?), 8),
        _ => return None,
    })
}

fn name_entry(kind: u16, value: &[u8]) -> Option<Name> {
    let (of, len) = name_of(kind, value)?;
    let names = value.get(len..)?.split(|&b| b == 0).filter(|name| !name.is_empty());
    Some(Name { of, names: names.map(Text::new).collect() })
}

fn names(bytes: &[u8], head: BlockHead, scene: &Scene) -> Names {
    let fields = options::fields(bytes, head, scene);
    let (records, _) = name_records(bytes, head);
    Names {
        entries: records.iter().filter_map(|(kind, value)| name_entry(*kind, value)).collect(),
        server_name: text(&fields, "dnsname"),
        server_ipv4: match find(&fields, "dnsIP4addr") {
            Some(Value::Ipv4(address)) => Some(*address),
            _ => None,
        },
        server_ipv6: match find(&fields, "dnsIP6addr") {
            Some(Value::Ipv6(address)) => Some(*address),
            _ => None,
        },
        comments: comments(&fields),
    }
}

/// What stands in a meta block before its options, as fields.
pub(super) fn append_head<'a>(
    bytes: &'a [u8],
    head: BlockHead,
    scene: &Scene,
    fields: &mut Vec<Field<'a>>,
) {
    let reader = Reader::new(bytes, head.order);
    let word = |at| Value::U64(u64::from(reader.u32(at).unwrap_or(0)));
    let half = |at| Value::U64(u64::from(reader.u16(at).unwrap_or(0)));
    let end = head.body_end(bytes);
    match head.block_type {
        block::SECTION => {
            fields.push(field(0, "major version", half(12)));
            fields.push(field(0, "minor version", half(14)));
            let length = reader.u64(16).filter(|&len| len != u64::MAX);
            fields.extend(length.map(|len| field(0, "section length", Value::U64(len))));
        }
        block::INTERFACE => {
            fields.push(field(0, "link type", half(8)));
            fields.push(field(0, "snap length", word(12)));
        }
        block::STATISTICS => {
            fields.push(field(0, "interface", word(8)));
            fields.push(field(0, "time", Value::Time(statistics_time(bytes, head, scene))));
        }
        block::NAMES => {
            let (records, _) = name_records(bytes, head);
            fields.extend(records.into_iter().map(|(kind, value)| name_field(kind, value)));
        }
        block::SECRETS => {
            let secrets_type = u64::from(reader.u32(8).unwrap_or(0));
            fields.push(field(0, "secrets type", Value::Bits(secrets_type)));
            let len = secrets::parts(bytes, head).secrets.len();
            fields.push(field(0, "secrets", Value::Secret(len)));
        }
        block::CUSTOM | block::CUSTOM_NO_COPY => {
            let rest = bytes.get(12..end).unwrap_or(&[]);
            fields.push(field(0, "custom", Value::Custom(reader.u32(8).unwrap_or(0), rest)));
        }
        block::JOURNAL => {
            let journal = journal(bytes.get(block::BODY..end).unwrap_or(&[]));
            for (name, value) in journal.fields() {
                let text = Text::new(&[name, b"=", value].concat());
                fields.push(field(0, "entry", Value::Text(text)));
            }
        }
        _ => {
            let body = bytes.get(block::BODY..end).unwrap_or(&[]);
            fields.push(field(0, "type", Value::Bits(u64::from(head.block_type))));
            fields.push(field(0, "body", Value::Bytes(body)));
        }
    }
}

fn name_field(kind: u16, value: &[u8]) -> Field<'_> {
    match name_entry(kind, value) {
        Some(entry) => field(kind, "name", Value::Named(entry.of.to_string(), entry.names)),
        None => field(kind, "unknown", Value::Bytes(value)),
    }
}
