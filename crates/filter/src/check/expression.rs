//! Expressions, with types.

use std::boxed::Box;
use std::format;
use std::string::String;
use std::vec::Vec;

use marey_diagnostic::source::Span;
use marey_diagnostic::{Diagnostic, Problems};

use super::absent::names_absent;
use super::environment::{Environment, Kind};
use super::layout::Layout;
use super::names::{Scope, kind_of};
use super::typed::{Condition, MapRead, Number, NumberKind, Text, Value};
use crate::code::{Compare, TextCompare};
use crate::lang::tree::{CompareSign, Expr, ExprKind, Name, Operator, SetItem};
use crate::number::Sign;

/// Checks a filter against a class of events.
pub fn filter(
    expr: &Expr,
    environment: &dyn Environment,
    problems: &mut Problems,
) -> Option<Condition> {
    let layout = Layout::default();
    let scope = Scope { environment, layout: &layout, locals: Vec::new() };
    Checker { scope, problems }.condition(expr)
}

/// Gives expressions their types. What is wrong is told once, and is nothing then.
pub struct Checker<'a, 'p> {
    pub(super) scope: Scope<'a>,
    pub(super) problems: &'p mut Problems,
}

impl Checker<'_, '_> {
    pub(super) fn condition(&mut self, expr: &Expr) -> Option<Condition> {
        if let Some(condition) = self.absent(expr) {
            return Some(condition);
        }
        match &expr.kind {
            ExprKind::Bool(value) => Some(Condition::Constant(*value)),
            ExprKind::Not(inner) => Some(Condition::Not(Box::new(self.condition(inner)?))),
            ExprKind::And(parts) => self.conditions(parts).map(Condition::All),
            ExprKind::Or(parts) => self.conditions(parts).map(Condition::Any),
            ExprKind::Compare(sign, left, right) => self.compare(*sign, left, right),
            ExprKind::In(value, items) => self.among(value, items),
            ExprKind::Broken => None,
            // As in C, and in bpftrace: what is not 0.
            _ => match self.value(expr)? {
                Value::Number(Number { kind: NumberKind::Truth(condition), .. }) => {
                    Some(*condition)
                }
                Value::Number(number) => {
                    let right = number_of(0, number.sign);
                    let (compare, left) = (Compare::Equal, number);
                    Some(Condition::Numbers { compare, left, right, is_not: true })
                }
                Value::Text(_) => {
                    let found = Diagnostic::error("a text is neither true nor false");
                    let help = "compare it: `name == \"…\"`";
                    self.problems.add(found.at(expr.span, "this is a text").help(help));
                    None
                }
            },
        }
    }

    /// What a condition comes to that names something that the class does not have, where it is
    /// known later only which classes there are.
    fn absent(&self, expr: &Expr) -> Option<Condition> {
        let of = self.scope.environment;
        let is_false = of.absent_is_false();
        if !(is_false || of.absent().is_some()) || !names_absent(&self.scope, expr) {
            return None;
        }
        let Some(slot) = of.absent() else { return Some(Condition::Constant(false)) };
        let (compare, left, right) =
            (Compare::Equal, number_in(slot), number_of(0, Sign::Unsigned));
        Some(Condition::Numbers { compare, left, right, is_not: false })
    }

    /// All of them are checked, also if one is wrong.
    fn conditions(&mut self, parts: &[Expr]) -> Option<Vec<Condition>> {
        let all: Vec<_> = parts.iter().map(|part| self.condition(part)).collect();
        all.into_iter().collect()
    }

    pub(super) fn value(&mut self, expr: &Expr) -> Option<Value> {
        let number = |value| Some(Value::Number(number_of(value, Sign::Unsigned)));
        match &expr.kind {
            ExprKind::Number { value, .. } => number(*value),
            ExprKind::Text(text) => Some(Value::Text(Text::Constant(text.clone()))),
            ExprKind::Time(ns) => Some(Value::Number(number_of(ns.cast_unsigned(), Sign::Signed))),
            ExprKind::TimeOfDay(ns) => self.time_of_day(*ns, expr.span),
            ExprKind::Address(_) => {
                let what = "addresses are of packets, and this is an event";
                self.problems.error(what, expr.span, "");
                None
            }
            ExprKind::Name(name) => match self.scope.environment.absent() {
                Some(slot) if !self.scope.has(name) => Some(Value::Number(number_in(slot))),
                _ => self.scope.find(name, expr.span, self.problems),
            },
            ExprKind::MapRead { map, keys, otherwise } => {
                self.map_read(map, keys, otherwise.as_deref())
            }
            ExprKind::Minus(inner) => {
                let inner = self.number(inner)?;
                let zero = number_of(0, Sign::Signed);
                Some(Value::Number(computed(Operator::Subtract, zero, inner)))
            }
            ExprKind::Plus(inner) => self.number(inner).map(Value::Number),
            ExprKind::Inverted(inner) => {
                let inner = self.number(inner)?;
                let ones = number_of(u64::MAX, inner.sign);
                Some(Value::Number(computed(Operator::Xor, inner, ones)))
            }
            ExprKind::Compute(operator, left, right) => {
                let (left, right) = (self.number(left), self.number(right));
                Some(Value::Number(computed(*operator, left?, right?)))
            }
            ExprKind::Broken => None,
            _ => {
                let condition = Box::new(self.condition(expr)?);
                let (kind, sign) = (NumberKind::Truth(condition), Sign::Unsigned);
                Some(Value::Number(Number { kind, sign }))
            }
        }
    }

    fn time_of_day(&mut self, ns: u64, span: Span) -> Option<Value> {
        let Some(times) = self.scope.environment.times() else {
            let found = Diagnostic::error("on which day?").at(span, "there is no trace yet");
            self.problems.add(found.help("write the day: `2026-01-02T03:04:05Z`"));
            return None;
        };
        let ns = times.midnight.saturating_add_unsigned(ns);
        Some(Value::Number(number_of(ns.cast_unsigned(), Sign::Signed)))
    }

    pub(super) fn number(&mut self, expr: &Expr) -> Option<Number> {
        match self.value(expr)? {
            Value::Number(number) => Some(number),
            Value::Text(_) => {
                self.problems.error("a text is no number", expr.span, "expected a number");
                None
            }
        }
    }

    pub(super) fn text(&mut self, expr: &Expr) -> Option<Text> {
        if let Some(slot) = self.scope.environment.absent()
            && names_absent(&self.scope, expr)
        {
            return Some(Text::Slot(slot));
        }
        match self.value(expr)? {
            Value::Text(text) => Some(text),
            Value::Number(_) => {
                self.problems.error("a number is no text", expr.span, "expected a text");
                None
            }
        }
    }

    fn compare(&mut self, sign: CompareSign, left: &Expr, right: &Expr) -> Option<Condition> {
        if let Some((left, right)) = self.relative(left, right) {
            return Some(compared(sign, left, right));
        }
        let (left_value, right_value) = (self.value(left), self.value(right));
        match (sign, left_value?, right_value?) {
            (
                CompareSign::Contains | CompareSign::Matches,
                Value::Text(left),
                Value::Text(right),
            ) => {
                let compare = match sign {
                    CompareSign::Contains => TextCompare::Contains,
                    _ => TextCompare::Matches,
                };
                Some(Condition::Texts { compare, left, right, is_not: false })
            }
            (CompareSign::Contains | CompareSign::Matches, Value::Number(_), _) => {
                let what = "only texts contain or match something";
                self.problems.error(what, left.span, "this is a number");
                None
            }
            (_, Value::Number(left), Value::Number(right)) => Some(compared(sign, left, right)),
            (_, Value::Text(left), Value::Text(right)) => Some(texts_compared(sign, left, right)),
            (_, Value::Text(_), Value::Number(_)) => {
                self.mixed(right.span, "this is a number", left.span, "and this a text")
            }
            (_, Value::Number(_), Value::Text(_)) => {
                self.mixed(right.span, "this is a text", left.span, "and this a number")
            }
        }
    }

    fn mixed(&mut self, at: Span, label: &str, also: Span, other: &str) -> Option<Condition> {
        let found = Diagnostic::error("a text and a number do not compare");
        self.problems.add(found.at(at, label).also(also, other));
        None
    }

    /// `time > +2s` is from the start of the trace, `time > -2s` from its end.
    fn relative(&mut self, left: &Expr, right: &Expr) -> Option<(Number, Number)> {
        let is_time = |expr: &Expr| matches!(&expr.kind, ExprKind::Name(name) if name == "time");
        let times = self.scope.environment.times()?;
        let resolved = |expr: &Expr| {
            let (inner, base, is_minus) = match &expr.kind {
                ExprKind::Plus(inner) => (inner, times.start, false),
                ExprKind::Minus(inner) => (inner, times.end?, true),
                _ => return None,
            };
            let ExprKind::Number { value, is_duration: true } = inner.kind else { return None };
            let ns = match is_minus {
                true => base.saturating_sub_unsigned(value),
                false => base.saturating_add_unsigned(value),
            };
            Some(number_of(ns.cast_unsigned(), Sign::Signed))
        };
        match (is_time(left), is_time(right)) {
            (true, false) => {
                let right = resolved(right)?;
                Some((self.number(left)?, right))
            }
            (false, true) => {
                let left = resolved(left)?;
                Some((left, self.number(right)?))
            }
            _ => None,
        }
    }

    fn among(&mut self, value: &Expr, items: &[SetItem]) -> Option<Condition> {
        match self.value(value)? {
            Value::Number(number) => {
                let items: Vec<_> = items.iter().map(|item| self.range(item)).collect();
                let items: Option<Vec<_>> = items.into_iter().collect();
                Some(Condition::Among(number, items?))
            }
            Value::Text(text) => {
                let mut parts = Vec::new();
                for item in items {
                    let SetItem::One(expr) = item else {
                        let what = "texts have no ranges";
                        self.problems.error(what, value.span, "this is a text");
                        return None;
                    };
                    let right = self.text(expr)?;
                    parts.push(texts_compared(CompareSign::Equal, text.clone(), right));
                }
                Some(Condition::Any(parts))
            }
        }
    }

    fn range(&mut self, item: &SetItem) -> Option<(Number, Option<Number>)> {
        match item {
            SetItem::One(expr) => Some((self.number(expr)?, None)),
            SetItem::Range(first, last) => {
                let (start, end) = (self.number(first), self.number(last));
                let (start, end) = (start?, end?);
                if let (NumberKind::Constant(a), NumberKind::Constant(b)) = (&start.kind, &end.kind)
                    && crate::number::compare(*a, start.sign, *b, end.sign).is_gt()
                {
                    let what = "this range is empty";
                    let label = "the first number is larger than the last";
                    self.problems.error(what, first.span.to(last.span), label);
                    return None;
                }
                Some((start, Some(end)))
            }
        }
    }

    fn map_read(&mut self, map: &Name, keys: &[Expr], otherwise: Option<&Expr>) -> Option<Value> {
        let (number, keys, kind) = self.map(map, keys)?;
        Some(match kind {
            Kind::Number(sign) => {
                let otherwise = match otherwise {
                    Some(expr) => self.number(expr)?,
                    None => number_of(0, sign),
                };
                let read = MapRead { map: number, keys, otherwise };
                Value::Number(Number { kind: NumberKind::MapRead(Box::new(read)), sign })
            }
            Kind::Text => {
                let otherwise = match otherwise {
                    Some(expr) => self.text(expr)?,
                    None => Text::Constant(Vec::new()),
                };
                Value::Text(Text::MapRead(Box::new(MapRead { map: number, keys, otherwise })))
            }
        })
    }

    /// A map with keys of the right types, and what its values are.
    pub(super) fn map(&mut self, map: &Name, keys: &[Expr]) -> Option<(u8, Vec<Value>, Kind)> {
        let layout = self.scope.layout;
        let Some((number, found)) = layout.map(&map.text) else {
            let maps = layout.maps.iter().map(|map| map.name.as_str());
            let error = Diagnostic::error(format!("there is no map `{}`", map.text));
            let error = error.at(map.span, "").help_nearest(&map.text, maps);
            self.problems.add(error.help(declare(&map.text)));
            return None;
        };
        if found.keys.len() != keys.len() {
            let what =
                format!("`{}` has {} and gets {}", map.text, keys_of(found.keys.len()), keys.len());
            self.problems.error(what, map.span, "");
            return None;
        }
        let keys = found.keys.iter().zip(keys).map(|(of, key)| match kind_of(*of) {
            Kind::Number(_) => self.number(key).map(Value::Number),
            Kind::Text => self.text(key).map(Value::Text),
        });
        let keys: Vec<_> = keys.collect();
        let keys: Option<Vec<_>> = keys.into_iter().collect();
        Some((number, keys?, kind_of(found.of)))
    }
}

fn keys_of(count: usize) -> String {
    if count == 1 { "one key".into() } else { format!("{count} keys") }
}

fn declare(name: &str) -> String {
    format!("declare it: `state {name}: map<u64 => u64>[1024, lru];`")
}

/// What is in a slot.
fn number_in(slot: u16) -> Number {
    Number { kind: NumberKind::Slot(slot), sign: Sign::Unsigned }
}

/// A constant.
pub fn number_of(value: u64, sign: Sign) -> Number {
    Number { kind: NumberKind::Constant(value), sign }
}

/// What is computed from two numbers; at once, if they are known.
pub fn computed(operator: Operator, left: Number, right: Number) -> Number {
    let sign = left.sign.with(right.sign);
    let kind = match (&left.kind, &right.kind) {
        (NumberKind::Constant(a), NumberKind::Constant(b)) => {
            NumberKind::Constant(operator.of(*a, *b, sign))
        }
        _ => NumberKind::Compute(operator, Box::new(left), Box::new(right)),
    };
    Number { kind, sign }
}

/// Which comparison it is, if the sides are swapped, and if it is turned round.
fn plain(sign: CompareSign) -> (Compare, bool, bool) {
    match sign {
        CompareSign::NotEqual => (Compare::Equal, false, true),
        CompareSign::Less => (Compare::Less, false, false),
        CompareSign::LessOrEqual => (Compare::LessOrEqual, false, false),
        CompareSign::Greater => (Compare::Less, true, false),
        CompareSign::GreaterOrEqual => (Compare::LessOrEqual, true, false),
        _ => (Compare::Equal, false, false),
    }
}

fn compared(sign: CompareSign, left: Number, right: Number) -> Condition {
    let (compare, is_swapped, is_not) = plain(sign);
    let (left, right) = if is_swapped { (right, left) } else { (left, right) };
    Condition::Numbers { compare, left, right, is_not }
}

fn texts_compared(sign: CompareSign, left: Text, right: Text) -> Condition {
    let (compare, is_swapped, is_not) = plain(sign);
    let (left, right) = if is_swapped { (right, left) } else { (left, right) };
    let compare = match compare {
        Compare::Equal => TextCompare::Equal,
        Compare::Less => TextCompare::Less,
        Compare::LessOrEqual => TextCompare::LessOrEqual,
    };
    Condition::Texts { compare, left, right, is_not }
}
