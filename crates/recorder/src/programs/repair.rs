//! What a recorder that was killed left in the files of programs that it had started.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use marey_ctf::packed::{HEAD_BYTES, Head};
use marey_layer::drain::{self, Found, Program};
use marey_layer::layout::INSTANCES_MAX;

use super::parts::Filling;
use super::program::{Begin, Traced};
use super::ring::stream_of;
use super::schema::PROGRAM;
use super::{OWN, Plan, folders_of, uuid_of};
use crate::ctf::{Known, NATIVE, Version};
use crate::error::Error;
use crate::parts::Mode;
use crate::session::observer::Observer;
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
    // What is added to a trace has the same times.
    let kernel = folder.join("kernel");
    let mut known = traces.iter().chain([&kernel]).map(|trace| Known::of(trace));
    let described = known.find_map(|known| Some((known.clock()?, known.version)));
    let (clocks, version) = match described {
        Some(found) => found,
        None => {
            let clocks = ClockPair::read().map_err(|e| Error::of_io("the clocks", &e))?;
            (clocks, Version::default())
        }
    };
    let mut recorded = BTreeMap::new();
    let own = found.name.to_string();
    // A process may be several.
    let is_own = |trace: &&PathBuf| Known::of(trace).environment(PROGRAM) == Some(&own);
    for trace in traces.iter().filter(is_own) {
        for (name, end) in streams(trace) {
            let latest: &mut u64 = recorded.entry(name).or_default();
            *latest = end.max(*latest);
        }
    }
    let plan = Arc::new(Plan { version, ..Plan::default() });
    // Another trace than those that were recorded, though of the same program.
    let uuid = uuid_of([0x5a; 16], found.name);
    let folder = folders_of(folder, found.name.pid).find(|path| !path.exists());
    let folder = folder.unwrap_or_default();
    let begin = Begin { number: 0, folder, uuid, clocks, is_own: true, is_paused: true, recorded };
    let now = monotonic_ns().map_err(|e| Error::of_io("the clock", &e))?;
    let mut traced = Traced::new(&plan, found, program, begin);
    let mut filling = Filling::new(Mode::Linear, now);
    traced.copy_rest(now, &mut Observer::default(), &mut filling)?;
    Ok(traced.finish(now, &mut filling)?.delivered())
}

/// The traces of a process that are there. Not every folder is: one is kept for a program that has
/// no event yet.
fn traces_of(folder: &Path, pid: u32) -> Vec<PathBuf> {
    let all = folders_of(folder, pid).take(INSTANCES_MAX as usize);
    all.filter(|trace| trace.is_dir()).collect()
}

/// The streams of a trace, and the time of the last event of each.
fn streams(trace: &Path) -> Vec<(String, u64)> {
    let names = fs::read_dir(trace).into_iter().flatten().flatten();
    let names = names.filter_map(|entry| entry.file_name().into_string().ok());
    names.filter_map(|name| Some((stream_of(&name)?, latest(&trace.join(&name)).ok()?))).collect()
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
