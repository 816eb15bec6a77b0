//! Snapshots of a ring: recordings of their own, in the recording's directory.
//!
//! Parts of a ring that have ended do not change any more. So a snapshot ends the last one, and
//! gives all of them second names, in a directory that has another name until all is there: it
//! costs no copy, and a recorder that is killed meanwhile leaves no half of one.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::packets::Recording;
use crate::session::{Ledger, Pauses, Session};

/// So many snapshots a recording may have.
pub const SNAPSHOTS_MAX: u64 = 1000;
/// What they are called: with their numbers behind.
pub const PREFIX: &str = "snapshot-";

/// The snapshots of a recording.
#[derive(Debug)]
pub struct Snapshots {
    folder: PathBuf,
    taken: u64,
}

/// A snapshot that was taken.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Its directory.
    pub path: PathBuf,
    /// What became of all up to it.
    pub ledger: Ledger,
}

impl Snapshots {
    /// None yet, of the recording in a directory.
    pub fn new(folder: &Path) -> Self {
        Snapshots { folder: folder.to_owned(), taken: 0 }
    }

    /// How many were taken.
    pub fn taken(&self) -> u64 {
        self.taken
    }

    /// Takes one of what the ring holds. Nothing if there are too many.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn take(
        &mut self,
        kernel: Option<&mut Session>,
        packets: Option<&mut Recording>,
        pauses: &Pauses,
    ) -> Result<Option<Snapshot>, Error> {
        if self.taken >= SNAPSHOTS_MAX {
            return Ok(None);
        }
        let name = format!("{PREFIX}{:04}", self.taken + 1);
        let hidden = self.folder.join(format!(".{name}"));
        let path = self.folder.join(name);
        let taken = fill(&hidden, kernel, packets, pauses).and_then(|ledger| {
            fs::rename(&hidden, &path).map_err(|e| failed(&path, &e))?;
            Ok(ledger)
        });
        let ledger = taken.inspect_err(|_| {
            // Else the next one, which has the same name, could not be taken either.
            let _ = fs::remove_dir_all(&hidden);
        })?;
        self.taken += 1;
        Ok(Some(Snapshot { path, ledger }))
    }
}

/// Puts what the ring holds into a new directory; what became of all up to now.
fn fill(
    folder: &Path,
    kernel: Option<&mut Session>,
    packets: Option<&mut Recording>,
    pauses: &Pauses,
) -> Result<Ledger, Error> {
    fs::create_dir(folder).map_err(|e| failed(folder, &e))?;
    let mut ledger = match kernel {
        Some(session) => session.save(folder)?,
        None => Ledger::default(),
    };
    if let Some(recording) = packets {
        ledger.packets = recording.save(folder)?;
    }
    ledger.pauses = pauses.clone();
    ledger.write(folder)?;
    Ok(ledger)
}

/// Gives a file that does not change any more a second name, in a directory. Where the file system
/// has no such names, it is copied.
pub(crate) fn link(file: &Path, folder: &Path) -> Result<(), Error> {
    let other = folder.join(file.file_name().unwrap_or_default());
    let linked = fs::hard_link(file, &other);
    linked.or_else(|_| fs::copy(file, &other).map(drop)).map_err(|e| failed(&other, &e))
}

fn failed(path: &Path, error: &io::Error) -> Error {
    Error::of_io(path.display().to_string(), error)
}
