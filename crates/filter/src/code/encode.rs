//! Steps as words.

use super::kind;
use super::op::Op;
use super::word::{FAILURES, LEFT_SIGNED, OPERATORS, Word, flag, index};
use crate::number::Sign;

impl Op {
    /// The step as a word.
    pub fn encode(&self) -> u64 {
        let word = match *self {
            Op::Constant { to, value } => Word::new(kind::CONSTANT, to, 0, 0).with_value(value),
            Op::ConstantHigh { to, value } => {
                Word::new(kind::CONSTANT_HIGH, to, 0, 0).with_value(value)
            }
            Op::Number { to, slot, absent } => Word::new(kind::NUMBER, to, 0, 0).with(absent, slot),
            Op::Compute { operator, sign, to, left, right } => {
                let which = index(&OPERATORS, &operator);
                let which = which | flag(sign == Sign::Signed, LEFT_SIGNED);
                Word::new(kind::COMPUTE, to, left, right).with(u16::from(which), 0)
            }
            Op::Jump { by } => Word::new(kind::JUMP, 0, 0, 0).with(by, 0),
            Op::JumpIf { test, left, right, by } => {
                Word::new(kind::JUMP_IF, left, right, test.byte()).with(by, 0)
            }
            Op::JumpIfText { test, left, right, by } => {
                Word::new(kind::JUMP_IF_TEXT, left, right, test.byte()).with(by, 0)
            }
            Op::TextSlot { to, slot, absent } => {
                Word::new(kind::TEXT_SLOT, to, 0, 0).with(absent, slot)
            }
            Op::TextConstant { to, pool } => {
                Word::new(kind::TEXT_CONSTANT, to, 0, 0).with(pool.start, pool.len)
            }
            Op::End { verdict } => Word::new(kind::END, u8::from(verdict.is_keep()), 0, 0),
            Op::CopyText { to, from } => Word::new(kind::COPY_TEXT, to, from, 0),
            Op::Fail { failure } => Word::new(kind::FAIL, index(&FAILURES, &failure), 0, 0),
            state => state.encode_state(),
        };
        word.0
    }

    fn encode_state(self) -> Word {
        match self {
            Op::Load { to, cell } => Word::new(kind::LOAD, to, 0, 0).with(0, cell),
            Op::Store { from, cell } => Word::new(kind::STORE, from, 0, 0).with(0, cell),
            Op::LoadText { to, cell } => Word::new(kind::LOAD_TEXT, to, 0, 0).with(0, cell),
            Op::StoreText { from, cell, failed } => {
                Word::new(kind::STORE_TEXT, from, 0, 0).with(failed, cell)
            }
            Op::KeyNumber { from } => Word::new(kind::KEY_NUMBER, from, 0, 0),
            Op::KeyText { from } => Word::new(kind::KEY_TEXT, from, 0, 0),
            Op::MapLoad { to, map, absent } => {
                Word::new(kind::MAP_LOAD, to, map, 0).with(absent, 0)
            }
            Op::MapLoadText { to, map, absent } => {
                Word::new(kind::MAP_LOAD_TEXT, to, map, 0).with(absent, 0)
            }
            Op::MapStore { from, map, failed } => {
                Word::new(kind::MAP_STORE, from, map, 0).with(failed, 0)
            }
            Op::MapStoreText { from, map, failed } => {
                Word::new(kind::MAP_STORE_TEXT, from, map, 0).with(failed, 0)
            }
            Op::MapDelete { map } => Word::new(kind::MAP_DELETE, 0, map, 0),
            Op::Count { table } => Word::new(kind::COUNT, 0, table, 0),
            Op::Hist { from, sign, table } => {
                Word::new(kind::HIST, from, table, u8::from(sign == Sign::Signed))
            }
            Op::Mark { pool } => Word::new(kind::MARK, 0, 0, 0).with(pool.start, pool.len),
            Op::Send { sink } => Word::new(kind::SEND, 0, sink, 0),
            Op::Snapshot => Word::new(kind::SNAPSHOT, 0, 0, 0),
            _ => Word::new(kind::STOP, 0, 0, 0),
        }
    }
}
