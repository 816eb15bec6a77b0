//! The same mistake at many events is one mistake.

use marey_diagnostic::source::Span;
use marey_diagnostic::{Diagnostic, Problems, Severity};

/// How many events are named.
const NAMES_MAX: usize = 3;

/// What is wrong at events, by what it is.
#[derive(Default)]
pub struct Merge {
    found: Vec<Found>,
}

struct Found {
    key: (Option<Span>, String),
    first: Diagnostic,
    /// What helps at the first event helps at all of them.
    is_help_alike: bool,
    classes: Vec<String>,
}

impl Merge {
    /// Adds what is wrong at an event.
    pub fn add(&mut self, class: &str, problems: &Problems) {
        for diagnostic in problems.sorted() {
            let key = (diagnostic.span, diagnostic.what.replace(class, "…"));
            match self.found.iter_mut().find(|found| found.key == key) {
                Some(found) => {
                    found.is_help_alike &= found.first.help == diagnostic.help;
                    found.classes.push(class.to_owned());
                }
                None => self.found.push(Found {
                    key,
                    first: diagnostic.clone(),
                    is_help_alike: true,
                    classes: vec![class.to_owned()],
                }),
            }
        }
    }

    /// Hands on what is wrong, of so many events in all.
    pub fn into_problems(self, events: usize, problems: &mut Problems) {
        for found in self.found {
            problems.add(found.diagnostic(events));
        }
    }
}

impl Found {
    fn diagnostic(self, events: usize) -> Diagnostic {
        let class = self.classes.first().map_or("", String::as_str);
        if self.classes.len() == 1 || !self.first.what.contains(class) {
            return self.first;
        }
        let some = match self.classes.len() == events {
            true => format!("none of these {events} events"),
            false => format!("{} of {events} events", self.classes.len()),
        };
        let what =
            self.first.what.replace(&format!("{class} has no "), &format!("{some} have no "));
        let what = match self.classes.len() == events {
            true => what.replace("have no `", "has a `"),
            false => what,
        };
        let what = what.replace(class, &some);
        let diagnostic = match self.first.severity {
            Severity::Error => Diagnostic::error(what),
            Severity::Warning => Diagnostic::warning(what),
        };
        let diagnostic = match self.first.span {
            Some(span) => diagnostic.at(span, self.first.label.clone()),
            None => diagnostic,
        };
        let help = self.first.help.iter().filter(|_| self.is_help_alike);
        let diagnostic = help.fold(diagnostic, |found, help| found.help(help.clone()));
        diagnostic.help(self.which(events))
    }

    fn which(&self, events: usize) -> String {
        let named = self.classes.iter().take(NAMES_MAX).cloned().collect::<Vec<_>>().join(", ");
        let more = self.classes.len().saturating_sub(NAMES_MAX);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let is_advised = self.is_help_alike && !self.first.help.is_empty();
        let is_part = self.classes.len() < events;
        let advice = if is_part && !is_advised { "; name fewer events" } else { "" };
        format!("such are {named}{more}{advice}")
    }
}
