//! Handlers of a program decide about its events.

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use marey_layer::drain::{HandlerCounts, Program};
use marey_layer::event;
use marey_layer::handler::{self, EventData, Value, Verdict};

use crate::support::{All, Folder};

const THREADS: u64 = 4;
const OF_A_THREAD: u64 = 1000;

/// A counter of each thread's own, and a second handler that looks at fields.
pub fn handles() {
    let every_third = || {
        let mut count = 0_u64;
        move |event: &EventData<'_>| {
            count += 1;
            assert_eq!((event.class, event.event), ("t", "handled"));
            assert!(event.pid == Some(std::process::id()) && event.tid.is_some());
            if count.is_multiple_of(3) { Verdict::Keep } else { Verdict::Discard }
        }
    };
    handler::add("t:handled", every_third).expect("there is room");
    let by_fields = || {
        |event: &EventData<'_>| {
            // An event within a handler, about which nobody is asked.
            event!("t:inside", n = 1_u8);
            match (event.value("text"), event.value("minus")) {
                (Some(Value::Text(b"yes")), Some(Value::Signed(-5))) => Verdict::Keep,
                _ => Verdict::Discard,
            }
        }
    };
    handler::add("other:*, t:h*", by_fields).expect("there is room");
    // None ends before all have begun, so that each has a ring of its own.
    let all_are_there = Barrier::new(THREADS as usize);
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                event!("t:begin");
                all_are_there.wait();
                for n in 0..OF_A_THREAD {
                    let text = if n % 2 == 0 { "yes" } else { "no" };
                    event!("t:handled", n = n, text = text, minus = -5_i16);
                    event!("t:free", n = n);
                }
            });
        }
    });
}

#[test]
fn each_thread_has_its_own_and_all_is_counted() {
    let folder = Folder::new();
    folder.run("handles");
    let mut program = Program::open(&folder.only()).expect("it can be opened");
    program.update().expect("it can be read");
    assert_eq!(program.control().handlers(), ["t:handled", "other:*, t:h*"]);
    let mut sums = [HandlerCounts::default(); 2];
    for stream in program.streams().iter().filter(|stream| stream.place().1 == 0) {
        for (sum, of) in sums.iter_mut().zip(stream.handlers().expect("it can be read")) {
            sum.seen += of.seen;
            sum.discarded += of.discarded;
            sum.failed += of.failed;
        }
    }
    let all = All::of(&mut program);
    let of = |name: &str| all.events.iter().filter(|event| event.name == name).count() as u64;
    // Of 1000 events of a thread every third is kept by the first, every second of these by the
    // other: numbers 2, 8, 14 …
    let (third, both) = (OF_A_THREAD / 3, OF_A_THREAD / 6 + 1);
    assert_eq!(of("t:handled"), THREADS * both);
    assert_eq!(of("t:free"), THREADS * OF_A_THREAD);
    assert_eq!(of("t:inside"), THREADS * third);
    let handled = all.events.iter().filter(|event| event.name == "t:handled");
    assert!(handled.clone().all(|event| event.fields["n"].parse::<u64>().unwrap() % 6 == 2));
    let total = THREADS * OF_A_THREAD;
    let first = HandlerCounts { seen: total, discarded: total - THREADS * third, failed: 0 };
    let second =
        HandlerCounts { seen: THREADS * third, discarded: THREADS * (third - both), failed: 0 };
    assert_eq!(sums, [first, second]);
    assert_eq!(all.counts.filtered, first.discarded + second.discarded);
    assert_eq!((all.lost(), all.lost.detached), (0, 0));
}

/// One that panics, one that takes too long.
pub fn handles_badly() {
    std::panic::set_hook(Box::new(|_| {}));
    let panics = || |_: &EventData<'_>| -> Verdict { panic!("it can't") };
    handler::add("t:panics", panics).expect("there is room");
    let is_slow = || {
        |_: &EventData<'_>| {
            let start = Instant::now();
            while start.elapsed() < Duration::from_micros(100) {}
            Verdict::Discard
        }
    };
    handler::add("t:slow", is_slow).expect("there is room");
    for n in 0..1000_u64 {
        event!("t:panics", n = n);
        event!("t:slow", n = n);
    }
    for nth in 2..17 {
        let added = handler::add("never", || |_: &EventData<'_>| Verdict::Keep);
        assert_eq!(added.is_ok(), nth < 16, "{nth}");
    }
}

#[test]
fn bad_ones_are_taken_away() {
    let folder = Folder::new();
    folder.run("handles-badly");
    let mut program = Program::open(&folder.only()).expect("it can be opened");
    program.update().expect("it can be read");
    let [panics, slow, ..] = program.streams()[0].handlers().expect("it can be read");
    assert_eq!(panics, HandlerCounts { seen: 1, discarded: 0, failed: 1 });
    let all = All::of(&mut program);
    let of = |name: &str| all.events.iter().filter(|event| event.name == name).count() as u64;
    assert_eq!(of("t:panics"), 1000, "it keeps what it fails at");
    assert!(slow.seen == slow.discarded && slow.seen < 200, "{slow:?}");
    assert_eq!((of("t:slow"), all.counts.filtered), (1000 - slow.discarded, slow.discarded));
    assert_eq!(all.lost.detached, 2);
}

/// SAT's sample: two handlers on two events with one flag, and the events alternate.
pub fn alternates() {
    let is_first = Arc::new(AtomicBool::new(true));
    for (name, mine) in [("t:first", true), ("t:second", false)] {
        let is_first = Arc::clone(&is_first);
        let make = move || {
            let is_first = Arc::clone(&is_first);
            move |_: &EventData<'_>| {
                let is_next = is_first.compare_exchange(mine, !mine, Relaxed, Relaxed).is_ok();
                if is_next { Verdict::Keep } else { Verdict::Discard }
            }
        };
        handler::add(name, make).expect("there is room");
    }
    for n in 0..1000_u64 {
        for _ in 0..n % 3 {
            event!("t:first", n = n);
        }
        for _ in 0..n % 4 {
            event!("t:second", n = n);
        }
    }
}

#[test]
fn two_handlers_with_one_flag_let_two_events_alternate() {
    let folder = Folder::new();
    folder.run("alternates");
    let all = All::of_found(&folder.only());
    let names: Vec<&str> = all.events.iter().map(|event| event.name.as_str()).collect();
    assert!(names.len() > 500, "{}", names.len());
    let expected = ["t:first", "t:second"].into_iter().cycle();
    assert!(names.iter().copied().eq(expected.take(names.len())));
}
