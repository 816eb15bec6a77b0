//! The damage oracle: generated traces are cut at every byte, every byte that is no payload is
//! flipped, and bursts of noise are laid over them. What must still be delivered is known from the
//! generator, which knows where each record lies, and judged by a walker of a few lines for each
//! format. The account must add up to the length of the input, always.
#![cfg(feature = "testing")]

use std::io::{Cursor, Read};

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
            if record.what == What::Packet {
                assert_eq!(bytes, &made.captured(record), "{name} at {}", record.range.start);
            }
        }
        assert_eq!(read(&made.bytes, 4096, true), Some(got), "{name}: byte by byte");
    }
}

#[test]
fn cut_at_every_byte() {
    for (name, made) in traces() {
        for cut in 0..made.bytes.len() {
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
