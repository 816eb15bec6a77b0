//! The static rules of a recording: what they come to, for people and for programs of the kernel.

use serde_json::{Value, json};

use super::plan::Plan;
use super::processes::{self, Processes};
use crate::error::Error;
use crate::kernel::rule::needs_processes;
use crate::rules::{Rule, State, Table, Word};
use crate::sys::{ClockPair, Link, Words, realtime_ns, wait_for_programs};

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
    /// What programs of the kernel read.
    words: Words,
    /// For which events rules of processes ask which thread is of which.
    needs_processes: Vec<bool>,
    processes: Processes,
    applied: Vec<Applied>,
}

impl Rules {
    /// Those that a plan begins with.
    ///
    /// # Errors
    /// When one is for no event of the plan; what the kernel does not allow.
    pub fn new(plan: &Plan, begun: ClockPair) -> Result<Self, Error> {
        let formats = plan.events.iter().map(|(format, _)| format);
        let needs: Vec<bool> = formats.clone().map(needs_processes).collect();
        let words = Words::new(needs.len() as u32, "marey_rules");
        let words = words.map_err(|e| Error::of_io("the rules of the recording (bpf(2))", &e))?;
        let mut rules = Rules {
            table: Table::new(formats),
            words,
            processes: Processes::new(needs.contains(&true))?,
            needs_processes: needs,
            applied: Vec::new(),
        };
        for rule in &plan.rules {
            rules.apply(rule, begun.real)?;
        }
        rules.tell();
        Ok(rules)
    }

    /// The descriptor of the map that programs read.
    pub fn descriptor(&self) -> i32 {
        self.words.descriptor()
    }

    /// The descriptor of the map that says of which process a thread is.
    pub fn processes(&self) -> i32 {
        self.processes.map()
    }

    /// What keeps that map.
    pub fn take_links(&mut self) -> Vec<Link> {
        self.processes.take_links()
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
        let mut asked = self.table.states().iter().zip(&self.needs_processes);
        match asked.any(|(state, needs)| *needs && processes::is_asked(state)) {
            true => self.processes.follow(),
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
        wait_for_programs();
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
        for (event, state) in self.table.states().iter().enumerate() {
            self.words.set(event, Word::from(*state).0);
        }
    }
}
