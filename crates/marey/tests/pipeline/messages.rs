//! Messages. libtrace: a full pipe makes the sender wait for a receiver that waits for it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use marey::Packet;
use marey::pipeline::control::MESSAGES_MAX;
use marey::pipeline::{Control, Cx, Full, GO, Handler, Hasher, Message, Next, To};

use crate::made::{open, packets};

/// Collects numbers that are sent to it.
struct Collects<'a> {
    numbers: Vec<u64>,
    seen: &'a AtomicU64,
}

impl Handler for Collects<'_> {
    type Out = ();

    fn on_packet(&mut self, _: &Packet<'_>, _: &mut Cx<()>) -> Next {
        self.seen.fetch_add(1, Ordering::SeqCst);
        GO
    }

    fn on_message(&mut self, message: &Message, _: &mut Cx<()>) -> Next {
        assert_eq!(message.get::<String>(), None);
        self.numbers.extend(message.get::<u64>());
        GO
    }
}

#[test]
fn messages_under_load_come_once_to_each_handler_and_in_order() {
    for (workers, hashed) in [(1, false), (2, false), (8, false), (1, true), (8, true), (64, true)]
    {
        let trace = open(&packets(5000)).workers(workers).block_len(512);
        let trace = if hashed { trace.hasher(Hasher::flow()) } else { trace };
        let (control, seen) = (trace.control(), AtomicU64::new(0));
        let (run, sent) = thread::scope(|scope| {
            let sender = scope.spawn(|| send(&control, &seen));
            let make = |_| Collects { numbers: Vec::new(), seen: &seen };
            let run = trace.run(make, |_, ()| GO).expect("a run");
            (run, sender.join().expect("a sender"))
        });
        let to_all: Vec<_> = (0..sent).filter(|n| n % 10 != 3).collect();
        for (number, handler) in run.handlers.iter().enumerate() {
            if number == 0 {
                assert!(handler.numbers.iter().copied().eq(0..sent), "all, and its own");
            } else {
                assert_eq!(handler.numbers, to_all, "handler {number} of {workers}");
            }
        }
    }
}

/// Sends numbers as fast as it can until most packets were seen; how many.
fn send(control: &Control, seen: &AtomicU64) -> u64 {
    let mut sent = 0;
    while seen.load(Ordering::SeqCst) < 4000 && sent < 20_000 {
        let to = if sent % 10 == 3 { To::One(0) } else { To::All };
        match control.send(to, sent) {
            Ok(()) => sent += 1,
            Err(Full) => thread::yield_now(),
        }
    }
    sent
}

#[test]
fn sending_never_waits() {
    let trace = open(&packets(10)).workers(2);
    let control = trace.control();
    for number in 0..MESSAGES_MAX as u64 {
        control.send(To::All, number).expect("room");
    }
    assert_eq!(control.send(To::All, 0u64), Err(Full));
    let seen = AtomicU64::new(0);
    let make = |_| Collects { numbers: Vec::new(), seen: &seen };
    let run = trace.run(make, |_, ()| GO).expect("a run");
    for handler in run.handlers {
        assert!(handler.numbers.into_iter().eq(0..MESSAGES_MAX as u64));
    }
}
