//! Memory does not grow with the trace: verbs take as much for one that is four times as long.
//!
//! The traces come from the generator, through a pipe or in a file. They are small, so that this
//! takes seconds. `MAREY_SLOW_TESTS=1` makes them of 1 GiB and 4 GiB; they are meant for a release
//! build: `MAREY_SLOW_TESTS=1 cargo test --release -p marey-cli --test memory -- --nocapture`.
#![cfg(unix)]

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use marey::testing::large;
use process::{marey, scratch};
use serde_json::Value;
use watch::{Peak, watch};

#[path = "support/process.rs"]
mod process;
#[path = "support/watch.rs"]
mod watch;

/// What no run may exceed, all pages of the program included.
const RESIDENT_BYTES_MAX: u64 = 128 << 20;
/// How far the peaks may be apart, in percent of the larger one.
const APART_PERCENT_MAX: u64 = 5;
/// So much apart is chance: what each thread's allocator holds back.
const CHANCE_BYTES: u64 = 2 << 20;
/// How many tries there are: which thread gets memory first is chance.
const TRIES: usize = 3;
const SEED: u64 = 1;

/// The lengths of the short trace and of the long one.
fn lengths() -> [u64; 2] {
    match std::env::var_os("MAREY_SLOW_TESTS") {
        Some(_) => [1 << 30, 4 << 30],
        None => [64 << 20, 256 << 20],
    }
}

/// What is run, but for its input.
const VERBS: [&[&str]; 2] = [&["report", "--json"], &["stats", "--json"]];
/// With long traces this, too: in short ones there are not flows enough to fill its tables.
const OF_LONG: &[&str] = &["stats", "--json", "--by", "flow", "--top", "10"];
/// Tables that do not fit go to disk.
const TABLES: &[&str] = &["stats", "--json", "--by", "flow", "--memory", "2MiB", "--top", "10"];
/// What a run with such tables may take: what is read back from disk has buffers, a bounded number
/// of them.
const TABLES_BYTES_MAX: u64 = 48 << 20;

fn command(verb: &[&str], input: &str) -> Command {
    let mut command = marey();
    command.args(verb).arg(input).stdout(Stdio::piped());
    command
}

/// Waits for a run that says so many packets.
fn finish(mut child: Child, packets: impl FnOnce() -> u64) -> Peak {
    let mut stdout = child.stdout.take().expect("a pipe");
    let reading = std::thread::spawn(move || {
        let mut text = String::new();
        stdout.read_to_string(&mut text).map(|_| text)
    });
    let (status, peak) = watch(&mut child);
    let text = reading.join().expect("a reader").expect("UTF-8");
    let file: Value = serde_json::from_str(text.lines().next().expect("a line")).expect("JSON");
    assert_eq!((status.code(), &file["packets"]), (Some(0), &packets().into()), "{file}");
    peak
}

/// The trace comes through a pipe and is nowhere whole.
fn by_pipe(verb: &[&str], bytes: u64) -> Peak {
    let mut child = command(verb, "-").stdin(Stdio::piped()).spawn().expect("marey starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let writing = std::thread::spawn(move || large::big(&mut stdin, bytes, SEED));
    finish(child, || writing.join().expect("a writer").expect("marey reads").packets)
}

/// The trace is in a file, of which no part is a hole.
fn by_file(verb: &[&str], directory: &Path, bytes: u64) -> Peak {
    let path = directory.join("big.pcap");
    let mut file = File::create(&path).expect("a file");
    let answer = large::big(&mut file, bytes, SEED).expect("the file is written");
    drop(file);
    let child = command(verb, path.to_str().expect("UTF-8")).spawn().expect("marey starts");
    let peak = finish(child, || answer.packets);
    std::fs::remove_file(path).expect("the file is removed");
    peak
}

fn mib(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}

/// Whether both traces take as much memory, and little of it.
fn is_constant(name: &str, peak_of: &dyn Fn(u64) -> Peak) -> bool {
    let peaks = lengths().map(|bytes| {
        let peak = peak_of(bytes);
        let (resident, anonymous) = (mib(peak.resident_bytes), mib(peak.anonymous_bytes));
        println!("{name}, {}: {anonymous} anonymous, {resident} in all", mib(bytes));
        assert!(peak.anonymous_bytes > 0, "no look at its memory");
        assert!(peak.resident_bytes < RESIDENT_BYTES_MAX, "{resident}");
        peak.anonymous_bytes
    });
    let [short, long] = peaks;
    let apart = short.abs_diff(long);
    apart <= CHANCE_BYTES || apart * 100 <= short.max(long) * APART_PERCENT_MAX
}

#[test]
fn a_longer_trace_takes_no_more_memory() {
    if !Peak::is_known() {
        return println!("skipped: no /proc/PID/status with RssAnon here");
    }
    let directory = scratch("memory");
    let is_long = lengths()[0] >= 1 << 30;
    for verb in VERBS.into_iter().chain(is_long.then_some(OF_LONG)) {
        let from_pipe = |bytes| by_pipe(verb, bytes);
        let from_file = |bytes| by_file(verb, &directory, bytes);
        let ways: [(&str, &dyn Fn(u64) -> Peak); 2] = [("pipe", &from_pipe), ("file", &from_file)];
        for (name, peak_of) in ways {
            let name = format!("{} by {name}", verb.join(" "));
            let is_constant = (0..TRIES).any(|_| is_constant(&name, peak_of));
            assert!(is_constant, "the peaks are more than {APART_PERCENT_MAX} % apart: {name}");
        }
    }
}

#[test]
fn tables_go_to_disk() {
    if !Peak::is_known() {
        return println!("skipped: no /proc/PID/status with RssAnon here");
    }
    for bytes in lengths() {
        let peak = by_pipe(TABLES, bytes).anonymous_bytes;
        println!("tables, {}: {} anonymous", mib(bytes), mib(peak));
        assert!(peak < TABLES_BYTES_MAX, "{}", mib(peak));
    }
}
