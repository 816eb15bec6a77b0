//! From arguments to opened traces, with what all verbs do alike.

use std::ffi::OsStr;
use std::io::IsTerminal as _;
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use marey::input::{Body, source};
use marey::pipeline::{Ledger, Trace};
use marey::{Error, ErrorKind, Source};
use serde_json::{Value, json};

use crate::args::{BlockSize, Common};
use crate::escape;
use crate::exit;
#[cfg(target_os = "linux")]
use crate::live;
use crate::page::layout::{COLUMNS, wrap};

/// A file below this size is read by one worker: starting more would take longer.
const SMALL_BYTES: u64 = 1 << 20;
/// The same for what is compressed.
const SMALL_PACKED_BYTES: u64 = 64 << 10;

/// How many files are listed that are no traces; all are counted.
const SKIPPED_LISTED_MAX: usize = 1000;

/// How many workers there shall be.
pub fn workers(common: &Common) -> usize {
    let cores = || std::thread::available_parallelism().map_or(1, NonZero::get);
    common.workers.map_or_else(cores, usize::from)
}

/// The sources that an argument stands for. What exists wins over a URI.
pub fn resolve(argument: &OsStr) -> Vec<Result<Source, Error>> {
    #[cfg(target_os = "linux")]
    if live::is_uri(argument) {
        return vec![Ok(Source::live(argument))];
    }
    source::resolve(argument)
}

/// Opens a source as the command line wants it.
pub fn open(source: &Source, common: &Common) -> Result<Trace, Error> {
    let mut trace = match source.body {
        #[cfg(target_os = "linux")]
        Body::Live => live::open(source)?,
        _ => marey::open(source.clone())?,
    };
    if let Some(workers) = common.workers {
        trace = trace.workers(usize::from(workers));
    }
    Ok(match common.block_size {
        Some(BlockSize::Bytes(bytes)) => trace.block_len(bytes),
        Some(BlockSize::Record) => trace.record_by_record(),
        None => trace,
    })
}

/// Whether a source was not named itself but found, in a directory or by a glob.
pub fn is_found(argument: &OsStr, source: &Result<Source, Error>) -> bool {
    match source {
        Ok(source) => source.incidental,
        Err(error) => error.position().path.as_ref().is_some_and(|path| path != argument),
    }
}

/// Whether an error only means that this is no trace that marey reads. Where it was found, that is
/// no failure: directories hold all sorts of things.
pub fn is_no_trace(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Unknown(_) | ErrorKind::Unsupported(_) => true,
        ErrorKind::Truncated(reason) => reason.starts_with("it is empty"),
        _ => false,
    }
}

/// How many bytes a source has, if it is a file.
pub fn file_bytes(source: &Source) -> Option<u64> {
    let Body::Path(path) = &source.body else { return None };
    path.metadata().ok().filter(|metadata| metadata.is_file()).map(|metadata| metadata.len())
}

/// Whether a trace in a file of so many bytes is read by one worker.
pub fn is_small(trace: &Trace, file_bytes: Option<u64>) -> bool {
    let packed = trace.compression().name() != "none";
    let small = if packed { SMALL_PACKED_BYTES } else { SMALL_BYTES };
    file_bytes.is_some_and(|bytes| bytes < small)
}

/// Whether records shall be shown one by one, as they come: they come from something other than a
/// file, or go to a terminal.
pub fn is_live(source: &Source) -> bool {
    !is_file(source) || std::io::stdout().is_terminal()
}

/// Whether a source is a file, which can be read more than once.
pub fn is_file(source: &Source) -> bool {
    match &source.body {
        Body::Path(path) => path.is_file(),
        Body::Stdin | Body::Live => false,
    }
}

/// Files that were found and are no traces.
#[derive(Default)]
pub struct Skipped {
    /// The first of them, and what they are.
    pub list: Vec<(PathBuf, String)>,
    /// How many there are.
    pub count: u64,
}

impl Skipped {
    /// Adds the file that this error is about.
    pub fn add(&mut self, error: &Error) {
        self.count += 1;
        if self.list.len() < SKIPPED_LISTED_MAX {
            let path = error.position().path.clone().unwrap_or_default();
            self.list.push((path, error.reason()));
        }
    }
}

/// A path as it was given, for JSON: text, or bytes in base64 if it is no text.
pub fn json_path(path: &OsStr) -> Value {
    match path.to_str() {
        Some(text) => json!(text),
        None => {
            let bytes = path.as_encoded_bytes();
            json!({ "bytes": base64::engine::general_purpose::STANDARD.encode(bytes) })
        }
    }
}

/// A path as it was given, for a person.
pub fn shown_path(path: &OsStr) -> String {
    escape::terminal(&path.to_string_lossy())
}

/// Says on standard error what is wrong with an input, and what to do.
pub fn complain(error: &Error) {
    let mut text = String::from("marey: ");
    if let Some(path) = &error.position().path {
        text.push_str(&shown_path(path.as_os_str()));
        text.push_str(": ");
    }
    text.push_str(&escape::terminal(&error.reason()));
    if let Some(advice) = advice(error).filter(|advice| is_first(advice)) {
        for line in wrap(advice, COLUMNS - 2) {
            text.push_str("\n  ");
            text.push_str(&line);
        }
    }
    text.push('\n');
    exit::say(&text);
}

/// Whether this advice is given for the first time: once is enough for all files of a directory.
fn is_first(advice: &'static str) -> bool {
    static GIVEN: Mutex<Vec<&str>> = Mutex::new(Vec::new());
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    let is_first = !given.contains(&advice);
    if is_first {
        given.push(advice);
    }
    is_first
}

/// What to do about an error.
fn advice(error: &Error) -> Option<&'static str> {
    Some(match error.kind() {
        ErrorKind::Unknown(_) => "Formats that are read: marey formats.",
        ErrorKind::Unsupported(_) => {
            "See marey formats; editcap of Wireshark converts others to pcapng."
        }
        ErrorKind::Io(e) => match e.kind() {
            #[cfg(target_os = "linux")]
            std::io::ErrorKind::PermissionDenied if live::is_of(error) => live::RIGHTS,
            std::io::ErrorKind::PermissionDenied => {
                "Ask its owner for read permission, or run marey as a user who has it."
            }
            std::io::ErrorKind::NotFound => "Check the name; quote globs that marey shall expand.",
            _ => return None,
        },
        _ => return None,
    })
}

/// The ledger for JSON.
pub fn json_ledger(ledger: &Ledger) -> Value {
    json!({
        "received": ledger.received,
        "delivered": ledger.delivered,
        "filtered": ledger.filtered,
        "lost": ledger.lost,
        "by_cause": ledger.by_cause,
        "damaged_bytes": ledger.damaged_bytes,
        "gaps": ledger.gaps,
        "source_lost": ledger.source_lost,
    })
}
