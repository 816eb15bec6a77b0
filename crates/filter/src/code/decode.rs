//! Words as steps.

use super::kind;
use super::op::{Op, TextTest};
use super::word::Word;
use crate::number::Sign;

impl Op {
    /// The step of a word. Nothing if it is none, or has bits that no step has.
    #[inline(always)]
    pub fn decode(word: u64) -> Option<Self> {
        let word = Word(word);
        let (a, b, c, low, high) = (word.a(), word.b(), word.c(), word.low(), word.high());
        let op = match word.kind() {
            kind::CONSTANT => Op::Constant { to: a, value: word.value() },
            kind::CONSTANT_HIGH => Op::ConstantHigh { to: a, value: word.value() },
            kind::NUMBER => Op::Number { to: a, slot: high, absent: low },
            kind::COMPUTE => {
                let (operator, sign) = word.operator()?;
                Op::Compute { operator, sign, to: a, left: b, right: c }
            }
            kind::JUMP => Op::Jump { by: low },
            kind::JUMP_IF => Op::JumpIf { test: word.test()?, left: a, right: b, by: low },
            kind::JUMP_IF_TEXT => {
                Op::JumpIfText { test: TextTest::of(c)?, left: a, right: b, by: low }
            }
            kind::TEXT_SLOT => Op::TextSlot { to: a, slot: high, absent: low },
            kind::TEXT_CONSTANT => Op::TextConstant { to: a, pool: word.pool() },
            kind::END => Op::End { verdict: word.verdict() },
            kind::FAIL => Op::Fail { failure: word.failure()? },
            kind::COPY_TEXT => Op::CopyText { to: a, from: b },
            _ => return Self::decode_state(word),
        };
        Some(op)
    }

    fn decode_state(word: Word) -> Option<Self> {
        let (a, b, low, high) = (word.a(), word.b(), word.low(), word.high());
        let op = match word.kind() {
            kind::LOAD => Op::Load { to: a, cell: high },
            kind::STORE => Op::Store { from: a, cell: high },
            kind::LOAD_TEXT => Op::LoadText { to: a, cell: high },
            kind::STORE_TEXT => Op::StoreText { from: a, cell: high, failed: low },
            kind::KEY_NUMBER => Op::KeyNumber { from: a },
            kind::KEY_TEXT => Op::KeyText { from: a },
            kind::MAP_LOAD => Op::MapLoad { to: a, map: b, absent: low },
            kind::MAP_LOAD_TEXT => Op::MapLoadText { to: a, map: b, absent: low },
            kind::MAP_STORE => Op::MapStore { from: a, map: b, failed: low },
            kind::MAP_STORE_TEXT => Op::MapStoreText { from: a, map: b, failed: low },
            kind::MAP_DELETE => Op::MapDelete { map: b },
            kind::COUNT => Op::Count { table: b },
            kind::HIST => {
                let sign = if word.c() != 0 { Sign::Signed } else { Sign::Unsigned };
                Op::Hist { from: a, sign, table: b }
            }
            kind::MARK => Op::Mark { pool: word.pool() },
            kind::SEND => Op::Send { sink: b },
            kind::SNAPSHOT => Op::Snapshot,
            kind::STOP => Op::Stop,
            _ => return None,
        };
        Some(op)
    }
}
