//! What is recorded of programs.

use std::sync::Arc;

use marey_ctf::schema::Uuid;
use marey_filter::lang::tree::Expr;

use super::handlers::Handlers;
use crate::ctf::Version;
use crate::error::Error;
use crate::kernel::ask::ASKS_MAX;
use crate::parts::Mode;
use crate::sys::possible_cpus;

/// What is recorded.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Which events: globs of `provider:event`.
    pub patterns: Vec<String>,
    /// What must hold for an event to be recorded, in order.
    pub filters: Vec<Filter>,
    /// Programs of blocks that are asked about each event, in order, when filters keep it.
    pub handlers: Arc<Handlers>,
    /// Events of the kernel are recorded with the same handlers: a session
    /// [drains](crate::session::Session::drain_with) both.
    pub has_session: bool,
    /// Nothing is discarded: each event says which filters and blocks would discard it, a bit for
    /// each, in the context `discards_by_machine`. No program is given a filter then: all are asked
    /// at the drain, and nowhere else, so there is no verdict from elsewhere to compare. What a
    /// program's own handlers discard is not there.
    pub is_shadow: bool,
    /// Whether the traces have parts, and which are kept.
    pub mode: Mode,
    /// The recorded command has its programs in [`OWN`](super::OWN).
    pub has_own: bool,
    /// Other programs are recorded, too: all, or these processes and what they started.
    pub others: Option<Others>,
    /// So many are recorded at the same time; for others there is no place.
    /// [`PROGRAMS_MAX`](super::PROGRAMS_MAX) where nothing else is said.
    pub most: Option<usize>,
    /// How long the rings are that threads make from now on, in bytes; 0: as programs say.
    pub ring_bytes: u32,
    /// The process that filters call `me`: that of the recorded command.
    pub me: Option<u32>,
    /// The trace's of the kernel; those of programs have others, which are made of it.
    pub uuid: Uuid,
    /// In which version of CTF they are described.
    pub version: Version,
}

impl Plan {
    /// Whether one observer decides about the events of all programs, in the order of their times.
    pub fn decides_together(&self) -> bool {
        self.handlers.are_for_programs()
    }

    /// Whether events wait until those of all programs are there, to be in the order of time: also
    /// where parts are to be of one span of time.
    pub(super) fn waits(&self) -> bool {
        self.decides_together() || self.mode != Mode::Linear
    }

    /// What all filters and blocks are called.
    pub(super) fn rules(&self) -> Vec<String> {
        let filters = self.filters.iter().map(|filter| &filter.name);
        filters.chain(self.handlers.names()).cloned().collect()
    }

    /// Says why it cannot be recorded, if it is seen at once.
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.is_shadow && self.filters.len() > ASKS_MAX {
            let why = format!("in shadow there are at most {ASKS_MAX} filters: each has a bit");
            return Err(Error::misuse("a recording of programs", why));
        }
        let cpus = possible_cpus().map_err(|e| Error::of_io("the number of CPUs", &e))?;
        self.mode.check(cpus)
    }
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
