//! Limits and time windows: exact, wherever pieces begin and end; what is left out is counted.

use marey::pipeline::{Hasher, Trace, each};
use marey::testing::{START_NS, same_for_workers, trace};
use marey::{GO, Record, Timestamp};

use crate::made::{SECOND, open, packets};

/// The numbers of the records that come through, and what the ledger says.
fn through(trace: Trace) -> (Vec<u64>, [u64; 3]) {
    let mut seen = Vec::new();
    let publish = |_| each(|record, cx| cx.publish(record.position().record));
    let run = trace.run(publish, |_, number| (seen.push(number), GO).1).expect("a run");
    let ledger = run.ledger;
    assert_eq!(ledger.received, ledger.delivered + ledger.filtered + ledger.lost);
    (seen, [ledger.received, ledger.delivered, ledger.filtered])
}

/// The same of a loop.
fn read(trace: Trace) -> (Vec<u64>, [u64; 3]) {
    let mut reader = trace.reader();
    let mut seen = Vec::new();
    while let Some(record) = reader.next() {
        seen.push(record.position().record);
    }
    let ledger = reader.ledger();
    (seen, [ledger.received, ledger.delivered, ledger.filtered])
}

fn at(ns: i64) -> Timestamp {
    Timestamp::from_ns(START_NS + ns)
}

#[test]
fn a_window_of_time_lets_through_what_is_in_it() {
    let bytes = packets(1000);
    let window = |trace: Trace| trace.since(at(SECOND)).until(at(3 * SECOND));
    for hashed in [false, true] {
        let (seen, counts) = same_for_workers(|way| {
            let trace = window(way.apply(open(&bytes)));
            through(if hashed { trace.hasher(Hasher::flow()) } else { trace })
        });
        assert!(seen.into_iter().eq(100..300));
        assert_eq!(counts, [1000, 200, 800]);
    }
    let (seen, counts) = read(window(open(&bytes)).block_len(1000));
    assert!(seen.into_iter().eq(100..300));
    assert_eq!(counts, [1000, 200, 800]);
}

#[test]
fn a_limit_ends_behind_its_packet() {
    let bytes = packets(1000);
    for count in [0, 1, 57, 999, 1000, 5000] {
        for hashed in [false, true] {
            let (seen, counts) = same_for_workers(|way| {
                let trace = way.apply(open(&bytes)).packets(count);
                through(if hashed { trace.hasher(Hasher::flow()) } else { trace })
            });
            let expected = count.min(1000);
            assert!(seen.into_iter().eq(0..expected), "{count}");
            assert_eq!(counts, [expected, expected, 0]);
        }
        let (seen, _) = read(open(&bytes).packets(count).block_len(500));
        assert_eq!(seen.len() as u64, count.min(1000));
    }
}

#[test]
fn a_limit_counts_what_the_window_lets_through() {
    let bytes = packets(1000);
    let trace = |trace: Trace| trace.since(at(SECOND)).packets(10);
    let (seen, counts) = same_for_workers(|way| through(trace(way.apply(open(&bytes)))));
    assert!(seen.into_iter().eq(100..110));
    assert_eq!(counts, [110, 10, 100]);
    assert!(read(trace(open(&bytes))).0.into_iter().eq(100..110));
}

#[test]
fn meta_records_pass_every_window_and_keep_the_scene_right() {
    let bytes = trace::demo().bytes;
    let mut reader = open(&bytes).reader();
    let mut metas = Vec::new();
    while let Some(record) = reader.next() {
        if let Record::Meta(meta) = record {
            metas.push(meta.position().record);
        }
    }
    let never = Timestamp::from_ns(i64::MAX);
    let (seen, _) = same_for_workers(|way| through(way.apply(open(&bytes)).since(never)));
    assert_eq!(seen, metas);
}
