//! Events of programs that link `marey-layer`, into a trace in CTF for each program.
//!
//! A program writes its events into files of its own ([`marey_layer::layout`]). A [`Recording`]
//! looks for programs, switches their events on, and copies what their threads wrote, every few
//! milliseconds, into `user/PID` of the recording. What a file of a program says is never believed
//! unchecked.
//!
//! Read on in [`program`] (one program and its trace), [`schema`] (what its trace says about
//! itself), [`encode`] (an event as bytes), [`class`] (what names of filters mean), [`account`]
//! (what became of all events).

pub mod account;
mod class;
mod control;
mod encode;
mod program;
mod repair;
mod ring;
mod schema;
mod scope;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use marey_ctf::schema::Uuid;
use marey_filter::lang::tree::Expr;
use marey_layer::drain::{self, Found};
use marey_layer::layout::DirectoryName;

pub use account::OfProgram;
pub use marey_layer::layout::ring::{RING_BYTES_MAX, RING_BYTES_MIN};
pub use repair::repair;

use crate::error::Error;
use crate::sys::{ClockPair, let_many_files_be_open, monotonic_ns};
use program::Traced;
use scope::is_within;

/// The folder of a recording that has the traces of programs.
pub const FOLDER: &str = "user";
/// The folder of a recording in which the recorded command and what it starts have their files.
pub const OWN: &str = ".programs";
/// So many programs can be recorded at the same time.
pub const PROGRAMS_MAX: usize = 4096;

/// How often programs are looked for that are not the command's, and dead ones, in nanoseconds.
const LOOK_EVERY: u64 = 20_000_000;
/// How often what is in the rings is copied.
const COPY_EVERY: u64 = 4_000_000;

/// What is recorded.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Which events: globs of `provider:event`.
    pub patterns: Vec<String>,
    /// What must hold for an event to be recorded, in order.
    pub filters: Vec<Filter>,
    /// The recorded command has its programs in [`OWN`].
    pub has_own: bool,
    /// Other programs are recorded, too: all, or these processes and what they started.
    pub others: Option<Others>,
    /// How long the rings are that threads make from now on, in bytes; 0: as programs say.
    pub ring_bytes: u32,
    /// The process that filters call `me`: that of the recorded command.
    pub me: Option<u32>,
    /// The trace's of the kernel; those of programs have others, which are made of it.
    pub uuid: Uuid,
}

/// Programs besides those of the recorded command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Others {
    /// All that can be seen.
    All,
    /// These processes, and what they started.
    Processes(Vec<u32>),
}

/// What must hold for an event to be recorded. What an event does not have makes a comparison
/// false.
#[derive(Clone, Debug)]
pub struct Filter {
    /// What messages and the ledger call it.
    pub name: String,
    /// What must hold.
    pub tree: Expr,
}

/// Which programs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    /// The recorded command, and what it started.
    Own,
    /// The others.
    Others,
}

/// A recording of programs that runs.
#[derive(Debug)]
pub struct Recording {
    plan: Plan,
    folder: PathBuf,
    clocks: ClockPair,
    programs: Vec<Traced>,
    /// All that were opened so far, and those that are not meant.
    known: BTreeSet<PathBuf>,
    accounts: Vec<OfProgram>,
    looked: u64,
    copied: u64,
    is_paused: bool,
}

impl Recording {
    /// Prepares a recording into a directory.
    ///
    /// # Errors
    /// What cannot be written.
    pub fn new(plan: Plan, folder: &Path) -> Result<Self, Error> {
        let user = folder.join(FOLDER);
        std::fs::create_dir_all(&user).map_err(|e| failed(&user, &e))?;
        if plan.has_own {
            make_private(&folder.join(OWN))?;
        }
        let_many_files_be_open();
        let clocks = ClockPair::read().map_err(|e| Error::of_io("the clocks", &e))?;
        Ok(Recording {
            plan,
            folder: folder.to_owned(),
            clocks,
            programs: Vec::new(),
            known: BTreeSet::new(),
            accounts: Vec::new(),
            looked: 0,
            copied: 0,
            is_paused: false,
        })
    }

    /// Copies what programs wrote by now, and looks for new ones. To be called every few
    /// milliseconds.
    ///
    /// # Errors
    /// When the recording cannot be written.
    pub fn drain(&mut self) -> Result<(), Error> {
        let now = now()?;
        if self.plan.has_own {
            self.look(Which::Own)?;
        }
        if now.saturating_sub(self.looked) >= LOOK_EVERY {
            self.looked = now;
            self.look(Which::Others)?;
            self.bury()?;
        }
        if now.saturating_sub(self.copied) >= COPY_EVERY {
            self.copied = now;
            self.programs.iter_mut().try_for_each(|program| program.copy(now))?;
        }
        Ok(())
    }

    /// Switches all events off until [`resume`](Self::resume).
    ///
    /// # Errors
    /// When the recording cannot be written.
    pub fn pause(&mut self) -> Result<(), Error> {
        self.is_paused = true;
        let now = now()?;
        self.programs.iter_mut().try_for_each(|program| program.pause(now))
    }

    /// Switches events on again.
    ///
    /// # Errors
    /// When the recording cannot be written.
    pub fn resume(&mut self) -> Result<(), Error> {
        self.is_paused = false;
        let now = now()?;
        self.programs.iter_mut().try_for_each(|program| program.resume(now))
    }

    /// What its filters are called.
    pub fn filters(&self) -> Vec<String> {
        self.plan.filters.iter().map(|filter| filter.name.clone()).collect()
    }

    /// How many events are in the recording so far.
    pub fn delivered(&self) -> u64 {
        let running = self.programs.iter().map(|program| program.account().delivered());
        running.chain(self.accounts.iter().map(OfProgram::delivered)).sum()
    }

    /// How many bytes they have.
    pub fn bytes(&self) -> u64 {
        let running = self.programs.iter().map(|program| program.account().bytes);
        running.chain(self.accounts.iter().map(|account| account.bytes)).sum()
    }

    /// How many were lost so far.
    pub fn lost(&self) -> u64 {
        let running = self.programs.iter().map(|program| program.account().lost());
        running.chain(self.accounts.iter().map(OfProgram::lost)).sum()
    }

    /// Ends the recording: events are switched off, and what is in the rings is copied. Says what
    /// became of the events of each program.
    ///
    /// # Errors
    /// When the recording cannot be written.
    pub fn end(mut self) -> Result<Vec<OfProgram>, Error> {
        // Those that began and ended since it was looked last are there all the same.
        self.look(Which::Own)?;
        self.look(Which::Others)?;
        let now = now()?;
        for mut program in std::mem::take(&mut self.programs) {
            program.switch_off();
            program.copy(now)?;
            self.accounts.push(program.finish(now)?);
        }
        let own = self.folder.join(OWN);
        // What is in use is not empty, and stays.
        let _ = std::fs::remove_dir(own);
        self.accounts.sort_by_key(|account| (account.name.pid, account.name));
        Ok(self.accounts)
    }

    /// Looks for programs that are new.
    fn look(&mut self, which: Which) -> Result<(), Error> {
        let is_own = which == Which::Own;
        for found in self.found(which) {
            if self.programs.len() >= PROGRAMS_MAX || self.known.contains(&found.path) {
                continue;
            }
            if !is_own && !self.is_meant(&found) {
                self.known.insert(found.path);
                continue;
            }
            // One that is being made is opened the next time.
            let Ok(program) = drain::Program::open(&found) else { continue };
            self.known.insert(found.path.clone());
            let begin = program::Begin {
                folder: self.free_folder(found.name.pid),
                uuid: uuid_of(self.plan.uuid, found.name),
                clocks: self.clocks,
                is_own,
                is_paused: self.is_paused,
                recorded: BTreeMap::new(),
            };
            self.programs.push(Traced::new(&self.plan, found, program, begin));
        }
        Ok(())
    }

    /// A folder that is not there, and is no other program's.
    fn free_folder(&self, pid: u32) -> PathBuf {
        let is_taken = |path: &PathBuf| self.programs.iter().any(|other| other.folder() == path);
        let mut all = folders_of(&self.folder, pid);
        all.find(|path| !path.exists() && !is_taken(path)).unwrap_or_default()
    }

    /// The programs that there are.
    fn found(&self, which: Which) -> Vec<Found> {
        let own = self.plan.has_own.then(|| self.folder.join(OWN));
        let folders = match (which, &self.plan.others) {
            (Which::Own, _) => own.into_iter().collect(),
            (Which::Others, None) => Vec::new(),
            (Which::Others, Some(_)) => {
                let mut others = drain::directories();
                others.retain(|folder| Some(folder) != own.as_ref());
                others
            }
        };
        folders.iter().flat_map(|folder| drain::find(folder).unwrap_or_default()).collect()
    }

    fn is_meant(&self, found: &Found) -> bool {
        match &self.plan.others {
            Some(Others::Processes(all)) => is_within(found.name.pid, all),
            _ => true,
        }
    }

    /// Ends the traces of programs that have ended: their files are gone then.
    fn bury(&mut self) -> Result<(), Error> {
        let all = std::mem::take(&mut self.programs);
        let (alive, dead): (Vec<_>, Vec<_>) = all.into_iter().partition(Traced::is_alive);
        self.programs = alive;
        let now = now()?;
        for mut program in dead {
            program.copy(now)?;
            self.accounts.push(program.finish(now)?);
        }
        Ok(())
    }
}

/// The folders that the traces of a process may have: `user/PID`, `user/PID-2` and so on.
fn folders_of(folder: &Path, pid: u32) -> impl Iterator<Item = PathBuf> {
    let user = folder.join(FOLDER);
    let first = user.join(pid.to_string());
    std::iter::once(first).chain((2_u32..).map(move |nth| user.join(format!("{pid}-{nth}"))))
}

/// What tells the trace of a program from others.
fn uuid_of(uuid: Uuid, name: DirectoryName) -> Uuid {
    let mut own = uuid;
    let start = name.start.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes();
    let pid = name.pid.to_le_bytes();
    // The bits that say which kind of UUID it is stay.
    let number = [pid[0], pid[1], pid[2], pid[3], name.instance as u8, start[7]];
    let end = own.iter_mut().rev();
    end.zip(number).for_each(|(byte, number)| *byte ^= number);
    own
}

/// A directory that nobody else may look into.
fn make_private(path: &Path) -> Result<(), Error> {
    use std::os::unix::fs::DirBuilderExt as _;
    let made = std::fs::DirBuilder::new().mode(0o700).create(path);
    made.map_err(|e| failed(path, &e))
}

fn now() -> Result<u64, Error> {
    monotonic_ns().map_err(|e| Error::of_io("the clock", &e))
}

fn failed(path: &Path, error: &std::io::Error) -> Error {
    Error::of_io(path.display().to_string(), error)
}
