//! The damage oracle: generated traces are cut at every byte, every byte that is no payload is
//! flipped, and bursts of noise are laid over them. What must still be delivered is known from the
//! generator, which knows where each record lies, and judged by a walker of a few lines for each
//! format. The account must add up to the length of the input, always.
#![cfg(feature = "testing")]

use std::io::{Cursor, Read};
use std::sync::LazyLock;

use marey::pipeline::Ledger;
use marey::record::Record;
use marey::testing::rng::Rng;
use marey::testing::{Made, MadeRecord, What, trace};

/// What a reader delivered.
#[derive(Debug, PartialEq)]
struct Got {
    /// Offset and captured bytes (packets) or kind (meta records).
    records: Vec<(u64, Vec<u8>)>,
    ledger: Ledger,
    accounted: u64,
}

/// Gives one byte a call.
struct Dribble(Cursor<Vec<u8>>);

impl Read for Dribble {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let len = out.len().min(1);
        self.0.read(&mut out[..len])
    }
}

fn read(bytes: &[u8], block_len: usize, dribble: bool) -> Option<Got> {
    let cursor = Cursor::new(bytes.to_vec());
    let reader: Box<dyn Read + Send> =
        if dribble { Box::new(Dribble(cursor)) } else { Box::new(cursor) };
    let mut reader = marey::open_stream("test", reader).ok()?.block_len(block_len).reader();
    let mut records = Vec::new();
    while let Some(record) = reader.next() {
        let offset = record.position().offset;
        records.push(match record {
            Record::Packet(packet) => (offset, packet.bytes().to_vec()),
            Record::Meta(meta) => (offset, meta.kind().as_bytes().to_vec()),
            _ => unreachable!("there are packets and meta records"),
        });
    }
    let accounted = reader.account().sum();
    Some(Got { records, ledger: reader.ledger().clone(), accounted })
}

/// Reads in one go, and checks that any other way gives the same.
fn read_any_way(bytes: &[u8], name: &str) -> Option<Got> {
    let got = read(bytes, 4096, false);
    if let Some(got) = &got {
        assert_eq!(got.accounted, bytes.len() as u64, "{name}: the account of bytes");
    }
    assert_eq!(read(bytes, 16, false), got, "{name}: in blocks of 16 bytes");
    got
}

fn traces() -> Vec<(&'static str, Made)> {
    trace::ready_made().into_iter().filter(|(_, made)| made.bytes.len() < 20_000).collect()
}

/// Whether to try a position of a trace. Without `MAREY_SLOW_TESTS` that is one in `each`, because
/// all would take minutes in a build without optimisation: the same ones every time.
fn is_tried(name: &str, position: usize, each: usize) -> bool {
    static IS_SLOW: LazyLock<bool> =
        LazyLock::new(|| std::env::var_os("MAREY_SLOW_TESTS").is_some());
    *IS_SLOW || (position + name.len()).is_multiple_of(each)
}

fn delivered(made: &Made) -> impl Iterator<Item = &MadeRecord> {
    made.records.iter().filter(|r| matches!(r.what, What::Packet | What::Meta(_)))
}

fn offset(record: &MadeRecord) -> u64 {
    record.range.start as u64
}

#[test]
fn whole_traces_are_delivered_whole() {
    for (name, made) in traces() {
        let got = read_any_way(&made.bytes, name).unwrap_or_else(|| panic!("{name}: not opened"));
        assert_eq!(got.ledger.damage, [], "{name}");
        let offsets: Vec<u64> = got.records.iter().map(|(offset, _)| *offset).collect();
        let expected: Vec<u64> = delivered(&made).map(offset).collect();
        assert_eq!(offsets, expected, "{name}");
        for (record, (_, bytes)) in delivered(&made).zip(&got.records) {
            // ERF records in pcap are given as what is in them: `erf_in_others` compares these.
            if record.what == What::Packet && !name.starts_with("erf-in-") {
                assert_eq!(bytes, &made.captured(record), "{name} at {}", record.range.start);
            }
        }
        assert_eq!(read(&made.bytes, 4096, true), Some(got), "{name}: byte by byte");
    }
}

/// How many first bytes tell a variant of pcap: those of its first three records. In ERF, the first
/// record tells how much of each packet was kept.
fn told_by(name: &str, made: &Made) -> usize {
    if name == "snapped.erf" {
        return made.records.first().map_or(0, |record| record.range.end);
    }
    let variants = ["kuznetzov", "red-hat", "nokia", "ss99"];
    let is_variant = variants.iter().any(|variant| name.starts_with(variant));
    let third = delivered(made).nth(2).filter(|_| is_variant);
    third.map_or(0, |record| record.range.end)
}

#[test]
fn cut_at_every_byte() {
    for (name, made) in traces() {
        for cut in told_by(name, &made)..made.bytes.len() {
            if !is_tried(name, cut, 97) {
                continue;
            }
            let Some(got) = read_any_way(&made.bytes[..cut], name) else { continue };
            let whole: Vec<u64> =
                delivered(&made).filter(|r| r.range.end <= cut).map(offset).collect();
            let offsets: Vec<u64> = got.records.iter().map(|(offset, _)| *offset).collect();
            assert_eq!(offsets, whole, "{name} cut at {cut}: {:?}", got.ledger.damage);
            let is_clean = made.records.iter().any(|r| r.range.end == cut);
            assert_eq!(got.ledger.damage.is_empty(), is_clean, "{name} cut at {cut}");
        }
    }
}

/// Whether a walker that knows the format's layout, and nothing of marey, still finds this record
/// as it was: no byte that gives its length or its kind was touched.
fn is_intact(name: &str, record: &MadeRecord, touched: usize) -> bool {
    let at = touched.checked_sub(record.range.start);
    let Some(at) = at.filter(|_| touched < record.range.end) else { return true };
    let captured = record.captured.contains(&touched);
    let format = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    match format {
        // Seconds, fraction, captured length, original length.
        "pcap" => captured || !(8..16).contains(&at),
        // Type and length at the start, length at the end; the length of a packet.
        "pcapng" => captured,
        // Type, flags, lengths, extension headers.
        "erf" => captured || at < 8,
        // Lengths of packet, of data and of record.
        "snoop" => captured || at >= 12,
        _ => false,
    }
}

/// Every byte outside of packets flipped in three ways: no other record is lost, none appears.
#[test]
fn every_header_byte_flipped() {
    for (name, made) in traces() {
        let file_header = made.records.first().filter(|r| r.what == What::Header);
        let first = file_header.map_or(0, |r| r.range.end).max(told_by(name, &made));
        for at in first..made.bytes.len() {
            let in_packet = made.records.iter().any(|r| r.captured.contains(&at));
            if in_packet || is_version(&made, at) || !is_tried(name, at, 31) {
                continue;
            }
            for mask in [0x01, 0x80, 0xff] {
                let mut bytes = made.bytes.clone();
                bytes[at] ^= mask;
                let what = format!("{name} with byte {at} ^ {mask:#x}");
                let Some(got) = read_any_way(&bytes, &what) else { continue };
                check_flipped(name, &made, at, &got, &what);
            }
        }
    }
}

/// Whether the byte belongs to a section's version: no reader reads one of an unknown version.
fn is_version(made: &Made, at: usize) -> bool {
    let is_section = |r: &&MadeRecord| r.what == What::Meta("section");
    made.records
        .iter()
        .filter(is_section)
        .any(|r| (12..14).contains(&at.wrapping_sub(r.range.start)))
}

/// Whether noise took all that tells the byte order of a section: its type and its magic.
fn hides_byte_order(made: &Made, at: usize, len: usize) -> bool {
    let is_section = |r: &&MadeRecord| r.what == What::Meta("section");
    made.records
        .iter()
        .filter(is_section)
        .any(|r| at < r.range.start + 4 && at + len > r.range.start + 8)
}

fn check_flipped(name: &str, made: &Made, at: usize, got: &Got, what: &str) {
    let offsets: Vec<u64> = got.records.iter().map(|(offset, _)| *offset).collect();
    for record in delivered(made) {
        if is_intact(name, record, at) {
            let found = offsets.contains(&offset(record));
            assert!(found, "{what}: lost {record:?}; {:?}", got.ledger.damage);
        }
    }
    for offset in &offsets {
        let known = made.records.iter().any(|r| r.range.start as u64 == *offset);
        assert!(known, "{what}: a record appeared at {offset}; {:?}", got.ledger.damage);
    }
}

/// Bursts of noise: what they did not touch is delivered, whatever they look like.
#[test]
fn bursts_of_noise() {
    let mut rng = Rng::new(7);
    for (name, made) in traces() {
        let file_header = made.records.first().filter(|r| r.what == What::Header);
        let first = file_header.map_or(0, |r| r.range.end).max(told_by(name, &made)).max(32);
        if made.bytes.len() < first + 64 {
            continue;
        }
        for burst in 0..200 {
            let len = rng.between(1, 48) as usize;
            let at = rng.between(first as u32, (made.bytes.len() - len) as u32) as usize;
            let mut bytes = made.bytes.clone();
            bytes[at..at + len].copy_from_slice(&rng.bytes(len));
            let is_unreadable = (at..at + len).any(|at| is_version(&made, at));
            if is_unreadable || hides_byte_order(&made, at, len) || !is_tried(name, burst, 11) {
                continue;
            }
            let what = format!("{name} with {len} bytes of noise at {at}");
            let Some(got) = read_any_way(&bytes, &what) else { continue };
            let offsets: Vec<u64> = got.records.iter().map(|(offset, _)| *offset).collect();
            for record in delivered(&made) {
                // A packet that was cut short proves nothing by its lengths, and is given up with
                // the header behind it if nothing is left of that.
                let proves = record.captured.len() as u32 == record.wire_len;
                let end = record.range.end + if proves { 0 } else { 24 };
                // After damage only blocks of the draft are believed.
                let is_known = record.what != What::Meta("unknown");
                if is_known && (end <= at || record.range.start >= at + len) {
                    let found = offsets.contains(&offset(record));
                    assert!(found, "{what}: lost {record:?}; {:?}", got.ledger.damage);
                }
            }
        }
    }
}
