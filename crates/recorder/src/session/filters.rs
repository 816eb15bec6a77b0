//! Where filters run: in the kernel as long as it can say them, then at the drain.

use marey_filter::Outcome;
use marey_filter::check::typed::Condition;
use marey_filter::code::{Machine, NoMemory};
use marey_filter::compile::{self, Code, Target};

use super::Plan;
use crate::error::{Error, ErrorKind};
use crate::kernel::class;
use crate::kernel::fold::fold;
use crate::kernel::program::{Maps, Request, program};
use crate::kernel::record::{Layout, Seen};
use crate::tracefs::Format;

/// The filters of an event.
#[derive(Clone, Debug)]
pub struct Placed {
    /// Those that run in the kernel: the first ones.
    pub in_kernel: Vec<Condition>,
    /// Those that run at the drain: all others.
    pub at_drain: Vec<Code>,
}

/// Says for each event which of its filters runs where.
///
/// # Errors
/// When one is too large to be run at all.
pub fn place(plan: &Plan, layouts: &[Layout]) -> Result<Vec<Placed>, Error> {
    plan.events
        .iter()
        .zip(layouts)
        .enumerate()
        .map(|(index, ((format, _), layout))| {
            let own = plan.filters.iter().filter_map(|filter| filter.conditions.get(index));
            let own: Vec<Condition> = own.map(|condition| fold(condition, format)).collect();
            let says = |count: &usize| {
                let first = own.get(..*count).unwrap_or_default();
                can_say(format, layout, first)
            };
            // Once one runs at the drain, all later ones do: so their order holds.
            let in_kernel = (0..=own.len()).rev().find(says).unwrap_or(0);
            let (first, rest) = own.split_at(in_kernel);
            let at_drain = rest.iter().map(|condition| code(condition, format));
            Ok(Placed { in_kernel: first.to_vec(), at_drain: at_drain.collect::<Result<_, _>>()? })
        })
        .collect()
}

/// Whether the kernel can say all of these.
fn can_say(format: &Format, layout: &Layout, filters: &[Condition]) -> bool {
    let maps = Maps { ring: 0, counters: 0, scope: None };
    let (index, not, is_shadow) = (0, None, false);
    program(&Request { format, layout, index, maps, not, filters, is_shadow }).is_ok()
}

fn code(condition: &Condition, format: &Format) -> Result<Code, Error> {
    let slots = class::class(format, None).slots();
    let target = Target { slots, layout: None, sinks: 0, absent_is_false: false };
    compile::filter(condition, &target).map_err(|e| Error {
        kind: ErrorKind::Unsupported,
        what: format!("a filter of {}:{}", format.system, format.name),
        why: e.to_string(),
        help: Some("make it shorter"),
    })
}

/// What the filters of the drain say of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// All keep it. So many of them could not answer.
    Keep(u64),
    /// This one discards it.
    Discard(usize),
}

/// Runs the filters of the drain, in their order, up to the first that discards.
pub fn run(machine: &mut Machine, placed: &Placed, seen: &Seen<'_>) -> Said {
    let mut unanswered = 0;
    for (index, code) in placed.at_drain.iter().enumerate() {
        // It was made by the compiler, which makes no other.
        let Ok(program) = code.program() else { continue };
        match machine.run(&program, seen, &mut NoMemory) {
            Outcome::Failed(_) => unanswered += 1,
            Outcome::Verdict(verdict) if verdict.is_keep() => {}
            Outcome::Verdict(_) => return Said::Discard(placed.in_kernel.len() + index),
        }
    }
    Said::Keep(unanswered)
}
