//! What can be said of a block before its state is known.
//!
//! A block with state runs where the state is. Of many events it discards it can be said sooner
//! that it will: those are not worth the way there.

use std::vec::Vec;

use crate::check::typed::{Condition, Statement};
use crate::uses;

/// How many parts a condition may come to; beyond that less is said early.
pub const PARTS_MAX: usize = 128;

const ALWAYS: Condition = Condition::Constant(true);
const NEVER: Condition = Condition::Constant(false);

/// What holds for all events that the block keeps, or at which it does anything but discard. It
/// asks for nothing that the block remembers. [`Condition::Constant`] of `true` says nothing.
///
/// That is so for events that have all values that the block asks for: without one of them the
/// block keeps the event.
pub fn necessary(statements: &[Statement]) -> Condition {
    not(discards(statements, NEVER))
}

/// What suffices for an event to be discarded, with nothing else done, if `after` suffices for
/// what comes behind the statements.
fn discards(statements: &[Statement], after: Condition) -> Condition {
    statements.iter().rev().fold(after, |after, statement| match statement {
        Statement::Discard => ALWAYS,
        Statement::Let(..) | Statement::LetText(..) => after,
        Statement::If(condition, then, otherwise) => {
            let (then, otherwise) = (discards(then, after.clone()), discards(otherwise, after));
            small(either(condition, then, otherwise))
        }
        _ => NEVER,
    })
}

/// What suffices if one thing does where the condition holds, and another where it does not.
fn either(condition: &Condition, then: Condition, otherwise: Condition) -> Condition {
    let (yes, no) = (known(condition, false), not(known(condition, true)));
    match (then, otherwise) {
        // Whichever it is, what suffices for the other one suffices for both.
        (ALWAYS, otherwise) => any([yes, otherwise]),
        (then, ALWAYS) => any([no, then]),
        (then, otherwise) => {
            let both = match asks_for_state(condition) {
                true => all([then.clone(), otherwise.clone()]),
                false => NEVER,
            };
            any([all([yes, then]), all([no, otherwise]), both])
        }
    }
}

/// A condition without what asks for state. `unknown` stands for such parts: with `true` it is
/// necessary for the condition, with `false` it suffices.
fn known(condition: &Condition, unknown: bool) -> Condition {
    match condition {
        Condition::Constant(value) => Condition::Constant(*value),
        Condition::Not(inner) => not(known(inner, !unknown)),
        Condition::All(parts) => all(parts.iter().map(|part| known(part, unknown))),
        Condition::Any(parts) => any(parts.iter().map(|part| known(part, unknown))),
        leaf if asks_for_state(leaf) => Condition::Constant(unknown),
        leaf => leaf.clone(),
    }
}

/// Less is said of what is too long: what suffices never is enough.
fn small(condition: Condition) -> Condition {
    if parts(&condition) > PARTS_MAX { NEVER } else { condition }
}

fn parts(condition: &Condition) -> usize {
    match condition {
        Condition::Not(inner) => parts(inner),
        Condition::All(inner) | Condition::Any(inner) => inner.iter().map(parts).sum(),
        _ => 1,
    }
}

fn not(condition: Condition) -> Condition {
    match condition {
        Condition::Constant(value) => Condition::Constant(!value),
        Condition::Not(inner) => *inner,
        Condition::Numbers { compare, left, right, is_not } => {
            Condition::Numbers { compare, left, right, is_not: !is_not }
        }
        Condition::Texts { compare, left, right, is_not } => {
            Condition::Texts { compare, left, right, is_not: !is_not }
        }
        Condition::All(parts) => any(parts.into_iter().map(not)),
        Condition::Any(parts) => all(parts.into_iter().map(not)),
        other => Condition::Not(other.into()),
    }
}

fn all(parts: impl IntoIterator<Item = Condition>) -> Condition {
    joined(parts, false)
}

fn any(parts: impl IntoIterator<Item = Condition>) -> Condition {
    joined(parts, true)
}

/// All of them, or any of them: `settles` is the answer of one that settles it.
fn joined(parts: impl IntoIterator<Item = Condition>, settles: bool) -> Condition {
    let mut kept: Vec<Condition> = Vec::new();
    for part in parts {
        match (part, settles) {
            (Condition::Constant(value), _) if value == settles => {
                return Condition::Constant(settles);
            }
            (Condition::Constant(_), _) => {}
            (Condition::All(inner), false) | (Condition::Any(inner), true) => kept.extend(inner),
            (part, _) => kept.push(part),
        }
    }
    match (kept.len(), settles) {
        (0, _) => Condition::Constant(!settles),
        (1, _) => kept.pop().unwrap_or(Condition::Constant(!settles)),
        (_, false) => Condition::All(kept),
        (_, true) => Condition::Any(kept),
    }
}

/// Whether a condition asks for state. What `let` named counts as that, too: it may come of it.
fn asks_for_state(condition: &Condition) -> bool {
    let uses = uses::of_condition(condition);
    uses.state || uses.locals
}
