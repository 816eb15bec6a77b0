//! The fuzzer's seeds: small files that lead it to every variant and every kind of record.
//!
//! Beginnings of the ready-made traces, recipes for records (see `fuzz/src/steer.rs`), small traces
//! packed in every way, and a packet of every protocol. They are replayed by
//! `fuzz/tests/replay.rs`. What a fuzzer found and what shall never come back stands beside them
//! under a name that begins with `found-`.

use std::io::{self, Cursor};
use std::path::Path;

use marey::input::compress::{Taken, opener, recognise};
use marey::testing::{Made, trace};

use crate::made::{self, Files};

mod configs;
mod events;
mod handlers;
mod packed;
mod packets;
mod recipes;

const FOLDER: &str = "fuzz/seeds";
/// A fuzzer is fastest with small inputs.
const SEED_BYTES_MAX: usize = 2048;
/// Seeds of the target that reads anything are smaller still: there are many.
const ANY_BYTES_MAX: usize = 700;

/// All seeds, but for those that were found.
fn files() -> Files {
    let mut files = Files::new();
    let mut add = |target: &str, name: &str, bytes: Vec<u8>| {
        files.insert(format!("{FOLDER}/{target}/{name}"), bytes);
    };
    for (name, made) in trace::ready_made() {
        let format = name.rsplit('.').next().unwrap_or(name);
        add(format, name, beginning(&made, SEED_BYTES_MAX));
        add("print_any", name, beginning(&made, ANY_BYTES_MAX));
    }
    for (name, bytes) in trace::damaged() {
        if bytes.len() <= SEED_BYTES_MAX {
            add("print_any", name, bytes);
        }
    }
    add("print_any", "text", b"no trace at all\n".to_vec());
    for (target, name, bytes) in configs::all() {
        add(target, name, bytes);
    }
    for (target, name, bytes) in events::all() {
        add(target, name, bytes);
    }
    for (target, name, bytes) in handlers::all() {
        add(target, name, bytes);
    }
    for (target, name, bytes) in recipes::all() {
        add(target, name, bytes);
    }
    for (name, bytes) in packets::all() {
        add("walk", &name, bytes);
    }
    for (target, name, bytes) in packed::all(&sample()) {
        add("print_any", name, bytes.clone());
        add(target, name, bytes);
    }
    files
}

/// What is packed: the beginning of a trace.
fn sample() -> Vec<u8> {
    let made = trace::small("le-us.pcap").expect("a ready-made trace of this name");
    beginning(&made, SEED_BYTES_MAX)
}

/// As many first records as fit, but the first two in any case, if each is small enough.
fn beginning(made: &Made, bytes_max: usize) -> Vec<u8> {
    let ends = made.records.iter().map(|record| record.range.end);
    let fits = ends.enumerate().take_while(|&(index, end)| end <= bytes_max || index < 2);
    let end = fits.map(|(_, end)| end).last().unwrap_or(0).min(SEED_BYTES_MAX);
    made.bytes[..end].to_vec()
}

/// Writes the seeds; those that were found stay.
///
/// # Errors
/// When a file cannot be written.
pub fn write(root: &Path) -> io::Result<()> {
    made::write(root, &[FOLDER], &with_found(root)?)
}

/// Checks that the seeds are what would be written now.
///
/// # Errors
/// When a file differs, is missing, or is one too many.
pub fn check(root: &Path) -> io::Result<()> {
    made::check(root, &[FOLDER], &with_found(root)?, "seeds", same)
}

fn with_found(root: &Path) -> io::Result<Files> {
    let mut files = files();
    for path in crate::walk(&root.join(FOLDER))? {
        let name = path.rsplit('/').next().unwrap_or(&path);
        if name.starts_with("found-") {
            files.insert(format!("{FOLDER}/{path}"), std::fs::read(root.join(FOLDER).join(&path))?);
        }
    }
    Ok(files)
}

/// Packed seeds may be packed otherwise by another version of a library: what is in them counts.
fn same(_: &str, is: &[u8], wanted: &[u8]) -> bool {
    is == wanted || matches!((unpacked(is), unpacked(wanted)), (Some(a), Some(b)) if a == b)
}

/// What was packed, if all of it can be unpacked.
fn unpacked(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut unpack = opener(recognise(bytes)?, Box::new(Cursor::new(bytes.to_vec())));
    let mut out = Vec::new();
    loop {
        match unpack.take(&mut out, SEED_BYTES_MAX).ok()? {
            Taken::Bytes => {}
            Taken::Packed(unit) => unit.unpack(&mut out).ok()?,
            Taken::Broken(_) => return None,
            Taken::End => return Some(out),
        }
    }
}
