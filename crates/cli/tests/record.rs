//! `marey record` and `marey repair`, as processes: what is recorded, what is said, how it ends.
//! Where the machine does not allow it, they say so and are skipped.
#![cfg(target_os = "linux")]

#[path = "../../recorder/tests/support/babeltrace.rs"]
mod babeltrace;
#[path = "support/process.rs"]
mod process;
#[path = "support/schema.rs"]
mod schema;

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use process::{Ran, finish, marey, scratch};
use schema::Schema;
use serde_json::Value;

#[path = "record/contexts.rs"]
mod contexts;
#[path = "record/control.rs"]
mod control;
#[path = "record/dialects.rs"]
mod dialects;
#[path = "record/errors.rs"]
mod errors;
#[path = "record/exact.rs"]
mod exact;
#[path = "record/generated.rs"]
mod generated;
#[path = "record/killed.rs"]
mod killed;
#[path = "record/others.rs"]
mod others;
#[path = "record/packets.rs"]
mod packets;
#[path = "record/programs.rs"]
mod programs;
#[path = "record/programs_killed.rs"]
mod programs_killed;
#[path = "record/requests.rs"]
mod requests;
#[path = "record/rights.rs"]
mod rights;
#[path = "record/ring.rs"]
mod ring;
#[path = "record/rules.rs"]
mod rules;
#[path = "record/sat.rs"]
mod sat;
#[path = "record/sat_user.rs"]
mod sat_user;
#[path = "record/sinks.rs"]
mod sinks;
#[path = "record/through.rs"]
mod through;
#[path = "record/user_handlers.rs"]
mod user_handlers;
#[path = "record/user_ring.rs"]
mod user_ring;
#[path = "record/user_shadow.rs"]
mod user_shadow;

/// Runs `marey record` in a folder; nothing where it is not allowed.
fn record(folder: &Path, arguments: &[&str]) -> Option<Ran> {
    let ran = finish(marey().current_dir(folder).arg("record").args(arguments));
    if ran.status == 5 {
        println!("skipped: {}", ran.stderr.trim());
        return None;
    }
    Some(ran)
}

/// Starts `marey record` in a folder, and waits until it records.
fn start(folder: &Path, arguments: &[&str]) -> Option<Child> {
    let mut command = marey();
    command.current_dir(folder).arg("record").args(arguments);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("marey starts");
    let begin = Instant::now();
    let is_there = |stream: &str| folder.join("recording/kernel").join(stream).exists();
    // In parts, the first stream is that of the start.
    while !is_there("cpu_0") && !is_there("state") {
        if let Some(status) = child.try_wait().expect("a process") {
            let said = child.wait_with_output().expect("it has ended").stderr;
            let said = String::from_utf8_lossy(&said).into_owned();
            assert_eq!(status.code(), Some(5), "{said}");
            println!("skipped: {}", said.trim());
            return None;
        }
        assert!(begin.elapsed() < Duration::from_secs(60), "it does not begin");
        std::thread::sleep(Duration::from_millis(2));
    }
    Some(child)
}

/// What the ledger of a recording says.
fn ledger(folder: &Path) -> Value {
    let text = fs::read_to_string(folder.join("recording/ledger.json")).expect("a ledger");
    serde_json::from_str(&text).expect("JSON")
}

/// The number at a path of the ledger.
fn number(ledger: &Value, pointer: &str) -> u64 {
    ledger.pointer(pointer).and_then(Value::as_u64).unwrap_or_else(|| panic!("{pointer}: {ledger}"))
}

/// The events that babeltrace2 reads, a line each, without the threads that there were at the
/// start. Nothing where it is not installed.
fn babeltrace(folder: &Path) -> Option<Vec<String>> {
    let lines = all_lines(folder)?.into_iter();
    Some(lines.filter(|line| !line.contains(" thread_state: ")).collect())
}

/// All events that babeltrace2 reads, a line each. Nothing where it is not installed.
fn all_lines(folder: &Path) -> Option<Vec<String>> {
    babeltrace::lines(&folder.join("recording/kernel"))
}

/// A system call that does nothing but be seen, with this number in it.
fn call(number: usize) {
    let there = fs::metadata(name(number));
    assert!(there.is_err(), "no such file is there");
}

/// The filter for calls of this thread: other tests make some at the same time.
fn own_calls() -> String {
    let thread = fs::read_link("/proc/thread-self").expect("/proc");
    let thread = thread.file_name().and_then(|tid| tid.to_str()).expect("a number").to_owned();
    format!("dfd == -100 and tid == {thread}")
}

/// What is looked for by a call.
fn name(number: usize) -> String {
    format!("/marey-was-here/{number}")
}

/// The numbers of calls that are in a recording, in its order.
fn numbers(lines: &[String]) -> Vec<usize> {
    let number = |line: &String| {
        let (_, rest) = line.split_once("\"/marey-was-here/")?;
        rest.split_once('"')?.0.parse().ok()
    };
    lines.iter().filter_map(number).collect()
}
