//! Instructions instead of seconds, counted by callgrind: the same in every run on every load.

use std::fmt::Write as _;
use std::io::{self, Error};
use std::path::Path;
use std::process::Command;

use crate::child;
use crate::definition::{Engine, Work};
use crate::traces::Trace;

const SMALL_BYTES: u64 = 1 << 20;
const LARGE_BYTES: u64 = 16 << 20;

/// How many instructions each of our own engines executes a packet on this kind of trace, as a
/// table: what a large trace takes more than a small one, so that starting the process counts
/// nothing. Nothing where valgrind is missing; that is printed.
///
/// # Errors
/// When an engine fails.
pub fn table(engines: &[Engine], kind: &str, folder: &Path) -> io::Result<String> {
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!("skipped: instructions: valgrind is not here");
        return Ok(String::new());
    }
    let small = Trace::make(folder, kind, SMALL_BYTES)?;
    let large = Trace::make(folder, kind, LARGE_BYTES)?;
    let packets = (large.answer.packets - small.answer.packets) as f64;
    let mut first = None;
    let mut text = format!("{kind}: instructions a packet\n\n| engine | Ir | x |\n|---|---|---|\n");
    for engine in engines.iter().filter(|engine| is_serial(&engine.work)) {
        let (less, more) = (count(engine, &small)?, count(engine, &large)?);
        let each = more.saturating_sub(less) as f64 / packets;
        let ratio = each / *first.get_or_insert(each);
        let _ = writeln!(text, "| {} | {each:.1} | {ratio:.2} |", engine.name);
    }
    Ok(text)
}

/// Our own with one thread: waiting for others takes instructions that differ from run to run.
fn is_serial(work: &Work) -> bool {
    matches!(work, Work::Own(name) if name != "marey-2")
}

fn count(engine: &Engine, trace: &Trace) -> io::Result<u64> {
    let Some(command) = child::command(&engine.work, trace.path())? else {
        return Err(Error::other(format!("{}: not here", engine.name)));
    };
    let counted = collected(&command).map_err(|e| Error::other(format!("{}: {e}", engine.name)))?;
    Ok(counted.0)
}

/// How many instructions a command executes, and what it says.
///
/// # Errors
/// When it fails, or valgrind does.
pub fn collected(command: &Command) -> io::Result<(u64, String)> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(command.get_program())
        .args(command.get_args())
        .output()?;
    let words = String::from_utf8_lossy(&output.stderr);
    let collected = words
        .split_once("Collected : ")
        .and_then(|(_, rest)| rest.split_whitespace().next()?.parse().ok());
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    collected
        .filter(|_| output.status.success())
        .map(|count| (count, said))
        .ok_or_else(|| Error::other(format!("{}\n{words}", output.status)))
}
