//! The row `record`: what an event of the kernel costs the program that causes it, beside `perf`.
//!
//! A program makes system calls, and says how much CPU time one takes: alone, while its calls are
//! recorded, and while a filter rejects them. It is run when it is asked for, as root: recording
//! needs rights, and an own machine.

pub mod packets;

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Error};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::child::said;

const CALLS_C: &str = include_str!("calls.c");
const EVENT: &str = "raw_syscalls:sys_enter";
/// The number of the call that is made, and one that nobody makes.
const FILTERS: [(&str, &str, f64); 2] = [
    // Up to which part of what perf's takes: 60 of 146 ns, and 30 of 27 ns.
    ("recorded", "id == 110", 60.0 / 146.0),
    ("rejected by a filter", "id == 9999", 30.0 / 27.0),
];

/// The table, and whether a budget is missed.
///
/// # Errors
/// A program that is missing or fails, and events that were lost.
pub fn table(folder: &Path, rounds: usize, calls: u32) -> io::Result<(String, bool)> {
    let folder = folder.join("kernel");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("calls.c"), CALLS_C)?;
    said(Command::new("gcc").current_dir(&folder).args(["-O2", "-o", "calls", "calls.c"]))?;
    let race = Race { marey: marey()?, folder, calls: calls.to_string() };
    let mut best = [f64::INFINITY; 1 + 2 * FILTERS.len()];
    for _ in 0..rounds {
        let mut took = vec![race.alone()?];
        for (_, filter, _) in FILTERS {
            took.extend([race.under_perf(filter)?, race.under_marey(filter)?]);
        }
        for (best, took) in best.iter_mut().zip(took) {
            *best = best.min(took);
        }
    }
    let [alone, rest @ ..] = best;
    let mut table = format!(
        "A system call takes {alone:.0} ns of CPU time. What is added to it:\n\n\
         | ns a call | perf record | marey record | marey / perf | allowed |\n\
         |---|---|---|---|---|\n"
    );
    let mut is_missed = false;
    for ((name, _, allowed), pair) in FILTERS.iter().zip(rest.chunks_exact(2)) {
        let [theirs, ours] = [pair[0] - alone, pair[1] - alone];
        let ratio = ours / theirs;
        is_missed |= ratio > *allowed;
        let _ = writeln!(table, "| {name} | {theirs:.0} | {ours:.0} | {ratio:.2} | {allowed:.2} |");
    }
    Ok((table, is_missed))
}

/// The `marey` that was built beside this program.
fn marey() -> io::Result<PathBuf> {
    let own = std::env::current_exe()?;
    let marey = own.with_file_name("marey");
    match marey.is_file() {
        true => Ok(marey),
        false => Err(Error::other(format!(
            "{} is missing: cargo build --release -p marey-cli",
            marey.display()
        ))),
    }
}

struct Race {
    marey: PathBuf,
    folder: PathBuf,
    calls: String,
}

/// How often the calls are made in one run; the fastest counts.
const ROUNDS: &str = "5";

impl Race {
    fn alone(&self) -> io::Result<f64> {
        let calls = self.folder.join("calls");
        number(&said(Command::new(calls).args([&self.calls, ROUNDS]))?)
    }

    fn under_perf(&self, filter: &str) -> io::Result<f64> {
        let mut command = Command::new("perf");
        command.args(["record", "-q", "-a", "-m", "16M", "-o", "/dev/null"]);
        command.args(["-e", EVENT, "--filter", filter, "--"]);
        number(&said(command.arg(self.folder.join("calls")).args([&self.calls, ROUNDS]))?)
    }

    /// All calls must be in the recording, or none.
    fn under_marey(&self, filter: &str) -> io::Result<f64> {
        let recording = self.folder.join("recording");
        let mut command = Command::new(&self.marey);
        command.args(["record", "-a", "--force", "-e", EVENT, "-f", filter, "-o"]);
        command.arg(&recording).arg("--").arg(self.folder.join("calls"));
        let took = number(&said(command.args([&self.calls, ROUNDS]))?)?;
        let ledger = fs::read_to_string(recording.join("ledger.json"))?;
        let delivered = ledger.split_once("\"delivered\": ").and_then(|(_, rest)| {
            rest.split_once(',').and_then(|(number, _)| number.parse::<f64>().ok())
        });
        let expected = match filter.ends_with("9999") {
            true => 0.0,
            false => number(&self.calls)? * number(ROUNDS)?,
        };
        // Others may ask for their parents, too.
        match delivered {
            Some(delivered) if (expected..expected + 1000.0).contains(&delivered) => Ok(took),
            _ => Err(Error::other(format!("{delivered:?} events of {expected} are recorded"))),
        }
    }
}

fn number(text: &str) -> io::Result<f64> {
    text.trim().parse().map_err(Error::other)
}
