//! Which events of a recording a rule is for.

use std::fmt;

use marey_filter::lang::tree::PatternKind;

use crate::select::{Pattern, Unknown, select};
use crate::{blocks, near, sat};

/// Which events a rule is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// All of the recording.
    All,
    /// Those of a class of SAT, else of a system of this name.
    Class(String),
    /// Events by name or glob, as `-e` takes them; else one of SAT's: `thread:THRUNNING` by its
    /// name, `thread:1` by its number, `THRUNNING` alone.
    Event(Pattern),
}

/// A rule that is for no event of the recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoEvent {
    /// What is wrong.
    pub what: String,
    /// Names that would do, the nearest first: up to three.
    pub nearest: Vec<String>,
    /// What to do.
    pub help: &'static str,
}

const NAME_IT: &str = "a recording has the events that it began with: name it there with -e or \
    --class; `delete` switches it off until it is wanted";
const BY_NAME: &str = "numbers of system calls are Linux's: write `event syscall:NAME`, and record \
    with -e syscall:NAME";

impl fmt::Display for NoEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        near::write(f, &self.nearest)?;
        let join = if self.nearest.is_empty() { "; " } else { " " };
        write!(f, "{join}{}", self.help)
    }
}

impl std::error::Error for NoEvent {}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::All => f.write_str("all"),
            Target::Class(name) => write!(f, "class {name}"),
            Target::Event(pattern) => write!(f, "event {pattern}"),
        }
    }
}

impl Target {
    /// The events among these (system and name) that it stands for, by their places.
    ///
    /// # Errors
    /// When there are none.
    pub fn resolve(&self, names: &[(String, String)]) -> Result<Vec<usize>, NoEvent> {
        match self {
            Target::All => Ok((0..names.len()).collect()),
            Target::Class(class) => {
                let kind = PatternKind::Class(class.clone());
                some(places(names, |system, name| blocks::matches(&kind, system, name)))
                    .ok_or_else(|| no_class(class, names))
            }
            Target::Event(pattern) => {
                some(places(names, |system, name| pattern.matches(system, name)))
                    .or_else(|| of_sat(pattern, names))
                    .ok_or_else(|| no_event(pattern, names))
            }
        }
    }
}

/// The places of those that are meant.
fn places(names: &[(String, String)], is_meant: impl Fn(&str, &str) -> bool) -> Vec<usize> {
    let all = names.iter().enumerate();
    all.filter(|(_, (system, name))| is_meant(system, name)).map(|(place, _)| place).collect()
}

fn some(places: Vec<usize>) -> Option<Vec<usize>> {
    Some(places).filter(|places| !places.is_empty())
}

/// What of the recording an event of SAT is.
fn of_sat(pattern: &Pattern, names: &[(String, String)]) -> Option<Vec<usize>> {
    let patterns: Vec<Pattern> =
        sat_events(pattern).into_iter().flat_map(sat::Event::patterns).collect();
    some(places(names, |system, name| patterns.iter().any(|own| own.matches(system, name))))
}

/// The events of SAT that a pattern names.
fn sat_events(pattern: &Pattern) -> Vec<&'static sat::Event> {
    match pattern {
        Pattern::Event { system, name } => {
            sat::class(system).into_iter().flat_map(|class| class.called(name)).collect()
        }
        // A number alone says nothing.
        Pattern::Bare(name) if name.parse::<u16>().is_err() => {
            sat::CLASSES.iter().flat_map(|class| class.called(name)).collect()
        }
        Pattern::Bare(_) | Pattern::Syscall(_) => Vec::new(),
    }
}

fn no_class(class: &str, names: &[(String, String)]) -> NoEvent {
    let systems = names.iter().map(|(system, _)| system.as_str());
    let of_sat = sat::CLASSES
        .iter()
        .filter(|class| names.iter().any(|(system, name)| class.matches(system, name)));
    let nearest = marey_diagnostic::nearest(class, of_sat.map(|class| class.name).chain(systems));
    let what = match sat::class(class) {
        Ok(_) => format!("this recording has no event of class `{class}`"),
        Err(_) => format!("this recording has no class and no system `{class}`"),
    };
    NoEvent { what, nearest: nearest.into_iter().map(str::to_owned).collect(), help: NAME_IT }
}

fn no_event(pattern: &Pattern, names: &[(String, String)]) -> NoEvent {
    let is_call = matches!(pattern, Pattern::Event { system, name }
        if system.to_ascii_lowercase().starts_with("kercall") && name.parse::<u32>().is_ok());
    let nearest = match select(std::slice::from_ref(pattern), names) {
        Err(Unknown { nearest, .. }) => nearest,
        Ok(_) => Vec::new(),
    };
    let what = format!("this recording has no event `{pattern}`");
    NoEvent { what, nearest, help: if is_call { BY_NAME } else { NAME_IT } }
}

#[cfg(test)]
mod tests {

    const NAMES: [(&str, &str); 5] = [
        ("raw_syscalls", "sys_enter"),
        ("sched", "sched_switch"),
        ("sched", "sched_waking"),
        ("signal", "signal_generate"),
        ("syscalls", "sys_enter_openat"),
    ];

    fn resolve(target: &str) -> Result<Vec<usize>, String> {
        let names = NAMES.map(|(system, name)| (system.to_owned(), name.to_owned()));
        let rule: crate::rules::Rule = format!("add {target}").parse().expect("a rule");
        rule.target.resolve(&names).map_err(|found| found.to_string())
    }

    #[test]
    fn events_have_many_names() {
        let all = [
            ("all", vec![0, 1, 2, 3, 4]),
            ("class thread", vec![1, 2]),
            ("class Kercall", vec![0]),
            ("class sched", vec![1, 2]),
            ("class signal", vec![3]),
            ("event sched:*", vec![1, 2]),
            ("event sched_switch", vec![1]),
            ("event syscall:openat", vec![4]),
            ("event thread:THRUNNING", vec![1]),
            ("event thread:1", vec![1]),
            ("event thread:2", vec![2]),
            ("event THREADY", vec![2]),
            ("event comm:9", vec![3]),
            ("event system:2", vec![4]),
        ];
        for (target, events) in all {
            assert_eq!(resolve(target), Ok(events), "{target}");
        }
    }

    #[test]
    fn what_is_not_recorded_is_said() {
        let all = [
            ("class thred", "no class and no system `thred`; did you mean `thread`?"),
            ("class interrupt", "no event of class `interrupt`; a recording has"),
            ("event sched:sched_swich", "did you mean `sched:sched_switch`?"),
            ("event kercall:39", "write `event syscall:NAME`"),
            ("event process:1", "no event `process:1`; a recording has"),
        ];
        for (target, said) in all {
            let found = resolve(target).expect_err(target);
            assert!(found.contains(said), "{target}: {found}");
        }
    }
}
