//! Numbers and texts.

use super::{Compiler, TooLarge};
use crate::check::typed::{MapRead, Number, NumberKind, Text, Value};
use crate::code::{Op, REGISTERS, Register, TEXT_REGISTERS, TextRegister};

impl Compiler {
    /// Computes a number; where it is then.
    pub(super) fn number(&mut self, number: &Number) -> Result<Register, TooLarge> {
        let free = self.register;
        match &number.kind {
            NumberKind::Local(at) => return Ok(*at),
            NumberKind::Compute(operator, left, right) => {
                let (left, right) = self.both(left, right)?;
                self.register = free;
                let to = self.next_register()?;
                let (operator, sign) = (*operator, number.sign);
                self.emit(Op::Compute { operator, sign, to, left, right })?;
            }
            _ => {
                let to = self.next_register()?;
                self.number_to(number, to)?;
            }
        }
        // What was needed on the way is free again.
        self.register = free + 1;
        Ok(free)
    }

    /// Computes two numbers. That which needs more registers comes first: all are free then.
    pub(super) fn both(
        &mut self,
        left: &Number,
        right: &Number,
    ) -> Result<(Register, Register), TooLarge> {
        if need(right) > need(left) {
            let right = self.number(right)?;
            return Ok((self.number(left)?, right));
        }
        let left = self.number(left)?;
        Ok((left, self.number(right)?))
    }

    fn next_register(&mut self) -> Result<Register, TooLarge> {
        let register = self.register;
        if usize::from(register) >= REGISTERS {
            return Err(TooLarge::Registers);
        }
        self.register += 1;
        Ok(register)
    }

    /// Computes a number into a register.
    pub(super) fn number_to(&mut self, number: &Number, to: Register) -> Result<(), TooLarge> {
        match &number.kind {
            NumberKind::Constant(value) => self.constant(*value, to),
            NumberKind::Slot(slot) => {
                self.emit_to(Op::Number { to, slot: *slot, absent: 0 }, self.absent)
            }
            NumberKind::Cell(cell) => self.emit(Op::Load { to, cell: *cell }),
            NumberKind::Local(at) => {
                // There is no step that copies: a number or itself is itself.
                let (operator, sign) = (crate::number::Operator::Or, number.sign);
                self.emit(Op::Compute { operator, sign, to, left: *at, right: *at })
            }
            NumberKind::MapRead(read) => self.map_read(read, to),
            NumberKind::Compute(operator, left, right) => {
                let (left, right) = self.both(left, right)?;
                let (operator, sign) = (*operator, number.sign);
                self.emit(Op::Compute { operator, sign, to, left, right })
            }
            NumberKind::Truth(condition) => {
                let (not, end) = (self.label(), self.label());
                self.branch(condition, false, not)?;
                self.constant(1, to)?;
                self.emit_to(Op::Jump { by: 0 }, end)?;
                self.bind(not);
                self.constant(0, to)?;
                self.bind(end);
                Ok(())
            }
        }
    }

    pub(super) fn constant(&mut self, value: u64, to: Register) -> Result<(), TooLarge> {
        let low = (value & u64::from(u32::MAX)) as u32;
        let high = (value >> 32) as u32;
        self.emit(Op::Constant { to, value: low })?;
        if high != 0 {
            self.emit(Op::ConstantHigh { to, value: high })?;
        }
        Ok(())
    }

    fn map_read(&mut self, read: &MapRead<Number>, to: Register) -> Result<(), TooLarge> {
        let (absent, end) = (self.label(), self.label());
        self.keys(&read.keys)?;
        self.emit_to(Op::MapLoad { to, map: read.map, absent: 0 }, absent)?;
        self.emit_to(Op::Jump { by: 0 }, end)?;
        self.bind(absent);
        self.number_to(&read.otherwise, to)?;
        self.bind(end);
        Ok(())
    }

    /// The keys of what comes next. Their values are computed before the first one is a key: a key
    /// may be looked up itself.
    pub(super) fn keys(&mut self, keys: &[Value]) -> Result<(), TooLarge> {
        let (register, text_register) = (self.register, self.text_register);
        let mut steps = std::vec::Vec::new();
        for key in keys {
            steps.push(match key {
                Value::Number(number) => Op::KeyNumber { from: self.number(number)? },
                Value::Text(text) => Op::KeyText { from: self.text_value(text)? },
            });
        }
        for step in steps {
            self.emit(step)?;
        }
        (self.register, self.text_register) = (register, text_register);
        Ok(())
    }

    /// Finds a text; where it is then.
    pub(super) fn text_value(&mut self, text: &Text) -> Result<TextRegister, TooLarge> {
        if let Text::Local(at) = text {
            return Ok(*at);
        }
        let to = self.text_register;
        if usize::from(to) >= TEXT_REGISTERS {
            return Err(TooLarge::Registers);
        }
        self.text_register = to + 1;
        self.text_to(text, to)?;
        self.text_register = to + 1;
        Ok(to)
    }

    /// Finds a text, into a register.
    pub(super) fn text_to(&mut self, text: &Text, to: TextRegister) -> Result<(), TooLarge> {
        match text {
            Text::Constant(text) => {
                let pool = self.text(text)?;
                self.emit(Op::TextConstant { to, pool })
            }
            Text::Slot(slot) => {
                self.emit_to(Op::TextSlot { to, slot: *slot, absent: 0 }, self.absent)
            }
            Text::Cell(cell) => self.emit(Op::LoadText { to, cell: *cell }),
            Text::Local(at) => self.emit(Op::CopyText { to, from: *at }),
            Text::MapRead(read) => {
                let (absent, end) = (self.label(), self.label());
                self.keys(&read.keys)?;
                self.emit_to(Op::MapLoadText { to, map: read.map, absent: 0 }, absent)?;
                self.emit_to(Op::Jump { by: 0 }, end)?;
                self.bind(absent);
                self.text_to(&read.otherwise, to)?;
                self.bind(end);
                Ok(())
            }
        }
    }
}

/// How many registers a number needs, while it is computed.
fn need(number: &Number) -> usize {
    match &number.kind {
        NumberKind::Local(_) => 0,
        NumberKind::Compute(_, left, right) => {
            let (left, right) = (need(left), need(right));
            left.max(right).max(left.min(right) + 1)
        }
        _ => 1,
    }
}
