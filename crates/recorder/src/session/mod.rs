//! A recording, from its plan to its ledger.

mod class;
mod counters;
mod drain;
mod filters;
mod judge;
mod ledger;
mod pause;
mod plan;
mod prepare;
mod processes;
mod repair;
mod ring;
mod rules;
mod scope;
mod state;
mod streams;
pub mod tables;

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::Error;
use crate::kernel::program::Maps;
use crate::snapshot::link;
use crate::sys::{
    ClockPair, Link, Program, Ring, close_elsewhere, monotonic_ns, wait_for_programs,
};
use crate::tracefs::Format;

use counters::Counters;
pub use counters::Ruled;
use drain::{Drain, Drained};
use ledger::Ended;
pub use ledger::{FILE as LEDGER, Ledger, OfEvent, OfFilter};
use pause::Switch;
pub use pause::{PAUSED, PAUSES_MAX, Pause, Pauses, RESUMED};
pub use plan::{Block, Body, EVENTS_MAX, Filter, Handler, Plan, Rule};
pub use repair::{FILE as REPAIRED, Repaired, is_recording, repair};
pub use rules::Applied;
use rules::Rules;
use scope::Scope;
pub use scope::THREADS_MAX;

/// How often the ring is emptied, at least.
pub const DRAIN_EVERY: Duration = Duration::from_millis(5);
/// How long the ring is where nothing else is said.
pub const RING_BYTES: usize = 32 << 20;

/// A recording that runs.
#[derive(Debug)]
pub struct Session {
    events: Vec<Running>,
    counters: Counters,
    /// The static rules.
    statics: Rules,
    /// What all filters and blocks are called, and all handlers.
    rules: Vec<String>,
    handlers: Vec<String>,
    is_shadow: bool,
    has_state: bool,
    scope: Option<Scope>,
    switch: Switch,
    is_paused: bool,
    folder: PathBuf,
    drain: Drain,
    begun: ClockPair,
}

/// An event that is recorded.
#[derive(Debug)]
struct Running {
    format: Format,
    /// What the kernel calls it, with its system.
    name: String,
    recorded: String,
    programs: Vec<Program>,
    links: Vec<Link>,
    /// How often the kernel left it out in pauses; while there is one, how often before, in none.
    left_out: u64,
}

impl Session {
    /// Prepares a recording in a directory that is there and is empty. Nothing is recorded before
    /// [`begin`](Self::begin).
    ///
    /// # Errors
    /// What the kernel does not allow or take, and what cannot be written.
    pub fn new(plan: Plan, folder: &Path) -> Result<Self, Error> {
        plan.check()?;
        let layouts = prepare::layouts(&plan)?;
        let placed = filters::place(&plan, &layouts)?;
        let begun = ClockPair::read().map_err(|e| Error::of_io("the clocks", &e))?;
        let ring = prepare::ring(&plan)?;
        let counters = Counters::new(&plan, &placed)?;
        let scope = plan.threads.as_deref().map(Scope::new).transpose()?;
        let switch = Switch::new()?;
        let statics = Rules::new(&plan, begun)?;
        let maps = Maps {
            ring: ring.descriptor(),
            counters: counters.descriptor(),
            scope: scope.as_ref().map(Scope::map),
            switch: switch.map(),
            rules: statics.descriptor(),
            processes: statics.processes(),
        };
        let programs = prepare::programs(&plan, &layouts, &placed, maps)?;
        prepare::metadata(&plan, &placed, begun, folder)?;
        let ring = Ring::map(&ring, plan.ring_bytes)
            .map_err(|e| Error::of_io("the ring of the kernel", &e))?;
        let drain = Drain::new(&plan, (layouts, placed), ring, begun, folder)?;
        let rules = plan.rules();
        let events = plan.events.into_iter().zip(programs).map(|((format, recorded), programs)| {
            let name = format!("{}:{}", format.system, format.name);
            Running { format, name, recorded, programs, links: Vec::new(), left_out: 0 }
        });
        Ok(Session {
            events: events.collect(),
            counters,
            statics,
            rules,
            handlers: plan.handlers.into_iter().map(|handler| handler.name).collect(),
            is_shadow: plan.is_shadow,
            has_state: plan.has_state,
            scope,
            switch,
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
        if let Some(scope) = &mut self.scope {
            scope.follow()?;
        }
        self.statics.begin()?;
        for event in &mut self.events {
            event.links = prepare::attach(&event.programs, &event.format)?;
            // The first ones come already while the last ones are attached.
            self.drain.run(now()?)?;
        }
        if self.has_state {
            let threads = self.scope.as_ref().map(Scope::first);
            let number = u32::try_from(self.events.len()).unwrap_or(u32::MAX);
            state::records(threads, number).iter().for_each(|record| self.drain.add(record));
        }
        Ok(())
    }

    /// Takes what the ring holds and writes what is in order by now. To be called every
    /// [`DRAIN_EVERY`] or more often.
    ///
    /// # Errors
    /// When the recording cannot be written.
    pub fn drain(&mut self) -> Result<(), Error> {
        let now = now()?;
        if self.drain.wants_counts(now) {
            self.drain.lost(&self.counters.lost_of_cpus()?);
        }
        self.drain.run(now)
    }

    /// Records nothing, and counts nothing, until [`resume`](Self::resume). A mark says when.
    ///
    /// # Errors
    /// When the recording cannot be written.
    pub fn pause(&mut self) -> Result<(), Error> {
        if std::mem::replace(&mut self.is_paused, true) {
            return Ok(());
        }
        self.switch.pause()?;
        self.events.iter_mut().for_each(Running::turn);
        self.drain.lost(&self.counters.lost_of_cpus()?);
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
        self.events.iter_mut().for_each(Running::turn);
        self.switch.resume()
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
        let applied = self.statics.change(rule)?;
        self.drain.mark(&format!("rule: {rule}"), now()?);
        Ok(applied)
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
    pub fn end(mut self) -> Result<Ledger, Error> {
        let links = self.events.iter_mut().flat_map(|event| std::mem::take(&mut event.links));
        let scope = self.scope.as_mut().map(Scope::take_links).unwrap_or_default();
        let processes = self.statics.take_links();
        let events = Link::detach(links.chain(scope).chain(processes).collect());
        wait_for_programs();
        close_elsewhere(events);
        self.drain.lost(&self.counters.lost_of_cpus()?);
        if self.is_paused {
            self.events.iter_mut().for_each(Running::turn);
        }
        self.is_paused = false;
        let drained = self.drain.finish(now()?)?;
        self.account(&drained)
    }

    /// Puts the streams of all parts of a ring into a directory, with their metadata and all events
    /// up to now; what comes then goes on in other files. What became of all events so far.
    ///
    /// # Errors
    /// [`ErrorKind::Misuse`](crate::error::ErrorKind::Misuse) when there is no ring; when it cannot
    /// be written.
    pub fn save(&mut self, folder: &Path) -> Result<Ledger, Error> {
        if !self.drain.parts.is_ring() {
            return Err(Error::misuse("a snapshot", "it is of a ring: all else is kept anyway"));
        }
        let kernel = folder.join("kernel");
        std::fs::create_dir(&kernel).map_err(|e| Error::of_io(kernel.display().to_string(), &e))?;
        link(&self.folder.join("kernel/metadata"), &kernel)?;
        self.drain.lost(&self.counters.lost_of_cpus()?);
        self.drain.save(now()?, &kernel)?;
        self.account(&self.drain.drained())
    }

    /// What became of all events so far, at the drain and before it.
    fn account(&self, drained: &Drained) -> Result<Ledger, Error> {
        let counted = self.counters.read(self.rules.len())?;
        let skipped = self.events.iter().map(|event| match self.is_paused {
            true => event.left_out,
            false => event.missed().saturating_sub(event.left_out),
        });
        let ended = Ended {
            names: self.events.iter().map(|event| (&*event.name, &*event.recorded)).collect(),
            skipped: skipped.collect(),
            rules: &self.rules,
            is_shadow: self.is_shadow,
        };
        let mut ledger = Ledger::new(&ended, &counted, drained);
        ledger.rules = self.statics.applied().to_vec();
        let stores = drained.stores.iter().cloned();
        ledger.handlers = self.handlers.iter().cloned().zip(stores).collect();
        ledger.unfollowed = self.scope.as_ref().map_or(Ok(0), Scope::unfollowed)?;
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

impl Running {
    /// How often the kernel left its programs out, in pauses as well.
    fn missed(&self) -> u64 {
        self.programs.iter().map(|program| program.missed().unwrap_or(0)).sum()
    }

    /// A pause begins, or ends: what it was left out up to now belongs to the one, not the other.
    fn turn(&mut self) {
        self.left_out = self.missed().saturating_sub(self.left_out);
    }
}

fn now() -> Result<u64, Error> {
    monotonic_ns().map_err(|e| Error::of_io("the clock", &e))
}
