//! Which programs there are, and which of them are recorded.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use marey_layer::drain::{self, Found};

use super::program::{self, Traced};
use super::scope::is_within;
use super::{OWN, Others, PROGRAMS_MAX, Recording, Which, folders_of, uuid_of};
use crate::error::Error;

impl Recording {
    /// Looks for programs that are new.
    pub(super) fn look(&mut self, which: Which) -> Result<(), Error> {
        let folders = self.folders(which);
        // One that cannot be read is that of another user, or is not there yet.
        let read =
            folders.into_iter().filter_map(|folder| Some((drain::find(&folder).ok()?, folder)));
        for (all, folder) in read.collect::<Vec<_>>() {
            self.forget(&folder, &all);
            for found in all {
                self.look_at(found, which);
            }
        }
        Ok(())
    }

    /// Records a program, if it is new and meant, and there is a place for it.
    fn look_at(&mut self, found: Found, which: Which) {
        if self.known.contains(&found.path) {
            return;
        }
        if which != Which::Own && !self.is_meant(&found) {
            self.known.insert(found.path);
            return;
        }
        if self.programs.len() >= self.plan.most.unwrap_or(PROGRAMS_MAX) {
            self.waiting.insert(found.path);
            return;
        }
        // One that is being made is opened the next time.
        let Ok(program) = drain::Program::open(&found) else { return };
        self.waiting.remove(&found.path);
        self.known.insert(found.path.clone());
        self.begin(found, program, which);
    }

    fn begin(&mut self, found: Found, program: drain::Program, which: Which) {
        let begin = program::Begin {
            number: self.count,
            folder: self.free_folder(found.name.pid),
            uuid: uuid_of(self.plan.uuid, found.name),
            clocks: self.clocks,
            is_own: which == Which::Own,
            is_paused: self.is_paused,
            recorded: BTreeMap::new(),
        };
        self.count += 1;
        self.programs.push(Traced::new(&self.plan, found, program, begin));
    }

    /// Forgets what is not in a folder any more, which has these: another program never has its
    /// name.
    fn forget(&mut self, folder: &Path, all: &[Found]) {
        let there: BTreeSet<&Path> = all.iter().map(|found| found.path.as_path()).collect();
        let is_there =
            |path: &PathBuf| path.parent() != Some(folder) || there.contains(path.as_path());
        self.known.retain(is_there);
        let before = self.waiting.len();
        self.waiting.retain(is_there);
        self.left_out += (before - self.waiting.len()) as u64;
    }

    /// Of how many programs nothing was recorded, since there were too many at the same time.
    pub(super) fn left_out(&self) -> u64 {
        self.left_out + self.waiting.len() as u64
    }

    /// A folder that is not there, and is no other program's.
    fn free_folder(&self, pid: u32) -> PathBuf {
        let is_taken = |path: &PathBuf| self.programs.iter().any(|other| other.folder() == *path);
        let mut all = folders_of(&self.folder, pid);
        all.find(|path| !path.exists() && !is_taken(path)).unwrap_or_default()
    }

    /// The folders in which programs have theirs.
    fn folders(&self, which: Which) -> Vec<PathBuf> {
        let own = self.plan.has_own.then(|| self.folder.join(OWN));
        match (which, &self.plan.others) {
            (Which::Own, _) => own.into_iter().collect(),
            (Which::Others, None) => Vec::new(),
            (Which::Others, Some(_)) => {
                let mut others = drain::directories();
                others.retain(|folder| Some(folder) != own.as_ref());
                others
            }
        }
    }

    fn is_meant(&self, found: &Found) -> bool {
        match &self.plan.others {
            Some(Others::Processes(all)) => is_within(found.name.pid, all),
            _ => true,
        }
    }
}
