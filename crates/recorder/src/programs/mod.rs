//! Events of programs that link `marey-layer`, into a trace in CTF for each program.
//!
//! A program writes its events into files of its own ([`marey_layer::layout`]). A [`Recording`]
//! looks for programs, switches their events on, and copies what their threads wrote, every few
//! milliseconds, into `user/PID` of the recording. What a file of a program says is never believed
//! unchecked.
//!
//! Without blocks of handlers for them, the events of each ring are written as they are read. With
//! such blocks they wait until those of all programs, and of the kernel, are there: one observer
//! decides about all, in the order of their times ([`deciding`]).
//!
//! Read on in [`plan`] (what is recorded), [`program`] (one program), [`trace`] and [`schema`]
//! (its trace, and what that says about itself), [`encode`] (an event as bytes), [`class`] (what
//! names of filters mean), [`handlers`] (blocks for events of programs), [`account`] (what became
//! of all events).

pub mod account;
mod class;
mod control;
mod deciding;
mod encode;
mod end;
mod event;
pub mod handlers;
mod line;
mod look;
mod parts;
mod plan;
mod program;
mod repair;
mod ring;
mod schema;
mod scope;
mod trace;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use marey_ctf::schema::Uuid;
use marey_layer::layout::DirectoryName;

pub use account::OfProgram;
pub use class::Names;
pub use end::Ended;
pub use handlers::{Handler, Handlers};
pub use marey_layer::layout::ring::{RING_BYTES_MAX, RING_BYTES_MIN};
pub use plan::{Filter, Others, Plan};
pub use repair::repair;

use crate::error::Error;
use crate::held::Held;
use crate::session::observer::Observer;
use crate::sys::{ClockPair, let_many_files_be_open, monotonic_ns};
use parts::Filling;
use program::Traced;

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

/// Which programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    /// The recorded command, and what it started.
    Own,
    /// The others.
    Others,
}

/// What is known of an event that waits, besides its payload.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Beside {
    /// Whose it is.
    program: u32,
    /// The place of its ring there.
    ring: usize,
    class: u32,
    time_ns: u64,
    thread: u32,
}

/// A recording of programs that runs.
#[derive(Debug)]
pub struct Recording {
    plan: Arc<Plan>,
    folder: PathBuf,
    clocks: ClockPair,
    programs: Vec<Traced>,
    /// All that were opened and are still there, and those that are not meant.
    known: BTreeSet<PathBuf>,
    /// Those for which there was no place yet, and how many of these have gone meanwhile.
    waiting: BTreeSet<PathBuf>,
    left_out: u64,
    /// What became of the events of those that have ended.
    accounts: BTreeMap<u32, OfProgram>,
    /// How many programs there were so far.
    count: u32,
    looked: u64,
    copied: u64,
    is_paused: bool,
    is_ending: bool,
    /// Decides about all events, where there is no session that does.
    observer: Observer,
    /// Events that wait for those of others.
    held: Held<Beside>,
    filling: Filling,
}

impl Recording {
    /// Prepares a recording into a directory.
    ///
    /// # Errors
    /// What cannot be written; more than 64 filters in shadow.
    pub fn new(plan: Plan, folder: &Path) -> Result<Self, Error> {
        plan.check()?;
        let user = folder.join(FOLDER);
        std::fs::create_dir_all(&user).map_err(|e| failed(&user, &e))?;
        if plan.has_own {
            make_private(&folder.join(OWN))?;
        }
        let_many_files_be_open();
        let clocks = ClockPair::read().map_err(|e| Error::of_io("the clocks", &e))?;
        let observer = observer(&plan)?;
        let filling = Filling::new(plan.mode, clocks.monotonic);
        Ok(Recording {
            plan: Arc::new(plan),
            folder: folder.to_owned(),
            clocks,
            programs: Vec::new(),
            known: BTreeSet::new(),
            waiting: BTreeSet::new(),
            left_out: 0,
            accounts: BTreeMap::new(),
            count: 0,
            looked: 0,
            copied: 0,
            is_paused: false,
            is_ending: false,
            observer,
            held: Held::default(),
            filling,
        })
    }

    /// Takes the clocks of a session, before anything is recorded: both are read one after the
    /// other, so other pairs of them say a little else of what came first.
    pub fn set_clocks(&mut self, clocks: ClockPair) {
        self.clocks = clocks;
    }

    /// Copies what programs wrote by now, and looks for new ones. To be called every few
    /// milliseconds. Where a [session](crate::session::Session) decides, that does it.
    ///
    /// # Errors
    /// When the recording cannot be written.
    pub fn drain(&mut self) -> Result<(), Error> {
        if self.is_drained_elsewhere() {
            return Ok(());
        }
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
            let before = std::mem::replace(&mut self.copied, now);
            match self.plan.waits() {
                true => self.take_and_decide(now, before)?,
                false => self.copy(now)?,
            }
        }
        Ok(())
    }

    /// Whether its events are decided about together with those of the kernel: by
    /// [`Session::drain_with`](crate::session::Session::drain_with).
    pub fn is_drained_elsewhere(&self) -> bool {
        self.plan.has_session && self.plan.decides_together()
    }

    fn copy(&mut self, now: u64) -> Result<(), Error> {
        let Recording { observer, filling, programs, .. } = self;
        programs.iter_mut().try_for_each(|program| program.copy(now, observer, filling))
    }

    /// Switches all events off until [`resume`](Self::resume).
    ///
    /// # Errors
    /// When the recording cannot be written.
    pub fn pause(&mut self) -> Result<(), Error> {
        self.is_paused = true;
        self.programs.iter_mut().for_each(Traced::pause);
        if self.plan.waits() { Ok(()) } else { self.copy(now()?) }
    }

    /// Switches events on again.
    ///
    /// # Errors
    /// When the recording cannot be written.
    pub fn resume(&mut self) -> Result<(), Error> {
        self.is_paused = false;
        self.programs.iter_mut().for_each(Traced::resume);
        Ok(())
    }

    /// Whether a handler asked to end the recording.
    pub fn is_asked_to_stop(&self) -> bool {
        self.observer.is_asked_to_stop()
    }

    /// Whether a handler asked for a snapshot since this was asked last.
    pub fn takes_wish_for_snapshot(&mut self) -> bool {
        self.observer.take_wish()
    }

    /// What all filters and blocks are called.
    pub fn rules(&self) -> Vec<String> {
        self.plan.rules()
    }

    /// How many events are in the recording so far.
    pub fn delivered(&self) -> u64 {
        let running = self.programs.iter().map(|program| program.account().delivered());
        running.chain(self.accounts.values().map(OfProgram::delivered)).sum()
    }

    /// How many bytes they have.
    pub fn bytes(&self) -> u64 {
        let running = self.programs.iter().map(|program| program.account().bytes);
        running.chain(self.accounts.values().map(|account| account.bytes)).sum()
    }

    /// How many were lost so far.
    pub fn lost(&self) -> u64 {
        let running = self.programs.iter().map(|program| program.account().lost());
        running.chain(self.accounts.values().map(OfProgram::lost)).sum()
    }
}

/// Who decides where there is no session: with the handlers, if some are for events of programs.
fn observer(plan: &Plan) -> Result<Observer, Error> {
    let has_own = plan.decides_together() && !plan.has_session;
    let handlers = has_own.then_some(&*plan.handlers);
    let layouts = handlers.iter().flat_map(|own| &own.all).map(|handler| &handler.layout);
    let sinks = handlers.map_or(&[][..], |own| own.sinks.as_slice());
    Observer::new(layouts, sinks, plan.is_shadow)
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
