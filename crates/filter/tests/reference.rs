//! Random filters: the machine and a walk over the tree as it was written agree.

mod support;

use marey_filter::lang::tree::{CompareSign, Expr, ExprKind, Operator, SetItem};
use marey_filter::{EventData, Field, Value};
use proptest::prelude::*;
use support::random::condition;
use support::{class, filter, parsed, run};

/// A number as the language has it: 64 bits, with a sign or without.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Number {
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

struct Walk<'a>(&'a EventData<'a>);

impl Walk<'_> {
    fn number(&self, expr: &Expr) -> Number {
        match &expr.kind {
            ExprKind::Number { value, .. } => Number::Unsigned(*value),
            ExprKind::Name(name) => match self.0.value(name) {
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

    fn is_so(&self, expr: &Expr) -> bool {
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn the_machine_and_the_tree_agree(
        text in condition(),
        numbers in prop::collection::vec(prop_oneof![any::<i64>(), -9_i64..9], 5),
    ) {
        let value = |name, index: usize| {
            let number = numbers[index];
            let is_signed = matches!(name, "id" | "s" | "w");
            let value = Value::Unsigned(number.cast_unsigned());
            Field { name, value: if is_signed { Value::Signed(number) } else { value } }
        };
        let fields = [value("id", 0), value("u", 1), value("s", 2), value("v", 3), value("w", 4)];
        let event = EventData { fields: &fields, ..EventData::default() };
        let tree = parsed(&text).expect("it is an expression");
        let code = filter(&text, &class());
        let code = match code {
            Ok(code) => code,
            // An empty range of constants is told.
            Err(error) => {
                let is_known = ["this range is empty", "too many values"];
                prop_assert!(is_known.iter().any(|part| error.contains(part)), "{text}\n{error}");
                return Ok(());
            }
        };
        let machine = run(&code, &event).verdict().is_keep();
        prop_assert_eq!(machine, Walk(&event).is_so(&tree), "{}", text);
    }

    #[test]
    fn no_text_stops_the_parser(
        text in "([a-z0-9 (){}\\[\\]=<>!&|+*/%.,;:\"#\\\\-]|and|or|on |if |state |µ|\u{0}){0,60}",
    ) {
        let _ = parsed(&text);
        let _ = filter(&text, &class());
        let _ = support::Running::new(&text, &[class()], &[]);
    }
}
