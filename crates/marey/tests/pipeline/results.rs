//! Ordered results. libtrace: one silent thread holds up all others, and memory grows until the
//! end of the input; of an input that is cut short, records that were queued are lost.

use std::io::{self, Read};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use marey::pipeline::{Cx, Handler, Hasher, Next, RESULT_BYTES_MAX, each};
use marey::testing::same_for_workers;
use marey::{GO, Packet, STOP};

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
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Publishes a result for each record that says it holds so many bytes.
struct Publishes<const BYTES: usize>(Arc<AtomicUsize>);

impl<const BYTES: usize> Handler for Publishes<BYTES> {
    type Out = Counted;

    fn on_packet(&mut self, _: &Packet<'_>, cx: &mut Cx<Counted>) -> Next {
        self.0.fetch_add(1, Ordering::SeqCst);
        cx.publish(Counted(Arc::clone(&self.0)));
        GO
    }

    fn weight(_: &Counted) -> usize {
        BYTES
    }
}

/// How many results there are at once at most while the reporter waits at the first of them.
fn most_at_once<const BYTES: usize>(bytes: &[u8], block_len: usize) -> usize {
    let alive = Arc::new(AtomicUsize::new(0));
    let mut most = 0;
    let report = |_, _| {
        if most == 0 {
            std::thread::sleep(Duration::from_millis(500));
        }
        most = most.max(alive.load(Ordering::SeqCst));
        GO
    };
    let trace = open(bytes).workers(4).block_len(block_len);
    trace.run(|_| Publishes::<BYTES>(Arc::clone(&alive)), report).expect("a run");
    assert_eq!(alive.load(Ordering::SeqCst), 0);
    most
}

#[test]
fn results_wait_for_a_slow_reporter_within_a_bound() {
    let bytes = packets(4000);
    // Some two hundred packets a piece.
    let block_len = bytes.len() / 20;
    let piece = 4000 / 20;
    // With four workers, eight pieces wait, beside the one that is being reported.
    let light = most_at_once::<1>(&bytes, block_len);
    assert!((7 * piece..10 * piece).contains(&light), "{light} light results");
    // A piece's results fill half of what is allowed: when two wait, no more pieces are begun.
    const HEAVY: usize = RESULT_BYTES_MAX as usize / 2 / 150;
    let heavy = most_at_once::<HEAVY>(&bytes, block_len);
    assert!(
        heavy < light && heavy <= 7 * piece + piece / 2,
        "{heavy} heavy results, {light} light"
    );
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

impl Handler for StopAt {
    type Out = u64;

    fn on_packet(&mut self, packet: &Packet<'_>, cx: &mut Cx<u64>) -> Next {
        let number = packet.position().record;
        cx.publish(number);
        if number == self.0 { STOP } else { GO }
    }
}
