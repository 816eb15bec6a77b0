//! What the events look like that blocks and filters are for.

use std::collections::BTreeMap;

use marey_diagnostic::{Diagnostic, Problems};
use marey_filter::check::Class;
use marey_filter::lang::tree::{Block, Pattern, PatternKind};
use marey_recorder::blocks::{self, NoEvent};
use marey_recorder::kernel::class;
use marey_recorder::select::Selected;
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

/// The events that a pattern stands for. That it stands for none is told.
pub fn stand_for(
    pattern: &Pattern,
    names: &[(String, String)],
    problems: &mut Problems,
) -> Vec<Selected> {
    match blocks::events(&pattern.kind, names) {
        Ok(events) => {
            if let Some(what) = none(&pattern.kind, &events) {
                problems.add(Diagnostic::warning(what).at(pattern.span, ""));
            }
            events
        }
        Err(why) => {
            problems.add(unknown(&why).at(pattern.span, ""));
            Vec::new()
        }
    }
}

/// Why it is right that there are none, if there are none.
fn none(pattern: &PatternKind, events: &[Selected]) -> Option<String> {
    match pattern {
        PatternKind::User(_) | PatternKind::Packet => {
            Some("only events of the kernel are recorded: this is never asked".to_owned())
        }
        PatternKind::Class(name) if events.is_empty() => {
            Some(format!("this kernel has no events of class `{name}`"))
        }
        _ => None,
    }
}

fn unknown(why: &NoEvent) -> Diagnostic {
    let (what, near): (String, Vec<&str>) = match why {
        NoEvent::Unknown(unknown) => {
            let what = format!("this kernel has no event `{}`", unknown.pattern);
            (what, unknown.nearest.iter().map(String::as_str).collect())
        }
        NoEvent::NoClass(unknown) => {
            let what = format!("there is no class and no system `{}`", unknown.name);
            (what, unknown.nearest.clone())
        }
    };
    Diagnostic::error(what).help_names(&near).help(match why {
        NoEvent::Unknown(_) => "`marey events` lists all that there are",
        NoEvent::NoClass(_) => "`marey events --sat` lists all classes",
    })
}
