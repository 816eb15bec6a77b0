//! What is known of a condition before the event happens: its class, its name, its number.

use marey_filter::check::typed::{Condition, Number, NumberKind, Statement, Text, Value};
use marey_filter::code::TextCompare;
use marey_filter::glob;

use super::class::Context;
use crate::tracefs::Format;

/// Puts in what is the same at all events of a class.
pub fn fold(condition: &Condition, format: &Format) -> Condition {
    match condition {
        Condition::Constant(value) => Condition::Constant(*value),
        Condition::Not(inner) => match fold(inner, format) {
            Condition::Constant(value) => Condition::Constant(!value),
            inner => Condition::Not(Box::new(inner)),
        },
        Condition::All(parts) => parts_of(parts, format, false),
        Condition::Any(parts) => parts_of(parts, format, true),
        Condition::Texts { compare, left, right, is_not } => {
            match (known(left, format), known(right, format)) {
                (Some(left), Some(right)) => {
                    Condition::Constant(compared(*compare, left, right) != *is_not)
                }
                _ => condition.clone(),
            }
        }
        Condition::Numbers { compare, left, right, is_not } => Condition::Numbers {
            compare: *compare,
            left: number(left, format),
            right: number(right, format),
            is_not: *is_not,
        },
        Condition::Among(value, ranges) => Condition::Among(number(value, format), ranges.clone()),
    }
}

/// The same for the statements of a block; what is never done is left out.
pub fn fold_block(statements: &[Statement], format: &Format) -> Vec<Statement> {
    let one = |statement: &Statement| match statement {
        Statement::Let(local, value) => Statement::Let(*local, number(value, format)),
        Statement::LetText(local, value) => Statement::LetText(*local, text(value, format)),
        Statement::Count(table, keys) => {
            Statement::Count(*table, keys.iter().map(|key| value_of(key, format)).collect())
        }
        Statement::Hist(table, of, by) => {
            let by = by.as_ref().map(|by| value_of(by, format));
            Statement::Hist(*table, number(of, format), by)
        }
        Statement::If(condition, then, otherwise) => {
            let condition = fold(condition, format);
            let of = |branch: &[Statement], is_never: bool| match is_never {
                true => Vec::new(),
                false => fold_block(branch, format),
            };
            let then = of(then, condition == Condition::Constant(false));
            let otherwise = of(otherwise, condition == Condition::Constant(true));
            Statement::If(condition, then, otherwise)
        }
        other => other.clone(),
    };
    statements.iter().map(one).collect()
}

/// All of them, or any of them: `settles` is the answer of one that settles it.
fn parts_of(parts: &[Condition], format: &Format, settles: bool) -> Condition {
    let mut rest = Vec::new();
    for part in parts {
        match fold(part, format) {
            Condition::Constant(value) if value == settles => return Condition::Constant(settles),
            Condition::Constant(_) => {}
            part => rest.push(part),
        }
    }
    match (rest.len(), settles) {
        (0, _) => Condition::Constant(!settles),
        (_, true) => Condition::Any(rest),
        (_, false) => Condition::All(rest),
    }
}

fn number(number: &Number, format: &Format) -> Number {
    match number.kind {
        NumberKind::Slot(slot) if Context::of_slot(slot) == Some(Context::Id) => {
            Number { kind: NumberKind::Constant(format.id), sign: number.sign }
        }
        _ => number.clone(),
    }
}

fn text(text: &Text, format: &Format) -> Text {
    known(text, format).map_or_else(|| text.clone(), |known| Text::Constant(known.to_vec()))
}

fn value_of(value: &Value, format: &Format) -> Value {
    match value {
        Value::Number(one) => Value::Number(number(one, format)),
        Value::Text(one) => Value::Text(text(one, format)),
    }
}

fn known<'t>(text: &'t Text, format: &'t Format) -> Option<&'t [u8]> {
    match text {
        Text::Constant(text) => Some(text),
        Text::Slot(slot) => match Context::of_slot(*slot)? {
            Context::Class => Some(format.system.as_bytes()),
            Context::Event => Some(format.name.as_bytes()),
            _ => None,
        },
        _ => None,
    }
}

fn compared(compare: TextCompare, left: &[u8], right: &[u8]) -> bool {
    match compare {
        TextCompare::Equal => left == right,
        TextCompare::Less => left < right,
        TextCompare::LessOrEqual => left <= right,
        TextCompare::Contains => {
            right.is_empty() || left.windows(right.len()).any(|part| part == right)
        }
        TextCompare::Matches => glob::matches(right, left),
    }
}
