//! A recording, from its plan to its ledger.

mod class;
mod counters;
mod drain;
mod filters;
mod in_kernel;
pub(crate) mod judge;
mod ledger;
mod mechanism;
pub(crate) mod observer;
mod pause;
mod plan;
mod prepare;
mod processes;
mod repair;
mod ring;
mod rules;
mod samples;
mod scope;
mod source;
mod state;
mod streams;
pub mod tables;
mod tallies;

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::ctf::Names;
use crate::error::Error;
use crate::programs::Recording;
use crate::snapshot::{self, link};
use crate::sys::{ClockPair, monotonic_ns};

pub use counters::Ruled;
use drain::{Drain, Drained};
use ledger::Ended;
pub use ledger::{FILE as LEDGER, Ledger, OfEvent, OfFilter};
use mechanism::Mechanism;
pub use mechanism::Through;
pub use pause::{PAUSED, PAUSES_MAX, Pause, Pauses, RESUMED};
pub use plan::{Block, Body, EVENTS_MAX, Filter, Handler, Plan, Rule};
pub use repair::{FILE as REPAIRED, Repaired, is_recording, repair};
pub use rules::Applied;
use rules::Rules;
pub use scope::THREADS_MAX;
use tallies::Tallies;

/// How often the ring is emptied, at least.
pub const DRAIN_EVERY: Duration = Duration::from_millis(5);
/// How long the ring is where nothing else is said.
pub const RING_BYTES: usize = 32 << 20;

/// A recording that runs.
#[derive(Debug)]
pub struct Session {
    /// What the kernel calls each event, with its system, and what the recording does.
    events: Vec<(String, String)>,
    mechanism: Mechanism,
    /// Why it is not a better one.
    why: Option<String>,
    /// What handlers count in the kernel.
    tallies: Tallies,
    /// The static rules.
    statics: Rules,
    /// What all filters and blocks are called, and all handlers.
    rules: Vec<String>,
    handlers: Vec<String>,
    is_shadow: bool,
    has_state: bool,
    names: Names,
    is_paused: bool,
    folder: PathBuf,
    drain: Drain,
    begun: ClockPair,
}

impl Session {
    /// Prepares a recording in a directory that is there and is empty. Nothing is recorded before
    /// [`begin`](Self::begin).
    ///
    /// # Errors
    /// What the kernel does not allow or take, and what cannot be written.
    pub fn new(mut plan: Plan, folder: &Path) -> Result<Self, Error> {
        plan.check()?;
        plan.name_events();
        plan.order_contexts();
        let (through, why) = mechanism::choose(plan.through);
        let layouts = prepare::layouts(&plan)?;
        let placed = filters::place(&plan, &layouts, through)?;
        let begun = ClockPair::read().map_err(|e| Error::of_io("the clocks", &e))?;
        let statics = Rules::new(&plan, begun, through == Through::Bpf)?;
        let tallies = Tallies::new(&plan, &layouts, &placed)?;
        let (mechanism, source) = match through {
            Through::Bpf => prepare::in_kernel(&plan, (&layouts, &placed), (&statics, &tallies))?,
            Through::Perf => prepare::samples(&plan, &statics)?,
        };
        prepare::metadata(&plan, &placed, begun, folder)?;
        let drain = Drain::new(&plan, (layouts, placed), source, begun, folder)?;
        let rules = plan.rules();
        let events = plan.events.into_iter().map(|(format, recorded)| {
            let name = format!("{}:{}", format.system, format.name);
            (name, recorded)
        });
        Ok(Session {
            events: events.collect(),
            mechanism,
            why,
            tallies,
            statics,
            rules,
            handlers: plan.handlers.into_iter().map(|handler| handler.name).collect(),
            is_shadow: plan.is_shadow,
            has_state: plan.has_state,
            names: plan.names,
            is_paused: false,
            folder: folder.to_owned(),
            drain,
            begun,
        })
    }

    /// Begins to record.
    ///
    /// # Errors
    /// What the kernel does not allow, and what cannot be written.
    pub fn begin(&mut self) -> Result<(), Error> {
        self.begin_with(None)
    }

    /// The same, with the programs that it is [drained](Self::drain_with) with.
    ///
    /// # Errors
    /// As those of [`begin`](Self::begin).
    pub fn begin_with(&mut self, mut programs: Option<&mut Recording>) -> Result<(), Error> {
        self.mechanism.begin(&mut self.statics, &mut self.drain)?;
        if self.has_state {
            let threads = self.mechanism.first();
            let number = u32::try_from(self.events.len()).unwrap_or(u32::MAX);
            let mut emptied = now()?;
            for (now, record) in state::records(threads, number, self.names) {
                self.drain.add(&record);
                // Events come already, and there may be many threads.
                if now.saturating_sub(emptied) > DRAIN_EVERY.as_nanos() as u64 {
                    self.drain.run(now, programs.as_deref_mut())?;
                    emptied = now;
                }
            }
        }
        Ok(())
    }

    /// Why events do not come in the best way that there is, if they do not.
    pub fn why_not_better(&self) -> Option<&str> {
        self.why.as_deref()
    }

    /// Takes what the ring holds and writes what is in order by now. To be called every
    /// [`DRAIN_EVERY`] or more often.
    ///
    /// # Errors
    /// When the recording cannot be written.
    pub fn drain(&mut self) -> Result<(), Error> {
        self.drain_with(None)
    }

    /// The same, with programs whose [recording](Recording) has the handlers of this one: all is
    /// decided by one observer, in the order of time.
    ///
    /// # Errors
    /// When the recording cannot be written.
    pub fn drain_with(&mut self, programs: Option<&mut Recording>) -> Result<(), Error> {
        let now = now()?;
        if self.drain.wants_counts(now) {
            self.drain.lost(&self.mechanism.lost_of_cpus()?);
        }
        self.drain.run(now, programs)
    }

    /// Records nothing, and counts nothing, until [`resume`](Self::resume). A mark says when.
    ///
    /// # Errors
    /// When the recording cannot be written.
    pub fn pause(&mut self) -> Result<(), Error> {
        if std::mem::replace(&mut self.is_paused, true) {
            return Ok(());
        }
        self.mechanism.pause()?;
        self.drain.lost(&self.mechanism.lost_of_cpus()?);
        self.drain.mark(PAUSED, now()?);
        Ok(())
    }

    /// Goes on recording. A mark says since when.
    ///
    /// # Errors
    /// When the recording cannot be written.
    pub fn resume(&mut self) -> Result<(), Error> {
        if !std::mem::replace(&mut self.is_paused, false) {
            return Ok(());
        }
        self.drain.mark(RESUMED, now()?);
        self.mechanism.resume()
    }

    /// Changes what is recorded from now on. The change is in the recording, as a mark (`rule: `
    /// and the rule): all events behind it were decided by the new rules.
    ///
    /// Returns of how many events something changed.
    ///
    /// # Errors
    /// [`ErrorKind::Misuse`](crate::error::ErrorKind::Misuse) when the rule is for no event of the
    /// recording; what the kernel does not allow.
    pub fn change(&mut self, rule: &crate::rules::Rule) -> Result<u64, Error> {
        self.change_with(rule, None)
    }

    /// The same, with the programs that it is [drained](Self::drain_with) with.
    ///
    /// # Errors
    /// As those of [`change`](Self::change).
    pub fn change_with(
        &mut self,
        rule: &crate::rules::Rule,
        programs: Option<&mut Recording>,
    ) -> Result<u64, Error> {
        // What is decided here, by the old ones, is decided first.
        self.drain.decide_all(programs)?;
        let applied = self.statics.change(rule)?;
        self.drain.source.set_rules(self.statics.states());
        self.drain.mark(&format!("rule: {rule}"), now()?);
        Ok(applied)
    }

    /// The clocks at its start: all times of its trace come of these.
    pub fn clocks(&self) -> ClockPair {
        self.begun
    }

    /// What rules come to by now, at the events in their order.
    pub fn rules(&self) -> &[crate::rules::State] {
        self.statics.states()
    }

    /// How many events are in the recording so far.
    pub fn delivered(&self) -> u64 {
        self.drain.delivered()
    }

    /// How many bytes they have.
    pub fn bytes(&self) -> u64 {
        self.drain.bytes()
    }

    /// Whether a handler asked to end the recording.
    pub fn is_asked_to_stop(&self) -> bool {
        self.drain.is_asked_to_stop()
    }

    /// How many events were lost so far, as far as it is known.
    pub fn lost(&self) -> u64 {
        self.drain.known_lost()
    }

    /// Ends the recording, and says what became of all events. [`Ledger::write`] puts that into the
    /// recording's directory.
    ///
    /// # Errors
    /// When the recording cannot be written.
    pub fn end(self) -> Result<Ledger, Error> {
        self.end_with(None)
    }

    /// The same, with the programs that it was [drained](Self::drain_with) with.
    ///
    /// # Errors
    /// When the recording cannot be written.
    pub fn end_with(mut self, programs: Option<&mut Recording>) -> Result<Ledger, Error> {
        self.mechanism.end(&mut self.statics)?;
        self.drain.lost(&self.mechanism.lost_of_cpus()?);
        self.mechanism.forget_pause();
        let drained = self.drain.finish(now()?, programs)?;
        let mut ledger = self.account(&drained)?;
        if self.is_shadow && ledger.events.iter().all(|event| event.lost_to_full_ring == 0) {
            ledger.disagreements += tallies::differing(&self.tallies.read()?, &drained.mirrors);
        }
        Ok(ledger)
    }

    /// Puts the streams of all parts of a ring into a directory, with their metadata and all events
    /// up to now; what comes then goes on in other files. What became of all events so far.
    /// Programs are those that it is [drained](Self::drain_with) with.
    ///
    /// # Errors
    /// [`ErrorKind::Misuse`](crate::error::ErrorKind::Misuse) when there is no ring; when it cannot
    /// be written.
    pub fn save(
        &mut self,
        folder: &Path,
        programs: Option<&mut Recording>,
    ) -> Result<Ledger, Error> {
        if !self.drain.parts.is_ring() {
            return Err(Error::misuse("a snapshot", "it is of a ring: all else is kept anyway"));
        }
        let kernel = folder.join("kernel");
        std::fs::create_dir(&kernel).map_err(|e| snapshot::failed(&kernel, &e))?;
        link(&self.folder.join("kernel/metadata"), &kernel)?;
        self.drain.lost(&self.mechanism.lost_of_cpus()?);
        self.drain.save(now()?, &kernel, programs)?;
        self.account(&self.drain.drained())
    }

    /// What became of all events so far, at the drain and before it.
    fn account(&self, drained: &Drained) -> Result<Ledger, Error> {
        let counted = self.mechanism.counted(self.rules.len(), &self.drain)?;
        let ended = Ended {
            names: self.events.iter().map(|(name, recorded)| (&**name, &**recorded)).collect(),
            skipped: self.mechanism.skipped(self.events.len()),
            rules: &self.rules,
            is_shadow: self.is_shadow,
        };
        let mut ledger = Ledger::new(&ended, &counted, drained);
        ledger.through = Some(self.mechanism.through());
        ledger.rules = self.statics.applied().to_vec();
        let mut stores = drained.stores.clone();
        stores.iter_mut().zip(self.tallies.read()?).for_each(|(store, more)| store.count_in(more));
        ledger.handlers = self.handlers.iter().cloned().zip(stores).collect();
        ledger.unfollowed = self.mechanism.unfollowed(&self.drain)?;
        ledger.damaged = self.drain.source.damaged();
        ledger.clocks = [Some(self.begun), ClockPair::read().ok()].into_iter().flatten().collect();
        Ok(ledger)
    }

    /// Whether a handler asked for a snapshot since this was asked last.
    pub fn takes_wish_for_snapshot(&mut self) -> bool {
        self.drain.take_wish()
    }

    /// How many bytes the streams of CPUs have, in the parts that are there.
    pub fn kept_bytes(&self) -> u64 {
        self.drain.kept_bytes()
    }

    /// How full the kernel's ring was at most since this was asked last, in percent.
    pub fn take_fullest(&mut self) -> u64 {
        self.drain.take_fullest()
    }

    /// How many events were in parts that are removed.
    pub fn overwritten(&self) -> u64 {
        self.drain.overwritten()
    }
}

fn now() -> Result<u64, Error> {
    monotonic_ns().map_err(|e| Error::of_io("the clock", &e))
}
