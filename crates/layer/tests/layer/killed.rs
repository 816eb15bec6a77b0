//! What was published is there, whenever the program is killed.

use std::fs;
use std::path::Path;
use std::sync::atomic::Ordering::{Relaxed, Release};
use std::time::{Duration, Instant};

use marey_layer::drain::{self, Found, Program, now_ns};
use marey_layer::event;

use crate::support::{All, Folder, Numbers, Running, Word};

/// Counts events in a word that the test sees, each after it was recorded.
pub fn counts_in_memory() {
    let word = Word::of(Path::new(&std::env::var_os("WORD").expect("a file is given")));
    let text = "some text of some length";
    for n in 0_u64.. {
        let text = &text[..n as usize % text.len()];
        event!("t:counted", n = n, text = text, twice = 2 * n);
        word.get().store(n + 1, Release);
    }
}

#[test]
fn at_200_moments() {
    let mut moments = Numbers(1);
    let (mut some, mut most) = (0, 0);
    for round in 0..200 {
        // Half of them begin first, which takes its time on a busy machine.
        let how = (round % 2 == 0, round % 4 < 2);
        let count = one_moment(moments.below(20_000), how);
        some += u64::from(count > 0);
        most = most.max(count);
    }
    // Some had more events than their rings have room for.
    assert!(some >= 100 && most > 1000, "{some} programs recorded, at most {most} events");
}

/// Kills a program some time after it was started, or after its first event, and compares what is
/// read with what it counted.
fn one_moment(wait_us: u64, (is_recorded, begins_first): (bool, bool)) -> u64 {
    let folder = Folder::new();
    let file = folder.path().join("word");
    let word = Word::of(&file);
    let mut command = folder.program("counts-in-memory");
    command.env("WORD", &file).env("MAREY_RING_BYTES", "16384");
    let mut running = Running(command.spawn().expect("it starts"));
    while begins_first && word.get().load(Relaxed) == 0 {
        std::thread::sleep(Duration::from_micros(100));
    }
    let end = Instant::now() + Duration::from_micros(wait_us);
    let mut read = Reading::default();
    while Instant::now() < end {
        match is_recorded {
            true => read.more(&folder),
            false => std::thread::sleep(Duration::from_micros(wait_us)),
        }
    }
    running.0.kill().expect("it can be killed");
    running.0.wait().expect("it is there");
    read.more(&folder);
    let counted = word.get().load(Relaxed);
    let next = read.values.last().map_or(0, |last| last + 1);
    let total = read.values.len() as u64 + read.lost;
    // It may have been killed between an event and its counting.
    assert!((counted..=counted + 1).contains(&total), "{counted} counted, {total} found");
    // The newest events are there where no recorder was, and else all up to the first loss.
    assert!(next == total || is_recorded, "the newest are missing: {next} of {total}");
    assert!(read.values.is_sorted(), "in order");
    counted
}

#[derive(Default)]
struct Reading {
    program: Option<Program>,
    streams: Vec<marey_layer::drain::Stream>,
    values: Vec<u64>,
    lost: u64,
}

impl Reading {
    /// Reads what is there, as a recorder does.
    fn more(&mut self, folder: &Folder) {
        if self.program.is_none() {
            self.program = folder.found().first().and_then(|found| Program::open(found).ok());
        }
        let Some(program) = &mut self.program else { return };
        program.beat(now_ns()).expect("it can be written");
        program.update().expect("it can be read");
        self.streams.extend(program.take_streams());
        self.lost = program.lost().events();
        for stream in &mut self.streams {
            let read = stream.read(|record| {
                let class = program.class(record.class)?;
                let all: Vec<_> = class.values(record.payload).map(|(_, value)| value).collect();
                let [n, text, twice] = all.try_into().expect("three fields");
                use marey_layer::layout::value::Value::{Text, Unsigned};
                let (Unsigned(n), Text { bytes, .. }, Unsigned(twice)) = (n, text, twice) else {
                    panic!("{n:?} {text:?} {twice:?}");
                };
                assert_eq!((2 * n, n as usize % 24), (twice, bytes.len()));
                self.values.push(n);
                Some(())
            });
            read.expect("it can be read");
            stream.commit().expect("it can be written");
            self.lost += crate::support::lost(stream.counts());
        }
    }
}

#[test]
fn one_that_was_off_is_swept_away() {
    let folder = Folder::new();
    let mut programs = Vec::new();
    for events in ["none", "none", "*"] {
        let mut command = folder.program("waits");
        let running = Running(command.env("MAREY_EVENTS", events).spawn().expect("it starts"));
        programs.push(running);
        // Until it has had an event: those that are off have a class, and the other one a ring.
        let has_begun = |found: &Found| {
            Program::open(found).is_ok_and(|program| match events {
                "*" => found.name.pid != programs[2].0.id() || program.control().rings > 0,
                _ => program.control().classes_bytes > 0,
            })
        };
        while folder.found().len() < programs.len() || !folder.found().iter().all(has_begun) {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    assert_eq!(drain::sweep(folder.path()).expect("it can be read"), 0, "they are there");
    let alive = programs.remove(0);
    drop(programs);
    assert_eq!(drain::sweep(folder.path()).expect("it can be read"), 1);
    let left: Vec<u32> = folder.found().iter().map(|found| found.name.pid).collect();
    assert!(left.len() == 2 && left.contains(&alive.0.id()), "{left:?}");
    // One that was killed while it made its control page, and one before that.
    for (nth, control) in [None, Some([0; 100])].into_iter().enumerate() {
        let path = folder.path().join(format!("{}-1-{nth}", alive.0.id()));
        fs::create_dir(&path).expect("it can be made");
        if let Some(control) = control {
            fs::write(path.join("control"), control).expect("it can be written");
        }
    }
    assert_eq!(drain::sweep(folder.path()).expect("it can be read"), 2);
    assert_eq!(folder.found().len(), 2);
}

#[test]
fn all_of_it_is_read_again() {
    let folder = Folder::new();
    folder.run_with("counts", |command| {
        command.env("COUNT", "100");
    });
    let found = folder.only();
    assert!(!found.is_alive(), "it has ended");
    let all = All::of_found(&found);
    assert_eq!(all.values("n"), (0..100).collect::<Vec<_>>());
    found.remove().expect("its owner may");
    assert_eq!(folder.found(), []);
}
