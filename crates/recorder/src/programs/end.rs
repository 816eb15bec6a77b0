//! The end of programs, and of a recording of them.

use super::program::Traced;
use super::{OWN, OfProgram, Recording, Which, now};
use crate::error::Error;
use marey_filter::store::Store;

use crate::session::judge::OfRule;
use crate::sinks::OfSink;

/// What a recording of programs came to.
#[derive(Clone, Debug, Default)]
pub struct Ended {
    /// What became of the events of each program.
    pub programs: Vec<OfProgram>,
    /// What all filters and blocks are called.
    pub rules: Vec<String>,
    /// How often each was asked at the drain, where no session did that.
    pub asked: Vec<OfRule>,
    /// What handlers are called, and what they remembered at last, where no session has that.
    pub handlers: Vec<(String, Store)>,
    /// What became of the events that were sent, by then.
    pub sinks: Vec<OfSink>,
    /// How often handlers asked for a snapshot.
    pub snapshots: u64,
    /// Of how many programs nothing was recorded, since there were too many at the same time.
    pub left_out: u64,
}

impl Recording {
    /// Switches all events off: what is taken then is the last. A session that decides about them
    /// ends behind this.
    ///
    /// # Errors
    /// When the recording cannot be written.
    pub fn stop(&mut self) -> Result<(), Error> {
        // Those that began and ended since it was looked last are there all the same.
        self.look(Which::Own)?;
        self.look(Which::Others)?;
        self.programs.iter_mut().for_each(Traced::switch_off);
        self.is_ending = true;
        Ok(())
    }

    /// Ends the recording: events are switched off, and what is in the rings is copied. Says what
    /// became of the events of each program.
    ///
    /// # Errors
    /// When the recording cannot be written.
    pub fn end(mut self) -> Result<Ended, Error> {
        if !self.is_ending {
            self.stop()?;
        }
        let now = now()?;
        match (self.plan.waits(), self.is_drained_elsewhere()) {
            (true, true) => self.settle()?,
            (true, false) => self.take_and_decide(now, u64::MAX)?,
            (false, _) => {
                let Recording { observer, filling, programs, .. } = &mut self;
                let mut all = programs.iter_mut();
                all.try_for_each(|program| program.copy_rest(now, observer, filling))?;
            }
        }
        let sinks = self.observer.end_sinks();
        for program in std::mem::take(&mut self.programs) {
            self.bury_one(program, now)?;
        }
        let ended = self.ended_so_far();
        let own = self.folder.join(OWN);
        // What is in use is not empty, and stays.
        let _ = std::fs::remove_dir(own);
        Ok(Ended { sinks, ..ended })
    }

    /// What it came to by now.
    pub(super) fn ended_so_far(&self) -> Ended {
        let handlers = self.plan.handlers.all.iter().map(|handler| handler.name.clone());
        let stores = self.observer.stores().iter().cloned();
        let running = self.programs.iter().map(|program| program.account());
        let mut programs: Vec<_> = self.accounts.values().chain(running).cloned().collect();
        programs.sort_by_key(|account| (account.name.pid, account.name));
        Ended {
            programs,
            rules: self.rules(),
            asked: self.observer.rules().to_vec(),
            handlers: handlers.zip(stores).collect(),
            sinks: Vec::new(),
            snapshots: self.observer.snapshots(),
            left_out: self.left_out(),
        }
    }

    /// Ends the traces of programs that have ended: their files are gone then.
    pub(super) fn bury(&mut self) -> Result<(), Error> {
        if self.plan.waits() {
            // They are taken a last time first, and it is decided about that.
            return Ok(());
        }
        let all = std::mem::take(&mut self.programs);
        let (alive, dead): (Vec<_>, Vec<_>) = all.into_iter().partition(Traced::is_alive);
        self.programs = alive;
        let now = now()?;
        for mut program in dead {
            program.copy_rest(now, &mut self.observer, &mut self.filling)?;
            self.bury_one(program, now)?;
        }
        Ok(())
    }

    /// Ends the trace of a program.
    pub(super) fn bury_one(&mut self, program: Traced, now: u64) -> Result<(), Error> {
        let number = program.number();
        let account = program.finish(now, &mut self.filling)?;
        self.accounts.insert(number, account);
        Ok(())
    }
}
