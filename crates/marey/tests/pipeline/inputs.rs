//! Several inputs as one trace: the same sequence as taking the earliest of their next records
//! again and again, also where they are not sorted.

use marey::pipeline::{Hasher, Trace, each};
use marey::testing::rng::Rng;
use marey::testing::{same_for_workers, trace};
use marey::{GO, Timestamp};

use crate::made::{at_times, open};

type Key = (u32, u64, Option<Timestamp>);

/// All records of one input.
fn records(bytes: &[u8], input: u32) -> Vec<Key> {
    let mut reader = open(bytes).reader();
    let mut records = Vec::new();
    while let Some(record) = reader.next() {
        records.push((input, record.position().record, record.time()));
    }
    records
}

/// The independent answer: head by head, the earliest one first, a record without a time at once,
/// the first input where times are equal.
fn head_by_head(inputs: &[Vec<u8>]) -> Vec<Key> {
    let lists: Vec<_> = (0..).zip(inputs).map(|(input, bytes)| records(bytes, input)).collect();
    let mut next = vec![0; lists.len()];
    let mut merged = Vec::new();
    loop {
        let heads = lists.iter().zip(&next).filter_map(|(list, &next)| list.get(next));
        let Some(&head) = heads.min_by_key(|head| (head.2, head.0)) else { return merged };
        next[head.0 as usize] += 1;
        merged.push(head);
    }
}

fn all(inputs: &[Vec<u8>]) -> Trace {
    let traces = inputs.iter().map(|bytes| open(bytes));
    traces.reduce(|one, other| one.and(other).expect("not too many")).expect("inputs")
}

fn through(trace: Trace) -> Vec<Key> {
    let mut seen = Vec::new();
    let publish = |_| {
        each(|record, cx| {
            let position = record.position();
            cx.publish((position.input, position.record, record.time()));
        })
    };
    let mut last = None;
    let report = |place, key| {
        assert!(last < Some(place), "places are in order");
        last = Some(place);
        seen.push(key);
        GO
    };
    trace.run(publish, report).expect("a run");
    seen
}

fn check(inputs: &[Vec<u8>]) {
    let expected = head_by_head(inputs);
    for hashed in [false, true] {
        let merged = same_for_workers(|way| {
            let trace = way.apply(all(inputs));
            through(if hashed { trace.hasher(Hasher::flow()) } else { trace })
        });
        assert!(merged == expected, "hashed: {hashed}");
    }
    for block_len in [300, 1 << 20] {
        let mut reader = all(inputs).block_len(block_len).reader();
        for key in &expected {
            let record = reader.next().expect("a record");
            let position = record.position();
            assert_eq!(&(position.input, position.record, record.time()), key);
        }
        assert!(reader.next().is_none());
    }
}

#[test]
fn sorted_inputs_that_overlap() {
    let mut rng = Rng::new(11);
    let inputs: Vec<_> = (0..3)
        .map(|seed| {
            let mut time = 0;
            let times: Vec<_> = (0..400)
                .map(|_| {
                    time += i64::from(rng.below(3));
                    time
                })
                .collect();
            at_times(times, seed)
        })
        .collect();
    check(&inputs);
}

#[test]
fn inputs_that_are_not_sorted() {
    let mut rng = Rng::new(12);
    let mut times = || (0..300).map(|_| i64::from(rng.below(1000))).collect::<Vec<_>>();
    check(&[at_times(times(), 1), at_times(times(), 2)]);
}

#[test]
fn inputs_one_after_the_other_and_empty_ones() {
    check(&[at_times(500..900, 1), at_times(0..400, 2), at_times([], 3), at_times([450], 4)]);
}

#[test]
fn traces_with_meta_records_and_records_without_a_time() {
    let ready: Vec<_> = trace::ready_made().into_iter().map(|(_, made)| made.bytes).collect();
    for some in ready.chunks(3) {
        check(some);
    }
}

#[test]
fn many_inputs() {
    let inputs: Vec<_> = (0..60)
        .map(|seed| at_times((0..20).map(|n| n * 60 + (seed as i64 * 37) % 60), seed))
        .collect();
    let expected = head_by_head(&inputs);
    assert_eq!(through(all(&inputs).workers(3)), expected);
    assert_eq!(through(all(&inputs).workers(1).record_by_record()), expected);
}
