//! Conditions: jumps, not values.

use super::label::Label;
use super::{Compiler, TooLarge};
use crate::check::typed::{Condition, Number, Text};
use crate::code::{Compare, Op, Register, Test, TextTest};
use crate::number::Sign;

impl Compiler {
    /// Leads to `to` if the condition is as `when` says, else to the next step.
    pub(super) fn branch(
        &mut self,
        condition: &Condition,
        when: bool,
        to: Label,
    ) -> Result<(), TooLarge> {
        match condition {
            Condition::Constant(value) if *value == when => self.emit_to(Op::Jump { by: 0 }, to),
            Condition::Constant(_) => Ok(()),
            Condition::Not(inner) => self.branch(inner, !when, to),
            Condition::All(parts) => self.parts(parts, when, to, false),
            Condition::Any(parts) => self.parts(parts, when, to, true),
            Condition::Numbers { compare, left, right, is_not } => {
                let test = test(*compare, left.sign, right.sign, *is_not == when);
                self.comparison(when, to, |compiler| {
                    let (left, right) = compiler.both(left, right)?;
                    compiler.emit_to(Op::JumpIf { test, left, right, by: 0 }, to)
                })
            }
            Condition::Texts { compare, left, right, is_not } => {
                let test = TextTest { compare: *compare, is_not: *is_not == when };
                self.comparison(when, to, |compiler| compiler.texts(test, left, right, to))
            }
            Condition::Among(value, ranges) => {
                self.comparison(when, to, |compiler| compiler.among(value, ranges, when, to))
            }
        }
    }

    /// All of them, or any of them: `is_any` is the answer that settles it.
    fn parts(
        &mut self,
        parts: &[Condition],
        when: bool,
        to: Label,
        settles: bool,
    ) -> Result<(), TooLarge> {
        if settles == when {
            return parts.iter().try_for_each(|part| self.branch(part, when, to));
        }
        let Some((last, first)) = parts.split_last() else { return Ok(()) };
        let settled = self.label();
        first.iter().try_for_each(|part| self.branch(part, settles, settled))?;
        self.branch(last, when, to)?;
        self.bind(settled);
        Ok(())
    }

    /// What compares values. Where one is not there it is false, or cannot be answered.
    fn comparison(
        &mut self,
        when: bool,
        to: Label,
        compare: impl FnOnce(&mut Self) -> Result<(), TooLarge>,
    ) -> Result<(), TooLarge> {
        let free = (self.register, self.text_register);
        let outside = self.absent;
        let behind = self.label();
        if self.absent_is_false {
            self.absent = if when { behind } else { to };
        }
        compare(self)?;
        self.bind(behind);
        self.absent = outside;
        (self.register, self.text_register) = free;
        Ok(())
    }

    fn texts(
        &mut self,
        test: TextTest,
        left: &Text,
        right: &Text,
        to: Label,
    ) -> Result<(), TooLarge> {
        let (left, right) = (self.text_value(left)?, self.text_value(right)?);
        self.emit_to(Op::JumpIfText { test, left, right, by: 0 }, to)
    }

    fn among(
        &mut self,
        value: &Number,
        ranges: &[(Number, Option<Number>)],
        when: bool,
        to: Label,
    ) -> Result<(), TooLarge> {
        let at = self.number(value)?;
        let free = self.register;
        let inside = self.label();
        let hit = if when { to } else { inside };
        for (first, last) in ranges {
            let miss = self.label();
            match last {
                None => self.jump_if(Compare::Equal, (value.sign, at), first, false, hit)?,
                Some(last) => {
                    // Not before the first, and not behind the last.
                    self.jump_if(Compare::Less, (value.sign, at), first, false, miss)?;
                    self.jump_if(Compare::LessOrEqual, (value.sign, at), last, false, hit)?;
                }
            }
            self.bind(miss);
            self.register = free;
        }
        if !when {
            self.emit_to(Op::Jump { by: 0 }, to)?;
        }
        self.bind(inside);
        Ok(())
    }

    fn jump_if(
        &mut self,
        compare: Compare,
        (sign, left): (Sign, Register),
        right: &Number,
        is_not: bool,
        to: Label,
    ) -> Result<(), TooLarge> {
        let test = test(compare, sign, right.sign, is_not);
        let right = self.number(right)?;
        self.emit_to(Op::JumpIf { test, left, right, by: 0 }, to)
    }
}

/// A comparison that is turned round, or not.
fn test(compare: Compare, left: Sign, right: Sign, is_not: bool) -> Test {
    Test { compare, left, right, is_not }
}
