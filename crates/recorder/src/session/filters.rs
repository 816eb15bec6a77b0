//! Where filters run: in the kernel as long as it can say them, then at the drain.

use marey_filter::check::typed::{Condition, Statement};
use marey_filter::compile::{self, Target, TooLarge};
use marey_filter::early;

use super::judge::Step;
use super::plan::{Plan, Rule};
use crate::blocks::can_say;
use crate::error::{Error, ErrorKind};
use crate::kernel::class;
use crate::kernel::fold::fold;
use crate::kernel::record::Layout;
use crate::tracefs::Format;

/// What decides about the events of a class.
#[derive(Clone, Debug)]
pub struct Placed {
    /// What runs in the kernel: the first ones.
    pub in_kernel: Vec<Condition>,
    /// The block of which the last one of these is a part: what must hold for it to do anything
    /// but discard.
    pub early: Option<Rule>,
    /// What runs at the drain: all others, in their order.
    pub at_drain: Vec<Step>,
}

/// Says for each event what decides about it, and where.
///
/// # Errors
/// When something is too large to be run at all.
pub fn place(plan: &Plan, layouts: &[Layout]) -> Result<Vec<Placed>, Error> {
    let all = plan.events.iter().zip(layouts).enumerate();
    all.map(|(index, ((format, _), layout))| {
        let mut placed = filters(plan, index, format, layout)?;
        let own = blocks(plan, index);
        if let Some((rule, _, block)) = own.first()
            && !plan.is_shadow
        {
            push_down(&mut placed, (*rule, block), plan.filters.len(), (format, layout));
        }
        let slots = class::class(format, None).slots();
        for (rule, memory, statements) in own {
            let layout = plan.handlers.get(memory).map(|handler| &handler.layout);
            let target = Target { slots, layout, ..Target::default() };
            let code = compile::block(statements, &target).map_err(|e| too_large(format, e))?;
            placed.at_drain.push(Step { code, rule, memory: Some(memory) });
        }
        Ok(placed)
    })
    .collect()
}

fn filters(plan: &Plan, index: usize, format: &Format, layout: &Layout) -> Result<Placed, Error> {
    let own = plan.filters.iter().filter_map(|filter| filter.conditions.get(index));
    let own: Vec<Condition> = own.map(|condition| fold(condition, format)).collect();
    let says =
        |count: &usize| can_say(format, layout, own.get(..*count).unwrap_or_default()).is_ok();
    // Once one runs at the drain, all later ones do: so their order holds.
    let count = (0..=own.len()).rev().find(says).unwrap_or(0);
    let (in_kernel, rest) = own.split_at(count);
    let slots = class::class(format, None).slots();
    // In shadow, the machine says as well what the kernel says.
    let (rest, first) = if plan.is_shadow { (own.as_slice(), 0) } else { (rest, count) };
    let at_drain = rest.iter().zip(first..).map(|(condition, rule)| {
        let target = Target { slots, ..Target::default() };
        let code = compile::filter(condition, &target).map_err(|e| too_large(format, e))?;
        Ok(Step { code, rule, memory: None })
    });
    let at_drain = at_drain.collect::<Result<_, Error>>()?;
    Ok(Placed { in_kernel: in_kernel.to_vec(), early: None, at_drain })
}

/// Asks in the kernel what must hold for the first block to do anything but discard, if all
/// filters are asked there.
fn push_down(
    placed: &mut Placed,
    (rule, statements): (Rule, &[Statement]),
    filters: usize,
    (format, layout): (&Format, &Layout),
) {
    let condition = fold(&early::necessary(statements), format);
    if placed.in_kernel.len() < filters || condition == Condition::Constant(true) {
        return;
    }
    placed.in_kernel.push(condition);
    match can_say(format, layout, &placed.in_kernel) {
        Ok(()) => placed.early = Some(rule),
        Err(_) => drop(placed.in_kernel.pop()),
    }
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
