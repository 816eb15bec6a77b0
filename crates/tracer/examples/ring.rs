//! Two threads trace, each into a ring of its own, and a third one takes the packets of both, as it
//! would on a microcontroller with two interrupt handlers. `cargo run -p marey-tracer --example
//! ring`
//!
//! The layout of packets is written by hand here; `marey generate --lang rust` makes it of a YAML
//! file.

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use marey_tracer::ring::{Consumer, Mode, Producer, Ring};
use marey_tracer::write::fixed;
use marey_tracer::{Closing, Layout, NoClock, Opening, Stream};

const PACKETS: usize = 8;
const BYTES: usize = 64;
const EVENTS: u32 = 10_000;

/// Packets that begin with the number of their bytes that are used, and of events discarded so far.
struct Counted;

impl Layout for Counted {
    const READS_CLOCK: bool = false;

    fn open(&mut self, packet: &mut [u8], _: Opening) -> Option<u32> {
        *fixed(packet, 0)? = [0; 8];
        Some(64)
    }

    fn close(&mut self, packet: &mut [u8], closing: Closing) -> Option<()> {
        *fixed(packet, 0)? = (closing.content_bits / 8).to_le_bytes();
        *fixed(packet, 32)? = closing.events_discarded.to_le_bytes();
        Some(())
    }
}

/// Traces numbers; returns how many of them were discarded.
fn trace(producer: Producer<'_, PACKETS, BYTES>) -> u32 {
    let mut stream = Stream::new(Counted, producer, NoClock);
    for number in 0..EVENTS {
        stream.record(
            |at| (at, u64::from(at) + 32),
            |packet, _, at| {
                *fixed(packet, at)? = number.to_le_bytes();
                Some(())
            },
        );
        if number % 64 == 0 {
            thread::yield_now();
        }
    }
    stream.close_packet();
    stream.events_discarded()
}

/// Takes what is there, and returns how many events that is.
fn take(consumer: &mut Consumer<'_, PACKETS, BYTES>) -> u32 {
    let mut events = 0;
    consumer.drain(|packet| {
        let used = packet.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
        events += (used - 8) / 4;
    });
    events
}

fn main() {
    let mut rings = [Ring::new(Mode::Discard), Ring::new(Mode::Discard)];
    let [first, second] = &mut rings;
    let ((one, mut of_one), (two, mut of_two)) = (first.split(), second.split());
    let running = AtomicU32::new(2);
    let run = |producer| {
        let discarded = trace(producer);
        running.fetch_sub(1, Ordering::Release);
        discarded
    };
    let (discarded, events) = thread::scope(|scope| {
        let threads = [scope.spawn(|| run(one)), scope.spawn(|| run(two))];
        let mut events = [0, 0];
        loop {
            // What was traced before the last thread ended is taken after that was seen.
            let is_over = running.load(Ordering::Acquire) == 0;
            events[0] += take(&mut of_one);
            events[1] += take(&mut of_two);
            if is_over {
                break;
            }
            thread::yield_now();
        }
        (threads.map(|thread| thread.join().expect("a thread that ends")), events)
    });
    for (ring, (events, discarded)) in rings.iter().zip(events.into_iter().zip(discarded)) {
        println!("{events} events, {discarded} discarded; {:?}", ring.counts());
        assert_eq!(events + discarded, EVENTS, "the numbers add up");
    }
}
