//! The static rules of a recording: what they come to, for people and for programs of the kernel.

use serde_json::{Value, json};

use super::plan::Plan;
use super::processes::{self, Processes};
use crate::error::Error;
use crate::kernel::rule::needs_processes;
use crate::rules::{Rule, State, Table, Word};
use crate::sys::{ClockPair, Link, Words, realtime_ns, wait_for_programs};
use crate::tracefs::Format;

/// A rule, as it was applied to a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The rule, as it is written.
    pub rule: String,
    /// When, in nanoseconds since the Unix epoch.
    pub time: i64,
    /// For how many events of the recording it is.
    pub events: u64,
}

impl Applied {
    /// As the ledger has it.
    pub fn to_value(&self) -> Value {
        json!({ "rule": self.rule, "time_ns": self.time, "events": self.events })
    }
}

/// The static rules of a recording.
#[derive(Debug)]
pub struct Rules {
    table: Table,
    /// What programs of the kernel go by, where there are some.
    told: Option<Told>,
    applied: Vec<Applied>,
}

/// What programs of the kernel read.
#[derive(Debug)]
struct Told {
    words: Words,
    /// For which events rules of processes ask which thread is of which.
    needs_processes: Vec<bool>,
    processes: Processes,
}

impl Rules {
    /// Those that a plan begins with; programs of the kernel go by them, if there are some.
    ///
    /// # Errors
    /// When one is for no event of the plan; what the kernel does not allow.
    pub fn new(plan: &Plan, begun: ClockPair, has_programs: bool) -> Result<Self, Error> {
        let formats = plan.events.iter().map(|(format, _)| format);
        let told = has_programs.then(|| Told::new(formats.clone())).transpose()?;
        let mut rules = Rules { table: Table::new(formats), told, applied: Vec::new() };
        for rule in &plan.rules {
            rules.apply(rule, begun.real)?;
        }
        rules.tell();
        Ok(rules)
    }

    /// The descriptor of the map that programs read.
    pub fn descriptor(&self) -> i32 {
        self.told.as_ref().map_or(-1, |told| told.words.descriptor())
    }

    /// The descriptor of the map that says of which process a thread is.
    pub fn processes(&self) -> i32 {
        self.told.as_ref().map_or(-1, |told| told.processes.map())
    }

    /// What keeps that map.
    pub fn take_links(&mut self) -> Vec<Link> {
        self.told.as_mut().map(|told| told.processes.take_links()).unwrap_or_default()
    }

    /// What they come to, at the events in their order.
    pub fn states(&self) -> &[State] {
        self.table.states()
    }

    /// Gets what the first rules need.
    ///
    /// # Errors
    /// What the kernel does not allow.
    pub fn begin(&mut self) -> Result<(), Error> {
        let Some(told) = &mut self.told else { return Ok(()) };
        let mut asked = self.table.states().iter().zip(&told.needs_processes);
        match asked.any(|(state, needs)| *needs && processes::is_asked(state)) {
            true => told.processes.follow(),
            false => Ok(()),
        }
    }

    /// Changes them. When this returns, all programs go by the new ones. Returns for how many
    /// events the rule is.
    ///
    /// # Errors
    /// When it is for no event of the recording; what the kernel does not allow.
    pub fn change(&mut self, rule: &Rule) -> Result<u64, Error> {
        let time = realtime_ns().map_err(|e| Error::of_io("the clock", &e))?;
        let before = self.table.clone();
        let events = self.apply(rule, time)?;
        if let Err(e) = self.begin() {
            self.table = before;
            self.applied.pop();
            return Err(e);
        }
        self.tell();
        if self.told.is_some() {
            wait_for_programs();
        }
        Ok(events)
    }

    /// All that were applied.
    pub fn applied(&self) -> &[Applied] {
        &self.applied
    }

    fn apply(&mut self, rule: &Rule, time: i64) -> Result<u64, Error> {
        let events = self.table.apply(rule);
        let events = events.map_err(|e| Error::misuse(rule.to_string(), e.to_string()))?;
        let events = events.len() as u64;
        self.applied.push(Applied { rule: rule.to_string(), time, events });
        Ok(events)
    }

    /// Tells programs what rules come to.
    fn tell(&self) {
        let Some(told) = &self.told else { return };
        for (event, state) in self.table.states().iter().enumerate() {
            told.words.set(event, Word::from(*state).0);
        }
    }
}

impl Told {
    fn new<'f>(formats: impl Iterator<Item = &'f Format>) -> Result<Self, Error> {
        let needs_processes: Vec<bool> = formats.map(needs_processes).collect();
        let words = Words::new(needs_processes.len() as u32, "marey_rules");
        let words = words.map_err(|e| Error::of_io("the rules of the recording (bpf(2))", &e))?;
        let processes = Processes::new(needs_processes.contains(&true))?;
        Ok(Told { words, needs_processes, processes })
    }
}
