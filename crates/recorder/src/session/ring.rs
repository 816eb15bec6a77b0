//! The parts of a recording at the drain: when the next one begins, and what goes.

use std::path::Path;

use super::drain::Drain;
use crate::error::Error;
use crate::parts::remove;
use crate::programs::Recording;
use crate::snapshot::link;

impl Drain {
    /// Begins the next part, if the last one is old, and removes those that are too old.
    pub(super) fn turn(&mut self, now: u64) -> Result<(), Error> {
        if self.parts.is_full(self.streams.bytes(), now) {
            self.next_part(now)?;
        }
        self.trim(now)
    }

    /// Begins the next part, if the last one has as many bytes as it may have.
    pub(super) fn end_full_part(&mut self) -> Result<(), Error> {
        let is_full = self.parts.is_full(self.streams.bytes(), 0);
        if is_full { self.next_part(self.looked) } else { Ok(()) }
    }

    /// Begins the next part.
    pub(super) fn next_part(&mut self, now: u64) -> Result<(), Error> {
        let Some(number) = self.parts.number() else { return Ok(()) };
        let files = self.streams.next_part(number + 1)?;
        self.parts.next(now, files);
        self.trim(now)
    }

    /// Removes the oldest parts. What was in them was delivered, and is not any more.
    fn trim(&mut self, now: u64) -> Result<(), Error> {
        while let Some(part) = self.parts.take_oldest(self.streams.bytes(), now) {
            part.files.iter().try_for_each(|(path, _)| remove(path))?;
            for (class, count) in self.classes.iter_mut().zip(&part.counts) {
                class.written.delivered -= count;
                class.written.overwritten += count;
                self.delivered -= count;
                self.overwritten += count;
            }
        }
        Ok(())
    }

    /// How many bytes the files of all parts have that are there.
    pub(super) fn kept_bytes(&self) -> u64 {
        self.parts.bytes() + self.streams.bytes()
    }

    /// How full the kernel's ring was at most since this was asked last, in percent.
    pub(super) fn take_fullest(&mut self) -> u64 {
        let all = (self.ring_bytes as u64).max(1);
        std::mem::take(&mut self.fullest).saturating_mul(100) / all
    }

    /// Whether a handler asked for a snapshot since this was asked last.
    pub(super) fn take_wish(&mut self) -> bool {
        self.observer.take_wish()
    }

    /// Puts the streams of all parts into a directory, with all events up to now; what comes then
    /// goes on in other files.
    pub(super) fn save(
        &mut self,
        now: u64,
        folder: &Path,
        mut programs: Option<&mut Recording>,
    ) -> Result<(), Error> {
        // What the first look finds is written after the second one.
        self.run(now, programs.as_deref_mut())?;
        self.run(super::now()?, programs)?;
        self.next_part(now)?;
        let files = self.parts.files().map(std::path::PathBuf::as_path);
        files.chain(self.streams.state_file()).try_for_each(|file| link(file, folder))
    }
}
