//! Which events the blocks of a program are for, and where they run.

use std::fmt;

use marey_filter::check::typed::{Condition, Statement};
use marey_filter::ebpf::Unsupported;
use marey_filter::lang::tree::PatternKind;
use marey_filter::uses;

use crate::kernel::class::Slots;
use crate::kernel::fold::fold;
use crate::kernel::program::{Maps, Request, program};
use crate::kernel::record::Layout;
use crate::sat;
use crate::select::{self, Pattern, Selected, select};
use crate::tracefs::Format;

/// A pattern of a block that stands for no event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoEvent {
    /// There is no such event.
    Unknown(select::Unknown),
    /// It is neither a class of SAT nor a system of this kernel.
    NoClass(sat::Unknown),
}

/// Whether a pattern of a block stands for this event of the kernel.
pub fn matches(pattern: &PatternKind, system: &str, name: &str) -> bool {
    match pattern {
        PatternKind::Any => true,
        PatternKind::Event { system: of, name: event } => {
            Pattern::of(of, event).matches(system, name)
        }
        PatternKind::Class(class) => match sat::class(class) {
            Ok(class) => class.matches(system, name),
            Err(_) => Pattern::of(class, "*").matches(system, name),
        },
        PatternKind::User(_) | PatternKind::Packet => false,
    }
}

/// The events of the kernel among these (system and name) that a pattern of a block stands for. A
/// class of SAT may have none here; and events of programs, and packets, are none.
///
/// # Errors
/// When an event is named and none is called so.
pub fn events(pattern: &PatternKind, names: &[(String, String)]) -> Result<Vec<Selected>, NoEvent> {
    let all = || names.iter().map(|(system, name)| Selected::of(system, name)).collect();
    match pattern {
        PatternKind::Any => Ok(all()),
        PatternKind::User(_) | PatternKind::Packet => Ok(Vec::new()),
        PatternKind::Event { system, name } => {
            select(&[Pattern::of(system, name)], names).map_err(NoEvent::Unknown)
        }
        PatternKind::Class(name) => match sat::class(name) {
            Ok(class) => Ok(class.select(names)),
            Err(why) => select(&[Pattern::of(name, "*")], names).map_err(|_| NoEvent::NoClass(why)),
        },
    }
}

/// Where something runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the kernel, at the event.
    Kernel,
    /// In user space, before anything is written.
    Drain(Why),
}

/// Why something does not run in the kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// It remembers something: all CPUs share it.
    State,
    /// It acts on the recording.
    Acts,
    /// The kernel could not say it.
    Unsupported(String),
    /// Only filters do.
    IsBlock,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::State => f.write_str("it has state, which all CPUs share"),
            Why::Acts => f.write_str("it acts on the recording"),
            Why::Unsupported(why) => f.write_str(why),
            Why::IsBlock => f.write_str("only filters run in the kernel, blocks do not yet"),
        }
    }
}

/// Whether an event can be recorded at all.
pub fn is_recordable(format: &Format) -> bool {
    Layout::of(format).is_some()
}

/// Where a filter runs for an event. Once one filter runs at the drain, all later ones do.
pub fn of_filter(condition: &Condition, format: &Format) -> Place {
    match Layout::of(format)
        .map(|layout| can_say((format, &Slots::of(format)), &layout, &[fold(condition, format)]))
    {
        Some(Ok(())) => Place::Kernel,
        Some(Err(why)) => Place::Drain(Why::Unsupported(why.to_string())),
        None => Place::Drain(Why::Unsupported("the event cannot be recorded".to_owned())),
    }
}

/// Where a program of these blocks runs: one place for all of them.
pub fn of_program<'s>(blocks: impl IntoIterator<Item = &'s [Statement]>) -> Place {
    let mut why = Why::IsBlock;
    for uses in blocks.into_iter().map(uses::of_statements) {
        if uses.state {
            return Place::Drain(Why::State);
        }
        if uses.acts {
            why = Why::Acts;
        }
    }
    Place::Drain(why)
}

/// Whether the kernel can say all of these conditions.
///
/// # Errors
/// What it cannot say.
pub fn can_say(
    (format, slots): (&Format, &Slots),
    layout: &Layout,
    conditions: &[Condition],
) -> Result<(), Unsupported> {
    let maps = Maps { ring: 0, counters: 0, scope: None, switch: 0, rules: 0, processes: 0 };
    let request = Request {
        format,
        slots,
        site: format.sites.first(),
        layout,
        index: 0,
        maps,
        left_out: None,
        filters: conditions,
        fast: None,
        comm: None,
        is_shadow: false,
    };
    program(&request).map(|_| ())
}
