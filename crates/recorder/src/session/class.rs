//! The events of a recording at the drain: what they look like, in each of their forms, and what
//! became of them.

use super::filters::Placed;
use super::judge::{OfRule, Said};
use super::plan::{Plan, Rule};
use super::state;
use crate::ctf::{Encoder, Names};
use crate::kernel::class::Slots;
use crate::kernel::record::Layout;
use crate::sinks::Line;
use crate::tracefs::Format;

/// What became of the events of one class at the drain.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Written {
    /// How many are in the recording.
    pub delivered: u64,
    /// How many were in parts that are removed.
    pub overwritten: u64,
    /// How many each rule discarded.
    pub discarded: Vec<u64>,
    /// How often a rule could not answer, and kept the event.
    pub unanswered: u64,
    /// How many had an older time than those before.
    pub late: u64,
    /// How many fields were cut.
    pub cut: u64,
}

/// An event of a recording at the drain.
#[derive(Debug)]
pub struct Class {
    /// What it looks like, with all of its fields.
    pub format: Format,
    wide: Form,
    fast: Option<Form>,
    /// What became of its events.
    pub written: Written,
}

/// What is recorded of an event: all of its fields, or the fast ones.
#[derive(Debug)]
pub struct Form {
    /// What its slots stand for.
    pub slots: Slots,
    /// Where what is in the ring.
    pub layout: Layout,
    /// How it is written.
    pub encoder: Encoder,
    /// How it is sent to sinks.
    pub line: Line,
    /// What the kernel asks, a bit for each rule.
    pub in_kernel: u64,
    /// Behind which step the drain begins.
    pub from: usize,
    /// Who decided in the kernel only.
    pub kept_by: Vec<Rule>,
    /// How many came to the drain.
    pub arrived: u64,
}

/// The events of a plan, and behind them that of threads at the start. Behind these are, in the
/// trace, the marks, and the fast forms of events.
pub fn classes(plan: &Plan, layouts: Vec<Layout>, placed: &[Placed]) -> Vec<Class> {
    let rules = plan.rules().len();
    let first_fast = plan.events.len() + usize::from(state::format(plan.names).is_some()) + 1;
    let mut fast_ids = first_fast as u16..;
    let all = plan.events.iter().zip(layouts).zip(placed).zip(0..);
    let classes = all.map(|((((format, name), layout), placed), id)| {
        let mut class = Class::new(id, (format.clone(), name), layout);
        class.wide.in_kernel = placed.bits(placed.in_kernel.len());
        class.wide.from = placed.wide_from;
        class.wide.kept_by = placed.rules(placed.only_in_kernel.0);
        class.written.discarded = vec![0; rules];
        class.fast = placed.fast.as_ref().and_then(|fast| {
            Some(Form {
                slots: Slots::of(format).without(&fast.form.left_out),
                layout: fast.form.layout.clone(),
                encoder: Encoder::new(fast_ids.next()?, &fast.form.format, &fast.form.layout),
                line: Line::new(name, &fast.form.format, &fast.form.layout),
                in_kernel: placed.bits(fast.in_kernel),
                from: 0,
                kept_by: placed.rules(placed.only_in_kernel.1),
                arrived: 0,
            })
        });
        class
    });
    let mut classes: Vec<Class> = classes.collect();
    classes.extend(state_class(classes.len() as u16, plan.names));
    classes
}

/// The class of threads at the start.
fn state_class(id: u16, names: Names) -> Option<Class> {
    let (format, recorded) = state::format(names)?;
    let layout = Layout::of(&format)?;
    Some(Class::new(id, (format, recorded), layout))
}

impl Class {
    /// Events of this format, with this number in the trace.
    fn new(id: u16, (format, name): (Format, &str), layout: Layout) -> Self {
        let (slots, encoder) = (Slots::of(&format), Encoder::new(id, &format, &layout));
        let line = Line::new(name, &format, &layout);
        let (in_kernel, from, kept_by, arrived) = (0, 0, Vec::new(), 0);
        let wide = Form { slots, layout, encoder, line, in_kernel, from, kept_by, arrived };
        Class { format, wide, fast: None, written: Written::default() }
    }

    /// What is recorded of an event.
    pub fn form(&self, is_fast: bool) -> Option<&Form> {
        if is_fast { self.fast.as_ref() } else { Some(&self.wide) }
    }
}

impl Class {
    /// An event came to the drain.
    pub fn has_arrived(&mut self, is_fast: bool) {
        let form = if is_fast { self.fast.as_mut() } else { Some(&mut self.wide) };
        form.into_iter().for_each(|form| form.arrived += 1);
    }

    /// Adds how many events rules kept in the kernel.
    pub fn add_kept(&self, rules: &mut Vec<OfRule>) {
        for form in self.fast.iter().chain([&self.wide]) {
            for rule in &form.kept_by {
                let of = OfRule::of(rules, *rule);
                of.into_iter().for_each(|of| of.kept_in_kernel += form.arrived);
            }
        }
    }
}

impl Written {
    /// Counts what was said of an event.
    pub fn say(&mut self, said: &Said) {
        self.unanswered += said.unanswered;
        said.count_in(&mut self.discarded);
    }
}
