//! Where filters run: in the kernel as long as it can say them, then at the drain.

use marey_filter::check::typed::{Condition, Statement};
use marey_filter::compile::{self, Target, TooLarge};
use marey_filter::early;

use super::judge::Step;
use super::plan::{Plan, Rule};
use crate::blocks::can_say;
use crate::error::{Error, ErrorKind};
use crate::kernel::class::{self, Slots};
use crate::kernel::fold::fold;
use crate::kernel::record::Layout;
use crate::rules::Fast;
use crate::tracefs::Format;

/// What decides about the events of a class.
#[derive(Clone, Debug)]
pub struct Placed {
    /// What runs in the kernel: the first ones.
    pub in_kernel: Vec<Condition>,
    /// The block of which the last one of these is a part: what must hold for it to do anything
    /// but discard.
    pub early: Option<Rule>,
    /// What may run at the drain: all others, in their order.
    pub at_drain: Vec<Step>,
    /// Behind which of these it begins for events with all of their fields.
    pub wide_from: usize,
    /// The fast form of the event, if it has one.
    pub fast: Option<PlacedFast>,
}

/// Where filters run when an event is fast: what asks for a field that is left out is asked at the
/// drain, with all that follows, and cannot answer there.
#[derive(Clone, Debug)]
pub struct PlacedFast {
    /// The form.
    pub form: Fast,
    /// How many of those in the kernel are asked there.
    pub in_kernel: usize,
    /// Behind which of those at the drain it begins.
    pub from: usize,
}

/// Says for each event what decides about it, and where.
///
/// # Errors
/// When something is too large to be run at all.
pub fn place(plan: &Plan, layouts: &[Layout]) -> Result<Vec<Placed>, Error> {
    let all = plan.events.iter().zip(layouts).enumerate();
    all.map(|(index, ((format, _), layout))| {
        let own = blocks(plan, index);
        let first = own.first().filter(|_| !plan.is_shadow).map(|(rule, _, block)| (*rule, *block));
        let mut placed = filters(plan, index, (format, layout), first)?;
        let slots = class::class(format, None).slots();
        for (rule, memory, statements) in own {
            let layout = plan.handlers.get(memory).map(|handler| &handler.layout);
            let sinks = plan.sinks.len() as u16;
            let target = Target { slots, layout, sinks, ..Target::default() };
            let code = compile::block(statements, &target).map_err(|e| too_large(format, e))?;
            placed.at_drain.push(Step { code, rule, memory: Some(memory) });
        }
        Ok(placed)
    })
    .collect()
}

/// Places the filters, and what the kernel asks of the first block.
fn filters(
    plan: &Plan,
    index: usize,
    (format, layout): (&Format, &Layout),
    block: Option<(Rule, &[Statement])>,
) -> Result<Placed, Error> {
    let own = plan.filters.iter().filter_map(|filter| filter.conditions.get(index));
    let own: Vec<Condition> = own.map(|condition| fold(condition, format)).collect();
    let slots = Slots::of(format);
    let says = |slots: &Slots, own: &[Condition]| {
        let says = |count: &usize| {
            can_say((format, slots), layout, own.get(..*count).unwrap_or_default()).is_ok()
        };
        // Once one runs at the drain, all later ones do: so their order holds.
        (0..=own.len()).rev().find(says).unwrap_or(0)
    };
    let count = says(&slots, &own);
    let mut in_kernel = own.get(..count).unwrap_or_default().to_vec();
    let early = block.filter(|_| count == own.len()).and_then(|(rule, statements)| {
        in_kernel.push(early(statements, format)?);
        let is_said = says(&slots, &in_kernel) == in_kernel.len();
        if !is_said {
            in_kernel.pop();
        }
        is_said.then_some(rule)
    });
    let fast = Fast::of(format).map(|form| {
        let in_kernel = says(&slots.without(&form.left_out), &in_kernel);
        PlacedFast { form, in_kernel, from: 0 }
    });
    // In shadow, the machine says as well what the kernel says.
    let asked = |in_kernel: usize| if plan.is_shadow { 0 } else { in_kernel.min(count) };
    let first = fast.as_ref().map_or(count, |fast| fast.in_kernel);
    let first = asked(first);
    let fast = fast.map(|fast| PlacedFast { from: asked(fast.in_kernel) - first, ..fast });
    let wide_from = asked(count) - first;
    let slots = class::class(format, None).slots();
    let rest = own.get(first..).unwrap_or_default();
    let at_drain = rest.iter().zip(first..).map(|(condition, rule)| {
        let target = Target { slots, ..Target::default() };
        let code = compile::filter(condition, &target).map_err(|e| too_large(format, e))?;
        Ok(Step { code, rule, memory: None })
    });
    let at_drain = at_drain.collect::<Result<_, Error>>()?;
    Ok(Placed { in_kernel, early, at_drain, wide_from, fast })
}

/// What must hold for a block to do anything but discard, if that says something.
fn early(statements: &[Statement], format: &Format) -> Option<Condition> {
    let condition = fold(&early::necessary(statements), format);
    (condition != Condition::Constant(true)).then_some(condition)
}

/// The blocks of handlers for an event, with the handler that each is of: those of classes first,
/// then those of events, each in their order.
fn blocks(plan: &Plan, index: usize) -> Vec<(Rule, usize, &[Statement])> {
    let mut found = Vec::new();
    for is_of_class in [true, false] {
        let mut rule: Rule = plan.filters.len();
        for (memory, handler) in plan.handlers.iter().enumerate() {
            for block in &handler.blocks {
                let own = block.bodies.get(index).and_then(Option::as_ref);
                let own = own.filter(|own| own.is_of_class == is_of_class);
                found.extend(own.map(|own| (rule, memory, own.statements.as_slice())));
                rule += 1;
            }
        }
    }
    found
}

fn too_large(format: &Format, error: TooLarge) -> Error {
    Error {
        kind: ErrorKind::Unsupported,
        what: format!("a filter or handler of {}:{}", format.system, format.name),
        why: error.to_string(),
        help: Some("make it shorter"),
    }
}
