//! Where the blocks of a program run, event by event.

use std::collections::BTreeSet;

use marey_recorder::blocks::{Place, Why};

use super::found::{Rule, add};

/// Where a block runs at an event, if nothing before it runs at the drain.
pub struct Run {
    /// System and name of the event.
    pub event: (String, String),
    /// The block is for its whole class.
    pub is_of_class: bool,
    /// Which block of the program.
    pub block: usize,
    /// Where.
    pub place: Place,
}

/// Says of each block where it runs, and for how many events. Those for classes come first; once
/// one runs at the drain, all later ones for the event do.
pub fn place(mut runs: Vec<Run>, blocks: &mut [Rule]) {
    runs.sort_by_key(|run| (!run.is_of_class, run.block));
    let mut drained = BTreeSet::new();
    for run in runs {
        let place = match run.place {
            Place::Kernel if drained.contains(&run.event) => Place::Drain(Why::BehindBlock),
            place => place,
        };
        if place != Place::Kernel {
            drained.insert(run.event);
        }
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
