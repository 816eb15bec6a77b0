//! Which events the blocks of a program are for, and where they run.

use std::fmt;

use marey_filter::check::typed::{Condition, Statement};
use marey_filter::ebpf::{INSNS_MAX, Unsupported};
use marey_filter::glob;
use marey_filter::lang::tree::{Block, Pattern as Written, PatternKind, Program};
use marey_filter::uses;

use crate::kernel::ask::Ask;
use crate::kernel::class::Slots;
use crate::kernel::fold::{fold, fold_block};
use crate::kernel::program::{Maps, Request, program};
use crate::kernel::record::Layout;
use crate::kernel::tables::{Tables, Wanted};
use crate::kernel::thread::Thread;
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

/// Whether a pattern names events of the kernel, and of none else.
pub fn is_of_kernel(kind: &PatternKind) -> bool {
    match kind {
        PatternKind::Event { .. } => true,
        PatternKind::Class(_) => !is_all_of_programs(kind),
        PatternKind::Any | PatternKind::User(_) | PatternKind::Packet => false,
    }
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

/// Whether a block is for an event as one of a whole class; nothing if it is not for it.
pub fn is_of_class(block: &Block, system: &str, name: &str) -> Option<bool> {
    let own = block.patterns.iter().filter(|pattern| matches(&pattern.kind, system, name));
    own.map(|pattern| !matches!(pattern.kind, PatternKind::Event { .. })).min()
}

/// Whether a block is for this event of a program (`provider:event`) as one of a whole class, which
/// is `user`; nothing if it is not for it.
pub fn is_of_class_of_programs(block: &Block, name: &str) -> Option<bool> {
    let of = |pattern: &Written| match &pattern.kind {
        PatternKind::User(glob) => glob::matches(glob.as_bytes(), name.as_bytes()).then_some(false),
        kind => is_all_of_programs(kind).then_some(true),
    };
    block.patterns.iter().filter_map(of).min()
}

/// Whether a block is for events of programs, of which it is known later which there are.
pub fn may_be_of_programs(block: &Block) -> bool {
    let is_user = |kind: &PatternKind| matches!(kind, PatternKind::User(_));
    block.patterns.iter().any(|pattern| is_user(&pattern.kind) || is_all_of_programs(&pattern.kind))
}

/// The events of programs that blocks name: globs of `provider:event`. Those that are for any event
/// name none.
pub fn named_of_programs(program: &Program) -> impl Iterator<Item = &str> {
    let patterns = program.blocks.iter().flat_map(|block| &block.patterns);
    patterns.filter_map(|pattern| match &pattern.kind {
        PatternKind::User(glob) => Some(glob.as_str()),
        PatternKind::Any => None,
        kind => is_all_of_programs(kind).then_some("*"),
    })
}

/// Whether a pattern stands for all events of programs: `any`, or SAT's class of them.
pub fn is_all_of_programs(kind: &PatternKind) -> bool {
    match kind {
        PatternKind::Any => true,
        PatternKind::Class(name) => sat::class(name).is_ok_and(|class| class.name == "user"),
        PatternKind::User(_) | PatternKind::Event { .. } | PatternKind::Packet => false,
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
    /// A filter before it runs at the drain.
    BehindFilter,
    /// A block before it runs at the drain.
    BehindBlock,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Why::State => "it has state, which all CPUs share",
            Why::Acts => "it acts on the recording",
            Why::Unsupported(why) => why,
            Why::BehindFilter => "a filter before it does",
            Why::BehindBlock => "a block before it does",
        })
    }
}

/// Whether an event can be recorded at all.
pub fn is_recordable(format: &Format) -> bool {
    Layout::of(format).is_some()
}

/// Where a filter runs for an event. Once one filter runs at the drain, all later ones do.
pub fn of_filter(condition: &Condition, format: &Format) -> Place {
    of_asks(&[Ask::filter(fold(condition, format))], format)
}

/// Where a block runs for an event, behind those that run in the kernel; if it does, too, it is
/// added to them. All of them together have to fit there.
pub fn of_block(before: &mut Vec<Ask>, statements: &[Statement], format: &Format) -> Place {
    let statements = fold_block(statements, format);
    let uses = uses::of_statements(&statements);
    if uses.state {
        Place::Drain(Why::State)
    } else if uses.acts {
        Place::Drain(Why::Acts)
    } else {
        before.push(Ask::block(statements));
        let place = of_asks(before, format);
        if place != Place::Kernel {
            before.pop();
        }
        place
    }
}

fn of_asks(asks: &[Ask], format: &Format) -> Place {
    let why = match Layout::of(format) {
        Some(layout) => match can_say((format, &Slots::of(format)), &layout, asks) {
            Ok(()) => return Place::Kernel,
            Err(why) => why.to_string(),
        },
        None => "the event cannot be recorded".to_owned(),
    };
    Place::Drain(Why::Unsupported(why))
}

/// Whether the kernel can say all of these, one after the other.
///
/// # Errors
/// What it cannot say.
pub fn can_say(
    (format, slots): (&Format, &Slots),
    layout: &Layout,
    asks: &[Ask],
) -> Result<(), Unsupported> {
    // An event may have a fast form besides, for which all of it stands there again.
    const FORM_INSNS_MAX: usize = INSNS_MAX / 2;
    match insns((format, slots), layout, asks, &Wanted::default())? {
        0..=FORM_INSNS_MAX => Ok(()),
        _ => Err(Unsupported(format!("it takes more than {FORM_INSNS_MAX} of its instructions"))),
    }
}

/// Asks for the tables that these count in.
///
/// # Errors
/// What the kernel cannot say.
pub fn wanted(
    format: &Format,
    layout: &Layout,
    asks: &[Ask],
    tables: &Wanted,
) -> Result<(), Unsupported> {
    insns((format, &Slots::of(format)), layout, asks, tables).map(drop)
}

/// How many instructions it takes to ask all of these.
fn insns(
    (format, slots): (&Format, &Slots),
    layout: &Layout,
    asks: &[Ask],
    tables: &dyn Tables,
) -> Result<usize, Unsupported> {
    let maps = Maps { ring: 0, counters: 0, scope: None, switch: 0, rules: 0, processes: 0 };
    let request = Request {
        format,
        slots,
        site: format.sites.first(),
        typed: None,
        layout,
        index: 0,
        maps,
        left_out: None,
        asks,
        tables,
        fast: None,
        contexts: &[],
        thread: Thread::of_kernel(),
        is_shadow: false,
    };
    program(&request).map(|insns| insns.len())
}
