//! Blocks of handlers for events of programs.
//!
//! It is known while recording only which classes a program has. So a block is checked for each
//! class when it is met. What the class does not have is no mistake then: who asks for it cannot
//! answer, which keeps the event and is counted.

use marey_diagnostic::Problems;
use marey_diagnostic::source::Sources;
use marey_filter::check::typed::Statement;
use marey_filter::check::{self, Layout};
use marey_filter::lang::tree;
use marey_layer::drain::Class;

use super::class::Names;
use crate::blocks;
use crate::sinks::Sink;

/// The handlers of a recording, all of them: also blocks that are for no event of a program.
#[derive(Debug, Default)]
pub struct Handlers {
    /// What they were read from.
    pub sources: Sources,
    /// They themselves, in their order.
    pub all: Vec<Handler>,
    /// Where they can send events to.
    pub sinks: Vec<Sink>,
}

/// A handler.
#[derive(Clone, Debug)]
pub struct Handler {
    /// What the ledger calls it: its file.
    pub name: String,
    /// What it remembers; all tables are there that its blocks fill.
    pub layout: Layout,
    /// Its blocks, each with what the ledger calls it.
    pub blocks: Vec<(String, tree::Block)>,
}

/// What a block does at the events of a class.
#[derive(Clone, Debug)]
pub struct Bound {
    /// Which block it is, among all of all handlers.
    pub block: usize,
    /// Which handler's.
    pub handler: usize,
    /// What it does; nothing if it makes no sense at this class: it cannot answer then.
    pub statements: Option<Vec<Statement>>,
}

impl Handlers {
    /// Whether there is a block that may be for an event of a program.
    pub fn are_for_programs(&self) -> bool {
        self.blocks().any(|(_, _, block)| blocks::may_be_of_programs(block))
    }

    /// What the ledger calls all blocks.
    pub fn names(&self) -> impl Iterator<Item = &String> {
        self.all.iter().flat_map(|handler| &handler.blocks).map(|(name, _)| name)
    }

    /// The blocks for a class: those for the whole class `user` first, then those for events, each
    /// in their order. `me` is the process of the recorded command.
    pub fn bind(&self, class: &Class, me: Option<u32>) -> Vec<Bound> {
        let name = class.full_name();
        let sinks: Vec<String> = self.sinks.iter().map(|sink| sink.name.clone()).collect();
        let names = Names::of_blocks(Some(class), me);
        let mut found = Vec::new();
        for is_of_class in [true, false] {
            for (number, (handler, own, block)) in self.blocks().enumerate() {
                if blocks::is_of_class_of_programs(block, &name) == Some(is_of_class) {
                    let (mut layout, mut problems) = (own.layout.clone(), Problems::default());
                    let told = (&self.sources, &mut problems);
                    let statements = check::block(block, &mut layout, &sinks, &names, told);
                    let statements = statements.filter(|_| !problems.has_errors());
                    found.push(Bound { block: number, handler, statements });
                }
            }
        }
        found
    }

    /// All blocks in their order, each with its handler and the place of that.
    fn blocks(&self) -> impl Iterator<Item = (usize, &Handler, &tree::Block)> {
        let all = self.all.iter().enumerate();
        all.flat_map(|(place, own)| own.blocks.iter().map(move |(_, block)| (place, own, block)))
    }
}
