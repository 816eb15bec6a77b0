//! Conditions: jumps.

use super::assembler::Label;
use super::insn::{Insn, Jump, Reg};
use super::{Generator, Unsupported};
use crate::check::typed::{Condition, Number, NumberKind};
use crate::code::Compare;
use crate::number::Sign;

/// A comparison of numbers.
#[derive(Clone, Copy)]
struct Test {
    compare: Compare,
    left: Sign,
    right: Sign,
    /// It leads elsewhere when the comparison is this.
    when: bool,
}

impl Generator<'_> {
    pub(super) fn condition(
        &mut self,
        condition: &Condition,
        when: bool,
        to: Label,
    ) -> Result<(), Unsupported> {
        match condition {
            Condition::Constant(value) => {
                if *value == when {
                    self.code.jump(Insn::jump(), to);
                }
                Ok(())
            }
            Condition::Not(inner) => self.condition(inner, !when, to),
            Condition::All(parts) => self.parts(parts, when, to, false),
            Condition::Any(parts) => self.parts(parts, when, to, true),
            Condition::Numbers { compare, left, right, is_not } => {
                let when = *is_not != when;
                let test = Test { compare: *compare, left: left.sign, right: right.sign, when };
                self.numbers(test, left, right, to)
            }
            Condition::Texts { compare, left, right, is_not } => {
                self.texts(*compare, left, right, *is_not != when, to)
            }
            Condition::Among(value, ranges) => self.among(value, ranges, when, to),
        }
    }

    /// All of them, or any of them: `settles` is the answer of one that settles it.
    fn parts(
        &mut self,
        parts: &[Condition],
        when: bool,
        to: Label,
        settles: bool,
    ) -> Result<(), Unsupported> {
        if settles == when {
            return parts.iter().try_for_each(|part| self.condition(part, when, to));
        }
        let Some((last, first)) = parts.split_last() else { return Ok(()) };
        let settled = self.code.label();
        first.iter().try_for_each(|part| self.condition(part, settles, settled))?;
        self.condition(last, when, to)?;
        self.code.bind(settled);
        Ok(())
    }

    fn numbers(
        &mut self,
        test: Test,
        left: &Number,
        right: &Number,
        to: Label,
    ) -> Result<(), Unsupported> {
        if let (NumberKind::Constant(value), true) = (&right.kind, test.is_same_kind(right)) {
            // As the comparison takes it: 32 bits, widened by their sign.
            if let Ok(small) = i32::try_from(value.cast_signed()) {
                self.number(left, Reg::R1)?;
                self.code.jump(Insn::jump_if_k(test.jump(), Reg::R1, small), to);
                return Ok(());
            }
        }
        self.both(left, right, Reg::R1, Reg::R2)?;
        self.compare(test, Reg::R1, Reg::R2, to);
        Ok(())
    }

    /// Compares two registers by their mathematical values.
    fn compare(&mut self, test: Test, left: Reg, right: Reg, to: Label) {
        let here = Insn::jump_if(test.jump(), left, right);
        if test.left == test.right {
            return self.code.jump(here, to);
        }
        // One has a sign, the other has not: if that one is below 0, it is settled.
        let (signed, settled) = match (test.left, test.compare) {
            (Sign::Signed, Compare::Equal) => (left, false),
            (_, Compare::Equal) => (right, false),
            (Sign::Signed, _) => (left, true),
            _ => (right, false),
        };
        let behind = self.code.label();
        let target = if settled == test.when { to } else { behind };
        self.code.jump(Insn::jump_if_k(Jump::Slt, signed, 0), target);
        let unsigned = Test { left: Sign::Unsigned, right: Sign::Unsigned, ..test };
        self.code.jump(Insn::jump_if(unsigned.jump(), left, right), to);
        self.code.bind(behind);
    }

    fn among(
        &mut self,
        value: &Number,
        ranges: &[(Number, Option<Number>)],
        when: bool,
        to: Label,
    ) -> Result<(), Unsupported> {
        let parts = ranges.iter().map(|(first, last)| {
            let compared = |compare, right: &Number, is_not| Condition::Numbers {
                compare,
                left: value.clone(),
                right: right.clone(),
                is_not,
            };
            match last {
                None => compared(Compare::Equal, first, false),
                Some(last) => Condition::All(
                    [
                        compared(Compare::Less, first, true),
                        compared(Compare::LessOrEqual, last, false),
                    ]
                    .into(),
                ),
            }
        });
        self.condition(&Condition::Any(parts.collect()), when, to)
    }
}

impl Test {
    /// Whether a constant can be compared as if it had the sign of the left number.
    fn is_same_kind(&self, right: &Number) -> bool {
        let NumberKind::Constant(value) = right.kind else { return false };
        // A constant from 0 on means the same with a sign and without.
        self.left == self.right || value.cast_signed() >= 0
    }

    /// The jump for two numbers of the sign of the left one.
    fn jump(&self) -> Jump {
        let is_signed = self.left == Sign::Signed;
        match (self.compare, self.when, is_signed) {
            (Compare::Equal, true, _) => Jump::Eq,
            (Compare::Equal, false, _) => Jump::Ne,
            (Compare::Less, true, false) => Jump::Lt,
            (Compare::Less, true, true) => Jump::Slt,
            (Compare::Less, false, false) => Jump::Ge,
            (Compare::Less, false, true) => Jump::Sge,
            (Compare::LessOrEqual, true, false) => Jump::Le,
            (Compare::LessOrEqual, true, true) => Jump::Sle,
            (Compare::LessOrEqual, false, false) => Jump::Gt,
            (Compare::LessOrEqual, false, true) => Jump::Sgt,
        }
    }
}
