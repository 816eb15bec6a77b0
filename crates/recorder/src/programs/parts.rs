//! The traces of programs in parts: when the next one begins, and what goes.
//!
//! As those of the kernel's events: see [`crate::parts`]. A trace all of whose streams go is gone
//! with them, and is made again when its program has another event: who reads a trace takes one
//! without streams for none.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::account::OfClass;
use super::end::Ended;
use super::{FOLDER, Recording, failed, now};
use crate::error::Error;
use crate::parts::{Mode, Part, Parts, remove};
use crate::snapshot::{self, link};

/// The part that is being written, and those before it.
#[derive(Debug)]
pub struct Filling {
    parts: Parts,
    /// How many bytes the events of this part have.
    bytes: u64,
    /// Streams of this part that have ended since their program has.
    closed: Vec<(PathBuf, u64)>,
    /// What kinds of events there are: of a program, and the place of a class there.
    kinds: BTreeMap<(u32, usize), usize>,
}

impl Filling {
    /// The first part begins at this time.
    pub fn new(mode: Mode, begin: u64) -> Self {
        let (bytes, closed, kinds) = (0, Vec::new(), BTreeMap::new());
        Filling { parts: Parts::new(mode, 0, begin), bytes, closed, kinds }
    }

    /// The number of the part that is being written; none where there is but one.
    pub fn number(&self) -> Option<u64> {
        self.parts.number()
    }

    /// Whether the oldest parts are removed.
    pub fn is_ring(&self) -> bool {
        self.parts.is_ring()
    }

    /// So many bytes are in the part that is written: an event of a program, of the class at this
    /// place there, or marks alone.
    pub fn add(&mut self, kind: Option<(u32, usize)>, bytes: usize) {
        if self.number().is_none() {
            return;
        }
        let next = self.kinds.len();
        match kind {
            Some(kind) => self.parts.add(*self.kinds.entry(kind).or_insert(next)),
            None => self.parts.add_other(),
        }
        self.bytes += bytes as u64;
    }

    /// A stream of this part has ended.
    pub fn close(&mut self, file: PathBuf, bytes: u64) {
        if self.number().is_some() {
            self.closed.push((file, bytes));
        }
    }

    /// Whether this part is long enough; with 0 for the time that is asked about its bytes only.
    pub fn is_full(&self, now: u64) -> bool {
        self.parts.is_full(self.bytes, now)
    }
}

impl Recording {
    /// Begins the next part, if the last one is old, and removes those that are too old.
    pub(super) fn turn(&mut self, now: u64) -> Result<(), Error> {
        if self.filling.is_full(now) {
            self.next_part(now)?;
        }
        self.trim(now)
    }

    /// Begins the next part.
    pub(super) fn next_part(&mut self, now: u64) -> Result<(), Error> {
        let mut files = std::mem::take(&mut self.filling.closed);
        for program in &mut self.programs {
            program.end_part(&mut files)?;
        }
        self.filling.bytes = 0;
        self.filling.parts.next(now, files);
        self.trim(now)
    }

    /// Removes the oldest parts. What was in them was delivered, and is not any more.
    fn trim(&mut self, now: u64) -> Result<(), Error> {
        if !self.filling.is_ring() {
            return Ok(());
        }
        let bytes = self.open_bytes();
        while let Some(part) = self.filling.parts.take_oldest(bytes, now) {
            self.remove(&part)?;
            let kinds = std::mem::take(&mut self.filling.kinds);
            for (kind, place) in &kinds {
                let count = part.counts.get(*place).copied().unwrap_or(0);
                let class = if count > 0 { self.class(*kind) } else { None };
                if let Some(class) = class {
                    class.delivered -= count;
                    class.overwritten += count;
                }
            }
            self.filling.kinds = kinds;
        }
        Ok(())
    }

    /// How many bytes the streams have that are being written.
    fn open_bytes(&self) -> u64 {
        let closed = self.filling.closed.iter().map(|(_, bytes)| bytes);
        let open = self.programs.iter().map(|program| program.open_bytes());
        open.sum::<u64>() + closed.sum::<u64>()
    }

    /// How many bytes the streams of all parts have that are there, in a ring.
    pub fn kept_bytes(&self) -> u64 {
        self.filling.parts.bytes() + self.open_bytes()
    }

    /// How many events were in parts that are removed.
    pub fn overwritten(&self) -> u64 {
        let running = self.programs.iter().map(|program| program.account().overwritten());
        running.chain(self.accounts.values().map(super::OfProgram::overwritten)).sum()
    }

    /// What became of the events of a class.
    fn class(&mut self, (number, place): (u32, usize)) -> Option<&mut OfClass> {
        let running = self.programs.iter_mut().find(|program| program.number() == number);
        let account = match running {
            Some(program) => program.account_mut(),
            None => self.accounts.get_mut(&number)?,
        };
        account.classes.get_mut(place)
    }

    /// Removes the files of a part, and traces that have no others. What is gone already, somebody
    /// else removed.
    fn remove(&mut self, part: &Part) -> Result<(), Error> {
        let mut traces: BTreeMap<&Path, Vec<&PathBuf>> = BTreeMap::new();
        for (file, _) in &part.files {
            traces.entry(file.parent().unwrap_or(Path::new(""))).or_default().push(file);
        }
        for (trace, files) in traces {
            if has_others(trace, &files) {
                files.into_iter().try_for_each(|file| remove(file))?;
                continue;
            }
            let name = trace.file_name().unwrap_or_default().to_string_lossy();
            let hidden = trace.with_file_name(format!(".{name}"));
            let renamed = fs::rename(trace, &hidden).and_then(|()| fs::remove_dir_all(&hidden));
            gone(trace, renamed)?;
            let mut programs = self.programs.iter_mut();
            if let Some(program) = programs.find(|program| program.folder() == trace) {
                program.trace_is_gone();
            }
        }
        Ok(())
    }

    /// Puts the streams of all parts into a directory, with all events up to now; what comes then
    /// goes on in other files. What became of all events so far.
    ///
    /// # Errors
    /// [`ErrorKind::Misuse`](crate::error::ErrorKind::Misuse) when there is no ring; when it cannot
    /// be written.
    pub fn save(&mut self, folder: &Path) -> Result<Ended, Error> {
        if !self.filling.is_ring() {
            return Err(Error::misuse("a snapshot", "it is of a ring: all else is kept anyway"));
        }
        self.decide_all()?;
        self.next_part(now()?)?;
        let mut seen = std::collections::BTreeSet::new();
        for file in self.filling.parts.files() {
            let trace = file.parent().unwrap_or(Path::new(""));
            let to = folder.join(FOLDER).join(trace.file_name().unwrap_or_default());
            if seen.insert(to.clone()) {
                fs::create_dir_all(&to).map_err(|e| snapshot::failed(&to, &e))?;
                link(&trace.join("metadata"), &to)?;
            }
            link(file, &to)?;
        }
        Ok(self.ended_so_far())
    }
}

/// Whether a trace has streams besides these.
fn has_others(trace: &Path, files: &[&PathBuf]) -> bool {
    let entries = fs::read_dir(trace).into_iter().flatten().flatten();
    let mut streams = entries.map(|entry| entry.path()).filter(|path| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(super::ring::PREFIX))
    });
    streams.any(|path| !files.contains(&&path))
}

/// What is not there needs no removing.
fn gone(path: &Path, removed: std::io::Result<()>) -> Result<(), Error> {
    match removed {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(failed(path, &e)),
        _ => Ok(()),
    }
}
