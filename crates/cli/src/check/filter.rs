//! Filters: each at each of the events.

use marey_diagnostic::source::Sources;
use marey_diagnostic::{Diagnostic, Problems};
use marey_filter::check;
use marey_filter::compile::{self, Target};
use marey_filter::lang;
use marey_recorder::blocks::{self, Place, Why};
use marey_recorder::select::Selected;
use marey_recorder::texts::Merge;

use super::events::Events;
use super::found::{Rule, add};

/// The filters before one at the drain run where they can; those behind it run there, too.
pub struct Filters<'e, 'k> {
    /// The events, if they are known.
    pub events: Option<(&'e mut Events<'k>, &'e [Selected])>,
    /// For which of them a filter runs at the drain already.
    pub drained: Vec<bool>,
}

impl Filters<'_, '_> {
    /// Checks a filter; what is known of it, if nothing is wrong.
    pub fn check(
        &mut self,
        text: &str,
        sources: &mut Sources,
        problems: &mut Problems,
    ) -> Option<Rule> {
        let file = match sources.add("-f", text.as_bytes().to_vec()) {
            Ok(file) => file,
            Err(found) => {
                problems.add(found);
                return None;
            }
        };
        let tree = lang::filter(sources, file, problems)?;
        let mut rule = Rule {
            what: text.to_owned(),
            line: None,
            events: None,
            unrecordable: 0,
            steps: None,
            places: Vec::new(),
            early: None,
            is_of_programs: false,
        };
        let Some((events, selected)) = &mut self.events else {
            return Some(rule).filter(|_| !problems.has_errors());
        };
        self.drained.resize(selected.len(), false);
        let mut merge = Merge::default();
        for (event, is_drained) in events.of(selected).zip(&mut self.drained) {
            let mut found = Problems::default();
            let condition = check::filter(&tree, &event.class, &mut found);
            merge.add(&event.class.name, &found);
            let Some(condition) = condition else { continue };
            let target = Target { slots: event.class.slots(), ..Target::default() };
            match compile::filter(&condition, &target) {
                Ok(code) => {
                    let steps = code.program().ok().map(|program| program.steps_max());
                    rule.steps = rule.steps.max(steps);
                }
                Err(why) => problems.add(
                    Diagnostic::error(format!("the filter is too large: {why}"))
                        .at(tree.span, "")
                        .help("make two filters of it: -f A -f B keeps what both keep"),
                ),
            }
            rule.unrecordable += usize::from(!blocks::is_recordable(&event.format));
            let place = match (*is_drained, blocks::of_filter(&condition, &event.format)) {
                (true, Place::Kernel) => Place::Drain(Why::BehindFilter),
                (_, place) => place,
            };
            *is_drained |= place != Place::Kernel;
            add(&mut rule.places, place);
        }
        merge.into_problems(selected.len(), problems);
        rule.events = Some(selected.to_vec());
        Some(rule).filter(|_| !problems.has_errors())
    }
}
