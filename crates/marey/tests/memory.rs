//! Memory does not grow with the trace: the bytes that are held at most, counted by the allocator.
#![cfg(feature = "testing")]

use std::io::{PipeReader, Write as _};
use std::thread;

use marey::GO;
use marey::pipeline::{Hasher, Trace, each};
use marey::spill::Sorted;
use marey::testing::large;
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

const WORKERS: usize = 4;

/// What a run may hold: for each worker two pieces of 1 MiB, each with room in front, and with
/// heads of 32 bytes for records that have 16 at least; and the results that wait to be reported.
const BYTES_MAX: usize = WORKERS * 2 * ((1 << 20) * 3 + (128 << 10)) + (32 << 20);

/// A trace of so many bytes that comes through a pipe.
fn trace(bytes: u64) -> (Trace, thread::JoinHandle<()>) {
    let (reader, writer): (PipeReader, _) = std::io::pipe().expect("a pipe");
    let writer = thread::spawn(move || {
        let mut writer = std::io::BufWriter::new(writer);
        large::headers_only(&mut writer, bytes, 1).expect("a reader");
        writer.flush().expect("a reader");
    });
    (marey::open_live("pipe", reader).expect("a trace").workers(WORKERS), writer)
}

/// The bytes held at most while `program` runs, without those held before.
fn peak(bytes: u64, program: impl Fn(Trace)) -> usize {
    let (trace, writer) = trace(bytes);
    let before = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    program(trace);
    let peak = ALLOCATOR.peak_usage() - before;
    writer.join().expect("a writer");
    peak
}

fn ordered(trace: Trace) {
    let publish = |_| each(|record, cx| cx.publish((record.time(), record.position())));
    let mut last = None;
    let report = |place, _| {
        assert!(last < Some(place));
        last = Some(place);
        GO
    };
    trace.run(publish, report).expect("a run");
}

fn hashed(trace: Trace) {
    let trace = trace.hasher(Hasher::flow()).tick_every(1000);
    trace.run(|_| each(|record, cx| cx.publish(record.time())), |_, _| GO).expect("a run");
}

fn sorted(trace: Trace) {
    let mut sorted = Sorted::new(4 << 20);
    let publish = |_| each(|record, cx| cx.publish(record.position().offset));
    let report = |_, offset: u64| {
        sorted.push(offset.reverse_bits(), offset).expect("a temporary directory");
        GO
    };
    trace.run(publish, report).expect("a run");
    let sorted = sorted.finish().expect("a file");
    let count = sorted.map(|pair| pair.expect("a file")).inspect(|(key, offset)| {
        assert_eq!(*key, offset.reverse_bits());
    });
    assert!(count.count() > 100_000);
}

/// One test, since there is one allocator.
#[test]
fn what_a_run_holds_is_bounded_and_does_not_grow_with_the_trace() {
    let programs: [fn(Trace); 3] = [ordered, hashed, sorted];
    for (name, program) in ["ordered", "hashed", "sorted"].into_iter().zip(programs) {
        let (small, large) = (peak(16 << 20, program), peak(64 << 20, program));
        println!("{name}: {small} and {large} bytes at most, for 16 and 64 MiB");
        assert!(large <= BYTES_MAX, "{name}: {large} bytes, {BYTES_MAX} are allowed");
        assert!(large <= small * 3 / 2 + (4 << 20), "{name}: {small} bytes, then {large}");
    }
}
