//! A walk over the tree as it was written: what it means, as simply as can be.

use std::collections::BTreeMap;

use marey_filter::lang::tree::{
    Action, CompareSign, Expr, ExprKind, Operator, SetItem, Statement, StatementKind,
};
use marey_filter::store::{OwnKey, Table};
use marey_filter::{EventData, Value};

/// How often something was counted: by what the program says, its keys, and the class of a number.
pub type Counts = BTreeMap<(String, Vec<OwnKey>, Option<usize>), u64>;

/// The same, of what stands in tables. Nothing of it had no place.
pub fn counts(tables: &[Table]) -> Counts {
    let mut all = Counts::new();
    for table in tables {
        assert_eq!(table.others, 0, "{table:?}");
        let what = table.what.split(" (line").next().expect("a text");
        for (keys, count) in &table.counts {
            all.insert((what.to_owned(), keys.clone(), None), *count);
        }
        for (keys, hist) in &table.hists {
            for (class, count) in hist.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
                all.insert((what.to_owned(), keys.clone(), Some(class)), *count);
            }
        }
    }
    all
}

/// A number as the language has it: 64 bits, with a sign or without.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Number {
    Unsigned(u64),
    Signed(i64),
}

impl Number {
    fn exact(self) -> i128 {
        match self {
            Number::Unsigned(number) => number.into(),
            Number::Signed(number) => number.into(),
        }
    }

    fn bits(self) -> u64 {
        match self {
            Number::Unsigned(number) => number,
            Number::Signed(number) => number.cast_unsigned(),
        }
    }
}

/// Computes with numbers of any size, and cuts to 64 bits.
fn compute(operator: Operator, left: Number, right: Number) -> Number {
    let is_signed = matches!((left, right), (Number::Signed(_), _) | (_, Number::Signed(_)));
    let as_one = |number: Number| match is_signed {
        true => i128::from(number.bits().cast_signed()),
        false => i128::from(number.bits()),
    };
    let (a, b) = (as_one(left), as_one(right));
    let shift = right.bits();
    let answer = match operator {
        Operator::Add => a + b,
        Operator::Subtract => a - b,
        Operator::Multiply => a.wrapping_mul(b),
        Operator::Divide => {
            if b == 0 {
                0
            } else {
                a / b
            }
        }
        Operator::Remainder => {
            if b == 0 {
                a
            } else {
                a % b
            }
        }
        Operator::ShiftLeft => {
            if shift > 63 {
                0
            } else {
                a.wrapping_shl(shift as u32)
            }
        }
        Operator::ShiftRight => {
            if shift > 63 {
                0
            } else {
                a >> shift
            }
        }
        Operator::And => a & b,
        Operator::Xor => a ^ b,
        Operator::Or => a | b,
    };
    let bits = answer as u64;
    if is_signed { Number::Signed(bits.cast_signed()) } else { Number::Unsigned(bits) }
}

/// The class of a number: of those below 0, of 0, and of those from each power of two on.
fn class(number: i128) -> usize {
    match number {
        ..0 => 0,
        0 => 1,
        _ => 1 + (0..64).filter(|power| number >= 1_i128 << power).count(),
    }
}

/// A walk at an event.
pub struct Walk<'a> {
    event: &'a EventData<'a>,
    /// The text of the program.
    source: &'a str,
    /// What `let` named.
    locals: Vec<(String, Number)>,
    /// What was counted.
    pub counts: Counts,
}

impl<'a> Walk<'a> {
    /// Nothing is named yet.
    pub fn of(event: &'a EventData<'a>, source: &'a str) -> Self {
        Walk { event, source, locals: Vec::new(), counts: Counts::new() }
    }

    /// Whether the event is kept, if these say it.
    pub fn statements(&mut self, statements: &[Statement]) -> Option<bool> {
        let before = self.locals.len();
        let said = statements.iter().find_map(|statement| self.statement(statement));
        self.locals.truncate(before);
        said
    }

    fn statement(&mut self, statement: &Statement) -> Option<bool> {
        match &statement.kind {
            StatementKind::Let(name, value) => {
                let value = self.number(value);
                self.locals.push((name.text.clone(), value));
                None
            }
            StatementKind::If(condition, then, otherwise) => {
                self.statements(if self.is_so(condition) { then } else { otherwise })
            }
            StatementKind::Act(action, condition) => {
                let is_done = condition.as_ref().is_none_or(|condition| self.is_so(condition));
                let span = statement.span.start as usize..statement.span.end as usize;
                let what = self.source[span].to_owned();
                is_done.then(|| self.act(action, what)).flatten()
            }
            other => panic!("{other:?}"),
        }
    }

    fn act(&mut self, action: &Action, what: String) -> Option<bool> {
        let (keys, class) = match action {
            Action::Keep => return Some(true),
            Action::Discard => return Some(false),
            Action::Count(keys) => (keys.as_slice(), None),
            Action::Hist(value, by) => (by.as_slice(), Some(class(self.number(value).exact()))),
            other => panic!("{other:?}"),
        };
        let keys = keys.iter().map(|key| match &key.kind {
            ExprKind::Text(text) => OwnKey::Text(text.clone()),
            ExprKind::Name(name) => match self.event.value(name) {
                Some(Value::Text(text)) => OwnKey::Text(text.into()),
                _ => OwnKey::Number(self.number(key).bits()),
            },
            _ => OwnKey::Number(self.number(key).bits()),
        });
        let what = what.split(" if ").next().expect("a text").to_owned();
        let key = (what, keys.collect(), class);
        *self.counts.entry(key).or_default() += 1;
        None
    }

    fn local(&self, name: &str) -> Option<Number> {
        self.locals.iter().rev().find(|(other, _)| other == name).map(|(_, number)| *number)
    }

    fn number(&self, expr: &Expr) -> Number {
        match &expr.kind {
            ExprKind::Number { value, .. } => Number::Unsigned(*value),
            ExprKind::Name(name) if self.local(name).is_some() => self.local(name).expect("it is"),
            ExprKind::Name(name) => match self.event.value(name) {
                Some(Value::Signed(number)) => Number::Signed(number),
                Some(Value::Unsigned(number)) => Number::Unsigned(number),
                other => panic!("{name}: {other:?}"),
            },
            ExprKind::Minus(inner) => {
                compute(Operator::Subtract, Number::Signed(0), self.number(inner))
            }
            ExprKind::Inverted(inner) => match self.number(inner) {
                Number::Signed(number) => Number::Signed(!number),
                Number::Unsigned(number) => Number::Unsigned(!number),
            },
            ExprKind::Compute(operator, left, right) => {
                compute(*operator, self.number(left), self.number(right))
            }
            _ => Number::Unsigned(u64::from(self.is_so(expr))),
        }
    }

    /// Whether a condition holds.
    pub fn is_so(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Bool(value) => *value,
            ExprKind::Not(inner) => !self.is_so(inner),
            ExprKind::And(parts) => parts.iter().all(|part| self.is_so(part)),
            ExprKind::Or(parts) => parts.iter().any(|part| self.is_so(part)),
            ExprKind::Compare(sign, left, right) => {
                let order = self.number(left).exact().cmp(&self.number(right).exact());
                match sign {
                    CompareSign::Equal => order.is_eq(),
                    CompareSign::NotEqual => order.is_ne(),
                    CompareSign::Less => order.is_lt(),
                    CompareSign::LessOrEqual => order.is_le(),
                    CompareSign::Greater => order.is_gt(),
                    CompareSign::GreaterOrEqual => order.is_ge(),
                    other => panic!("{other:?}"),
                }
            }
            ExprKind::In(value, items) => {
                let value = self.number(value).exact();
                items.iter().any(|item| match item {
                    SetItem::One(one) => self.number(one).exact() == value,
                    SetItem::Range(first, last) => {
                        (self.number(first).exact()..=self.number(last).exact()).contains(&value)
                    }
                })
            }
            _ => self.number(expr).bits() != 0,
        }
    }
}
