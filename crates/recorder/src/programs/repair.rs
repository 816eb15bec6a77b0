//! What a recorder that was killed left in the files of programs that it had started.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use marey_ctf::packed::{HEAD_BYTES, Head};
use marey_layer::drain::{self, Found, Program};
use marey_layer::layout::{DirectoryName, INSTANCES_MAX};

use super::program::{Begin, Traced};
use super::schema::PROGRAM;
use super::{OWN, Plan, folders_of, uuid_of};
use crate::ctf::NATIVE;
use crate::error::Error;
use crate::sys::{ClockPair, monotonic_ns};

/// Copies events that are still in the files of programs into traces of their own. How many these
/// are. Programs that run go on; the files of the others are removed.
///
/// # Errors
/// When they cannot be read or written.
pub fn repair(folder: &Path) -> io::Result<u64> {
    let own = folder.join(OWN);
    if !own.is_dir() {
        return Ok(0);
    }
    let mut copied = 0;
    for found in drain::find(&own).map_err(io::Error::other)? {
        // What is no program is left as it is.
        let Ok(program) = Program::open(&found) else { continue };
        copied += one(folder, found, program).map_err(io::Error::other)?;
    }
    // What is in use is not empty, and stays.
    let _ = fs::remove_dir(own);
    Ok(copied)
}

fn one(folder: &Path, found: Found, program: Program) -> Result<u64, Error> {
    let traces = traces_of(folder, found.name.pid);
    let clocks = match traces.iter().chain([&folder.join("kernel")]).find_map(|trace| clock(trace))
    {
        Some(clocks) => clocks,
        None => ClockPair::read().map_err(|e| Error::of_io("the clocks", &e))?,
    };
    let mut recorded = BTreeMap::new();
    for trace in traces.iter().filter(|trace| is_of(trace, found.name)) {
        for (name, end) in streams(trace) {
            let latest: &mut u64 = recorded.entry(name).or_default();
            *latest = end.max(*latest);
        }
    }
    let plan = Plan::default();
    // Another trace than those that were recorded, though of the same program.
    let uuid = uuid_of([0x5a; 16], found.name);
    let folder = folders_of(folder, found.name.pid).find(|path| !path.exists());
    let folder = folder.unwrap_or_default();
    let begin = Begin { folder, uuid, clocks, is_own: true, is_paused: true, recorded };
    let now = monotonic_ns().map_err(|e| Error::of_io("the clock", &e))?;
    let traced = Traced::new(&plan, found, program, begin);
    Ok(traced.finish(now)?.delivered())
}

/// The traces of a process that are there. Not every folder is: one is kept for a program that has
/// no event yet.
fn traces_of(folder: &Path, pid: u32) -> Vec<PathBuf> {
    let all = folders_of(folder, pid).take(INSTANCES_MAX as usize);
    all.filter(|trace| trace.is_dir()).collect()
}

/// Whether a trace is of this program, as its metadata says: a process may be several.
fn is_of(trace: &Path, name: DirectoryName) -> bool {
    let metadata = fs::read_to_string(trace.join("metadata")).unwrap_or_default();
    let own = format!("{PROGRAM} = \"{name}\";");
    metadata.lines().any(|line| line.trim() == own)
}

/// The streams of a trace, and the time of the last event of each.
fn streams(trace: &Path) -> Vec<(String, u64)> {
    let names = fs::read_dir(trace).into_iter().flatten().flatten();
    let names = names.filter_map(|entry| entry.file_name().into_string().ok());
    let names = names.filter(|name| name.starts_with("ring_"));
    names.filter_map(|name| Some((name.clone(), latest(&trace.join(&name)).ok()?))).collect()
}

/// The latest end of a packet with events.
fn latest(stream: &Path) -> io::Result<u64> {
    let mut file = File::open(stream)?;
    let mut latest = 0;
    let mut bytes = [0; HEAD_BYTES];
    while file.read_exact(&mut bytes).is_ok() {
        let Some(head) = Head::parse(&bytes, NATIVE) else { break };
        if head.content_bytes > HEAD_BYTES as u64 {
            latest = latest.max(head.end);
        }
        let rest = head.packet_bytes.saturating_sub(HEAD_BYTES as u64);
        io::Seek::seek_relative(&mut file, rest.cast_signed())?;
    }
    Ok(latest)
}

/// The clock of a trace, as its metadata says: so what is added to it has the same times.
fn clock(trace: &Path) -> Option<ClockPair> {
    let metadata = fs::read_to_string(trace.join("metadata")).ok()?;
    let (_, clock) = metadata.split_once("clock {")?;
    let number = |name: &str| -> Option<i64> {
        let line = clock.lines().find_map(|line| line.trim().strip_prefix(name))?;
        line.trim_start_matches([' ', '=']).trim_end_matches(';').trim().parse().ok()
    };
    let offset = number("offset_s ")?.checked_mul(1_000_000_000)?;
    let offset = offset.checked_add(number("offset ").unwrap_or(0))?;
    Some(ClockPair { monotonic: 0, real: offset })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces_are_found_behind_a_folder_that_was_never_made() {
        let folder = std::env::temp_dir().join(format!("marey-repair-{}", std::process::id()));
        let second = folder.join("user/7-2");
        for other in [&second, &folder.join("user/71"), &folder.join("user/8-2")] {
            fs::create_dir_all(other).expect("it is new");
        }
        let found = traces_of(&folder, 7);
        fs::remove_dir_all(&folder).expect("it is there");
        assert_eq!(found, [second]);
    }
}
