//! Inputs: from a name to recognised, decompressed bytes in blocks.
//!
//! Read on in [`source`] (what a name stands for), [`compress`] (decompression by content) and
//! `blocks` (bytes in order, loaded in parallel where the input allows it).

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;
use std::time::Duration;

pub(crate) mod blocks;
pub mod compress;
pub(crate) mod inlet;
pub mod source;
mod supply;

pub use compress::Compression;
pub use source::{Body, Source};
pub use supply::{Lent, Supplied, Supply};

use crate::error::{Error, ErrorKind, Result};
use crate::format::{self, FORMATS, Format, Kind, RECOGNISE_LEN_MAX, Recognised, unknown};
use blocks::{Blocks, Progress};
use inlet::Inlet;
use supply::Supplier;

/// Has whoever waits for an input stop waiting.
pub(crate) type Hurry = Box<dyn Fn() + Send + Sync>;

/// After so long without anything new, a reader is told that there is nothing yet.
const PATIENCE: Duration = Duration::from_millis(100);

/// An input whose format is known, ready to be read from its start.
pub(crate) struct Opened {
    pub format: Arc<dyn Format>,
    pub compression: Compression,
    pub blocks: Blocks,
    /// What makes its reader stop waiting, if it may wait.
    pub hurry: Option<Hurry>,
    /// Whether it is recorded while it is read, so that what the recording lost is this run's loss.
    pub is_recorded: bool,
}

/// Opens a source and recognises what it holds, on its decompressed bytes. `progress` is told how
/// far reading it has come.
///
/// # Errors
///
/// What the operating system refuses, and inputs of no known format: the error says what they
/// look like.
pub(crate) fn open(source: &Source, progress: &Arc<Progress>) -> Result<Opened> {
    let at = |e: Error| e.in_path(&source.given);
    let progress = Arc::clone(progress);
    let mut kind = None;
    let reader: Box<dyn Read + Send> = match &source.body {
        Body::Stdin => return open_live(source, Box::new(io::stdin()), &progress),
        Body::Live => {
            let reason = "a live source, which needs somebody who records it".to_owned();
            return Err(at(Error::new(ErrorKind::Unsupported(reason))));
        }
        Body::Path(path) => {
            let file = File::open(path).map_err(|e| at(e.into()))?;
            let metadata = file.metadata().map_err(|e| at(e.into()))?;
            if metadata.is_dir() {
                let reason = "a directory".to_owned();
                return Err(at(Error::new(ErrorKind::Misuse(reason))));
            }
            if metadata.is_file() {
                progress.expect(metadata.len());
                let prefix = blocks::prefix(&file).map_err(|e| at(e.into()))?;
                // What cannot be read now is told when it is read for its records.
                kind = compress::recognise_at(&prefix, |offset, out| {
                    file.read_at(out, offset).unwrap_or(0)
                });
                if kind.is_none() {
                    let blocks = Blocks::of_file(file, metadata.len(), progress);
                    return recognised(blocks, Compression::None, source.format).map_err(at);
                }
            }
            if !metadata.is_file() {
                return open_live(source, Box::new(file), &progress);
            }
            Box::new(file)
        }
    };
    open_reader(source, reader, kind, progress)
}

fn open_reader(
    source: &Source,
    reader: Box<dyn Read + Send>,
    kind: Option<Compression>,
    progress: Arc<Progress>,
) -> Result<Opened> {
    let at = |e: Error| e.in_path(&source.given);
    let (blocks, compression) =
        Blocks::of_stream(reader, kind, progress).map_err(|e| at(e.into()))?;
    recognised(blocks, compression, source.format).map_err(at)
}

/// Opens what may keep its reader waiting: a thread of its own reads it.
///
/// # Errors
///
/// As [`open`].
pub(crate) fn open_live(
    source: &Source,
    reader: Box<dyn Read + Send>,
    progress: &Arc<Progress>,
) -> Result<Opened> {
    let inlet = Inlet::start(reader).map_err(|e| Error::from(e).in_path(&source.given))?;
    let hurry = inlet.hurry();
    let opened = open_reader(source, Box::new(inlet), None, Arc::clone(progress))?;
    let is_recorded = source.body == Body::Live;
    Ok(Opened { hurry: Some(hurry), is_recorded, ..opened })
}

/// Opens what hands over blocks of a ring.
pub(crate) fn open_supply(source: &Source, supply: Box<dyn Supply>) -> Opened {
    let supplier = Supplier::new(supply);
    let hurry = Some(supplier.hurry());
    let blocks = Blocks::of_supply(supplier);
    let (format, compression) = (Arc::new(format::ring::Ring::new()), Compression::None);
    let is_recorded = source.body == Body::Live;
    Opened { format, compression, blocks, hurry, is_recorded }
}

/// Opens what a reader gives: memory, a socket, the output of something.
///
/// # Errors
///
/// As [`open`].
pub(crate) fn open_stream(source: &Source, reader: Box<dyn Read + Send>) -> Result<Opened> {
    open_reader(source, reader, None, Arc::new(Progress::default()))
}

/// Reads as much as is needed to recognise the format.
fn recognised(
    mut blocks: Blocks,
    compression: Compression,
    kind: Option<&'static Kind>,
) -> Result<Opened> {
    let mut needed = 1;
    loop {
        blocks.peek(needed)?;
        let (bytes, end) = blocks.peeked();
        let end = end || bytes.len() >= RECOGNISE_LEN_MAX;
        match recognise(bytes, end, kind) {
            Recognised::Yes(format) => {
                let (hurry, is_recorded) = (None, false);
                return Ok(Opened { format, compression, blocks, hurry, is_recorded });
            }
            Recognised::More(more) if !end => needed = more.max(bytes.len() + 1),
            Recognised::Refused(error) => return Err(error),
            Recognised::More(_) | Recognised::No => return Err(not_known(&blocks, kind)),
        }
    }
}

fn recognise(bytes: &[u8], end: bool, kind: Option<&'static Kind>) -> Recognised {
    if let Some(kind) = kind {
        return (kind.recognise)(bytes, end);
    }
    for kind in FORMATS {
        match (kind.recognise)(bytes, end) {
            Recognised::No => {}
            answer => return answer,
        }
    }
    Recognised::No
}

fn not_known(blocks: &Blocks, kind: Option<&'static format::Kind>) -> Error {
    let (bytes, _) = blocks.peeked();
    if let Some(broken) = blocks.broken() {
        return Error::new(ErrorKind::Malformed(broken.to_owned()));
    }
    match kind {
        Some(kind) => {
            let looks = unknown::error(bytes).reason();
            Error::new(ErrorKind::Malformed(format!("not {}: {looks}", kind.name)))
        }
        None => unknown::error(bytes),
    }
}
