//! Programs of each kind give the same answer for any number of workers, of every ready-made trace.

use std::collections::BTreeMap;
use std::time::Duration;

use marey::pipeline::{Cx, GO, Handler, Hasher, Next, Tick, each};
use marey::spill::{Merge, Sorted, Spill, Table, take};
use marey::testing::{Way, large, same_for_workers, trace};
use marey::{Meta, Packet};

use crate::made::open;

fn traces() -> Vec<(String, Vec<u8>)> {
    let ready = trace::ready_made().into_iter();
    let mut traces: Vec<_> = ready.map(|(name, made)| (name.to_owned(), made.bytes)).collect();
    let mut nested = Vec::new();
    large::nested(&mut nested, 300_000, 1).expect("memory");
    traces.push(("nested".to_owned(), nested));
    traces
}

/// A state machine over a shard: what it publishes depends on all that it saw before.
#[derive(Default)]
struct Machine(u64);

impl Machine {
    fn eat(&mut self, value: u64) -> u64 {
        self.0 = (self.0 ^ value).wrapping_mul(0x0100_0000_01b3).rotate_left(5);
        self.0
    }
}

impl Handler for Machine {
    type Out = u64;

    fn on_packet(&mut self, packet: &Packet<'_>, cx: &mut Cx<u64>) -> Next {
        let state = self.eat(u64::from(packet.wire_len()));
        cx.publish(state);
        GO
    }

    fn on_meta(&mut self, meta: &Meta<'_>, cx: &mut Cx<u64>) -> Next {
        let state = self.eat(meta.bytes().len() as u64);
        cx.publish(state);
        GO
    }

    fn on_tick(&mut self, tick: &Tick, cx: &mut Cx<u64>) -> Next {
        let state = self.eat(tick.number);
        cx.publish(state);
        GO
    }

    fn on_stop(&mut self, cx: &mut Cx<u64>) -> Next {
        cx.publish(self.0);
        GO
    }
}

/// All that a hashed and ticked program publishes of a trace.
fn machine(trace: marey::pipeline::Trace) -> Vec<(marey::record::Place, u64)> {
    let trace = trace.hasher(Hasher::flow());
    let trace = trace.tick_every(7).tick_interval(Duration::from_millis(30));
    let mut results = Vec::new();
    trace.run(|_| Machine::default(), |place, out| (results.push((place, out)), GO).1).unwrap();
    results
}

#[test]
fn hashed_and_ticked_programs() {
    for (name, bytes) in traces() {
        let results = same_for_workers(|way| machine(way.apply(open(&bytes))));
        assert!(results.is_sorted_by_key(|(place, _)| *place), "{name}");
    }
}

#[test]
fn hashed_and_ticked_programs_over_the_samples() {
    let Some(folder) = std::env::var_os("MAREY_SAMPLES") else {
        println!("skipped: MAREY_SAMPLES is not set");
        return;
    };
    let slow = std::env::var_os("MAREY_SLOW_TESTS").is_some();
    let (mut folders, mut files) = (vec![std::path::PathBuf::from(folder)], 0);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder").flatten() {
            let path = entry.path();
            let len = entry.metadata().map_or(0, |metadata| metadata.len());
            if path.is_dir() {
                folders.push(path);
            } else if (slow || len < 200_000) && marey::open(&path).is_ok() {
                files += 1;
                check_sample(&path, slow);
            }
        }
    }
    assert!(files > 100, "{files} files");
}

/// Some of the ways, each number of workers and each length of blocks among them; all of them if
/// there is time.
fn check_sample(path: &std::path::Path, slow: bool) {
    let open = || marey::open(path).expect("it opened before");
    let answer = |way: Way| (machine(way.apply(open())), sorted_and_reduced(way.apply(open())));
    let mut first = None;
    for way in marey::testing::ways().step_by(if slow { 1 } else { 3 }) {
        let answer = answer(way);
        match &first {
            Some(first) => assert!(*first == answer, "{}: {way:?}", path.display()),
            None => first = Some(answer),
        }
    }
}

/// Lengths with the numbers of packets that have them.
type Lens = Vec<(u32, u64)>;

/// A program that sorts and one that adds up, with budgets so small that nearly everything goes to
/// disk.
fn sorted_and_reduced(trace: marey::pipeline::Trace) -> (Lens, Vec<(u32, Count)>) {
    let (mut sorted, mut table) = (Sorted::new(500), Table::new(1));
    let publish = |_| {
        each(|record, cx| {
            if let Some(packet) = record.packet() {
                cx.publish((packet.wire_len(), packet.position().record));
            }
        })
    };
    let report = |_, (len, number): (u32, u64)| {
        sorted.push(len, number).expect("a temporary directory");
        table.update(len, Count::default, |count| count.0 += 1).expect("the same");
        GO
    };
    trace.run(publish, report).expect("a run");
    let sorted: Result<Vec<_>, _> = sorted.finish().expect("a file").collect();
    let table: Result<Vec<_>, _> = table.finish().expect("a file").collect();
    (sorted.expect("a file"), table.expect("a file"))
}

/// How often something was seen.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Count(u64);

impl Spill for Count {
    fn spill(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0.to_le_bytes());
    }

    fn restore(bytes: &mut &[u8]) -> Option<Self> {
        Some(Count(u64::from_le_bytes(take(bytes, 8)?.try_into().ok()?)))
    }
}

impl Merge for Count {
    fn merge(&mut self, other: Self) {
        self.0 += other.0;
    }
}

#[test]
fn sorted_and_reduced_programs() {
    for (name, bytes) in traces() {
        let mut reader = open(&bytes).reader();
        let (mut by_len, mut counts) = (Vec::new(), BTreeMap::new());
        while let Some(record) = reader.next() {
            if let marey::Record::Packet(packet) = record {
                by_len.push((packet.wire_len(), packet.position().record));
                *counts.entry(packet.wire_len()).or_default() += 1u64;
            }
        }
        by_len.sort_by_key(|(len, _)| *len);
        let answer = same_for_workers(|way| sorted_and_reduced(way.apply(open(&bytes))));
        assert_eq!(answer.0, by_len, "{name}");
        assert!(answer.1.iter().map(|(len, count)| (*len, count.0)).eq(counts), "{name}");
    }
}
