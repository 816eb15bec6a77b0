//! The row `layer`: what an event of a program costs it, over reading the clock.
//!
//! A program in Rust and one in C record the same events into rings that nobody reads, and say what
//! one of them takes. What is in their files afterwards has to be all of them. LTTng-UST is beside
//! them where it is installed.

mod lttng;

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::io::{self, Error};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use marey_filter::code::{Compare, Op, Test};
use marey_filter::{Failure, Sign, Verdict};
use marey_layer::drain::{self, Program};
use marey_layer::event;
use marey_layer::layout::filters::FIELDS_AT;
use nix::time::{ClockId, clock_gettime};

use crate::child::said;
use lttng::Lttng;

const EVENTS_C: &str = include_str!("events.c");
const TIMED_H: &str = include_str!("timed.h");
/// What is measured, in the order in which programs say it, and how much of the clock's time it may
/// take; what is off may take so many nanoseconds.
const ROWS: [(&str, f64); 4] = [
    ("four integers", 1.8),
    ("six mixed fields", 3.0),
    ("rejected by a filter", 1.4),
    ("off", 0.5),
];
/// How many figures a program says: those, the clock, and a loop that does nothing.
const FIGURES: usize = ROWS.len() + 2;

/// Runs the program in Rust: says nanoseconds for the clock, an empty loop, and the rows.
///
/// # Errors
/// When it can't give itself a filter.
pub fn engine(events: u32) -> io::Result<String> {
    let clock = time(events, |_| {
        black_box(drain::now_ns());
    })?;
    let empty = time(events, |n| {
        black_box(n);
    })?;
    let four = time(events, |n| {
        event!("bench:four", a = black_box(n), b = 2_u32, c = 3_u32, d = n);
    })?;
    let six = time(events, |n| {
        let n = black_box(n);
        event!("bench:six", a = u64::from(n), b = 2_u8, c = 3_i16, d = 1.5, e = "a text", f = true);
    })?;
    let mut rejected = |n: u32| {
        event!("bench:rejected", a = black_box(n), b = 2_u32, c = 3_u32, d = n);
    };
    rejected(0);
    reject_own("rejected").map_err(Error::other)?;
    let rejected = time(events, &mut rejected)?;
    let off = time(events, |n| {
        event!("off:four", a = black_box(n), b = 2_u32, c = 3_u32, d = n);
    })?;
    Ok(format!("{clock} {empty} {four} {six} {rejected} {off}"))
}

/// Gives this process a filter for an event of its own, as a recorder does: `a == 4294967295`.
fn reject_own(event: &str) -> Result<(), drain::Error> {
    let sign = Sign::Unsigned;
    let test = Test { compare: Compare::Equal, left: sign, right: sign, is_not: false };
    let words = [
        Op::Number { to: 0, slot: FIELDS_AT, absent: 4 },
        Op::Constant { to: 1, value: u32::MAX },
        Op::JumpIf { test, left: 0, right: 1, by: 1 },
        Op::End { verdict: Verdict::Discard },
        Op::End { verdict: Verdict::Keep },
        Op::Fail { failure: Failure::Unanswerable },
    ];
    let words = words.map(|op| op.encode());
    for found in drain::directory().map_or(Ok(Vec::new()), |base| drain::find(&base))? {
        let mut program = Program::open(&found)?;
        program.update()?;
        for class in program.classes().iter().filter(|class| class.event == event) {
            program.set_filters(&[(class.id, &words, b"")])?;
            program.ask_filter(class.id, true)?;
        }
    }
    Ok(())
}

/// What one of so many calls takes of this thread's CPU time, in nanoseconds.
fn time(count: u32, mut f: impl FnMut(u32)) -> io::Result<f64> {
    let cpu = || clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map(Duration::from);
    let start = cpu()?;
    (0..count).for_each(&mut f);
    Ok((cpu()? - start).as_nanos() as f64 / f64::from(count))
}

/// The table, and whether a budget is missed.
///
/// # Errors
/// A compiler that is missing, and events that are not in the files.
pub fn table(folder: &Path, rounds: usize, events: u32) -> io::Result<(String, bool)> {
    let folder = folder.join("layer");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("events.c"), EVENTS_C)?;
    fs::write(folder.join("timed.h"), TIMED_H)?;
    let include = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/layer/include");
    let mut gcc = Command::new("gcc");
    gcc.current_dir(&folder).args(["-O2", "-D_GNU_SOURCE", "-I"]).arg(include);
    said(gcc.args(["-o", "events", "events.c", "-pthread"]))?;
    let mut best = [[f64::INFINITY; FIGURES]; 2];
    let lttng = Lttng::start(&folder)?;
    let mut of_lttng = [f64::INFINITY; FIGURES];
    let better = |best: &mut [f64; FIGURES], took: [f64; FIGURES]| {
        best.iter_mut().zip(took).for_each(|(best, took)| *best = best.min(took));
    };
    for _ in 0..rounds {
        let mut rust = Command::new(std::env::current_exe()?);
        rust.arg("program");
        let programs = [rust, Command::new(folder.join("events"))];
        for (mut program, best) in programs.into_iter().zip(&mut best) {
            better(best, run(program.arg(events.to_string()), &folder, events)?);
        }
        if let Ok(lttng) = &lttng {
            better(&mut of_lttng, lttng.measure(events)?);
        }
    }
    let (mut table, is_missed) = shown(&best);
    match lttng {
        Ok(_) => beside(&mut table, &best, &of_lttng),
        Err(why) => table += &format!("\nWithout LTTng-UST: {why}.\n"),
    }
    Ok((table, is_missed))
}

/// The same beside LTTng-UST.
fn beside(table: &mut String, [rust, c]: &[[f64; FIGURES]; 2], lttng: &[f64; FIGURES]) {
    *table += "\n| ns an event | LTTng-UST | event! / LTTng-UST | MAREY_EVENT / LTTng-UST |\n\
               |---|---|---|---|\n";
    let ratio = |own: f64, theirs: f64| match own > 0.0 {
        true => format!("{:.2}", own / theirs),
        // A program in C asks no filters.
        false => String::new(),
    };
    for (nth, (name, _)) in (2..).zip(ROWS.iter().filter(|(name, _)| *name != "off")) {
        let theirs = lttng[nth];
        let [rust, c] = [rust[nth], c[nth]].map(|own| ratio(own, theirs));
        let _ = writeln!(table, "| {name} | {theirs:.1} | {rust} | {c} |");
    }
}

fn shown(best: &[[f64; FIGURES]; 2]) -> (String, bool) {
    let mut table = String::from(
        "What an event takes of a program, of which nobody reads the rings.\n\n\
         | ns an event | event! | MAREY_EVENT | event! / clock | MAREY_EVENT / clock | allowed |\n\
         |---|---|---|---|---|---|\n",
    );
    let [rust, c] = best;
    let _ = writeln!(table, "| the clock | {:.1} | {:.1} | 1 | 1 | |", rust[0], c[0]);
    let mut is_missed = false;
    for (nth, (name, allowed)) in ROWS.iter().enumerate() {
        let [rust, c] = [rust, c].map(|of| match *name {
            // A program in C asks no filters.
            _ if of[nth + 2] == 0.0 => (0.0, None),
            // What a loop takes that does not have the event is not the event's.
            "off" => ((of[nth + 2] - of[1]).max(0.0), None),
            _ => (of[nth + 2], Some(of[nth + 2] / of[0])),
        });
        is_missed |= [rust, c].iter().any(|(took, ratio)| ratio.unwrap_or(*took) > *allowed);
        let ratio = |of: Option<f64>| of.map_or("".to_owned(), |of| format!("{of:.2}"));
        let unit = if rust.1.is_none() { " ns" } else { "" };
        let _ = writeln!(
            table,
            "| {name} | {:.1} | {:.1} | {} | {} | {allowed}{unit} |",
            rust.0,
            c.0,
            ratio(rust.1),
            ratio(c.1)
        );
    }
    (table, is_missed)
}

/// What a program said.
fn figures(said: &str) -> io::Result<[f64; FIGURES]> {
    let figures = said.split_whitespace().map(str::parse).collect::<Result<Vec<f64>, _>>();
    let figures = figures.ok().and_then(|figures| figures.try_into().ok());
    figures.ok_or_else(|| Error::other(format!("figures: {said:?}")))
}

/// Runs a program, and looks for its events.
fn run(program: &mut Command, folder: &Path, events: u32) -> io::Result<[f64; FIGURES]> {
    let files = folder.join("files");
    if files.exists() {
        fs::remove_dir_all(&files)?;
    }
    fs::create_dir(&files)?;
    program.env("MAREY_DIR", &files).env("MAREY_EVENTS", "bench:*");
    let figures = figures(&said(program.env_remove("MAREY_RING_BYTES"))?)?;
    let found = drain::find(&files).map_err(Error::other)?;
    let [found] = found.as_slice() else {
        return Err(Error::other(format!("{} programs", found.len())));
    };
    let counted = count(&mut Program::open(found).map_err(Error::other)?).map_err(Error::other)?;
    // The first of those that are rejected comes before the filter.
    let events = u64::from(events);
    let expected = [(2 * events, 0), (2 * events + 1, events)];
    match expected.contains(&counted) {
        true => Ok(figures),
        false => Err(Error::other(format!("{counted:?} events, and not one of {expected:?}"))),
    }
}

/// How many events a program recorded, those among them that were overwritten, and how many it
/// rejected.
fn count(program: &mut Program) -> Result<(u64, u64), drain::Error> {
    program.update()?;
    let (mut count, mut rejected) = (program.lost().events(), 0);
    for stream in program.streams() {
        stream.read(|_| Some(()))?;
        let counts = stream.counts();
        count += counts.read + counts.overwritten + counts.too_long + counts.lost_nested;
        rejected += counts.filtered;
    }
    Ok((count, rejected))
}
