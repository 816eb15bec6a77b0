//! The ring of pieces in flight, its gates and its shards, alone, under many orders of their steps:
//! no deadlock, pieces pass the gates and visit the shards and are reported in their order, a stop
//! wakes everyone, and so does a worker that dies; a pause ends when it is told to.
//!
//! Shuttle tries random orders. With `RUSTFLAGS="--cfg loom"` loom tries all orders of small runs.

use std::sync::Arc;

#[expect(dead_code, reason = "the library uses all of it")]
#[path = "../src/pipeline/desk.rs"]
mod desk;
#[expect(dead_code, reason = "the library uses all of it")]
#[path = "../src/pipeline/gate.rs"]
mod gate;
#[path = "../src/pipeline/ring.rs"]
mod ring;
#[expect(dead_code, reason = "the library uses all of it")]
#[path = "../src/pipeline/turns.rs"]
mod turns;

/// What the ring synchronises with here: every step of these is one where another thread may run.
mod sync {
    #[cfg(loom)]
    pub use loom::sync::{Condvar, Mutex, MutexGuard};
    #[cfg(not(loom))]
    pub use shuttle::sync::{Condvar, Mutex, MutexGuard};
}

#[cfg(loom)]
use loom::thread;
#[cfg(not(loom))]
use shuttle::thread;

use desk::{Desk, Phase};
use gate::Gate;
use ring::{Ring, Took};
use turns::Turns;

/// Where a worker dies.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Dies {
    BeforeGate,
    InShard,
}

/// A run to be tried.
#[derive(Clone, Copy, Debug)]
struct Run {
    workers: usize,
    pieces: u64,
    in_flight_max: usize,
    shards: usize,
    /// How much the results of a piece weigh; more than 10 must not wait.
    weight: u64,
    /// The end is found at the gate only, as with a limit.
    ends_at_gate: bool,
    /// The reporter wants no more after this piece.
    stop_after: Option<u64>,
    /// Someone stops the run from outside.
    stopped: bool,
    /// Someone pauses the run, and goes on when all handlers know.
    paused: bool,
    /// The worker that takes this piece dies with it.
    dies: Option<(u64, Dies)>,
    /// The reporter is slow.
    slow: bool,
}

/// How many orders of each run are tried by each of two ways to choose them.
#[cfg(not(loom))]
const ORDERS: usize = 40;

/// All that the workers share. Blocks are numbers; a gate and each shard count.
struct Shared {
    desk: Arc<Desk>,
    ring: Ring<u64, u64>,
    gate: Gate<u64>,
    shards: Turns<u64>,
    /// How often handlers were told of a pause and of its end.
    told: sync::Mutex<(u32, u32)>,
}

impl Shared {
    fn abort(&self) {
        self.desk.abort();
        self.gate.stop();
        self.shards.stop();
    }
}

impl Run {
    fn new(workers: usize, pieces: u64, in_flight_max: usize) -> Self {
        Run {
            workers,
            pieces,
            in_flight_max,
            shards: 2,
            weight: 1,
            ends_at_gate: false,
            stop_after: None,
            stopped: false,
            paused: false,
            dies: None,
            slow: false,
        }
    }

    /// What a worker of the pipeline does; whether it goes on.
    fn step(self, shared: &Shared) -> bool {
        let took = shared.ring.take(|next| {
            *next += 1;
            (*next - 1, !self.ends_at_gate && *next == self.pieces)
        });
        match took {
            Took::Block(ticket, number) => {
                assert_eq!(ticket, number, "blocks are taken in the order of tickets");
                self.piece(shared, ticket)
            }
            Took::Pause => {
                shared.told.lock().unwrap().0 += 1;
                shared.desk.told();
                true
            }
            Took::Resume => {
                shared.told.lock().unwrap().1 += 1;
                shared.desk.told();
                true
            }
            Took::End => false,
        }
    }

    fn piece(self, shared: &Shared, ticket: u64) -> bool {
        if self.dies == Some((ticket, Dies::BeforeGate)) {
            shared.abort();
            return false;
        }
        let passed = shared.gate.pass(ticket, |passing| {
            assert_eq!(*passing, ticket, "pieces pass the gate in their order");
            *passing += 1;
            if ticket + 1 >= self.pieces {
                shared.desk.end_after(ticket);
            }
        });
        if passed.is_none() {
            return false;
        }
        for shard in 0..shared.shards.len() {
            if shard == 1 && self.dies == Some((ticket, Dies::InShard)) {
                shared.abort();
                return false;
            }
            let visited = shared.shards.visit(shard, ticket, |seen| {
                assert_eq!(*seen, ticket, "pieces visit each shard in their order");
                *seen += 1;
            });
            if visited.is_none() {
                return false;
            }
        }
        shared.ring.retire(ticket, ticket, self.weight);
        true
    }

    /// Tries the run once, in the order of steps that the checker chooses.
    fn try_once(self) {
        let desk = Arc::new(Desk::default());
        let shared = Arc::new(Shared {
            ring: Ring::new(Arc::clone(&desk), 0, self.in_flight_max, 10),
            gate: Gate::new(0, self.in_flight_max),
            shards: Turns::new(vec![0; self.shards]),
            told: sync::Mutex::new((0, 0)),
            desk,
        });
        if self.paused {
            shared.desk.want_pause(true);
        }
        let mut threads: Vec<_> = (0..self.workers)
            .map(|_| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || while self.step(&shared) {})
            })
            .collect();
        if self.paused || self.stopped {
            let shared = Arc::clone(&shared);
            threads.push(thread::spawn(move || self.control(&shared.desk)));
        }
        let reported = self.report(&shared);
        shared.abort();
        for thread in threads {
            thread.join().expect("a worker that ends");
        }
        self.judge(reported);
        let (paused, resumed) = *shared.told.lock().unwrap();
        assert_eq!(paused, resumed, "each pause ends");
    }

    fn control(self, desk: &Desk) {
        if self.paused {
            assert_ne!(desk.phase(), Phase::Resuming, "nobody asked to go on");
            desk.want_pause(false);
        }
        if self.stopped {
            desk.want_stop();
        }
    }

    fn report(self, shared: &Shared) -> u64 {
        let mut reported = 0;
        while let Some(number) = shared.ring.next_retired(true) {
            assert_eq!(number, reported, "pieces are reported in their order");
            reported += 1;
            for _ in 0..if self.slow { 5 } else { 0 } {
                thread::yield_now();
            }
            if self.stop_after == Some(number) {
                break;
            }
        }
        reported
    }

    fn judge(self, reported: u64) {
        match (self.stop_after, self.dies) {
            _ if self.stopped => assert!(reported <= self.pieces),
            (Some(last), _) => assert_eq!(reported, last + 1, "nothing comes after a stop"),
            (None, Some((dead, _))) => assert!(reported <= dead, "a dead worker's piece is gone"),
            (None, None) => assert_eq!(reported, self.pieces, "all pieces are reported"),
        }
    }

    #[cfg(loom)]
    fn check(self) {
        let mut model = loom::model::Builder::new();
        model.preemption_bound = Some(2);
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
        return vec![Run { shards: 1, ..Run::new(2, 2, 2) }];
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
        Run { weight: 11, ..run }.check();
    }
}

#[test]
fn a_stop_wakes_everyone() {
    for run in sizes() {
        for last in [0, run.pieces / 2] {
            Run { stop_after: Some(last), ..run }.check();
        }
        Run { stopped: true, ..run }.check();
    }
}

#[test]
fn a_pause_ends() {
    for run in sizes() {
        Run { paused: true, ..run }.check();
        Run { paused: true, stopped: true, ..run }.check();
    }
}

#[test]
fn a_dead_worker_leaves_nobody_waiting() {
    for run in sizes() {
        for place in [Dies::BeforeGate, Dies::InShard] {
            let place = if run.shards == 1 { Dies::BeforeGate } else { place };
            Run { dies: Some((run.pieces / 2, place)), ..run }.check();
            Run { dies: Some((run.pieces - 1, place)), ends_at_gate: true, ..run }.check();
        }
    }
}

/// Many workers, little room, and a reporter that does not keep up.
#[cfg(not(loom))]
#[test]
fn many_workers_with_a_window_of_two_and_a_slow_reporter() {
    let run = Run { slow: true, shards: 4, ..Run::new(64, 9, 2) };
    let all = [run, Run { stopped: true, ..run }, Run { paused: true, ..run }];
    for run in all {
        shuttle::check_random(move || run.try_once(), 15);
    }
}
