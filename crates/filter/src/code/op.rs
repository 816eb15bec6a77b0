//! What the machine can do.

use crate::number::{Operator, Sign};
use crate::verdict::{Failure, Verdict};

/// Where a number is.
pub type Register = u8;
/// Where a text is.
pub type TextRegister = u8;
/// A value of the event.
pub type Slot = u16;
/// A value of the state.
pub type Cell = u16;
/// A map, or a table of counts, or a sink.
pub type Table = u8;
/// How many words are passed over.
pub type By = u16;

/// A text of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pool {
    /// Its first byte.
    pub start: u16,
    /// How many bytes.
    pub len: u16,
}

/// A comparison of two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Test {
    /// Which.
    pub compare: Compare,
    /// What the left one's bits mean.
    pub left: Sign,
    /// What the right one's bits mean.
    pub right: Sign,
    /// The answer is turned round.
    pub is_not: bool,
}

/// How two numbers are compared; the other ways are these turned round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Compare {
    /// `==`
    Equal = 0,
    /// `<`
    Less = 1,
    /// `<=`
    LessOrEqual = 2,
}

/// A comparison of two texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TextTest {
    /// Which.
    pub compare: TextCompare,
    /// The answer is turned round.
    pub is_not: bool,
}

/// How two texts are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextCompare {
    /// They are the same bytes.
    Equal,
    /// The left one comes first, byte by byte.
    Less,
    /// It does, or they are the same.
    LessOrEqual,
    /// The right one is in the left one.
    Contains,
    /// The left one is as the right one, a pattern, says: [`crate::glob`].
    Matches,
}

/// One step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "`to`, `from`, `left` and `right` are registers")]
pub enum Op {
    /// The lower half of a number; the upper one is 0.
    Constant { to: Register, value: u32 },
    /// The upper half of a number whose lower half is there.
    ConstantHigh { to: Register, value: u32 },
    /// A number of the event; it goes on elsewhere if it is not there.
    Number { to: Register, slot: Slot, absent: By },
    /// Computes.
    Compute { operator: Operator, sign: Sign, to: Register, left: Register, right: Register },
    /// Goes on further down.
    Jump { by: By },
    /// Goes on further down if it is so.
    JumpIf { test: Test, left: Register, right: Register, by: By },
    /// A text of the event.
    TextSlot { to: TextRegister, slot: Slot, absent: By },
    /// A text of the program.
    TextConstant { to: TextRegister, pool: Pool },
    /// The same text once more.
    CopyText { to: TextRegister, from: TextRegister },
    /// Goes on further down if it is so.
    JumpIfText { test: TextTest, left: TextRegister, right: TextRegister, by: By },
    /// A number of the state.
    Load { to: Register, cell: Cell },
    /// Sets it.
    Store { from: Register, cell: Cell },
    /// A text of the state.
    LoadText { to: TextRegister, cell: Cell },
    /// Sets it; it goes on elsewhere if it is too long.
    StoreText { from: TextRegister, cell: Cell, failed: By },
    /// One more key for what comes next.
    KeyNumber { from: Register },
    /// One more key for what comes next.
    KeyText { from: TextRegister },
    /// A number of a map, found by the keys.
    MapLoad { to: Register, map: Table, absent: By },
    /// A text of a map.
    MapLoadText { to: TextRegister, map: Table, absent: By },
    /// Sets it; it goes on elsewhere if the map is full.
    MapStore { from: Register, map: Table, failed: By },
    /// Sets it; it goes on elsewhere if the map is full, or the text too long.
    MapStoreText { from: TextRegister, map: Table, failed: By },
    /// Takes it out.
    MapDelete { map: Table },
    /// Counts one more, by the keys.
    Count { table: Table },
    /// Counts one more in the class of this number, by the keys.
    Hist { from: Register, sign: Sign, table: Table },
    /// Marks the recording at this place.
    Mark { pool: Pool },
    /// Sends the event to a sink.
    Send { sink: Table },
    /// Saves what the ring holds.
    Snapshot,
    /// Ends the recording.
    Stop,
    /// The end.
    End { verdict: Verdict },
    /// It cannot go on.
    Fail { failure: Failure },
}

impl Op {
    /// How far it may lead, other than to the next word.
    pub fn by(&self) -> Option<By> {
        match *self {
            Op::Jump { by } | Op::JumpIf { by, .. } | Op::JumpIfText { by, .. } => Some(by),
            Op::Number { absent, .. }
            | Op::TextSlot { absent, .. }
            | Op::MapLoad { absent, .. }
            | Op::MapLoadText { absent, .. } => Some(absent),
            Op::StoreText { failed, .. }
            | Op::MapStore { failed, .. }
            | Op::MapStoreText { failed, .. } => Some(failed),
            _ => None,
        }
    }

    /// Leads elsewhere.
    pub fn set_by(&mut self, to: By) {
        match self {
            Op::Jump { by } | Op::JumpIf { by, .. } | Op::JumpIfText { by, .. } => *by = to,
            Op::Number { absent, .. }
            | Op::TextSlot { absent, .. }
            | Op::MapLoad { absent, .. }
            | Op::MapLoadText { absent, .. } => *absent = to,
            Op::StoreText { failed, .. }
            | Op::MapStore { failed, .. }
            | Op::MapStoreText { failed, .. } => *failed = to,
            _ => {}
        }
    }

    /// Whether the next word may follow it.
    pub fn goes_on(&self) -> bool {
        !matches!(self, Op::Jump { .. } | Op::End { .. } | Op::Fail { .. })
    }
}
