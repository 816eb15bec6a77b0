//! Whether a program gives the same answer however many workers run it.

use std::fmt::Debug;

use crate::pipeline::Trace;

/// A way to run a program: how many workers, and how much they read at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// How many workers.
    pub workers: usize,
    /// How many bytes a block has; `None` for record by record.
    pub block_len: Option<usize>,
}

impl Way {
    /// The trace, to be run in this way.
    pub fn apply(self, trace: Trace) -> Trace {
        let trace = trace.workers(self.workers);
        match self.block_len {
            Some(bytes) => trace.block_len(bytes),
            None => trace.record_by_record(),
        }
    }
}

/// The ways that [`same_for_workers`] tries: 1, 2, 3, 8 and 64 workers, with blocks of one record,
/// 4 KiB, 64 KiB and 1 MiB.
pub fn ways() -> impl Iterator<Item = Way> {
    let block_lens = [Some(1 << 20), Some(64 << 10), Some(4 << 10), None];
    let of_workers =
        move |workers| block_lens.into_iter().map(move |block_len| Way { workers, block_len });
    [1, 2, 3, 8, 64].into_iter().flat_map(of_workers)
}

/// Runs a program in all [`ways`] and gives its answer, which must be the same each time.
///
/// ```
/// use marey::pipeline::{GO, Hasher, each};
/// use marey::testing::{same_for_workers, trace};
///
/// let bytes = trace::ready_made().remove(0).1.bytes;
/// let packets = same_for_workers(|way| {
///     let trace = marey::open_stream("a trace", std::io::Cursor::new(bytes.clone())).unwrap();
///     let mut seen = Vec::new();
///     let publish = |_| each(|record, cx| cx.publish(record.position()));
///     way.apply(trace).run(publish, |_, position| (seen.push(position), GO).1).unwrap();
///     seen
/// });
/// assert!(!packets.is_empty());
/// ```
///
/// # Panics
///
/// If an answer differs from the first one: a handler keeps a state that depends on which pieces
/// it gets. Give the trace a [hasher](Trace::hasher), publish instead of gathering, or merge what
/// the handlers gathered in a way in which their order does not matter.
pub fn same_for_workers<A: PartialEq + Debug>(program: impl Fn(Way) -> A) -> A {
    let mut first: Option<A> = None;
    for way in ways() {
        let answer = program(way);
        match &first {
            Some(expected) => assert_eq!(&answer, expected, "another answer with {way:?}"),
            None => first = Some(answer),
        }
    }
    first.unwrap_or_else(|| unreachable!("there are ways"))
}
