//! A recorder that reads while the program writes, comes and goes: nothing is counted twice, and
//! nothing is missing.

use std::time::Duration;

use marey_layer::drain::{Program, Stream, now_ns};
use marey_layer::event;
use marey_layer::layout::value::Value;

use crate::programs::number;
use crate::support::{Folder, Numbers, Running, lost};

const COUNT: u64 = 2_000_000;

/// Events of lengths that differ, so that blocks end in different places.
pub fn overwrites() {
    let text = "0123456789".repeat(30);
    for n in 0..number("COUNT") {
        let len = (n * 37 % 301) as usize;
        event!("t:live", n = n, text = &text[..len], not = !n);
    }
}

/// What a recorder read: each event is checked, whole, and in order.
#[derive(Default)]
struct Reading {
    streams: Vec<Stream>,
    next: u64,
    read: u64,
}

impl Reading {
    fn more(&mut self, program: &mut Program) {
        program.update().expect("it can be read");
        self.streams.extend(program.take_streams());
        for stream in &mut self.streams {
            let read = stream.read(|record| {
                let class = program.class(record.class).expect("it is known");
                let values: Vec<Value<'_>> =
                    class.values(record.payload).map(|(_, value)| value).collect();
                let [Value::Unsigned(n), Value::Text { bytes, .. }, Value::Unsigned(not)] =
                    values[..]
                else {
                    panic!("{values:?}");
                };
                assert_eq!((n * 37 % 301, !n), (bytes.len() as u64, not));
                assert!(bytes.iter().zip(b"0123456789".iter().cycle()).all(|(a, b)| a == b));
                assert!(n >= self.next, "{n} after {}", self.next);
                self.next = n + 1;
                self.read += 1;
                Some(())
            });
            read.expect("it can be read");
            stream.commit().expect("it can be written");
        }
    }

    fn lost(&self) -> u64 {
        self.streams.iter().map(|stream| lost(stream.counts())).sum()
    }
}

fn start(folder: &Folder, ring: u64) -> Running {
    let mut command = folder.program("overwrites");
    command.env("COUNT", COUNT.to_string()).env("MAREY_RING_BYTES", ring.to_string());
    Running(command.spawn().expect("it starts"))
}

#[test]
fn a_ring_of_one_page_and_two_million_events() {
    let folder = Folder::new();
    let mut running = start(&folder, 4096);
    let mut program = folder.wait_for_program();
    let (mut reading, mut is_over) = (Reading::default(), false);
    loop {
        program.beat(now_ns()).expect("it can be written");
        reading.more(&mut program);
        if is_over {
            break;
        }
        is_over = running.0.try_wait().expect("it is there").is_some();
    }
    let lost = reading.lost() + program.lost().events();
    assert_eq!(reading.read + lost, COUNT, "{} read", reading.read);
    let discarded: u64 = reading.streams.iter().map(|stream| stream.counts().discarded).sum();
    assert!(discarded > 0 && reading.read > 100, "{discarded} discarded, {} read", reading.read);
}

#[test]
fn a_recorder_that_comes_and_goes_without_a_word() {
    let mut numbers = Numbers(7);
    for ring in [4096, 16384, 262_144] {
        let folder = Folder::new();
        let mut running = start(&folder, ring);
        let mut program = folder.wait_for_program();
        let (mut reading, mut is_over) = (Reading::default(), false);
        loop {
            // It is there, was there long ago, or was never there.
            let now = now_ns();
            let beat = [now, 0, now - 10_000_000_000][numbers.below(3) as usize];
            program.beat(beat).expect("it can be written");
            for _ in 0..numbers.below(20) {
                reading.more(&mut program);
            }
            if is_over {
                break;
            }
            std::thread::sleep(Duration::from_micros(numbers.below(2000)));
            is_over = running.0.try_wait().expect("it is there").is_some();
        }
        reading.more(&mut program);
        let lost = reading.lost() + program.lost().events();
        assert_eq!(reading.read + lost, COUNT, "{ring}: {} read", reading.read);
    }
}

#[test]
fn recorders_that_follow_one_another() {
    let folder = Folder::new();
    let mut running = start(&folder, 65536);
    drop(folder.wait_for_program());
    let found = folder.only();
    let (mut next, mut read, mut overwritten) = (0, 0, 0);
    let mut is_over = false;
    let discarded = loop {
        // Each opens all anew, reads a little and is gone.
        let mut program = Program::open(&found).expect("it can be opened");
        let mut reading = Reading { next, ..Reading::default() };
        program.beat(now_ns()).expect("it can be written");
        reading.more(&mut program);
        (next, read) = (reading.next, read + reading.read);
        let counts = reading.streams.iter().map(Stream::counts);
        overwritten += counts.clone().map(|counts| counts.overwritten).sum::<u64>();
        if is_over {
            break counts.map(|counts| counts.discarded).sum::<u64>();
        }
        is_over = running.0.try_wait().expect("it is there").is_some();
    };
    assert_eq!(read + overwritten + discarded, COUNT, "{read} {overwritten} {discarded}");
}
