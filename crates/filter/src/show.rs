//! Conditions as text, as somebody could have written them.

use std::format;
use std::string::{String, ToString as _};
use std::vec::Vec;

use crate::check::typed::{Condition, Number, NumberKind, Text};
use crate::code::{Compare, TextCompare};
use crate::number::{Operator, Sign};

/// What a slot is called.
pub type Names<'n> = &'n dyn Fn(u16) -> String;

/// A condition that asks for values of the event only. Other values are shown as `…`, and it is not
/// shown that a constant that was computed has a sign.
pub fn condition(condition: &Condition, names: Names<'_>) -> String {
    match condition {
        Condition::Constant(value) => value.to_string(),
        Condition::Not(inner) => format!("not ({})", self::condition(inner, names)),
        Condition::All(parts) => joined(parts, " and ", names),
        Condition::Any(parts) => joined(parts, " or ", names),
        // What is asked for stands on the left.
        Condition::Numbers { compare, left, right, is_not }
            if matches!(left.kind, NumberKind::Constant(_)) && *compare != Compare::Equal =>
        {
            let sign = match (compare, is_not) {
                (Compare::Less, false) => ">",
                (Compare::Less, true) => "<=",
                (_, false) => ">=",
                (_, true) => "<",
            };
            format!("{} {sign} {}", number(right, names), number(left, names))
        }
        Condition::Numbers { compare, left, right, is_not } => {
            let sign = match (compare, is_not) {
                (Compare::Equal, false) => "==",
                (Compare::Equal, true) => "!=",
                (Compare::Less, false) => "<",
                (Compare::Less, true) => ">=",
                (Compare::LessOrEqual, false) => "<=",
                (Compare::LessOrEqual, true) => ">",
            };
            format!("{} {sign} {}", number(left, names), number(right, names))
        }
        Condition::Texts { compare, left, right, is_not } => {
            let (sign, is_turned) = match (compare, is_not) {
                (TextCompare::Equal, false) => ("==", false),
                (TextCompare::Equal, true) => ("!=", false),
                (TextCompare::Less, _) => ("<", *is_not),
                (TextCompare::LessOrEqual, _) => ("<=", *is_not),
                (TextCompare::Contains, _) => ("contains", *is_not),
                (TextCompare::Matches, _) => ("matches", *is_not),
            };
            let shown = format!("{} {sign} {}", text(left, names), text(right, names));
            if is_turned { format!("not ({shown})") } else { shown }
        }
        Condition::Among(value, ranges) => {
            let ranges = ranges.iter().map(|(first, last)| match last {
                None => number(first, names),
                Some(last) => format!("{}..{}", number(first, names), number(last, names)),
            });
            let ranges: Vec<String> = ranges.collect();
            format!("{} in {{{}}}", number(value, names), ranges.join(", "))
        }
    }
}

/// What is joined stands in parentheses if it is joined itself.
fn joined(parts: &[Condition], word: &str, names: Names<'_>) -> String {
    let parts = parts.iter().map(|part| {
        let shown = condition(part, names);
        match part {
            Condition::All(_) | Condition::Any(_) => format!("({shown})"),
            _ => shown,
        }
    });
    parts.collect::<Vec<_>>().join(word)
}

fn number(number: &Number, names: Names<'_>) -> String {
    match &number.kind {
        NumberKind::Constant(value) => match number.sign {
            Sign::Signed => value.cast_signed().to_string(),
            Sign::Unsigned => value.to_string(),
        },
        NumberKind::Slot(slot) => names(*slot),
        NumberKind::Cell(_) | NumberKind::Local(_) | NumberKind::MapRead(_) => "…".to_string(),
        NumberKind::Compute(operator, left, right) => {
            let sign = sign_of(*operator);
            format!("({} {sign} {})", self::number(left, names), self::number(right, names))
        }
        NumberKind::Truth(inner) => format!("({})", condition(inner, names)),
    }
}

fn sign_of(operator: Operator) -> &'static str {
    match operator {
        Operator::Add => "+",
        Operator::Subtract => "-",
        Operator::Multiply => "*",
        Operator::Divide => "/",
        Operator::Remainder => "%",
        Operator::ShiftLeft => "<<",
        Operator::ShiftRight => ">>",
        Operator::And => "&",
        Operator::Xor => "^",
        Operator::Or => "|",
    }
}

fn text(text: &Text, names: Names<'_>) -> String {
    match text {
        Text::Constant(bytes) => format!("\"{}\"", bytes.escape_ascii()),
        Text::Slot(slot) => names(*slot),
        Text::Cell(_) | Text::Local(_) | Text::MapRead(_) => "…".to_string(),
    }
}
