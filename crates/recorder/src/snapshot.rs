//! Snapshots of a ring: recordings of their own, in the recording's directory.
//!
//! Parts of a ring that have ended do not change any more. So a snapshot ends the last one, and
//! gives all of them second names, in a directory that has another name until all is there: it
//! costs no copy, and a recorder that is killed meanwhile leaves no half of one.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind};
use crate::packets::Recording;
use crate::programs;
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
    failed: u64,
}

/// What holds the newest.
#[derive(Default)]
pub struct Holding<'s> {
    /// Events of the kernel.
    pub kernel: Option<&'s mut Session>,
    /// Events of programs.
    pub programs: Option<&'s mut programs::Recording>,
    /// Packets.
    pub packets: Option<&'s mut Recording>,
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
        Snapshots { folder: folder.to_owned(), taken: 0, failed: 0 }
    }

    /// How many could not be written.
    pub fn failed(&self) -> u64 {
        self.failed
    }

    /// How many were taken.
    pub fn taken(&self) -> u64 {
        self.taken
    }

    /// Takes one of what the ring holds. Nothing if there are too many.
    ///
    /// # Errors
    /// [`ErrorKind::Snapshot`] when it cannot be written; others when the recording cannot.
    pub fn take(
        &mut self,
        sources: Holding<'_>,
        pauses: &Pauses,
    ) -> Result<Option<Snapshot>, Error> {
        if self.taken >= SNAPSHOTS_MAX {
            return Ok(None);
        }
        let name = format!("{PREFIX}{:04}", self.taken + 1);
        let hidden = self.folder.join(format!(".{name}"));
        let path = self.folder.join(name);
        let taken = fill(&hidden, sources, pauses).and_then(|ledger| {
            fs::rename(&hidden, &path).map_err(|e| failed(&path, &e))?;
            Ok(ledger)
        });
        let ledger = taken.inspect_err(|_| {
            self.failed += 1;
            // Else the next one, which has the same name, could not be taken either.
            let _ = fs::remove_dir_all(&hidden);
        })?;
        self.taken += 1;
        Ok(Some(Snapshot { path, ledger }))
    }
}

/// Puts what the ring holds into a new directory; what became of all up to now.
fn fill(folder: &Path, sources: Holding<'_>, pauses: &Pauses) -> Result<Ledger, Error> {
    fs::create_dir(folder).map_err(|e| failed(folder, &e))?;
    let Holding { kernel, mut programs, packets } = sources;
    let mut ledger = match kernel {
        Some(session) => {
            let programs = programs.as_deref_mut();
            session.save(folder, programs.filter(|programs| programs.is_drained_elsewhere()))?
        }
        None => Ledger::default(),
    };
    if let Some(programs) = programs {
        ledger.add_programs(programs.save(folder)?);
    }
    if let Some(recording) = packets {
        ledger.packets = recording.save(folder)?;
    }
    ledger.pauses = pauses.clone();
    ledger.write(folder).map_err(|e| Error { kind: ErrorKind::Snapshot, ..e })?;
    Ok(ledger)
}

/// Gives a file that does not change any more a second name, in a directory. Where the file system
/// has no such names, it is copied.
pub(crate) fn link(file: &Path, folder: &Path) -> Result<(), Error> {
    let other = folder.join(file.file_name().unwrap_or_default());
    let linked = fs::hard_link(file, &other);
    linked.or_else(|_| fs::copy(file, &other).map(drop)).map_err(|e| failed(&other, &e))
}

/// A file of a snapshot cannot be written.
pub(crate) fn failed(path: &Path, error: &io::Error) -> Error {
    Error { kind: ErrorKind::Snapshot, ..Error::of_io(path.display().to_string(), error) }
}
