//! The report as JSON Lines. The schema is docs/json/report.json.

use std::collections::BTreeMap;

use marey::{Error, ErrorKind};
use serde::Serialize;
use serde_json::Value;

use super::gather::counts::Traffic;
use super::gather::described::{Described, Numbers};
use super::gather::protocols::Ends;
use super::gather::tally::Count;
use super::{Input, Total};
use crate::{escape, inputs};

mod interfaces;
mod talk;

/// How many entries a table has at most; the rest is counted.
const ROWS_MAX: usize = 100;

/// One line for an input that could be read.
#[derive(Serialize)]
struct File<'a> {
    r#type: &'static str,
    path: Value,
    format: &'static str,
    variant: &'a str,
    compression: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_bytes: Option<u64>,
    packets: u64,
    events: u64,
    meta: u64,
    captured_bytes: u64,
    wire_bytes: u64,
    first_ns: Option<String>,
    last_ns: Option<String>,
    packets_without_time: u64,
    packets_cut_short: u64,
    sections: u32,
    section_list: Vec<interfaces::Section<'a>>,
    interfaces: Vec<interfaces::Interface<'a>>,
    interfaces_unlisted: u64,
    meta_by_kind: &'a BTreeMap<&'static str, u64>,
    meta_parts_by_kind: &'a BTreeMap<&'static str, u64>,
    protocols: Protocols,
    #[serde(flatten)]
    talk: talk::Parts,
    sizes: Sizes,
    rate: Rate,
    recorded_by: Vec<Fact<'a>>,
    names: Names<'a>,
    comments: Comments<'a>,
    secrets: Secrets,
    custom_by_enterprise: Vec<Number>,
    unknown_records_by_type: Vec<Number>,
    account: Account,
    damage: Vec<Damage<'a>>,
    damage_unlisted: u64,
    damaged_bytes: u64,
    source_lost: u64,
}

/// A row of a table by name.
#[derive(Serialize)]
struct Row {
    name: String,
    packets: u64,
    wire_bytes: u64,
}

/// The rows of a table, and what is not listed.
#[derive(Serialize)]
struct Table {
    rows: Vec<Row>,
    rows_unlisted: u64,
}

#[derive(Serialize)]
struct Protocols {
    link: Table,
    network: Table,
    transport: Table,
    headers: Table,
    ends: EndCounts,
}

#[derive(Serialize)]
struct EndCounts {
    snapped: u64,
    malformed: u64,
    fragment: u64,
    encrypted: u64,
    too_deep: u64,
    unknown_link: u64,
}

#[derive(Serialize)]
struct Sizes {
    min: Option<u32>,
    max: Option<u32>,
    ranges: Vec<Range>,
}

#[derive(Serialize)]
struct Range {
    from: u32,
    to: Option<u32>,
    packets: u64,
    wire_bytes: u64,
}

#[derive(Serialize)]
struct Rate {
    bin_ns: i64,
    /// The start of each bin, its packets, their bytes on the wire.
    bins: Vec<(String, u64, u64)>,
}

#[derive(Serialize)]
struct Fact<'a> {
    what: &'static str,
    text: &'a str,
}

#[derive(Serialize)]
struct Names<'a> {
    count: u64,
    list: Vec<Named<'a>>,
    complete: bool,
}

#[derive(Serialize)]
struct Named<'a> {
    address: String,
    name: &'a str,
}

#[derive(Serialize)]
struct Comments<'a> {
    count: u64,
    list: Vec<Comment<'a>>,
}

#[derive(Serialize)]
struct Comment<'a> {
    of: &'static str,
    record: u64,
    offset: u64,
    section: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    interface: Option<u32>,
    text: &'a str,
}

#[derive(Serialize)]
struct Secrets {
    count: u64,
    bytes: u64,
    list: Vec<Secret>,
}

#[derive(Serialize)]
struct Secret {
    secrets_type: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'static str>,
    bytes: usize,
}

#[derive(Serialize)]
struct Number {
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'static str>,
    count: u64,
}

#[derive(Serialize)]
struct Account {
    header: u64,
    packets: u64,
    meta: u64,
    padding: u64,
    damaged: u64,
}

#[derive(Serialize)]
struct Damage<'a> {
    offset: u64,
    len: u64,
    reason: &'a str,
}

/// An input that could be read.
pub fn file(input: &mut Input) -> String {
    let gather = &mut input.gather;
    let rate = rate(&mut gather.counts.rate);
    let (counts, described) = (&gather.counts, &gather.described);
    let (first_ns, last_ns) = span(&counts.traffic);
    let interface_list = interfaces::interfaces(&gather.interfaces);
    let listed = interface_list.len() as u64;
    let ledger = &input.ledger;
    let account = &input.account;
    line(&File {
        r#type: "file",
        path: inputs::json_path(&input.given),
        format: input.format,
        variant: &input.variant,
        compression: input.compression,
        file_bytes: input.file_bytes,
        packets: counts.traffic.packets,
        events: 0,
        meta: counts.meta,
        captured_bytes: counts.traffic.captured_bytes,
        wire_bytes: counts.traffic.wire_bytes,
        first_ns,
        last_ns,
        packets_without_time: counts.untimed,
        packets_cut_short: counts.cut_short,
        sections: gather.interfaces.section_count(),
        section_list: interfaces::sections(&gather.interfaces),
        interfaces: interface_list,
        interfaces_unlisted: gather.interfaces.interface_count() - listed,
        meta_by_kind: &counts.meta_by_kind,
        meta_parts_by_kind: &counts.parts_by_kind,
        protocols: protocols(counts),
        talk: talk::parts(&input.talk, counts.checks.as_ref()),
        sizes: sizes(counts),
        rate,
        recorded_by: facts(described),
        names: names(described),
        comments: comments(described),
        secrets: secrets(described),
        custom_by_enterprise: numbers(&described.enterprises),
        unknown_records_by_type: numbers(&described.unknown_types),
        account: Account {
            header: account.header,
            packets: account.packets,
            meta: account.meta,
            padding: account.padding,
            damaged: account.damaged,
        },
        damage: ledger
            .damage
            .iter()
            .map(|d| Damage { offset: d.offset, len: d.len, reason: &d.reason })
            .collect(),
        damage_unlisted: ledger.damage_unlisted,
        damaged_bytes: ledger.damaged_bytes,
        source_lost: ledger.source_lost,
    })
}

/// An input that could not be read.
pub fn error(error: &Error) -> String {
    #[derive(Serialize)]
    struct Line {
        r#type: &'static str,
        path: Value,
        kind: &'static str,
        reason: String,
    }
    let path = error.position().path.clone().unwrap_or_default();
    let path = inputs::json_path(path.as_os_str());
    line(&Line { r#type: "error", path, kind: kind(error), reason: error.reason() })
}

/// One word for why an input could not be read.
fn kind(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::Io(e) => match e.kind() {
            std::io::ErrorKind::NotFound => "missing",
            std::io::ErrorKind::PermissionDenied => "denied",
            _ => "io",
        },
        ErrorKind::Malformed(_) => "malformed",
        ErrorKind::Truncated(_) => "truncated",
        ErrorKind::Unsupported(_) => "unsupported",
        ErrorKind::Unknown(_) => "unknown",
        ErrorKind::Misuse(_) => "misuse",
        _ => "bug",
    }
}

/// A file in a directory that is no trace.
pub fn skipped(error: &Error) -> String {
    #[derive(Serialize)]
    struct Line {
        r#type: &'static str,
        path: Value,
        reason: String,
    }
    let path = error.position().path.clone().unwrap_or_default();
    let path = inputs::json_path(path.as_os_str());
    line(&Line { r#type: "skipped", path, reason: error.reason() })
}

/// The last line.
pub fn end(total: &Total) -> String {
    #[derive(Serialize)]
    struct Line {
        r#type: &'static str,
        files: u64,
        damaged: u64,
        errors: u64,
        skipped: u64,
        packets: u64,
        events: u64,
        meta: u64,
        captured_bytes: u64,
        wire_bytes: u64,
        first_ns: Option<String>,
        last_ns: Option<String>,
        #[serde(flatten)]
        talk: Option<talk::Parts>,
        ledger: Value,
    }
    let traffic = &total.counts.traffic;
    let (first_ns, last_ns) = span(traffic);
    line(&Line {
        r#type: "end",
        files: total.files,
        damaged: total.damaged,
        errors: total.errors,
        skipped: total.skipped.count,
        packets: traffic.packets,
        events: 0,
        meta: total.counts.meta,
        captured_bytes: traffic.captured_bytes,
        wire_bytes: traffic.wire_bytes,
        first_ns,
        last_ns,
        talk: total.talk.as_ref().map(|t| talk::parts(t, total.counts.checks.as_ref())),
        ledger: inputs::json_ledger(&total.ledger),
    })
}

/// What is made of strings and numbers alone can always be written. It is safe to look at too.
fn line(value: &impl Serialize) -> String {
    escape::json(serde_json::to_string(value).unwrap_or_default())
}

fn span(traffic: &Traffic) -> (Option<String>, Option<String>) {
    traffic.span_ns.map(|(first, last)| (first.to_string(), last.to_string())).unzip()
}

fn table(mut ranked: Vec<(String, Count)>) -> Table {
    let rows_unlisted = ranked.len().saturating_sub(ROWS_MAX) as u64;
    ranked.truncate(ROWS_MAX);
    let row = |(name, count): (String, Count)| Row {
        name,
        packets: count.packets,
        wire_bytes: count.bytes,
    };
    Table { rows: ranked.into_iter().map(row).collect(), rows_unlisted }
}

fn protocols(counts: &super::Counts) -> Protocols {
    let protocols = &counts.protocols;
    let headers = protocols.headers().into_iter();
    let Ends { snapped, malformed, fragment, encrypted, too_deep, unknown_link } = protocols.ends;
    Protocols {
        link: table(counts.links()),
        network: table(protocols.networks()),
        transport: table(protocols.transports()),
        headers: table(headers.map(|(header, count)| (header.to_string(), count)).collect()),
        ends: EndCounts { snapped, malformed, fragment, encrypted, too_deep, unknown_link },
    }
}

fn sizes(counts: &super::Counts) -> Sizes {
    let (min, max) = counts.sizes.extremes().unzip();
    let ranges = counts.sizes.ranges().into_iter();
    let range = |(from, to, count): (u32, Option<u32>, Count)| Range {
        from,
        to,
        packets: count.packets,
        wire_bytes: count.bytes,
    };
    Sizes { min, max, ranges: ranges.map(range).collect() }
}

fn rate(rate: &mut super::gather::rate::Rate) -> Rate {
    let (bin_ns, bins) = rate.bins();
    let bin = |(bin, count): (&i64, &Count)| {
        let start = i128::from(*bin) * i128::from(bin_ns);
        (start.to_string(), count.packets, count.bytes)
    };
    Rate { bin_ns, bins: bins.iter().map(bin).collect() }
}

fn facts(described: &Described) -> Vec<Fact<'_>> {
    let facts = described.facts.in_order().into_iter();
    facts.map(|(what, text)| Fact { what, text }).collect()
}

fn names(described: &Described) -> Names<'_> {
    let list = described.names.in_order().into_iter();
    Names {
        count: described.names_count,
        list: list.map(|(of, name)| Named { address: of.to_string(), name }).collect(),
        complete: !described.names.more,
    }
}

fn comments(described: &Described) -> Comments<'_> {
    let list = described.comments.iter().map(|((record, _), comment)| Comment {
        of: comment.of,
        record,
        offset: comment.offset,
        section: comment.section,
        interface: comment.interface,
        text: &comment.text,
    });
    Comments { count: described.comments.count, list: list.collect() }
}

fn secrets(described: &Described) -> Secrets {
    let list = described.secrets.iter().map(|(_, secret)| Secret {
        secrets_type: secret.secrets_type,
        name: secret.name,
        bytes: secret.len,
    });
    Secrets { count: described.secrets.count, bytes: described.secret_bytes, list: list.collect() }
}

/// Counts by number, and without a number those that are not listed.
fn numbers(numbers: &Numbers) -> Vec<Number> {
    let listed =
        numbers.iter().map(|(number, name, count)| Number { number: Some(number), name, count });
    let others = numbers.others();
    let others = (others > 0).then_some(Number { number: None, name: None, count: others });
    listed.chain(others).collect()
}
