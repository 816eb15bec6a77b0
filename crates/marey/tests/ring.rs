//! The ring of pieces in flight, alone, under many orders of its steps: no deadlock, pieces pass
//! the gate and are reported in their order, a stop wakes everyone, and so does a worker that dies.
//!
//! Shuttle tries random orders. With `RUSTFLAGS="--cfg loom"` loom tries all orders of small runs.

use std::sync::Arc;

#[path = "../src/pipeline/ring.rs"]
mod ring;

/// What the ring synchronises with here: every step of these is one where another thread may run.
mod sync {
    #[cfg(loom)]
    pub use loom::sync::{Condvar, Mutex, MutexGuard};
    #[cfg(not(loom))]
    pub use shuttle::sync::{Condvar, Mutex, MutexGuard};
    pub use std::sync::PoisonError;
}

#[cfg(loom)]
use loom::thread;
#[cfg(not(loom))]
use shuttle::thread;

use ring::Ring;

/// Where a worker dies.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Dies {
    BeforeGate,
    BehindGate,
}

/// A run to be tried.
#[derive(Clone, Copy, Debug)]
struct Run {
    workers: usize,
    pieces: u64,
    in_flight_max: usize,
    /// The end is found at the gate only, as where decompressing breaks.
    ends_at_gate: bool,
    /// The reporter wants no more after this piece.
    stop_after: Option<u64>,
    /// The worker that takes this piece dies with it: before the gate, or behind it.
    dies: Option<(u64, Dies)>,
}

/// How many orders of each run are tried by each of two ways to choose them.
#[cfg(not(loom))]
const ORDERS: usize = 60;

/// Takes blocks that are numbers; a number passes the gate; a piece leaves its number.
type Numbers = Ring<u64, u64, u64>;

impl Run {
    fn new(workers: usize, pieces: u64, in_flight_max: usize) -> Self {
        let (ends_at_gate, stop_after, dies) = (false, None, None);
        Run { workers, pieces, in_flight_max, ends_at_gate, stop_after, dies }
    }

    /// What a worker of the pipeline does.
    fn work(self, ring: &Numbers) {
        let take = |next: &mut u64| {
            *next += 1;
            (*next - 1, !self.ends_at_gate && *next == self.pieces)
        };
        while let Some((ticket, number)) = ring.take(take) {
            assert_eq!(ticket, number, "blocks are taken in the order of tickets");
            if self.dies == Some((ticket, Dies::BeforeGate)) {
                return ring.stop();
            }
            let is_last = ticket + 1 >= self.pieces;
            let passed = ring.pass_gate(ticket, |passing| {
                assert_eq!(*passing, ticket, "pieces pass the gate in their order");
                *passing += 1;
                is_last
            });
            if !passed {
                return;
            }
            if self.dies == Some((ticket, Dies::BehindGate)) {
                return ring.stop();
            }
            ring.retire(ticket, ticket, is_last);
            if is_last {
                return;
            }
        }
    }

    /// Tries the run once, in the order of steps that the checker chooses.
    fn try_once(self) {
        let ring = Arc::new(Numbers::new(0, 0, self.in_flight_max));
        let workers: Vec<_> = (0..self.workers)
            .map(|_| {
                let ring = Arc::clone(&ring);
                thread::spawn(move || self.work(&ring))
            })
            .collect();
        let mut reported = 0;
        while let Some(number) = ring.next_retired() {
            assert_eq!(number, reported, "pieces are reported in their order");
            reported += 1;
            if self.stop_after == Some(number) {
                ring.stop();
            }
        }
        for worker in workers {
            worker.join().expect("a worker that ends");
        }
        match (self.stop_after, self.dies) {
            (Some(last), _) => assert_eq!(reported, last + 1, "nothing comes after a stop"),
            (None, Some((dead, _))) => assert!(reported <= dead, "a dead worker's piece is gone"),
            (None, None) => assert_eq!(reported, self.pieces, "all pieces are reported"),
        }
        let passed = Arc::into_inner(ring).expect("all workers have ended").into_framing();
        assert!(passed.is_some_and(|passed| passed >= reported));
    }

    #[cfg(loom)]
    fn check(self) {
        let mut model = loom::model::Builder::new();
        model.preemption_bound = Some(3);
        model.check(move || self.try_once());
    }

    #[cfg(not(loom))]
    fn check(self) {
        shuttle::check_random(move || self.try_once(), ORDERS);
        shuttle::check_pct(move || self.try_once(), ORDERS, 3);
    }
}

/// Runs of these sizes; loom can try small ones only.
fn sizes() -> Vec<Run> {
    if cfg!(loom) {
        return vec![Run::new(2, 2, 2), Run::new(2, 3, 2)];
    }
    let of_workers = |workers| {
        [1, 2, 3, 9].into_iter().flat_map(move |pieces| {
            [1, 2, 2 * workers].map(|in_flight_max| Run::new(workers, pieces, in_flight_max))
        })
    };
    [1, 2, 3, 5].into_iter().flat_map(of_workers).collect()
}

#[test]
fn all_pieces_are_reported_in_their_order() {
    for run in sizes() {
        run.check();
        Run { ends_at_gate: true, ..run }.check();
    }
}

#[test]
fn a_stop_wakes_everyone() {
    for run in sizes() {
        for last in [0, run.pieces / 2] {
            Run { stop_after: Some(last), ..run }.check();
        }
    }
}

#[test]
fn a_dead_worker_leaves_nobody_waiting() {
    for run in sizes() {
        for place in [Dies::BeforeGate, Dies::BehindGate] {
            Run { dies: Some((run.pieces / 2, place)), ..run }.check();
            Run { dies: Some((run.pieces - 1, place)), ends_at_gate: true, ..run }.check();
        }
    }
}
