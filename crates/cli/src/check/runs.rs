//! Where the blocks of a program run, event by event.

use std::collections::BTreeMap;

use marey_filter::check::typed::Statement;
use marey_recorder::blocks::{Place, Why, of_block};
use marey_recorder::kernel::ask::Ask;

use super::events::Events;
use super::found::{Rule, add};

/// What a block comes to at an event.
pub struct Run {
    /// System and name of the event.
    pub event: (String, String),
    /// The block is for its whole class.
    pub is_of_class: bool,
    /// Which block of the program.
    pub block: usize,
    /// What it does there.
    pub statements: Vec<Statement>,
}

/// What runs for an event so far.
#[derive(Default)]
struct Before {
    in_kernel: Vec<Ask>,
    is_drained: bool,
}

/// Says of each block where it runs, and for how many events. Those for classes come first; once
/// one runs at the drain, all later ones for the event do.
pub fn place(mut runs: Vec<Run>, events: &Events<'_>, blocks: &mut [Rule]) {
    runs.sort_by_key(|run| (!run.is_of_class, run.block));
    let mut all: BTreeMap<(String, String), Before> = BTreeMap::new();
    for run in runs {
        let Some(event) = events.get(&run.event) else { continue };
        let before = all.entry(run.event).or_default();
        let place = match of_block(&mut before.in_kernel, &run.statements, &event.format) {
            Place::Kernel if before.is_drained => Place::Drain(Why::BehindBlock),
            place => place,
        };
        before.is_drained |= place != Place::Kernel;
        if let Some(block) = blocks.get_mut(run.block) {
            add(&mut block.places, place);
        }
    }
    for block in blocks {
        let is_asked_early = |(place, _): &(Place, usize)| {
            !matches!(place, Place::Kernel | Place::Drain(Why::BehindBlock))
        };
        block.early = block.early.take().filter(|_| block.places.iter().any(is_asked_early));
    }
}
