//! Static rules: what is recorded of an event before anything is asked about it.
//!
//! They are those of `TraceEvent()` of QNX's System Analysis Toolkit: events are switched on and
//! off, recorded of one process or thread only, and *fast*, with a few fields, or *wide*, with all.
//! Each is for all events of the recording, for a class, or for events by name, glob or number.
//!
//! A rule changes what it names and nothing else: switching an event on does not forget whom it is
//! recorded of, and saying whom does not switch it on. Of several rules, the last one counts.
//!
//! [`Rule`] is a rule, [`parse`] reads rules that people write, [`Table`] is what they come to at
//! the events of a recording. Programs of the kernel look into a copy of it, so rules change while
//! a recording runs.

mod fast;
mod target;
mod text;
mod word;

use std::fmt;

pub use fast::{Fast, FastFields};
pub use target::{NoEvent, Target};
pub use text::{RULES_MAX, Written, parse};
pub use word::{FAST, IS_ON, OF_PROCESS, OF_THREAD, PROCESS_AT, THREAD_AT, Word};

use crate::tracefs::Format;

/// How high the numbers of processes and threads are: what 64-bit Linux allows
/// (`PID_MAX_LIMIT`).
pub const NUMBERS_MAX: u32 = (1 << 22) - 1;

/// A rule.
///
/// ```
/// use marey_recorder::rules::{Action, Rule, Target, Whom};
/// let rule: Rule = "pid 42 class thread".parse()?;
/// assert_eq!(rule.action, Action::Only(Whom::Process(42)));
/// assert_eq!(rule.target, Target::Class("thread".to_owned()));
/// assert_eq!(rule.to_string(), "pid 42 class thread");
/// # Ok::<(), marey_recorder::rules::Malformed>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Rule {
    /// What it does.
    pub action: Action,
    /// To which events.
    pub target: Target,
}

/// What a rule does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Events are recorded: `ADDALLCLASSES`, `ADDCLASS`, `ADDEVENT`.
    Add,
    /// They are not: `DELALLCLASSES`, `DELCLASS`, `DELEVENT`.
    Delete,
    /// They are, of these only: `SETCLASSPID`, `SETCLASSTID`, `SETEVENTPID`, `SETEVENTTID`.
    Only(Whom),
    /// They are of all processes again, where a process was said and no thread: `CLRCLASSPID`,
    /// `CLREVENTPID`.
    ClearProcess,
    /// They are of all threads again, where a thread was said: `CLRCLASSTID`, `CLREVENTTID`.
    ClearThread,
    /// With a few fields: `SETALLCLASSESFAST`, `SETCLASSFAST`, `SETEVENTFAST`.
    Fast,
    /// With all fields: `SETALLCLASSESWIDE`, `SETCLASSWIDE`, `SETEVENTWIDE`.
    Wide,
}

/// Whom an event must concern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Whom {
    /// A process: any of its threads.
    Process(u32),
    /// A thread; also of this process, if one is said. Threads have numbers of their own on Linux,
    /// so there is no need to.
    Thread {
        /// The thread.
        tid: u32,
        /// Its process.
        pid: Option<u32>,
    },
}

/// A text that is no rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed(
    /// What is wrong, with the place, in some lines.
    pub String,
);

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.trim_end())
    }
}

impl std::error::Error for Malformed {}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.action {
            Action::Add => f.write_str("add")?,
            Action::Delete => f.write_str("delete")?,
            Action::Only(Whom::Process(pid)) => write!(f, "pid {pid}")?,
            Action::Only(Whom::Thread { tid, pid: None }) => write!(f, "tid {tid}")?,
            Action::Only(Whom::Thread { tid, pid: Some(pid) }) => {
                write!(f, "pid {pid} tid {tid}")?;
            }
            Action::ClearProcess => f.write_str("clear pid")?,
            Action::ClearThread => f.write_str("clear tid")?,
            Action::Fast => f.write_str("fast")?,
            Action::Wide => f.write_str("wide")?,
        }
        write!(f, " {}", self.target)
    }
}

/// What rules come to at an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// It is recorded.
    pub is_on: bool,
    /// With a few fields.
    pub is_fast: bool,
    /// Of these only; of all if nobody is said.
    pub whom: Option<Whom>,
}

impl Default for State {
    /// On, wide, of all: as with `tracelogger`, what is named is recorded.
    fn default() -> Self {
        State { is_on: true, is_fast: false, whom: None }
    }
}

impl State {
    /// Does what a rule says.
    pub fn change(&mut self, action: Action) {
        let is_of_thread = matches!(self.whom, Some(Whom::Thread { .. }));
        match action {
            Action::Add => self.is_on = true,
            Action::Delete => self.is_on = false,
            Action::Only(whom) => self.whom = Some(whom),
            Action::ClearProcess if !is_of_thread => self.whom = None,
            Action::ClearThread if is_of_thread => self.whom = None,
            Action::ClearProcess | Action::ClearThread => {}
            Action::Fast => self.is_fast = true,
            Action::Wide => self.is_fast = false,
        }
    }
}

/// What rules come to at all events of a recording, in their order.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Table {
    /// System and name of each event.
    names: Vec<(String, String)>,
    states: Vec<State>,
}

impl Table {
    /// The events of a recording, before any rule.
    pub fn new<'f>(events: impl IntoIterator<Item = &'f Format>) -> Self {
        let names = events.into_iter().map(|event| (event.system.clone(), event.name.clone()));
        let names: Vec<_> = names.collect();
        let states = vec![State::default(); names.len()];
        Table { names, states }
    }

    /// Does what a rule says, and tells at which events.
    ///
    /// # Errors
    /// When it is for no event of the recording; then nothing changes.
    pub fn apply(&mut self, rule: &Rule) -> Result<Vec<usize>, NoEvent> {
        let events = rule.target.resolve(&self.names)?;
        for event in &events {
            if let Some(state) = self.states.get_mut(*event) {
                state.change(rule.action);
            }
        }
        Ok(events)
    }

    /// What rules come to at the events, in their order.
    pub fn states(&self) -> &[State] {
        &self.states
    }
}
