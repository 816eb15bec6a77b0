//! Numbers in registers.

use super::insn::{Alu, Insn, Jump, Reg, Size};
use super::{Generator, Unsupported};
use crate::check::typed::{Number, NumberKind};
use crate::number::{Operator, Sign};

impl Generator<'_> {
    /// Computes a number into a register. Registers 0 to 5 are used on the way.
    pub(super) fn number(&mut self, number: &Number, to: Reg) -> Result<(), Unsupported> {
        match &number.kind {
            NumberKind::Constant(value) => {
                self.code.constant(to, *value);
                Ok(())
            }
            NumberKind::Slot(slot) => self.source.number(*slot, to, &mut self.code),
            NumberKind::Compute(operator, left, right) => {
                self.both(left, right, Reg::R1, Reg::R2)?;
                self.compute(*operator, number.sign);
                if to != Reg::R1 {
                    self.code.push(Insn::mov(to, Reg::R1));
                }
                Ok(())
            }
            NumberKind::Truth(condition) => {
                let (not, end) = (self.code.label(), self.code.label());
                self.condition(condition, false, not)?;
                self.code.constant(to, 1);
                self.code.jump(Insn::jump(), end);
                self.code.bind(not);
                self.code.constant(to, 0);
                self.code.bind(end);
                Ok(())
            }
            NumberKind::Local(local) => self.local(*local, to),
            NumberKind::Cell(_) | NumberKind::MapRead(_) => Self::unsupported(super::HAS_STATE),
        }
    }

    /// Computes two numbers into two registers.
    pub(super) fn both(
        &mut self,
        left: &Number,
        right: &Number,
        left_to: Reg,
        right_to: Reg,
    ) -> Result<(), Unsupported> {
        if let NumberKind::Constant(value) = right.kind {
            self.number(left, left_to)?;
            self.code.constant(right_to, value);
            return Ok(());
        }
        let free = self.stack;
        self.number(left, left_to)?;
        let place = self.push()?;
        self.code.push(Insn::store(Size::B8, Reg::FP, place, left_to));
        self.number(right, right_to)?;
        self.code.push(Insn::load(Size::B8, left_to, Reg::FP, place));
        self.stack = free;
        Ok(())
    }

    /// `r1 = r1 op r2`; registers 3 to 5 are used on the way.
    fn compute(&mut self, operator: Operator, sign: Sign) {
        let plain = |op| Insn::alu(op, Reg::R1, Reg::R2);
        match (operator, sign) {
            (Operator::Add, _) => self.code.push(plain(Alu::Add)),
            (Operator::Subtract, _) => self.code.push(plain(Alu::Sub)),
            (Operator::Multiply, _) => self.code.push(plain(Alu::Mul)),
            (Operator::And, _) => self.code.push(plain(Alu::And)),
            (Operator::Or, _) => self.code.push(plain(Alu::Or)),
            (Operator::Xor, _) => self.code.push(plain(Alu::Xor)),
            // By 0, both are what the language says.
            (Operator::Divide, Sign::Unsigned) => self.code.push(plain(Alu::Div)),
            (Operator::Remainder, Sign::Unsigned) => self.code.push(plain(Alu::Mod)),
            (Operator::Divide, Sign::Signed) => self.signed(Alu::Div),
            (Operator::Remainder, Sign::Signed) => self.signed(Alu::Mod),
            (Operator::ShiftLeft, _) => self.shift(Alu::Lsh),
            (Operator::ShiftRight, Sign::Unsigned) => self.shift(Alu::Rsh),
            (Operator::ShiftRight, Sign::Signed) => self.shift(Alu::Arsh),
        }
    }

    /// The kernel takes six bits of how far; here 64 and more give 0.
    fn shift(&mut self, op: Alu) {
        let (large, end) = (self.code.label(), self.code.label());
        self.code.jump(Insn::jump_if_k(Jump::Gt, Reg::R2, 63), large);
        self.code.push(Insn::alu(op, Reg::R1, Reg::R2));
        self.code.jump(Insn::jump(), end);
        self.code.bind(large);
        self.code.constant(Reg::R1, 0);
        self.code.bind(end);
    }

    /// Division of numbers without their signs, which are put back: that of the dividend for what
    /// remains, both for the quotient. `r3` is whether it is below 0 in the end.
    fn signed(&mut self, op: Alu) {
        let (left, right) = (self.code.label(), self.code.label());
        let (end, zero) = (self.code.label(), self.code.label());
        self.code.jump(Insn::jump_if_k(Jump::Eq, Reg::R2, 0), zero);
        self.code.constant(Reg::R3, 0);
        self.code.jump(Insn::jump_if_k(Jump::Sge, Reg::R1, 0), left);
        self.code.push(Insn::neg(Reg::R1));
        self.code.constant(Reg::R3, 1);
        self.code.bind(left);
        self.code.jump(Insn::jump_if_k(Jump::Sge, Reg::R2, 0), right);
        self.code.push(Insn::neg(Reg::R2));
        if op == Alu::Div {
            self.code.push(Insn::alu_k(Alu::Xor, Reg::R3, 1));
        }
        self.code.bind(right);
        self.code.push(Insn::alu(op, Reg::R1, Reg::R2));
        self.code.jump(Insn::jump_if_k(Jump::Eq, Reg::R3, 0), end);
        self.code.push(Insn::neg(Reg::R1));
        self.code.jump(Insn::jump(), end);
        self.code.bind(zero);
        if op == Alu::Div {
            self.code.constant(Reg::R1, 0);
        }
        self.code.bind(end);
    }
}
