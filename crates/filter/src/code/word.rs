//! Words of 64 bits, each of them a step: from the lowest byte on the kind, three small numbers,
//! and two of 16 bits.

use super::op::{Compare, Pool, Test, TextCompare, TextTest};
use crate::number::{Operator, Sign};
use crate::verdict::{Failure, Verdict};

pub(super) const OPERATORS: [Operator; 10] = [
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
const TEXT_COMPARES: [TextCompare; 5] = [
    TextCompare::Equal,
    TextCompare::Less,
    TextCompare::LessOrEqual,
    TextCompare::Contains,
    TextCompare::Matches,
];
pub(super) const FAILURES: [Failure; 3] = [Failure::Unanswerable, Failure::Full, Failure::TooLong];

const IS_NOT: u8 = 0x80;
pub(super) const LEFT_SIGNED: u8 = 0x40;
const RIGHT_SIGNED: u8 = 0x20;
/// What is left for which one it is.
const WHICH: u8 = 0x1f;

/// A word. What is asked for is shifted out of it: that is less than to take all of it apart.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Word(pub(super) u64);

impl Word {
    pub(super) fn new(kind: u8, a: u8, b: u8, c: u8) -> Self {
        Word(u64::from_le_bytes([kind, a, b, c, 0, 0, 0, 0]))
    }

    pub(super) fn with(self, low: u16, high: u16) -> Self {
        Word(self.0 | u64::from(low) << 32 | u64::from(high) << 48)
    }

    pub(super) fn with_value(self, value: u32) -> Self {
        Word(self.0 | u64::from(value) << 32)
    }

    #[inline(always)]
    pub(super) fn kind(self) -> u8 {
        self.0 as u8
    }

    #[inline(always)]
    pub(super) fn a(self) -> u8 {
        (self.0 >> 8) as u8
    }

    #[inline(always)]
    pub(super) fn b(self) -> u8 {
        (self.0 >> 16) as u8
    }

    #[inline(always)]
    pub(super) fn c(self) -> u8 {
        (self.0 >> 24) as u8
    }

    #[inline(always)]
    pub(super) fn low(self) -> u16 {
        (self.0 >> 32) as u16
    }

    #[inline(always)]
    pub(super) fn high(self) -> u16 {
        (self.0 >> 48) as u16
    }

    #[inline(always)]
    pub(super) fn value(self) -> u32 {
        (self.0 >> 32) as u32
    }

    pub(super) fn pool(self) -> Pool {
        Pool { start: self.low(), len: self.high() }
    }

    /// Of a step that computes: what, and of which sign.
    #[inline(always)]
    pub(super) fn operator(self) -> Option<(Operator, Sign)> {
        let which = u8::try_from(self.low()).ok()?;
        let operator = *OPERATORS.get(usize::from(which & WHICH))?;
        Some((operator, sign_of(which, LEFT_SIGNED)))
    }

    /// Of a step that compares numbers: how.
    #[inline(always)]
    pub(super) fn test(self) -> Option<Test> {
        Test::of(self.c())
    }

    /// Of a step that ends the program.
    #[inline(always)]
    pub(super) fn verdict(self) -> Verdict {
        if self.a() != 0 { Verdict::Keep } else { Verdict::Discard }
    }

    /// Of a step that cannot go on.
    pub(super) fn failure(self) -> Option<Failure> {
        FAILURES.get(usize::from(self.a())).copied()
    }
}

pub(super) fn index<T: PartialEq>(all: &[T], one: &T) -> u8 {
    let index = all.iter().position(|other| other == one).unwrap_or_default();
    u8::try_from(index).unwrap_or_default()
}

pub(super) fn flag(is_set: bool, bit: u8) -> u8 {
    if is_set { bit } else { 0 }
}

fn sign_of(c: u8, bit: u8) -> Sign {
    if c & bit != 0 { Sign::Signed } else { Sign::Unsigned }
}

/// The comparison of this number: no table, since the machine comes here at each comparison.
#[inline(always)]
fn compare(which: u8) -> Option<Compare> {
    const EQUAL: u8 = Compare::Equal as u8;
    const LESS: u8 = Compare::Less as u8;
    const LESS_OR_EQUAL: u8 = Compare::LessOrEqual as u8;
    match which {
        EQUAL => Some(Compare::Equal),
        LESS => Some(Compare::Less),
        LESS_OR_EQUAL => Some(Compare::LessOrEqual),
        _ => None,
    }
}

impl Test {
    pub(super) fn byte(self) -> u8 {
        self.compare as u8
            | flag(self.is_not, IS_NOT)
            | flag(self.left == Sign::Signed, LEFT_SIGNED)
            | flag(self.right == Sign::Signed, RIGHT_SIGNED)
    }

    #[inline(always)]
    pub(super) fn of(byte: u8) -> Option<Self> {
        Some(Test {
            compare: compare(byte & WHICH)?,
            left: sign_of(byte, LEFT_SIGNED),
            right: sign_of(byte, RIGHT_SIGNED),
            is_not: byte & IS_NOT != 0,
        })
    }
}

impl TextTest {
    pub(super) fn byte(self) -> u8 {
        index(&TEXT_COMPARES, &self.compare) | flag(self.is_not, IS_NOT)
    }

    pub(super) fn of(byte: u8) -> Option<Self> {
        let compare = *TEXT_COMPARES.get(usize::from(byte & !IS_NOT))?;
        Some(TextTest { compare, is_not: byte & IS_NOT != 0 })
    }
}
