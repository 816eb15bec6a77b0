//! The example in Rust: four threads trace into rings, and one writes their streams to files.
#![deny(warnings)]
#![forbid(unsafe_code)]

mod barectf;

use std::fs::File;
use std::io::Write as _;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Instant;

use barectf::{ThreadPacket, ThreadStream};
use marey_tracer::ring::{Mode, Producer, Ring};

const EVENTS: u32 = 5000;

fn trace(producer: Producer<'_, 8, 512>, thread: u8, start: Instant) -> u32 {
    let clock = move || start.elapsed().as_nanos() as u64;
    let mut stream = ThreadStream::new(producer, clock, ThreadPacket { thread });
    for serial in 0..EVENTS {
        stream.trace_step(serial, "one of many");
        if serial % 64 == 0 {
            thread::yield_now();
        }
    }
    stream.close_packet();
    stream.events_discarded()
}

fn main() {
    let mode = if std::env::args().len() > 1 { Mode::Overwrite } else { Mode::Discard };
    let start = Instant::now();
    let running = AtomicU32::new(4);
    let mut rings: [_; 4] = std::array::from_fn(|_| Ring::new(mode));
    thread::scope(|scope| {
        let mut consumers = Vec::new();
        for (ring, number) in rings.iter_mut().zip(0..) {
            let (producer, consumer) = ring.split();
            let file = File::create(format!("trace/thread-{number}")).expect("a file");
            consumers.push((consumer, file));
            let running = &running;
            scope.spawn(move || {
                println!("{}", trace(producer, number, start));
                running.fetch_sub(1, Ordering::Release);
            });
        }
        loop {
            let is_over = running.load(Ordering::Acquire) == 0;
            if is_over || mode == Mode::Discard {
                for (consumer, file) in &mut consumers {
                    consumer.drain(|packet| file.write_all(packet).expect("it is written"));
                }
            }
            if is_over {
                break;
            }
            thread::yield_now();
        }
    });
}
