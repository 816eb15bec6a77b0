//! The classes of QNX's System Analysis Toolkit, and what of Linux they are.
//!
//! [`CLASSES`] is the table, of which `marey events --sat` and `--class NAME` are made. An event of
//! SAT can be several events of Linux, and one of Linux several of SAT: a switch of threads says of
//! one that it runs, and of the other why it does not.

mod numbers;
mod table;

use std::fmt;

use marey_diagnostic::nearest;

pub use numbers::NUMBERS;
pub use table::CLASSES;

use crate::near;
use crate::select::{Pattern, Selected};

/// A class of SAT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Class {
    /// Its name in small letters: `kercall`.
    pub name: &'static str,
    /// What else it is called: `int`.
    pub aliases: &'static [&'static str],
    /// What its events are about.
    pub what: &'static str,
    /// Its events.
    pub events: &'static [Event],
}

/// An event of SAT, and what it is on Linux.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its name in SAT, without the class before it: `THRUNNING`.
    pub name: &'static str,
    /// How well the events of Linux say the same.
    pub fit: Fit,
    /// The events of Linux, as patterns; none if there are none.
    pub linux: &'static [&'static str],
    /// How to tell it from others of the same events, or where else it comes from.
    pub note: &'static str,
}

/// How well events of Linux say what one of SAT says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fit {
    /// They say the same.
    Same,
    /// About the same, or a part of it.
    Near,
    /// There are none.
    None,
}

/// A name of no class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// The name.
    pub name: String,
    /// Names of classes that are near it, the nearest first: up to three.
    pub nearest: Vec<&'static str>,
}

/// The class of this name; capitals do not matter.
///
/// # Errors
/// When there is none.
///
/// ```
/// use marey_recorder::sat;
/// assert!(sat::class("thread")?.matches("sched", "sched_switch"));
/// assert_eq!(sat::class("INT")?.name, "interrupt");
/// # Ok::<(), sat::Unknown>(())
/// ```
pub fn class(name: &str) -> Result<&'static Class, Unknown> {
    let wanted = name.to_ascii_lowercase();
    let is_it = |class: &&Class| class.name == wanted || class.aliases.contains(&&*wanted);
    CLASSES.iter().find(is_it).ok_or_else(|| {
        let names = CLASSES.iter().flat_map(|class| [&[class.name], class.aliases].concat());
        Unknown { name: name.to_owned(), nearest: nearest(&wanted, names) }
    })
}

impl Class {
    /// The events of Linux that it is, as patterns, each once.
    pub fn patterns(&self) -> Vec<Pattern> {
        let mut patterns: Vec<Pattern> = Vec::new();
        for pattern in self.events.iter().flat_map(Event::patterns) {
            if !patterns.contains(&pattern) {
                patterns.push(pattern);
            }
        }
        patterns
    }

    /// The events that SAT knows by this name or number; capitals do not matter.
    pub fn called(&self, name: &str) -> impl Iterator<Item = &'static Event> {
        let own = NUMBERS.iter().filter(|(class, _)| *class == self.name);
        let number = name.parse::<u16>().ok();
        let named = own.flat_map(|(_, all)| all.iter()).find(|(own, _)| Some(*own) == number);
        let wanted = named.map_or(name, |(_, name)| name).to_owned();
        self.events.iter().filter(move |event| event.name.eq_ignore_ascii_case(&wanted))
    }

    /// Whether an event of Linux is of this class.
    pub fn matches(&self, system: &str, name: &str) -> bool {
        self.events.iter().flat_map(Event::patterns).any(|pattern| pattern.matches(system, name))
    }

    /// Those of these events (system and name) that are of this class, in their order. A kernel
    /// need not have any: what [`Class::patterns`] says and it lacks is left out.
    pub fn select(&self, names: &[(String, String)]) -> Vec<Selected> {
        let patterns = self.patterns();
        let is_of = |(system, name): &&(String, String)| {
            patterns.iter().any(|pattern| pattern.matches(system, name))
        };
        let found = names.iter().filter(is_of);
        found.map(|(system, name)| Selected::of(system, name)).collect()
    }
}

impl Event {
    /// The events of Linux that it is.
    pub fn patterns(&self) -> impl Iterator<Item = Pattern> {
        self.linux.iter().filter_map(|text| {
            let (system, name) = text.split_once(':')?;
            Some(Pattern::of(system, name))
        })
    }
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no class `{}`", self.name)?;
        near::write(f, &self.nearest)
    }
}

impl std::error::Error for Unknown {}
