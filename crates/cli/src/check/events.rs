//! What the events look like that blocks and filters are for.

use std::collections::BTreeMap;

use marey_diagnostic::Problems;
use marey_filter::check::Class;
use marey_filter::lang::tree::Block;
use marey_recorder::kernel::class;
use marey_recorder::select::Selected;
use marey_recorder::texts::stand_for;
use marey_recorder::tracefs::Format;

use crate::tracefs::Kernel;

/// An event, and what names mean there.
pub struct Event {
    /// What it looks like.
    pub format: Format,
    /// What filters can ask it for.
    pub class: Class,
}

/// What the kernel has, as far as somebody asked.
pub struct Events<'k> {
    kernel: &'k Kernel,
    seen: BTreeMap<(String, String), Option<Event>>,
}

impl<'k> Events<'k> {
    /// Nothing was asked yet.
    pub fn new(kernel: &'k Kernel) -> Self {
        Events { kernel, seen: BTreeMap::new() }
    }

    /// System and name of each event that there is.
    pub fn names(&self) -> &'k [(String, String)] {
        &self.kernel.names
    }

    /// Those of the events that can be read, as they are now.
    pub fn of<'e>(&'e mut self, selected: &'e [Selected]) -> impl Iterator<Item = &'e Event> {
        for event in selected {
            let key = (event.system.clone(), event.name.clone());
            let tracefs = &self.kernel.tracefs;
            self.seen.entry(key).or_insert_with(|| {
                let format = tracefs.format(&event.system, &event.name).ok()?;
                // Any process will do: it is a number.
                let class = class::class(&format, Some(0));
                Some(Event { format, class })
            });
        }
        let of = |event: &Selected| self.seen.get(&(event.system.clone(), event.name.clone()));
        selected.iter().filter_map(move |event| of(event)?.as_ref())
    }

    /// An event that was read, by system and name.
    pub fn get(&self, event: &(String, String)) -> Option<&Event> {
        self.seen.get(event)?.as_ref()
    }

    /// The events that a block is for. What stands for none is told.
    pub fn of_block(&self, block: &Block, problems: &mut Problems) -> Vec<Selected> {
        let patterns = block.patterns.iter();
        let mut selected: Vec<_> =
            patterns.flat_map(|pattern| stand_for(pattern, self.names(), problems)).collect();
        selected.sort();
        selected.dedup();
        selected
    }
}
