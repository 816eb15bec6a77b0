//! Events of the kernel through programs of ours that run in it: one for each event.

use super::counters::{Counted, Counters};
use super::filters::Placed;
use super::pause::Switch;
use super::plan::Plan;
use super::prepare;
use super::rules::Rules;
use super::scope::Scope;
use crate::error::Error;
use crate::kernel::program::Maps;
use crate::kernel::record::Layout;
use crate::kernel::tables::Tables;
use crate::sys::{Link, Map, Program, close_elsewhere, wait_for_programs};
use crate::tracefs::Format;

/// The programs of a recording, and what they share.
#[derive(Debug)]
pub struct InKernel {
    events: Vec<Running>,
    counters: Counters,
    scope: Option<Scope>,
    switch: Switch,
    is_paused: bool,
}

/// An event that is recorded.
#[derive(Debug)]
struct Running {
    format: Format,
    programs: Vec<Program>,
    links: Vec<Link>,
    /// How often the kernel left it out in pauses; while there is one, how often before, in none.
    left_out: u64,
}

impl InKernel {
    /// Programs that write into a ring.
    ///
    /// # Errors
    /// What the kernel does not allow or take.
    pub fn new(
        plan: &Plan,
        (layouts, placed): (&[Layout], &[Placed]),
        (statics, tables): (&Rules, &dyn Tables),
        ring: &Map,
    ) -> Result<Self, Error> {
        let counters = Counters::new(plan, placed)?;
        let scope = plan.threads.as_deref().map(Scope::new).transpose()?;
        let switch = Switch::new()?;
        let maps = Maps {
            ring: ring.descriptor(),
            counters: counters.descriptor(),
            scope: scope.as_ref().map(Scope::map),
            switch: switch.map(),
            rules: statics.descriptor(),
            processes: statics.processes(),
        };
        let programs = prepare::programs(plan, layouts, placed, maps, tables)?;
        let events = plan.events.iter().zip(programs).map(|((format, _), programs)| Running {
            format: format.clone(),
            programs,
            links: Vec::new(),
            left_out: 0,
        });
        Ok(InKernel { events: events.collect(), counters, scope, switch, is_paused: false })
    }

    /// Lets programs run. The first events come already while the last programs are attached: the
    /// ring is to be emptied in between.
    ///
    /// # Errors
    /// What the kernel does not allow.
    pub fn begin(
        &mut self,
        statics: &mut Rules,
        mut empty: impl FnMut() -> Result<(), Error>,
    ) -> Result<(), Error> {
        if let Some(scope) = &mut self.scope {
            scope.follow()?;
        }
        statics.begin()?;
        for event in &mut self.events {
            event.links = prepare::attach(&event.programs, &event.format)?;
            empty()?;
        }
        Ok(())
    }

    /// The threads to begin with.
    pub fn first(&self) -> Option<&[u32]> {
        self.scope.as_ref().map(Scope::first)
    }

    /// No program records or counts, when this returns.
    ///
    /// # Errors
    /// What the kernel does not allow.
    pub fn pause(&mut self) -> Result<(), Error> {
        self.switch.pause()?;
        self.is_paused = true;
        self.events.iter_mut().for_each(Running::turn);
        Ok(())
    }

    /// They do again.
    ///
    /// # Errors
    /// What the kernel does not allow.
    pub fn resume(&mut self) -> Result<(), Error> {
        self.is_paused = false;
        self.events.iter_mut().for_each(Running::turn);
        self.switch.resume()
    }

    /// No program runs any more, when this returns.
    pub fn end(&mut self, statics: &mut Rules) {
        let links = self.events.iter_mut().flat_map(|event| std::mem::take(&mut event.links));
        let scope = self.scope.as_mut().map(Scope::take_links).unwrap_or_default();
        let events = Link::detach(links.chain(scope).chain(statics.take_links()).collect());
        wait_for_programs();
        close_elsewhere(events);
    }

    /// A pause, if there is one, is over: there is nothing more to be told apart.
    pub fn forget_pause(&mut self) {
        if std::mem::take(&mut self.is_paused) {
            self.events.iter_mut().for_each(Running::turn);
        }
    }

    /// How many events each CPU lost.
    ///
    /// # Errors
    /// When the kernel does not say it.
    pub fn lost_of_cpus(&self) -> Result<Vec<u64>, Error> {
        self.counters.lost_of_cpus()
    }

    /// What was counted of each event, by so many rules.
    ///
    /// # Errors
    /// When the kernel does not say it.
    pub fn counted(&self, rules: usize) -> Result<Vec<Counted>, Error> {
        self.counters.read(rules)
    }

    /// How often the kernel left each event out, since another program ran.
    pub fn skipped(&self) -> Vec<u64> {
        let skipped = self.events.iter().map(|event| match self.is_paused {
            true => event.left_out,
            false => event.missed().saturating_sub(event.left_out),
        });
        skipped.collect()
    }

    /// How many threads were started for which there was no place.
    ///
    /// # Errors
    /// When the kernel does not say it.
    pub fn unfollowed(&self) -> Result<u64, Error> {
        self.scope.as_ref().map_or(Ok(0), Scope::unfollowed)
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
