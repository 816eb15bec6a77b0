//! What is recorded.

use marey_ctf::schema::Uuid;
use marey_filter::check;
use marey_filter::check::typed::{Condition, Number, NumberKind, Statement};
use marey_filter::walk::{self, Node};

use super::mechanism::Through;
use crate::ctf::{Names, Version};
use crate::error::Error;
use crate::kernel::added::Added;
use crate::kernel::ask::ASKS_MAX;
use crate::kernel::class::Context;
use crate::parts::Mode;
use crate::rules;
use crate::sinks::{SINKS_MAX, Sink};
use crate::sys::possible_cpus;
use crate::tracefs::Format;

/// How many events a recording may have.
pub const EVENTS_MAX: usize = 20_000;

/// What is recorded.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The events, each with the name that it has in the recording.
    pub events: Vec<(Format, String)>,
    /// What is recorded of the events at first, by rules that are applied in their order; they can
    /// be changed while it is recorded.
    pub rules: Vec<rules::Rule>,
    /// What must hold for an event to be recorded, in order.
    pub filters: Vec<Filter>,
    /// Programs that are asked about each event, in order, when filters keep it.
    pub handlers: Vec<Handler>,
    /// Where handlers can send events to. They name them by their places here.
    pub sinks: Vec<Sink>,
    /// Contexts that each event has besides. What filters and handlers ask for is added.
    pub contexts: Vec<Added>,
    /// Threads to begin with: they are recorded with all that they start. All if there are none.
    pub threads: Option<Vec<u32>>,
    /// A process that is left out, but for its turns on CPUs: the recorder.
    pub left_out: Option<u32>,
    /// The threads that there are at the start are in the recording, each as an event.
    pub has_state: bool,
    /// Nothing is discarded: each event says what would be, by what ran in the kernel and by the
    /// machine, which are to agree.
    pub is_shadow: bool,
    /// Whether the recording has parts, and which are kept.
    pub mode: Mode,
    /// How long the ring is: a power of two, and whole pages.
    pub ring_bytes: usize,
    /// The trace's, to tell it from others.
    pub uuid: Uuid,
    /// In which version of CTF it is described.
    pub version: Version,
    /// What events and fields are called in it.
    pub names: Names,
    /// How events come from the kernel; in the best way that is allowed if none is said.
    pub through: Option<Through>,
}

/// What must hold for an event to be recorded.
#[derive(Clone, Debug)]
pub struct Filter {
    /// What messages and the ledger call it.
    pub name: String,
    /// What must hold at each of the events, in their order.
    pub conditions: Vec<Condition>,
}

/// A program of blocks, with its state.
#[derive(Clone, Debug)]
pub struct Handler {
    /// What messages and the ledger call it: its file.
    pub name: String,
    /// What it remembers.
    pub layout: check::Layout,
    /// Its blocks, in order.
    pub blocks: Vec<Block>,
}

/// A block of a handler.
#[derive(Clone, Debug)]
pub struct Block {
    /// What the ledger calls it.
    pub name: String,
    /// What it does at each of the events, in their order; nothing where it is not for them.
    pub bodies: Vec<Option<Body>>,
}

/// What a block does at an event.
#[derive(Clone, Debug)]
pub struct Body {
    /// It is for a whole class: it comes before those for events.
    pub is_of_class: bool,
    /// What it does.
    pub statements: Vec<Statement>,
}

/// The number of a filter, or of a block of a handler: filters first, then all blocks of all
/// handlers, in their order.
pub type Rule = usize;

impl Plan {
    /// Puts contexts in order, with those that filters and handlers ask for.
    pub(super) fn order_contexts(&mut self) {
        let is_prio = |node: Node<'_>| match node {
            Node::Number(Number { kind: NumberKind::Slot(slot), .. }) => {
                Context::of_slot(*slot) == Some(Context::Prio)
            }
            _ => false,
        };
        let mut asks = false;
        let mut see = |node: Node<'_>| asks |= is_prio(node);
        let conditions = self.filters.iter().flat_map(|filter| &filter.conditions);
        conditions.for_each(|condition| walk::condition(condition, &mut see));
        let blocks = self.handlers.iter().flat_map(|handler| &handler.blocks);
        let bodies = blocks.flat_map(|block| block.bodies.iter().flatten());
        bodies.for_each(|body| walk::statements(&body.statements, &mut see));
        self.contexts.extend(asks.then_some(Added::Prio));
        self.contexts.sort();
        self.contexts.dedup();
    }

    /// Gives events the names that they have in the recording.
    pub(super) fn name_events(&mut self) {
        for (format, recorded) in &mut self.events {
            *recorded = self.names.event(&format.system, &format.name, recorded);
        }
    }

    /// What each [`Rule`] is called.
    pub(super) fn rules(&self) -> Vec<String> {
        let filters = self.filters.iter().map(|filter| filter.name.clone());
        let blocks = self.handlers.iter().flat_map(|handler| &handler.blocks);
        filters.chain(blocks.map(|block| block.name.clone())).collect()
    }

    /// Says why it cannot be recorded, if it is seen at once.
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.events.is_empty() {
            return Err(Error::misuse("a recording", "it has no events"));
        }
        if self.events.len() > EVENTS_MAX || self.filters.len() > ASKS_MAX {
            let why = format!("at most {EVENTS_MAX} events and {ASKS_MAX} filters can be recorded");
            return Err(Error::misuse("a recording", why));
        }
        let is_twice = |(place, sink): (usize, &Sink)| {
            self.sinks.iter().take(place).any(|other| other.name == sink.name)
        };
        if let Some((_, sink)) = self.sinks.iter().enumerate().find(|sink| is_twice(*sink)) {
            let what = format!("the sink {}", sink.name);
            return Err(Error::misuse(what, "there are two of this name"));
        }
        if self.sinks.len() > SINKS_MAX {
            let why = format!("it has more than {SINKS_MAX} sinks");
            return Err(Error::misuse("a recording", why));
        }
        let cpus = possible_cpus().map_err(|e| Error::of_io("the number of CPUs", &e))?;
        self.mode.check(cpus)
    }
}
