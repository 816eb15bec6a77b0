//! Ordered results. libtrace: one silent thread holds up all others, and memory grows until the
//! end of the input; of an input that is cut short, records that were queued are lost.

use std::io::{self, Read};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use marey::pipeline::{Hasher, each};
use marey::testing::same_for_workers;
use marey::{GO, STOP};

use crate::made::{open, packets};

/// Gives the first half at once and the rest when it is told to.
struct Halves {
    bytes: io::Cursor<Vec<u8>>,
    half: u64,
    go_on: mpsc::Receiver<()>,
    told: bool,
}

impl Read for Halves {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.bytes.position() >= self.half && !self.told {
            self.go_on.recv_timeout(Duration::from_secs(30)).map_err(io::Error::other)?;
            self.told = true;
        }
        let left = if self.told { u64::MAX } else { self.half - self.bytes.position() };
        let len = out.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        self.bytes.read(&mut out[..len])
    }
}

#[test]
fn results_arrive_as_it_goes_while_other_shards_are_idle() {
    let bytes = packets(1000);
    for workers in [1, 2, 8] {
        let (tell, go_on) = mpsc::channel();
        let half = bytes.len() as u64 / 2;
        let bytes = io::Cursor::new(bytes.clone());
        let reader = Halves { bytes, half, go_on, told: false };
        // All packets go to one shard: the 63 others publish nothing.
        let trace = marey::open_stream("halves", reader).expect("a trace").workers(workers);
        let trace = trace.block_len(4096).hasher(Hasher::by(|_| 1));
        let mut seen = 0;
        let publish = |_| each(|record, cx| cx.publish(record.position().record));
        let report = |_, _| {
            seen += 1;
            if seen == 1 {
                // The second half is not read before the first result is here.
                tell.send(()).expect("the reader waits");
            }
            GO
        };
        let run = trace.run(publish, report).expect("a run");
        assert_eq!((seen, run.ledger.gaps), (1000, 0), "{workers} workers");
    }
}

#[test]
fn what_was_framed_before_damage_is_not_lost() {
    let mut bytes = packets(3369);
    bytes.truncate(bytes.len() - 10);
    for hasher in [None, Some(Hasher::flow()), Some(Hasher::by(|_| 0))] {
        let seen = same_for_workers(|way| {
            let trace = way.apply(open(&bytes));
            let trace = match hasher.clone() {
                Some(hasher) => trace.hasher(hasher),
                None => trace,
            };
            let mut seen = 0u64;
            let publish = |_| each(|record, cx| cx.publish(record.position().record));
            let run = trace.run(publish, |_, n| (assert_eq!(n, seen), seen += 1, GO).2).unwrap();
            (seen, run.ledger)
        });
        assert_eq!((seen.0, seen.1.gaps), (3368, 1));
    }
}

#[test]
fn a_hundred_workers() {
    let bytes = packets(100);
    for hashed in [false, true] {
        let trace = open(&bytes).workers(100).record_by_record();
        let trace = if hashed { trace.hasher(Hasher::flow()) } else { trace };
        let mut seen = Vec::new();
        let publish = |_| each(|record, cx| cx.publish(record.position().record));
        trace.run(publish, |_, number| (seen.push(number), GO).1).expect("a run");
        assert!(seen.into_iter().eq(0..100));
    }
}

/// A result that counts how many of its kind there are.
struct Counted(Arc<AtomicUsize>, #[expect(dead_code, reason = "it takes memory")] [u8; 100_000]);

impl Counted {
    fn new(alive: &Arc<AtomicUsize>) -> Self {
        alive.fetch_add(1, Ordering::SeqCst);
        Counted(Arc::clone(alive), [0; 100_000])
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[test]
fn results_wait_for_a_slow_reporter_within_a_bound() {
    // Each record publishes 100 kB, so 32 MiB are reached after some three hundred of them.
    let bytes = packets(3000);
    let alive = Arc::new(AtomicUsize::new(0));
    let mut most = 0;
    let publish = |_| each(|_, cx| cx.publish(Box::new(Counted::new(&alive))));
    let report = |_, _: Box<Counted>| {
        most = most.max(alive.load(Ordering::SeqCst));
        std::thread::sleep(Duration::from_micros(100));
        GO
    };
    let trace = open(&bytes).workers(4).block_len(4096);
    trace.run(publish, report).expect("a run");
    // At most eight pieces of a few packets each are in flight.
    assert!(most < 200, "{most} results at once");
    assert_eq!(alive.load(Ordering::SeqCst), 0);
}

#[test]
fn a_stop_in_one_shard_cuts_the_results_of_all_at_its_record() {
    let bytes = packets(500);
    let seen = same_for_workers(|way| {
        let trace = way.apply(open(&bytes)).hasher(Hasher::flow());
        let mut seen = Vec::new();
        let stop_at = |_| StopAt(300);
        let run = trace.run(stop_at, |_, number| (seen.push(number), GO).1).expect("a run");
        (seen, run.ledger.received)
    });
    assert!(seen.0.into_iter().eq(0..=300), "nothing comes after the stop");
    assert_eq!(seen.1, 301);
}

struct StopAt(u64);

impl marey::pipeline::Handler for StopAt {
    type Out = u64;

    fn on_packet(
        &mut self,
        packet: &marey::Packet<'_>,
        cx: &mut marey::pipeline::Cx<u64>,
    ) -> marey::Next {
        let number = packet.position().record;
        cx.publish(number);
        if number == self.0 { STOP } else { GO }
    }
}
