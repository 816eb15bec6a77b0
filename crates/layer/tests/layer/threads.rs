//! Rings of threads that are no more are used again, and there is an end to their number.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::sync::Barrier;

use marey_layer::drain::now_ns;
use marey_layer::event;
use marey_layer::layout::RINGS_MAX;
use marey_layer::layout::ring::RING_BYTES;

use crate::programs::number;
use crate::support::{All, Folder, Running};

const THREADS: u64 = 10_000;
const OF_A_THREAD: u64 = 10;
const AT_ONCE: u64 = 16;

/// Ten thousand threads, 16 at a time, with a few events each.
pub fn short_threads() {
    for first in (0..THREADS).step_by(AT_ONCE as usize) {
        std::thread::scope(|scope| {
            let threads = (first..first + AT_ONCE).map(|thread| {
                scope.spawn(move || {
                    for n in 0..OF_A_THREAD {
                        event!("t:short", thread = thread, n = n);
                    }
                })
            });
            // The end of a scope does not wait until its threads are gone, only until they have
            // done what they are for.
            for thread in threads.collect::<Vec<_>>() {
                thread.join().expect("it does not panic");
            }
        });
    }
}

#[test]
fn ten_thousand_without_a_recorder() {
    let folder = Folder::new();
    folder.run("short-threads");
    let found = folder.only();
    let files = fs::read_dir(&found.path).expect("it is there");
    let bytes: u64 = files.map(|file| file.unwrap().metadata().unwrap().blocks() * 512).sum();
    let all = All::of_found(&found);
    assert_eq!(all.events.len() as u64 + all.lost(), THREADS * OF_A_THREAD, "{:?}", all.counts);
    // A thread may be there for a moment after another one has seen its end.
    let most = 4 * AT_ONCE * (RING_BYTES as u64 + 64 * 1024);
    assert!(bytes < most, "{bytes} bytes");
    assert_eq!(all.values("thread").iter().max(), Some(&(THREADS - 1)), "the newest are kept");
}

#[test]
fn ten_thousand_with_a_recorder_are_all_there() {
    let folder = Folder::new();
    let mut running = Running(folder.program("short-threads").spawn().expect("it starts"));
    let mut program = folder.wait_for_program();
    let (mut streams, mut seen, mut is_over) = (Vec::new(), Vec::new(), false);
    loop {
        program.beat(now_ns()).expect("it can be written");
        program.update().expect("it can be read");
        streams.extend(program.take_streams());
        for stream in &mut streams {
            let read = stream.read(|record| {
                let class = program.class(record.class)?;
                let fields = class.values(record.payload).map(|(_, value)| format!("{value:?}"));
                seen.push((record.thread, fields.collect::<Vec<_>>()));
                Some(())
            });
            read.expect("it can be read");
            stream.commit().expect("it can be written");
        }
        if is_over {
            break;
        }
        is_over = running.0.try_wait().expect("it is there").is_some();
    }
    let lost: u64 = streams.iter().map(|stream| crate::support::lost(stream.counts())).sum();
    assert_eq!((seen.len() as u64, lost, program.lost().events()), (THREADS * OF_A_THREAD, 0, 0));
    // Whoever has a ring, a record says which thread wrote it.
    let threads = |at: usize| (seen[at].0, seen[at].1[0].clone());
    let mut pairs: Vec<_> = (0..seen.len()).map(threads).collect();
    pairs.sort();
    pairs.dedup();
    assert_eq!(pairs.len() as u64, THREADS);
}

/// More threads at the same time than there are rings.
pub fn many_threads() {
    let count = number("COUNT");
    let all_are_there = Barrier::new(count as usize);
    std::thread::scope(|scope| {
        for thread in 0..count {
            let all_are_there = &all_are_there;
            scope.spawn(move || {
                event!("t:many", thread = thread);
                all_are_there.wait();
                event!("t:again", thread = thread);
            });
        }
    });
}

#[test]
fn beyond_the_most_rings_events_are_counted() {
    let folder = Folder::new();
    let more = 40;
    folder.run_with("many-threads", |command| {
        let count = RINGS_MAX as u64 + more;
        command.env("MAREY_RING_BYTES", "4096").env("COUNT", count.to_string());
    });
    let all = All::of_found(&folder.only());
    assert_eq!((all.events.len(), all.lost.no_ring), (2 * RINGS_MAX, 2 * more));
    assert_eq!(all.lost(), 2 * more);
}

/// A ring of one page that thread after thread fills, so that blocks end everywhere.
#[test]
fn a_small_ring_of_many_threads_is_whole() {
    let folder = Folder::new();
    folder.run_with("short-threads", |command| {
        command.env("MAREY_RING_BYTES", "4096");
    });
    let all = All::of_found(&folder.only());
    assert_eq!(all.events.len() as u64 + all.lost(), THREADS * OF_A_THREAD, "{:?}", all.counts);
}
