//! Pause, resume, stop. libtrace: a stop while a thread waits for another hangs or crashes; what
//! was queued when it paused comes without delay, or not at all.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use marey::pipeline::{Control, Cx, GO, Handler, Hasher, Next};
use marey::{Packet, STOP};

use crate::made::{SECOND, at_times, open, packets};

/// How long these tests wait before they fail.
const PATIENCE: Duration = Duration::from_secs(30);

fn wait_for(what: &str, is_there: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_there() {
        assert!(start.elapsed() < PATIENCE, "{what} takes too long");
        thread::sleep(Duration::from_millis(1));
    }
}

/// Counts what it is told.
#[derive(Default)]
struct Told {
    started: u32,
    paused: u32,
    resumed: u32,
    stopped: u32,
    packets: u64,
}

struct Counting<'a> {
    told: Told,
    seen: &'a AtomicU64,
}

impl Handler for Counting<'_> {
    type Out = &'static str;

    fn on_start(&mut self, cx: &mut Cx<&'static str>) -> Next {
        self.told.started += 1;
        cx.publish("start");
        GO
    }

    fn on_packet(&mut self, _: &Packet<'_>, _: &mut Cx<&'static str>) -> Next {
        assert_eq!((self.told.started, self.told.stopped), (1, 0));
        assert_eq!(self.told.paused, self.told.resumed, "no packet during a pause");
        self.told.packets += 1;
        self.seen.fetch_add(1, Ordering::SeqCst);
        GO
    }

    fn on_pause(&mut self, cx: &mut Cx<&'static str>) -> Next {
        self.told.paused += 1;
        cx.publish("pause");
        GO
    }

    fn on_resume(&mut self, cx: &mut Cx<&'static str>) -> Next {
        self.told.resumed += 1;
        cx.publish("resume");
        GO
    }

    fn on_stop(&mut self, cx: &mut Cx<&'static str>) -> Next {
        self.told.stopped += 1;
        cx.publish("stop");
        GO
    }
}

/// Pauses a run three times in its middle, and goes on; whether it was paused each time.
fn pause_thrice(control: &Control, seen: &AtomicU64) {
    for _ in 0..3 {
        control.pause();
        wait_for("a pause", || control.is_paused());
        let before = seen.load(Ordering::SeqCst);
        thread::sleep(Duration::from_millis(20));
        assert_eq!(seen.load(Ordering::SeqCst), before, "nothing is handled during a pause");
        control.resume();
        wait_for("going on", || seen.load(Ordering::SeqCst) > before);
    }
}

#[test]
fn a_pause_in_mid_trace_is_told_to_every_handler_and_so_is_its_end() {
    for (workers, hashed) in [(1, false), (1, true), (3, false), (3, true), (8, true)] {
        // At the speed of the trace, so that there is something left after each pause.
        let bytes = at_times((0..2000).map(|n| n * SECOND / 1000), 5);
        let trace = open(&bytes).workers(workers).replay(2.0).expect("a speed");
        let trace = if hashed { trace.hasher(Hasher::flow()) } else { trace };
        let (control, seen) = (trace.control(), AtomicU64::new(0));
        let mut order = Vec::new();
        let run = thread::scope(|scope| {
            scope.spawn(|| {
                wait_for("the first packet", || seen.load(Ordering::SeqCst) > 100);
                pause_thrice(&control, &seen);
            });
            let make = |_| Counting { told: Told::default(), seen: &seen };
            trace.run(make, |_, word| (order.push(word), GO).1).expect("a run")
        });
        let handlers = run.handlers.len();
        for Counting { told, .. } in &run.handlers {
            assert_eq!((told.started, told.paused, told.resumed, told.stopped), (1, 3, 3, 1));
        }
        assert_eq!(run.handlers.iter().map(|h| h.told.packets).sum::<u64>(), 2000);
        let words = ["start", "pause", "resume", "pause", "resume", "pause", "resume", "stop"];
        let expected: Vec<_> = words.iter().flat_map(|word| vec![*word; handlers]).collect();
        assert_eq!(order, expected, "{workers} workers");
    }
}

#[test]
fn a_stop_under_load_ends_the_run_at_once_and_what_was_taken_is_reported() {
    let mut bytes = Vec::new();
    marey::testing::large::headers_only(&mut bytes, 32 << 20, 1).expect("memory");
    for (workers, hashed) in [(1, false), (2, false), (2, true), (8, true), (64, true)] {
        let trace = open(&bytes).workers(workers).block_len(16 << 10);
        let trace = if hashed { trace.hasher(Hasher::flow()) } else { trace };
        let control = trace.control();
        let mut seen = 0;
        let publish = |_| marey::pipeline::each(|record, cx| cx.publish(record.position().record));
        let report = |_, number| {
            assert_eq!(number, seen);
            seen += 1;
            if seen == 1000 {
                control.stop();
            }
            GO
        };
        let run = trace.run(publish, report).expect("a run");
        assert_eq!(run.ledger.delivered, seen, "what was taken was reported");
        assert!(run.ledger.received < 200_000, "{workers} workers: {}", run.ledger.received);
        assert_eq!(run.ledger.gaps, 0, "a stop is no damage");
    }
}

#[test]
fn a_stop_does_not_wait_for_a_pipe_that_says_nothing() {
    for workers in [1, 3] {
        let (reader, mut writer) = std::io::pipe().expect("a pipe");
        std::io::Write::write_all(&mut writer, &packets(5)).expect("room");
        let trace = marey::open_live("pipe", reader).expect("a trace").workers(workers);
        let (control, seen) = (trace.control(), AtomicU64::new(0));
        let run = thread::scope(|scope| {
            scope.spawn(|| {
                wait_for("the packets", || seen.load(Ordering::SeqCst) == 5);
                control.stop();
            });
            trace.run(|_| Counting { told: Told::default(), seen: &seen }, |_, _| GO).expect("run")
        });
        assert_eq!((run.ledger.delivered, run.ledger.gaps), (5, 0));
        drop(writer);
    }
}

#[test]
fn a_run_can_be_stopped_before_it_begins_and_while_it_is_paused() {
    for paused in [false, true] {
        let trace = open(&packets(100)).workers(2);
        let control = trace.control();
        let seen = AtomicU64::new(0);
        if paused {
            control.pause();
        }
        let run = thread::scope(|scope| {
            if paused {
                scope.spawn(|| {
                    wait_for("the pause", || control.is_paused());
                    control.stop();
                });
            } else {
                control.stop();
            }
            trace.run(|_| Counting { told: Told::default(), seen: &seen }, |_, _| GO).expect("run")
        });
        assert_eq!(run.ledger.received, 0);
        assert!(run.handlers.iter().all(|h| h.told.paused == h.told.resumed));
        assert!(run.handlers.iter().all(|h| h.told.stopped == 1));
    }
}

#[test]
fn the_account_can_be_asked_for_while_it_runs() {
    let trace = open(&packets(500)).workers(2).record_by_record();
    let control = trace.control();
    let mut accounts = Vec::new();
    let publish = |_| marey::pipeline::each(|_, cx: &mut Cx<()>| cx.publish(()));
    let report = |_, ()| {
        accounts.push(control.ledger().received);
        if accounts.len() == 400 { STOP } else { GO }
    };
    trace.run(publish, report).expect("a run");
    assert!(accounts.into_iter().eq(1..=400), "each record is in the account when it is reported");
}

#[test]
fn a_replay_keeps_the_time_between_records() {
    let bytes = at_times([0, SECOND / 10, SECOND / 5, 2 * SECOND / 5], 2);
    for (workers, speed, least) in [(1, 1.0, 400), (2, 2.0, 200), (8, 4.0, 100)] {
        let trace = open(&bytes).workers(workers).replay(speed).expect("a speed");
        let start = Instant::now();
        let mut at = Vec::new();
        let publish = |_| marey::pipeline::each(|_, cx: &mut Cx<()>| cx.publish(()));
        trace.run(publish, |_, ()| (at.push(start.elapsed().as_millis()), GO).1).expect("a run");
        assert_eq!(at.len(), 4);
        assert!(at[3] >= least && at[3] < least + 2000, "{workers} workers: {at:?}");
        assert!(at[1] >= least / 4, "{workers} workers: {at:?}");
    }
    let (mut reader, start) = (open(&bytes).replay(1.0).expect("a speed").reader(), Instant::now());
    while reader.next().is_some() {}
    assert!(start.elapsed().as_millis() >= 400, "a loop is held back, too");
    assert!(open(&bytes).replay(0.0).is_err() && open(&bytes).replay(f64::NAN).is_err());
}
