//! Which events the patterns of blocks stand for, and what is said where there are none.

use marey_diagnostic::{Diagnostic, Problems};
use marey_filter::lang::tree::{Pattern, PatternKind};

use crate::blocks::{self, NoEvent};
use crate::select::Selected;

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
        PatternKind::Packet => Some("packets are recorded all: this is never asked".to_owned()),
        // It has events of programs.
        kind if blocks::is_all_of_programs(kind) => None,
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
