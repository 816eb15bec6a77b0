//! Steps as words of 64 bits: from the lowest byte on the kind, three small numbers, and two of 16
//! bits.

use super::op::{Compare, Op, Pool, Test, TextCompare, TextTest};
use crate::number::{Operator, Sign};
use crate::verdict::{Failure, Verdict};

const OPERATORS: [Operator; 10] = [
    Operator::Add,
    Operator::Subtract,
    Operator::Multiply,
    Operator::Divide,
    Operator::Remainder,
    Operator::ShiftLeft,
    Operator::ShiftRight,
    Operator::And,
    Operator::Xor,
    Operator::Or,
];
const COMPARES: [Compare; 3] = [Compare::Equal, Compare::Less, Compare::LessOrEqual];
const TEXT_COMPARES: [TextCompare; 5] = [
    TextCompare::Equal,
    TextCompare::Less,
    TextCompare::LessOrEqual,
    TextCompare::Contains,
    TextCompare::Matches,
];
const FAILURES: [Failure; 3] = [Failure::Unanswerable, Failure::Full, Failure::TooLong];

const IS_NOT: u8 = 0x80;
const LEFT_SIGNED: u8 = 0x40;
const RIGHT_SIGNED: u8 = 0x20;
/// What is left for which one it is.
const WHICH: u8 = 0x1f;

/// A word, taken apart.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
struct Parts {
    kind: u8,
    a: u8,
    b: u8,
    c: u8,
    low: u16,
    high: u16,
}

impl Parts {
    fn new(kind: u8, a: u8, b: u8, c: u8) -> Self {
        Parts { kind, a, b, c, low: 0, high: 0 }
    }

    fn with(self, low: u16, high: u16) -> Self {
        Parts { low, high, ..self }
    }

    fn word(self) -> u64 {
        let Parts { kind, a, b, c, low, high } = self;
        let [l0, l1] = low.to_le_bytes();
        let [h0, h1] = high.to_le_bytes();
        u64::from_le_bytes([kind, a, b, c, l0, l1, h0, h1])
    }

    fn of(word: u64) -> Self {
        let [kind, a, b, c, l0, l1, h0, h1] = word.to_le_bytes();
        let (low, high) = (u16::from_le_bytes([l0, l1]), u16::from_le_bytes([h0, h1]));
        Parts { kind, a, b, c, low, high }
    }

    fn value(self) -> u32 {
        u32::from(self.high) << 16 | u32::from(self.low)
    }

    fn pool(self) -> Pool {
        Pool { start: self.low, len: self.high }
    }
}

fn index<T: PartialEq>(all: &[T], one: &T) -> u8 {
    let index = all.iter().position(|other| other == one).unwrap_or_default();
    u8::try_from(index).unwrap_or_default()
}

fn flag(is_set: bool, bit: u8) -> u8 {
    if is_set { bit } else { 0 }
}

fn sign_of(c: u8, bit: u8) -> Sign {
    if c & bit != 0 { Sign::Signed } else { Sign::Unsigned }
}

impl Test {
    fn byte(self) -> u8 {
        index(&COMPARES, &self.compare)
            | flag(self.is_not, IS_NOT)
            | flag(self.left == Sign::Signed, LEFT_SIGNED)
            | flag(self.right == Sign::Signed, RIGHT_SIGNED)
    }

    fn of(byte: u8) -> Option<Self> {
        Some(Test {
            compare: *COMPARES.get(usize::from(byte & WHICH))?,
            left: sign_of(byte, LEFT_SIGNED),
            right: sign_of(byte, RIGHT_SIGNED),
            is_not: byte & IS_NOT != 0,
        })
    }
}

impl TextTest {
    fn byte(self) -> u8 {
        index(&TEXT_COMPARES, &self.compare) | flag(self.is_not, IS_NOT)
    }

    fn of(byte: u8) -> Option<Self> {
        let compare = *TEXT_COMPARES.get(usize::from(byte & !IS_NOT))?;
        Some(TextTest { compare, is_not: byte & IS_NOT != 0 })
    }
}

fn halves(value: u32) -> (u16, u16) {
    let [a, b, c, d] = value.to_le_bytes();
    (u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]))
}

impl Op {
    /// The step as a word.
    pub fn encode(&self) -> u64 {
        let parts = match *self {
            Op::Constant { to, value } => {
                let (low, high) = halves(value);
                Parts::new(0, to, 0, 0).with(low, high)
            }
            Op::ConstantHigh { to, value } => {
                let (low, high) = halves(value);
                Parts::new(1, to, 0, 0).with(low, high)
            }
            Op::Number { to, slot, absent } => Parts::new(2, to, 0, 0).with(absent, slot),
            Op::Compute { operator, sign, to, left, right } => {
                let which = index(&OPERATORS, &operator);
                let which = which | flag(sign == Sign::Signed, LEFT_SIGNED);
                Parts::new(3, to, left, right).with(u16::from(which), 0)
            }
            Op::Jump { by } => Parts::new(4, 0, 0, 0).with(by, 0),
            Op::JumpIf { test, left, right, by } => {
                Parts::new(5, left, right, test.byte()).with(by, 0)
            }
            Op::JumpIfText { test, left, right, by } => {
                Parts::new(6, left, right, test.byte()).with(by, 0)
            }
            Op::TextSlot { to, slot, absent } => Parts::new(7, to, 0, 0).with(absent, slot),
            Op::TextConstant { to, pool } => Parts::new(8, to, 0, 0).with(pool.start, pool.len),
            Op::End { verdict } => Parts::new(9, u8::from(verdict.is_keep()), 0, 0),
            Op::CopyText { to, from } => Parts::new(11, to, from, 0),
            Op::Fail { failure } => Parts::new(10, index(&FAILURES, &failure), 0, 0),
            state => state.encode_state(),
        };
        parts.word()
    }

    fn encode_state(self) -> Parts {
        match self {
            Op::Load { to, cell } => Parts::new(16, to, 0, 0).with(0, cell),
            Op::Store { from, cell } => Parts::new(17, from, 0, 0).with(0, cell),
            Op::LoadText { to, cell } => Parts::new(18, to, 0, 0).with(0, cell),
            Op::StoreText { from, cell, failed } => Parts::new(19, from, 0, 0).with(failed, cell),
            Op::KeyNumber { from } => Parts::new(20, from, 0, 0),
            Op::KeyText { from } => Parts::new(21, from, 0, 0),
            Op::MapLoad { to, map, absent } => Parts::new(22, to, map, 0).with(absent, 0),
            Op::MapLoadText { to, map, absent } => Parts::new(23, to, map, 0).with(absent, 0),
            Op::MapStore { from, map, failed } => Parts::new(24, from, map, 0).with(failed, 0),
            Op::MapStoreText { from, map, failed } => Parts::new(25, from, map, 0).with(failed, 0),
            Op::MapDelete { map } => Parts::new(26, 0, map, 0),
            Op::Count { table } => Parts::new(27, 0, table, 0),
            Op::Hist { from, sign, table } => {
                Parts::new(28, from, table, u8::from(sign == Sign::Signed))
            }
            Op::Mark { pool } => Parts::new(29, 0, 0, 0).with(pool.start, pool.len),
            Op::Send { sink } => Parts::new(30, 0, sink, 0),
            Op::Snapshot => Parts::new(31, 0, 0, 0),
            _ => Parts::new(32, 0, 0, 0),
        }
    }

    /// The step of a word. Nothing if it is none, or has bits that no step has.
    #[inline(always)]
    pub fn decode(word: u64) -> Option<Self> {
        let parts = Parts::of(word);
        let Parts { a, b, c, low, high, .. } = parts;
        let op = match parts.kind {
            0 => Op::Constant { to: a, value: parts.value() },
            1 => Op::ConstantHigh { to: a, value: parts.value() },
            2 => Op::Number { to: a, slot: high, absent: low },
            3 => {
                let which = u8::try_from(low).ok()?;
                let operator = *OPERATORS.get(usize::from(which & WHICH))?;
                let sign = sign_of(which, LEFT_SIGNED);
                Op::Compute { operator, sign, to: a, left: b, right: c }
            }
            4 => Op::Jump { by: low },
            5 => Op::JumpIf { test: Test::of(c)?, left: a, right: b, by: low },
            6 => Op::JumpIfText { test: TextTest::of(c)?, left: a, right: b, by: low },
            7 => Op::TextSlot { to: a, slot: high, absent: low },
            8 => Op::TextConstant { to: a, pool: parts.pool() },
            9 => Op::End { verdict: if a != 0 { Verdict::Keep } else { Verdict::Discard } },
            10 => Op::Fail { failure: *FAILURES.get(usize::from(a))? },
            11 => Op::CopyText { to: a, from: b },
            _ => return Self::decode_state(parts),
        };
        Some(op)
    }

    fn decode_state(parts: Parts) -> Option<Self> {
        let Parts { kind, a, b, c, low, high } = parts;
        let op = match kind {
            16 => Op::Load { to: a, cell: high },
            17 => Op::Store { from: a, cell: high },
            18 => Op::LoadText { to: a, cell: high },
            19 => Op::StoreText { from: a, cell: high, failed: low },
            20 => Op::KeyNumber { from: a },
            21 => Op::KeyText { from: a },
            22 => Op::MapLoad { to: a, map: b, absent: low },
            23 => Op::MapLoadText { to: a, map: b, absent: low },
            24 => Op::MapStore { from: a, map: b, failed: low },
            25 => Op::MapStoreText { from: a, map: b, failed: low },
            26 => Op::MapDelete { map: b },
            27 => Op::Count { table: b },
            28 => {
                let sign = if c != 0 { Sign::Signed } else { Sign::Unsigned };
                Op::Hist { from: a, sign, table: b }
            }
            29 => Op::Mark { pool: parts.pool() },
            30 => Op::Send { sink: b },
            31 => Op::Snapshot,
            32 => Op::Stop,
            _ => return None,
        };
        Some(op)
    }
}
