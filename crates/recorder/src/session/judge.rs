//! What filters and handlers say of an event at the drain.

use marey_filter::check::Layout;
use marey_filter::code::{Machine, NoMemory, Program};
use marey_filter::compile::Code;
use marey_filter::store::{Store, Wishes};
use marey_filter::{Data, Outcome, Verdict};

use super::plan::Rule;
use crate::kernel::ask::bit;

/// What runs for an event.
#[derive(Clone, Debug)]
pub struct Step {
    /// The program.
    pub code: Code,
    /// Whose it is.
    pub rule: Rule,
    /// Which handler's state it has, if it is a block.
    pub memory: Option<usize>,
}

/// What was said of an event.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Said {
    /// What discards it, if something does.
    pub discarded_by: Option<Rule>,
    /// All that discard it, a bit for each: more than one in shadow only.
    pub discards: u64,
    /// How many could not answer.
    pub unanswered: u64,
    /// What handlers ask for besides.
    pub wishes: Wishes,
}

impl Said {
    /// Whether this rule discards it.
    pub fn has_discarded(&self, rule: Rule) -> bool {
        self.discards & bit(rule) != 0
    }

    /// Counts who discards the event, by the rule: without shadow that is one at most.
    pub fn count_in(&self, discarded: &mut [u64]) {
        if self.discarded_by.is_none() {
            return;
        }
        for (rule, count) in discarded.iter_mut().enumerate() {
            let is_one = self.discarded_by == Some(rule) || self.has_discarded(rule);
            *count += u64::from(is_one);
        }
    }
}

/// What a filter or a block did, besides discarding events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct OfRule {
    /// How often it was asked at the drain.
    pub asked: u64,
    /// How many events came to the drain that it had kept in the kernel: it is not asked again.
    pub kept_in_kernel: u64,
    /// How often it could not answer, and the event was kept.
    pub errors: u64,
}

impl OfRule {
    /// That of a rule among those of all of them; it is made if it is not there.
    pub fn of(all: &mut Vec<OfRule>, rule: Rule) -> Option<&mut OfRule> {
        all.resize(all.len().max(rule + 1), OfRule::default());
        all.get_mut(rule)
    }
}

/// Runs what is to run for events, with its state.
#[derive(Debug, Default)]
pub struct Judge {
    machine: Machine,
    stores: Vec<Store>,
    /// What blocks count here that count in the kernel as well, in shadow.
    mirrors: Vec<Store>,
    /// By the rule, as far as there was one that was asked.
    rules: Vec<OfRule>,
    /// All filters are asked, also behind one that discards.
    asks_all_filters: bool,
}

/// A step that was verified.
pub struct Ready<'c> {
    program: Program<'c>,
    rule: Rule,
    memory: Option<usize>,
}

/// Verifies what runs for an event, so that this is not done for each one.
pub fn ready(steps: &[Step]) -> Vec<Ready<'_>> {
    // What the compiler made is always verified.
    let verified = steps.iter().filter_map(|step| {
        let program = step.code.program().ok()?;
        Some(Ready { program, rule: step.rule, memory: step.memory })
    });
    verified.collect()
}

impl Judge {
    /// With the state in which handlers with these layouts begin.
    pub fn new<'l>(layouts: impl IntoIterator<Item = &'l Layout>, asks_all_filters: bool) -> Self {
        let stores: Vec<Store> = layouts.into_iter().map(Store::new).collect();
        let mirrors = stores.clone();
        Judge { stores, mirrors, asks_all_filters, ..Judge::default() }
    }

    /// Runs all steps in their order, up to the first that discards the event. What was asked in
    /// the kernel has a bit in `in_kernel`.
    pub fn judge<D: Data>(&mut self, steps: &[Ready<'_>], in_kernel: u64, seen: &D) -> Said {
        let mut said = Said::default();
        for step in steps {
            if step.memory.is_some() && said.discarded_by.is_some() {
                break;
            }
            let is_mirrored = self.asks_all_filters && in_kernel & bit(step.rule) != 0;
            let stores = if is_mirrored { &mut self.mirrors } else { &mut self.stores };
            let store = step.memory.and_then(|memory| stores.get_mut(memory));
            let outcome = match store {
                None => self.machine.run(&step.program, seen, &mut NoMemory),
                Some(store) => {
                    let outcome = self.machine.run(&step.program, seen, store);
                    said.wishes.join(store.take_wishes());
                    outcome
                }
            };
            let has_failed = matches!(outcome, Outcome::Failed(_));
            self.count(step.rule, has_failed);
            match outcome {
                Outcome::Failed(_) => said.unanswered += 1,
                Outcome::Verdict(Verdict::Keep) => {}
                Outcome::Verdict(Verdict::Discard) => {
                    said.discarded_by = said.discarded_by.or(Some(step.rule));
                    said.discards |= bit(step.rule);
                    if step.memory.is_some() || !self.asks_all_filters {
                        break;
                    }
                }
            }
        }
        said
    }

    fn count(&mut self, rule: Rule, has_failed: bool) {
        if let Some(of) = OfRule::of(&mut self.rules, rule) {
            of.asked += 1;
            of.errors += u64::from(has_failed);
        }
    }

    /// What each rule did.
    pub fn rules(&self) -> &[OfRule] {
        &self.rules
    }

    /// The state of all handlers.
    pub fn stores(&self) -> &[Store] {
        &self.stores
    }

    /// What was counted here that was counted in the kernel as well, in shadow.
    pub fn mirrors(&self) -> &[Store] {
        &self.mirrors
    }
}
