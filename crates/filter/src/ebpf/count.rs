//! `count` and `hist`: keys on the stack, counts in maps.
//!
//! A key that is new is put in with counts of 0, unless another CPU was faster; then its count goes
//! up by one at once for all CPUs. So no count is lost, whoever counts at the same time. Maps never
//! lose a key: where there is no place for one, that is counted.

use std::vec::Vec;

use super::assembler::Label;
use super::insn::{Alu, Insn, Jump, Reg, Size, helper};
use super::table::{KeyShape, Place, Shape};
use super::{Generator, STACK_BYTES, Unsupported};
use crate::check::typed::{Number, Text, Value};
use crate::code::STATE_TEXT_BYTES_MAX;
use crate::number::Sign;
use crate::store::HIST_CLASSES;

/// The place of the last class in a histogram.
const LAST_CLASS: i32 = 8 * (HIST_CLASSES as i32 - 1);
/// A key is put in only if it is not there (`BPF_NOEXIST` of `linux/bpf.h`).
const IF_NEW: u64 = 1;

impl Generator<'_> {
    /// Counts one more for these keys; in the class of a number, if there is one.
    pub(super) fn counted(
        &mut self,
        table: u8,
        number: Option<&Number>,
        keys: &[Value],
    ) -> Result<(), Unsupported> {
        let (free, is_hist) = (self.stack, number.is_some());
        let shapes = keys.iter().map(|key| self.shape(key));
        let shape = Shape { keys: shapes.collect::<Result<_, _>>()?, is_hist };
        let place = self.tables.place(table, &shape)?;
        let (others, end) = (self.code.label(), self.code.label());
        let class = number.map(|number| self.class(number)).transpose()?;
        if keys.is_empty() {
            self.code.extend(Insn::load_value_at(Reg::R0, place.tally, place.at + 8));
        } else {
            let at = self.keys(keys, &shape, others)?;
            self.found(&place, at, others);
        }
        if let Some(class) = class {
            self.code.push(Insn::load(Size::B8, Reg::R1, Reg::FP, class));
            // It never is; the kernel sees by this that it stays within the counts.
            self.code.jump(Insn::jump_if_k(Jump::Gt, Reg::R1, LAST_CLASS), others);
            self.code.push(Insn::alu(Alu::Add, Reg::R0, Reg::R1));
        }
        self.one_more();
        self.code.jump(Insn::jump(), end);
        self.code.bind(others);
        self.code.extend(Insn::load_value_at(Reg::R0, place.tally, place.at));
        self.one_more();
        self.code.bind(end);
        self.stack = free;
        Ok(())
    }

    /// The number at the address in register 0.
    fn one_more(&mut self) {
        self.code.constant(Reg::R1, 1);
        self.code.push(Insn::atomic_add(Size::B8, Reg::R0, 0, Reg::R1));
    }

    fn shape(&self, key: &Value) -> Result<KeyShape, Unsupported> {
        match key {
            Value::Number(_) => Ok(KeyShape::Number),
            Value::Text(text) => match self.resolved(text)? {
                Text::Constant(text) if text.contains(&0) => {
                    Self::unsupported("a key holds a byte of 0, which ends texts in the kernel")
                }
                Text::Constant(text) => Ok(KeyShape::text(text.len())),
                Text::Slot(slot) => Ok(KeyShape::text(self.source.longest(*slot)?)),
                _ => Self::unsupported(super::HAS_STATE),
            },
        }
    }

    /// Puts keys on the stack, one behind the other; where the first is. Leads to `others` if one
    /// is longer than tables take them.
    fn keys(&mut self, keys: &[Value], shape: &Shape, others: Label) -> Result<i16, Unsupported> {
        self.stack -= shape.key_bytes().cast_signed();
        if self.stack < -STACK_BYTES {
            return Self::unsupported("its keys need more stack than the kernel has");
        }
        let (first, mut at) = (self.stack, self.stack);
        for (key, shape) in keys.iter().zip(&shape.keys) {
            match key {
                Value::Number(number) => {
                    self.number(number, Reg::R1)?;
                    self.code.push(Insn::store(Size::B8, Reg::FP, at, Reg::R1));
                }
                Value::Text(text) => {
                    let text = self.resolved(text)?.clone();
                    self.text_key(&text, at, *shape, others)?;
                }
            }
            at += shape.bytes().cast_signed();
        }
        Ok(first)
    }

    fn text_key(
        &mut self,
        text: &Text,
        at: i16,
        shape: KeyShape,
        others: Label,
    ) -> Result<(), Unsupported> {
        match text {
            Text::Constant(text) => {
                let mut bytes: Vec<u8> = text.iter().copied().take(shape.bytes().into()).collect();
                bytes.resize(shape.bytes().into(), 0);
                for (word, at) in bytes.as_chunks::<8>().0.iter().zip((at..).step_by(8)) {
                    self.code.constant(Reg::R1, u64::from_ne_bytes(*word));
                    self.code.push(Insn::store(Size::B8, Reg::FP, at, Reg::R1));
                }
                if text.len() > STATE_TEXT_BYTES_MAX {
                    self.code.jump(Insn::jump(), others);
                }
            }
            Text::Slot(slot) => {
                for at in (at..at + shape.bytes().cast_signed()).step_by(8) {
                    self.code.push(Insn::store_k(Size::B8, Reg::FP, at, 0));
                }
                self.source.copy_text(*slot, at, shape.bytes(), &mut self.code)?;
                if let Some(byte) = shape.is_too_long_at() {
                    self.code.push(Insn::load(Size::B1, Reg::R1, Reg::FP, at + byte));
                    self.code.jump(Insn::jump_if_k(Jump::Ne, Reg::R1, 0), others);
                }
            }
            _ => return Self::unsupported(super::HAS_STATE),
        }
        Ok(())
    }

    /// Puts the address of the counts of the key on the stack into register 0. Leads to `others` if
    /// there is no place for it.
    fn found(&mut self, place: &Place, key: i16, others: Label) {
        let found = self.code.label();
        self.of_key(place.map, key, helper::MAP_LOOKUP);
        self.code.jump(Insn::jump_if_k(Jump::Ne, Reg::R0, 0), found);
        // Counts of 0 stand where the tally begins.
        self.code.extend(Insn::load_value_at(Reg::R3, place.tally, 0));
        self.code.constant(Reg::R4, IF_NEW);
        self.of_key(place.map, key, helper::MAP_UPDATE);
        self.of_key(place.map, key, helper::MAP_LOOKUP);
        self.code.jump(Insn::jump_if_k(Jump::Eq, Reg::R0, 0), others);
        self.code.bind(found);
    }

    /// Calls a function of a map for a key on the stack.
    fn of_key(&mut self, map: i32, key: i16, function: i32) {
        self.code.extend(Insn::load_map(Reg::R1, map));
        self.code.push(Insn::mov(Reg::R2, Reg::FP));
        self.code.push(Insn::alu_k(Alu::Add, Reg::R2, key.into()));
        self.code.push(Insn::call(function));
    }

    /// Puts the place of a number's class in a histogram on the stack; where it is then.
    fn class(&mut self, number: &Number) -> Result<i16, Unsupported> {
        self.number(number, Reg::R1)?;
        let place = self.push()?;
        let known = self.code.label();
        self.code.constant(Reg::R2, 0);
        if number.sign == Sign::Signed {
            self.code.jump(Insn::jump_if_k(Jump::Slt, Reg::R1, 0), known);
        }
        self.code.constant(Reg::R2, 8);
        self.code.jump(Insn::jump_if_k(Jump::Eq, Reg::R1, 0), known);
        self.code.constant(Reg::R2, 16);
        // The place of its highest bit, which is found in six steps.
        for bits in [32, 16, 8, 4, 2, 1] {
            let is_lower = self.code.label();
            self.code.push(Insn::mov(Reg::R3, Reg::R1));
            self.code.push(Insn::alu_k(Alu::Rsh, Reg::R3, bits));
            self.code.jump(Insn::jump_if_k(Jump::Eq, Reg::R3, 0), is_lower);
            self.code.push(Insn::mov(Reg::R1, Reg::R3));
            self.code.push(Insn::alu_k(Alu::Add, Reg::R2, 8 * bits));
            self.code.bind(is_lower);
        }
        self.code.bind(known);
        self.code.push(Insn::store(Size::B8, Reg::FP, place, Reg::R2));
        Ok(place)
    }
}
