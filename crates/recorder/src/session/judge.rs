//! What filters and handlers say of an event at the drain.

use marey_filter::code::{Machine, NoMemory, Program};
use marey_filter::compile::Code;
use marey_filter::store::{Store, Wishes};
use marey_filter::{Outcome, Verdict};

use super::plan::{Handler, Rule};
use crate::kernel::ask::bit;
use crate::kernel::record::Seen;

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
}

/// Runs what is to run for events, with its state.
#[derive(Debug)]
pub struct Judge {
    machine: Machine,
    stores: Vec<Store>,
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
    /// With the state in which these handlers begin.
    pub fn new(handlers: &[Handler], asks_all_filters: bool) -> Self {
        let stores = handlers.iter().map(|handler| Store::new(&handler.layout));
        Judge { machine: Machine::default(), stores: stores.collect(), asks_all_filters }
    }

    /// Runs all steps in their order, up to the first that discards the event.
    pub fn judge(&mut self, steps: &[Ready<'_>], seen: &Seen<'_>) -> Said {
        let mut said = Said::default();
        for step in steps {
            if step.memory.is_some() && said.discarded_by.is_some() {
                break;
            }
            let store = step.memory.and_then(|memory| self.stores.get_mut(memory));
            let outcome = match store {
                None => self.machine.run(&step.program, seen, &mut NoMemory),
                Some(store) => {
                    let outcome = self.machine.run(&step.program, seen, store);
                    said.wishes.join(store.take_wishes());
                    outcome
                }
            };
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

    /// The state of all handlers.
    pub fn stores(&self) -> &[Store] {
        &self.stores
    }
}
