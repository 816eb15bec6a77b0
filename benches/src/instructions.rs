//! Instructions instead of seconds, counted by callgrind: the same in every run on every load.

use std::io::{self, Error};
use std::path::Path;
use std::process::Command;

use crate::child;
use crate::definition::{Engine, Work};
use crate::traces::Trace;

const SMALL_BYTES: u64 = 1 << 20;
const LARGE_BYTES: u64 = 16 << 20;

/// Prints how many instructions each of our own engines executes a packet on this kind of trace:
/// what a large trace takes more than a small one, so that starting the process counts nothing.
///
/// # Errors
/// When an engine fails. Where valgrind is missing, that is printed and all is well.
pub fn print(engines: &[Engine], kind: &str, folder: &Path) -> io::Result<()> {
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!("skipped: instructions: valgrind is not here");
        return Ok(());
    }
    let small = Trace::make(folder, kind, SMALL_BYTES)?;
    let large = Trace::make(folder, kind, LARGE_BYTES)?;
    let packets = (large.answer.packets - small.answer.packets) as f64;
    let mut first = None;
    println!("{kind}: instructions a packet\n\n| engine | Ir | x |\n|---|---|---|");
    for engine in engines.iter().filter(|engine| is_serial(&engine.work)) {
        let (less, more) = (count(engine, &small)?, count(engine, &large)?);
        let each = more.saturating_sub(less) as f64 / packets;
        let ratio = each / *first.get_or_insert(each);
        println!("| {} | {each:.1} | {ratio:.2} |", engine.name);
    }
    println!();
    Ok(())
}

/// Our own with one thread: waiting for others takes instructions that differ from run to run.
fn is_serial(work: &Work) -> bool {
    matches!(work, Work::Own(name) if name != "marey-2")
}

fn count(engine: &Engine, trace: &Trace) -> io::Result<u64> {
    let Some(engine_command) = child::command(&engine.work, trace.path())? else {
        return Err(Error::other(format!("{}: not here", engine.name)));
    };
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(engine_command.get_program())
        .args(engine_command.get_args())
        .output()?;
    let words = String::from_utf8_lossy(&output.stderr);
    let collected = words
        .split_once("Collected : ")
        .and_then(|(_, rest)| rest.split_whitespace().next()?.parse().ok());
    collected
        .filter(|_| output.status.success())
        .ok_or_else(|| Error::other(format!("{}: {}\n{words}", engine.name, output.status)))
}
