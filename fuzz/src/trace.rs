//! What must hold for any bytes that are read as a trace.

use std::fmt::{self, Write};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Cursor;

use marey::format::Account;
use marey::input::compress::{Compression, opener, recognise};
use marey::meta::Field;
use marey::pipeline::{Ledger, Trace, each};
use marey::wire;
use marey::{GO, Meta, Packet, Record, Source};

use crate::unpack::unpack;

/// How many first bytes tell a compression.
const RECOGNISE_BYTES: usize = 64;
/// A compressed trace that holds more is left alone.
const PLAIN_BYTES_MAX: usize = 1 << 20;

/// What a reader saw.
#[derive(Debug, Default, PartialEq)]
struct Seen {
    /// Each record's offset, and a hash of all that can be said about it.
    records: Vec<(u64, u64)>,
    ledger: Ledger,
    account: Account,
}

/// Reads `data`, as `format` if it is given, in one go, in small blocks and with several workers.
/// All that a person can see of each record is formatted; each way must show the same.
pub fn check(data: &[u8], format: Option<&str>) {
    let Some(plain) = plain(data) else { return };
    let Some(trace) = open(data, format) else { return };
    let _ = (trace.format(), trace.variant(), trace.compression().name());
    let seen = read(trace, &plain);
    books_are_right(&seen, &plain);
    for way in ways(data) {
        let trace = open(data, format).expect("it opened before").block_len(way.block_len);
        let other = match way.workers {
            1 => read(trace, &plain),
            workers => run(trace.workers(workers), &plain),
        };
        same(&seen, &other, &format!("{way:?}"));
    }
}

/// Another way to read the same.
#[derive(Clone, Copy, Debug)]
struct Way {
    block_len: usize,
    workers: usize,
}

/// Small blocks cut records into many parts; with several workers each has some of them.
const WAYS: [Way; 3] = [
    Way { block_len: 16, workers: 1 },
    Way { block_len: 256, workers: 3 },
    Way { block_len: 4096, workers: 1 },
];

/// All other ways; under the fuzzer one of them, by the data, so that it gets around more.
fn ways(data: &[u8]) -> &'static [Way] {
    if !cfg!(fuzzing) {
        return &WAYS;
    }
    let sum: usize = data.iter().map(|&byte| usize::from(byte)).sum();
    let way = (sum + data.len()) % WAYS.len();
    &WAYS[way..=way]
}

/// The decompressed bytes up to the first damage; `None` if they are too many.
fn plain(data: &[u8]) -> Option<Vec<u8>> {
    let kind = recognise(&data[..data.len().min(RECOGNISE_BYTES)]).unwrap_or(Compression::None);
    if kind == Compression::None {
        return Some(data.to_vec());
    }
    let unpacked = unpack(opener(kind, Box::new(Cursor::new(data.to_vec()))), PLAIN_BYTES_MAX);
    (unpacked.whole && unpacked.bytes.len() <= PLAIN_BYTES_MAX).then_some(unpacked.bytes)
}

fn open(data: &[u8], format: Option<&str>) -> Option<Trace> {
    let mut source = Source::path("fuzz");
    if let Some(name) = format {
        source = source.of_format(name).expect("a format of this name");
    }
    let opened = marey::open_stream(source, Cursor::new(data.to_vec()));
    opened.inspect_err(|error| drop(format!("{error} {error:?}"))).ok()
}

fn read(trace: Trace, plain: &[u8]) -> Seen {
    let mut seen = Seen::default();
    let mut reader = trace.reader();
    let mut text = String::new();
    while let Some(record) = reader.next() {
        let number = record.position().record;
        assert_eq!(number, seen.records.len() as u64, "the number of a record");
        seen.records.push(look(&record, plain, &mut text));
    }
    let _ = write!(text, "{:?}", reader.scene());
    seen.ledger = reader.ledger().clone();
    seen.account = *reader.account();
    seen
}

fn run(trace: Trace, plain: &[u8]) -> Seen {
    let mut seen = Seen::default();
    let run = trace.run(
        |_| each(|record, cx| cx.publish(look(&record, plain, &mut String::new()))),
        |place, entry| {
            assert_eq!(place.record, seen.records.len() as u64, "the order of results");
            seen.records.push(entry);
            GO
        },
    );
    let run = run.unwrap_or_else(|error| panic!("a handler that always goes on: {error}"));
    Seen { ledger: run.ledger, account: run.account, ..seen }
}

/// The account and the ledger add up, and the records lie in the input in their order.
fn books_are_right(seen: &Seen, plain: &[u8]) {
    let Seen { records, ledger, account } = seen;
    assert_eq!(account.sum(), plain.len() as u64, "each byte is counted once: {account:?}");
    assert_eq!(ledger.damaged_bytes, account.damaged, "damage in ledger and account");
    assert_eq!(ledger.received, records.len() as u64, "records in the ledger");
    assert_eq!(ledger.received, ledger.delivered + ledger.filtered + ledger.lost);
    assert!(records.is_sorted_by(|(one, _), (next, _)| one < next), "offsets increase");
    let mut end = 0;
    for damage in &ledger.damage {
        assert!(damage.offset >= end, "damage in order: {damage:?}");
        end = damage.offset + damage.len;
    }
    assert!(end <= plain.len() as u64, "damage inside the input");
}

fn same(seen: &Seen, other: &Seen, how: &str) {
    let both = seen.records.iter().zip(&other.records);
    let alike = both.take_while(|(one, other)| one == other).count();
    let (one, two) = (seen.records.get(alike), other.records.get(alike));
    assert_eq!(one, two, "{how}: record {alike} (offset and hash)");
    assert_eq!(seen.ledger, other.ledger, "{how}");
    assert_eq!(seen.account, other.account, "{how}");
}

/// The offset of a record and a hash of its text; checks that its bytes are those of the input.
fn look(record: &Record<'_>, plain: &[u8], text: &mut String) -> (u64, u64) {
    let offset = record.position().offset;
    let rest = plain.get(offset as usize..).expect("a record inside the input");
    let bytes = match record {
        Record::Packet(packet) => {
            assert_eq!(packet.bytes().len(), packet.captured_len() as usize, "captured bytes");
            packet.bytes()
        }
        Record::Meta(meta) => {
            assert!(rest.starts_with(meta.bytes()), "a meta record's bytes");
            meta.bytes()
        }
        _ => &[],
    };
    let is_there = bytes.is_empty() || rest.windows(bytes.len()).any(|window| window == bytes);
    assert!(is_there, "captured bytes are the input's: {} at {offset}", bytes.len());
    text.clear();
    print(record, text).expect("a string takes everything");
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    (offset, hasher.finish())
}

/// All that a person can see of a record.
fn print(record: &Record<'_>, out: &mut String) -> fmt::Result {
    writeln!(out, "{record:?} {:?}", record.time())?;
    if let Some(time) = record.time() {
        writeln!(out, "{time}")?;
    }
    match record {
        Record::Packet(packet) => print_packet(packet, out),
        Record::Meta(meta) => print_meta(meta, out),
        _ => Ok(()),
    }
}

fn print_packet(packet: &Packet<'_>, out: &mut String) -> fmt::Result {
    writeln!(out, "{:?} {:?} {:?}", packet.raw_time(), packet.interface(), packet.section())?;
    print_fields(&packet.options(), out)?;
    writeln!(out, "{:?} {:?} {:?}", packet.comments(), packet.flags(), packet.direction())?;
    writeln!(out, "{:?} {:?} {:?}", packet.drop_count(), packet.packet_id(), packet.queue())?;
    writeln!(out, "{:?} {:?}", packet.hashes(), packet.verdicts())?;
    writeln!(out, "{:?} {}", packet.process_thread(), packet.link_type())?;
    for (of, name) in packet.scene().names().take(4) {
        writeln!(out, "{of} {name:?} {:?}", packet.scene().name_of(*of))?;
    }
    let layers = wire::layers(packet.link_type(), packet.bytes(), packet.wire_len());
    writeln!(out, "{}", wire::summary(&layers))?;
    wire::headers(&layers, &mut |layer, fields| {
        let _ = writeln!(out, "{layer:?} {fields:?}");
    });
    Ok(())
}

fn print_meta(meta: &Meta<'_>, out: &mut String) -> fmt::Result {
    writeln!(out, "{} {:?}", meta.kind(), meta.scene().interfaces().last())?;
    print_fields(&meta.fields(), out)?;
    let interface = (meta.interface_name(), meta.interface_description(), meta.interface_mac());
    let addresses = (meta.interface_ipv4(), meta.interface_ipv6(), meta.interface_speed());
    let host = (meta.host_os(), meta.capture_application(), meta.interface_fcs_len());
    let card = (meta.card_model(), meta.card_version(), meta.card_firmware_version());
    writeln!(out, "{interface:?} {addresses:?} {host:?} {card:?} {:?}", meta.interface_comment())
}

fn print_fields(fields: &[Field<'_>], out: &mut String) -> fmt::Result {
    fields.iter().try_for_each(|field| {
        writeln!(out, "{} {} {} {}", field.code, field.name, field.part, field.value)
    })
}
