//! Where filters and blocks run: in the kernel as long as it can say them, then at the drain.

use marey_filter::check::typed::Condition;
use marey_filter::compile::{self, Target, TooLarge};
use marey_filter::early;

use super::judge::Step;
use super::mechanism::Through;
use super::plan::{Plan, Rule};
use crate::blocks::can_say;
use crate::error::{Error, ErrorKind};
use crate::kernel::ask::{ASKS_MAX, Ask, What, bit};
use crate::kernel::class::{self, Slots};
use crate::kernel::fold::{fold, fold_block};
use crate::kernel::record::Layout;
use crate::rules::Fast;
use crate::tracefs::Format;

/// What decides about the events of a class.
#[derive(Clone, Debug)]
pub struct Placed {
    /// What is asked in the kernel: the first ones. The last may be but a part of a block, what
    /// must hold for it to do anything but discard.
    pub in_kernel: Vec<Ask>,
    /// What may run at the drain: all others, in their order. A fast event is asked all of them.
    pub at_drain: Vec<Step>,
    /// Behind which of these it begins for events with all of their fields.
    pub wide_from: usize,
    /// The fast form of the event, if it has one.
    pub fast: Option<PlacedFast>,
    /// How many of those in the kernel are asked nowhere else: of an event with all of its fields,
    /// and of a fast one.
    pub only_in_kernel: (usize, usize),
}

/// Where filters and blocks run when an event is fast: what asks for a field that is left out is
/// asked at the drain, with all that follows, and cannot answer there.
#[derive(Clone, Debug)]
pub struct PlacedFast {
    /// The form.
    pub form: Fast,
    /// How many of those in the kernel are asked there.
    pub in_kernel: usize,
}

impl Placed {
    /// The bits of the first ones in the kernel.
    pub fn bits(&self, count: usize) -> u64 {
        self.in_kernel.iter().take(count).fold(0, |bits, ask| bits | bit(ask.rule))
    }

    /// The first ones in the kernel.
    pub fn rules(&self, count: usize) -> Vec<Rule> {
        self.in_kernel.iter().take(count).map(|ask| ask.rule).collect()
    }
}

/// What is asked of an event, wherever that is.
struct Own {
    ask: Ask,
    /// The handler of a block.
    memory: Option<usize>,
}

/// Says for each event what decides about it, and where.
///
/// # Errors
/// When something is too large to be run at all.
pub fn place(plan: &Plan, layouts: &[Layout], through: Through) -> Result<Vec<Placed>, Error> {
    let all = plan.events.iter().zip(layouts).enumerate();
    all.map(|(index, ((format, _), layout))| {
        let mut own = filters(plan, index, format);
        own.extend(blocks(plan, index, format));
        placed((plan, through), (format, layout), &own)
    })
    .collect()
}

/// Places what is asked of an event: in the kernel as long as it can say it. Once one runs at the
/// drain, all later ones do, so their order holds.
fn placed(
    (plan, through): (&Plan, Through),
    (format, layout): (&Format, &Layout),
    own: &[Own],
) -> Result<Placed, Error> {
    let slots = Slots::of(format);
    let says = |slots: &Slots, asks: &[Ask]| {
        let says = |count: &usize| {
            can_say((format, slots), layout, asks.get(..*count).unwrap_or_default()).is_ok()
        };
        let is_for_kernel = |ask: &&Ask| {
            // In shadow, what counts in the kernel and in the machine must be told apart.
            ask.is_for_kernel() && !(plan.is_shadow && ask.counts() && bit(ask.rule) == 0)
        };
        let most = if through == Through::Bpf { ASKS_MAX } else { 0 };
        let most = asks.iter().take(most).take_while(is_for_kernel).count();
        (0..=most).rev().find(says).unwrap_or(0)
    };
    let mut in_kernel: Vec<Ask> = own.iter().map(|own| own.ask.clone()).collect();
    let count = says(&slots, &in_kernel);
    in_kernel.truncate(count);
    if let Some(early) =
        own.get(count).filter(|_| !plan.is_shadow).and_then(|own| early(own, format))
    {
        in_kernel.push(early);
        in_kernel.truncate(says(&slots, &in_kernel));
    }
    let fast = Fast::of(format).map(|form| {
        let form = Fast { layout: form.layout.with(&plan.contexts), ..form };
        let in_kernel = says(&slots.without(&form.left_out), &in_kernel);
        PlacedFast { form, in_kernel }
    });
    // In shadow, the machine says as well what the kernel says.
    let asked = |in_kernel: usize| if plan.is_shadow { 0 } else { in_kernel.min(count) };
    let first = asked(fast.as_ref().map_or(count, |fast| fast.in_kernel));
    let wide_from = asked(count) - first;
    let rest = own.get(first..).unwrap_or_default();
    let at_drain = rest.iter().map(|own| step(plan, format, own)).collect::<Result<_, Error>>()?;
    let only_in_kernel = (first + wide_from, first);
    Ok(Placed { in_kernel, at_drain, wide_from, fast, only_in_kernel })
}

/// What runs at the drain.
fn step(plan: &Plan, format: &Format, own: &Own) -> Result<Step, Error> {
    let slots = class::class(format, None).slots();
    let layout = own.memory.and_then(|memory| plan.handlers.get(memory));
    let layout = layout.map(|handler| &handler.layout);
    let code = match &own.ask.what {
        What::Filter(condition) => {
            compile::filter(condition, &Target { slots, ..Target::default() })
        }
        What::Block(statements) => {
            let sinks = plan.sinks.len() as u16;
            compile::block(statements, &Target { slots, layout, sinks, ..Target::default() })
        }
    };
    let code = code.map_err(|e| too_large(format, e))?;
    Ok(Step { code, rule: own.ask.rule, memory: own.memory })
}

/// What must hold for a block to do anything but discard, if that says something.
fn early(own: &Own, format: &Format) -> Option<Ask> {
    let What::Block(statements) = &own.ask.what else { return None };
    let condition = fold(&early::necessary(statements), format);
    let what = What::Filter(condition.clone());
    let ask = Ask { what, ..own.ask };
    (condition != Condition::Constant(true)).then_some(ask)
}

/// The filters for an event.
fn filters(plan: &Plan, index: usize, format: &Format) -> Vec<Own> {
    let all = plan.filters.iter().enumerate();
    let own = all.filter_map(|(rule, filter)| Some((rule, filter.conditions.get(index)?)));
    own.map(|(rule, condition)| Own {
        ask: Ask { rule, ..Ask::filter(fold(condition, format)) },
        memory: None,
    })
    .collect()
}

/// The blocks of handlers for an event: those of classes first, then those of events, each in
/// their order.
fn blocks(plan: &Plan, index: usize, format: &Format) -> Vec<Own> {
    let mut found = Vec::new();
    for is_of_class in [true, false] {
        let mut rule = plan.filters.len();
        for (memory, handler) in plan.handlers.iter().enumerate() {
            for block in &handler.blocks {
                let own = block.bodies.get(index).and_then(Option::as_ref);
                let own = own.filter(|own| own.is_of_class == is_of_class);
                found.extend(own.map(|own| {
                    let ask = Ask::block(fold_block(&own.statements, format));
                    Own { ask: Ask { rule, handler: memory, ..ask }, memory: Some(memory) }
                }));
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
