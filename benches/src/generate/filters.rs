//! What filters cost while none of them acts: instructions, which are the same in every run.

use std::fmt::Write as _;
use std::io::{self, Error};
use std::path::Path;
use std::process::Command;

use super::{RACE_C, SHAPES, SHAPES_YAML, engine, said};
use crate::instructions::collected;

const ALL_FILTERS: &str =
    "trace:\n  marey: {filters: {event-enable: true, log-level: true, predicate: true}}\n";
/// A load, a comparison and a branch.
const ALLOWED: f64 = 3.0;
/// How many events are traced; what more of them take than fewer, since starting counts nothing.
const EVENTS: [u32; 2] = [1000, 6000];

/// The table, and whether an event takes more than is allowed. Nothing where valgrind is missing;
/// that is said.
///
/// # Errors
/// A program that is missing or fails, and sums that differ.
pub fn table(folder: &Path) -> io::Result<(String, bool)> {
    if Command::new("valgrind").arg("--version").output().is_err() {
        return Ok(("skipped: filters: valgrind is not here\n".to_owned(), false));
    }
    let with = SHAPES_YAML.replacen("trace:\n", ALL_FILTERS, 1);
    let sides = [("filters-none", SHAPES_YAML.to_owned()), ("filters-all", with)];
    for (side, yaml) in &sides {
        build(&folder.join(side), yaml)?;
    }
    let mut table = String::from(
        "| instructions an event, gcc -O3 | no filters | filters, all kept | more | allowed |\n\
         |---|---|---|---|---|\n",
    );
    let mut missed = false;
    for (letter, name, _) in SHAPES {
        let (mut counts, mut sums) = ([0.0; 2], [String::new(), String::new()]);
        for (index, (side, _)) in sides.iter().enumerate() {
            (counts[index], sums[index]) = count(&folder.join(side).join("race"), letter)?;
        }
        if sums[0] != sums[1] {
            return Err(Error::other(format!("{name}: the packets differ")));
        }
        let [without, with] = counts;
        let more = with - without;
        let _ = writeln!(table, "| {name} | {without:.1} | {with:.1} | {more:.1} | {ALLOWED:.1} |");
        missed |= more > ALLOWED;
    }
    Ok((table, missed))
}

/// Makes and compiles the tracer of a configuration, and the program that calls it.
fn build(folder: &Path, yaml: &str) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join("shapes.yaml"), yaml)?;
    engine(&folder.join("shapes.yaml"), folder)?;
    std::fs::write(folder.join("race.c"), RACE_C)?;
    let mut compiler = Command::new("gcc");
    let arguments = ["-O3", "-o", "race", "barectf.c", "race.c"];
    said(compiler.current_dir(folder).args(arguments)).map(drop)
}

/// How many instructions an event takes, and the sum over the packets.
fn count(race: &Path, letter: &str) -> io::Result<(f64, String)> {
    let (mut counts, mut sum) = ([0.0; 2], String::new());
    for (count, events) in counts.iter_mut().zip(EVENTS) {
        let mut program = Command::new(race);
        let (collected, said) = collected(program.args([letter, &events.to_string()]))?;
        *count = collected as f64;
        said.lines().nth(1).unwrap_or_default().clone_into(&mut sum);
    }
    let [fewer, more] = counts;
    Ok(((more - fewer) / f64::from(EVENTS[1] - EVENTS[0]), sum))
}
