//! Which events a pattern stands for.
//!
//! A pattern is written as `sched:sched_switch`, `sched:*`, `irq` (a system, or an event, of this
//! name), or `syscall:openat` (both ends of a system call). All parts may be globs.

use std::fmt;
use std::str::FromStr;

use marey_diagnostic::nearest;
use marey_filter::glob;

use crate::near;

/// How long a pattern may be, in bytes.
pub const PATTERN_BYTES_MAX: usize = 256;

/// What patterns call the systems of both ends of system calls.
const SYSCALL: &str = "syscall";
/// What the kernel calls it, and its events; and by which names they are recorded.
const SYSCALLS: &str = "syscalls";
const ENDS: [(&str, &str); 2] = [("sys_enter_", "syscall_entry_"), ("sys_exit_", "syscall_exit_")];

/// Which events are meant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Pattern {
    /// `sched:sched_*`: events of systems; both are globs.
    Event {
        /// Of the system.
        system: String,
        /// Of the event.
        name: String,
    },
    /// `irq`, `sched_sw*`: all events of a system, and events of any system; a glob.
    Bare(String),
    /// `syscall:openat`: the entry and the exit of system calls; a glob of their names.
    Syscall(String),
}

/// An event that was selected.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Selected {
    /// What it belongs to: `syscalls`.
    pub system: String,
    /// What the kernel calls it: `sys_enter_openat`.
    pub name: String,
    /// By which name it is recorded: `syscall_entry_openat`.
    pub recorded: String,
}

/// A pattern that stands for nothing here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// As it was written.
    pub pattern: String,
    /// What would stand for something, the nearest first: up to three.
    pub nearest: Vec<String>,
}

/// A text that is no pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// As it was written.
    pub pattern: String,
    /// What is wrong with it.
    pub why: &'static str,
}

/// By which name an event is recorded: that of the tracepoint, but for the ends of system calls,
/// which have the names that LTTng gives them.
pub fn recorded(system: &str, name: &str) -> String {
    let end = ENDS.iter().filter(|_| system == SYSCALLS);
    let end = end.filter_map(|(kernel, own)| Some((own, name.strip_prefix(kernel)?))).next();
    end.map_or_else(|| name.to_owned(), |(own, call)| format!("{own}{call}"))
}

/// The events among `names` (system and name) that the patterns stand for: in the order of systems
/// and names, each once.
///
/// # Errors
/// The first pattern that stands for none.
///
/// ```
/// use marey_recorder::select::{Pattern, select};
/// let names = [("sched", "sched_switch"), ("syscalls", "sys_enter_openat")];
/// let names = names.map(|(system, name)| (system.to_owned(), name.to_owned()));
/// let patterns = ["sched:*".parse()?, "syscall:open*".parse::<Pattern>()?];
/// let selected = select(&patterns, &names)?;
/// assert_eq!(selected[1].recorded, "syscall_entry_openat");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn select(patterns: &[Pattern], names: &[(String, String)]) -> Result<Vec<Selected>, Unknown> {
    let mut selected = Vec::new();
    for pattern in patterns {
        let before = selected.len();
        let matching = names.iter().filter(|(system, name)| pattern.matches(system, name));
        selected.extend(matching.map(|(system, name)| Selected::of(system, name)));
        if selected.len() == before {
            return Err(pattern.unknown(names));
        }
    }
    selected.sort();
    selected.dedup();
    Ok(selected)
}

impl Selected {
    /// The event of this system and name.
    pub fn of(system: &str, name: &str) -> Self {
        let recorded = recorded(system, name);
        Selected { system: system.to_owned(), name: name.to_owned(), recorded }
    }
}

impl Pattern {
    /// The pattern of a system and a name, as programs of handlers have it.
    pub fn of(system: &str, name: &str) -> Self {
        match system {
            SYSCALL => Pattern::Syscall(name.to_owned()),
            _ => Pattern::Event { system: system.to_owned(), name: name.to_owned() },
        }
    }

    /// Whether it stands for this event. Events are known by both of their names.
    pub fn matches(&self, system: &str, name: &str) -> bool {
        let is_named = |glob: &str| is_like(glob, name) || is_like(glob, &recorded(system, name));
        match self {
            Pattern::Event { system: of, name } => is_like(of, system) && is_named(name),
            Pattern::Bare(glob) => is_like(glob, system) || is_named(glob),
            Pattern::Syscall(glob) => {
                let call = ENDS.iter().find_map(|(kernel, _)| name.strip_prefix(kernel));
                system == SYSCALLS && call.is_some_and(|call| is_like(glob, call))
            }
        }
    }

    fn unknown(&self, names: &[(String, String)]) -> Unknown {
        let written = self.to_string();
        let mut near = match self {
            Pattern::Event { system, name } => nearest_parts(system, name, names),
            Pattern::Bare(_) | Pattern::Syscall(_) => Vec::new(),
        };
        if near.is_empty() {
            near = of_all(&written, &candidates(self, names));
        }
        Unknown { pattern: written, nearest: near }
    }
}

/// What such a pattern could have been.
fn candidates(pattern: &Pattern, names: &[(String, String)]) -> Vec<String> {
    let mut all: Vec<String> = match pattern {
        Pattern::Event { .. } => names.iter().map(|(of, name)| format!("{of}:{name}")).collect(),
        Pattern::Bare(_) => {
            names.iter().flat_map(|(of, name)| [of.clone(), name.clone()]).collect()
        }
        Pattern::Syscall(_) => {
            let calls = names.iter().filter(|(system, _)| system == SYSCALLS);
            let call = |name: &String| name.strip_prefix(ENDS[0].0).map(str::to_owned);
            let calls = calls.filter_map(|(_, name)| call(name));
            calls.map(|call| format!("{SYSCALL}:{call}")).collect()
        }
    };
    all.sort_unstable();
    all.dedup();
    all
}

/// The system may be right and the name of another one, or the other way round.
fn nearest_parts(system: &str, name: &str, names: &[(String, String)]) -> Vec<String> {
    let same_name = names.iter().filter(|(_, other)| other == name);
    let elsewhere: Vec<String> = same_name.map(|(of, name)| format!("{of}:{name}")).collect();
    if !elsewhere.is_empty() {
        return elsewhere.into_iter().take(3).collect();
    }
    let mut systems: Vec<&str> = names.iter().map(|(system, _)| system.as_str()).collect();
    systems.dedup();
    match systems.iter().any(|other| is_like(system, other)) {
        true => {
            let inside = names.iter().filter(|(other, _)| is_like(system, other));
            let inside: Vec<String> = inside.map(|(_, name)| name.clone()).collect();
            let near = of_all(name, &inside);
            near.into_iter().map(|name| format!("{system}:{name}")).collect()
        }
        false => {
            let near = nearest(system, systems.into_iter().chain([SYSCALL]));
            let near = near.into_iter().map(|system| Pattern::of(system, name));
            let stands =
                |pattern: &Pattern| names.iter().any(|(of, name)| pattern.matches(of, name));
            near.filter(stands).map(|pattern| pattern.to_string()).collect()
        }
    }
}

fn of_all(name: &str, candidates: &[String]) -> Vec<String> {
    let near = nearest(name, candidates.iter().map(String::as_str));
    near.into_iter().map(str::to_owned).collect()
}

fn is_like(pattern: &str, text: &str) -> bool {
    glob::matches(pattern.as_bytes(), text.as_bytes())
}

impl FromStr for Pattern {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let malformed = |why| Err(Malformed { pattern: text.to_owned(), why });
        if text.len() > PATTERN_BYTES_MAX {
            return malformed("it is longer than 256 bytes");
        }
        let pattern = match text.split_once(':') {
            None => Pattern::Bare(text.to_owned()),
            Some((_, name)) if name.contains(':') => {
                return malformed("there are two `:`, and one stands between system and event");
            }
            Some((system, name)) => Pattern::of(system, name),
        };
        if text.split(':').any(str::is_empty) {
            return malformed("nothing stands where a name or a glob should");
        }
        Ok(pattern)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Pattern::Event { system, name } => write!(f, "{system}:{name}"),
            Pattern::Bare(glob) => f.write_str(glob),
            Pattern::Syscall(glob) => write!(f, "{SYSCALL}:{glob}"),
        }
    }
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this kernel has no event `{}`", self.pattern)?;
        near::write(f, &self.nearest)
    }
}

impl std::error::Error for Unknown {}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no pattern of events: {}", self.pattern, self.why)
    }
}

impl std::error::Error for Malformed {}
