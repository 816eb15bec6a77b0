//! Whether words are a program.

use super::op::{Op, Pool};
use super::{KEYS_MAX, Limits, REGISTERS, TEXT_REGISTERS, WORDS_MAX};

/// Words that are no program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Which word, from 0.
    pub word: usize,
    /// What is wrong with it.
    pub why: Why,
}

/// What is wrong with a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Why {
    /// There are none, or more than [`WORDS_MAX`].
    Length,
    /// It is no step.
    NoStep,
    /// It names a register that there is not.
    NoRegister,
    /// It reads a register that may not have been written.
    Unwritten,
    /// It leads behind the last word.
    Jump,
    /// The program may go on behind it, and there is nothing.
    NoEnd,
    /// It names state, a sink or a slot that there is not.
    Limit,
    /// It names a text that the program does not have.
    NoText,
    /// It takes keys that are not there on every way to it, or there are too many.
    Keys,
}

impl core::fmt::Display for Refused {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let why = match self.why {
            Why::Length => "there are no words, or too many",
            Why::NoStep => "it is no step",
            Why::NoRegister => "there is no such register",
            Why::Unwritten => "it reads what may not have been written",
            Why::Jump => "it leads behind the end",
            Why::NoEnd => "nothing ends the program behind it",
            Why::Limit => "there is no such slot, state or sink",
            Why::NoText => "there is no such text",
            Why::Keys => "the keys before it are not what it takes",
        };
        write!(f, "word {}: {why}", self.word)
    }
}

impl core::error::Error for Refused {}

/// What is known at a word, whichever way led to it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Known {
    /// A bit for each register that was written.
    numbers: u32,
    texts: u8,
    /// How many keys wait.
    keys: u8,
}

impl Known {
    fn with(self, other: Option<Known>) -> Option<Known> {
        let Some(other) = other else { return Some(self) };
        let Known { numbers, texts, keys } = self;
        let both = Known { numbers: numbers & other.numbers, texts: texts & other.texts, keys };
        (keys == other.keys).then_some(both)
    }
}

/// Checks words, and says how many steps they take at most.
pub(super) fn verify(words: &[u64], pool: usize, limits: &Limits) -> Result<usize, Refused> {
    let refused = |word, why| Err(Refused { word, why });
    if words.is_empty() || words.len() > WORDS_MAX {
        return refused(0, Why::Length);
    }
    // What jumps bring along waits here. All lead forward, so each word is seen once.
    let mut waiting: [Option<Known>; WORDS_MAX] = [None; WORDS_MAX];
    let mut steps = [0_u16; WORDS_MAX];
    let mut before = Some((Known { numbers: 0, texts: 0, keys: 0 }, 0));
    let mut most = 0;
    for (at, word) in words.iter().enumerate() {
        let Some(op) = Op::decode(*word) else { return refused(at, Why::NoStep) };
        let (Some(wait), Some(step)) = (waiting.get(at), steps.get(at)) else { break };
        let come = match (before, wait) {
            (None, None) => continue,
            (None, Some(jumped)) => Some((*jumped, *step)),
            (Some((known, count)), wait) => {
                known.with(*wait).map(|known| (known, count.max(*step)))
            }
        };
        let Some((known, count)) = come else { return refused(at, Why::Keys) };
        let count = count + 1;
        most = most.max(count);
        let after = match after(&op, known, pool, limits) {
            Ok(after) => after,
            Err(why) => return refused(at, why),
        };
        if let Some(by) = op.by() {
            let to = at + 1 + usize::from(by);
            let (Some(wait), Some(step)) = (waiting.get_mut(to), steps.get_mut(to)) else {
                return refused(at, Why::Jump);
            };
            if to >= words.len() {
                return refused(at, Why::Jump);
            }
            let Some(both) = jumped(&op, known, after).with(*wait) else {
                return refused(at, Why::Keys);
            };
            (*wait, *step) = (Some(both), count.max(*step));
        }
        before = op.goes_on().then_some((after, count));
    }
    match before {
        Some(_) => refused(words.len() - 1, Why::NoEnd),
        None => Ok(usize::from(most)),
    }
}

/// What is known where a step leads when it fails: it wrote nothing, and took its keys.
fn jumped(op: &Op, before: Known, after: Known) -> Known {
    match op {
        Op::Number { .. } | Op::TextSlot { .. } => before,
        _ => Known { keys: after.keys, ..before },
    }
}

/// What is known behind a step, if it may be done.
fn after(op: &Op, known: Known, pool: usize, limits: &Limits) -> Result<Known, Why> {
    let mut state = State { known, pool, limits };
    match *op {
        Op::Constant { to, .. } => state.write(to)?,
        Op::ConstantHigh { to, .. } => {
            state.read(to)?;
        }
        Op::Number { to, slot, .. } => {
            below(slot, limits.slots)?;
            state.write(to)?;
        }
        Op::Compute { to, left, right, .. } => {
            state.read(left)?;
            state.read(right)?;
            state.write(to)?;
        }
        Op::JumpIf { left, right, .. } => {
            state.read(left)?;
            state.read(right)?;
        }
        Op::TextSlot { to, slot, .. } => {
            below(slot, limits.slots)?;
            state.write_text(to)?;
        }
        Op::TextConstant { to, pool } => {
            state.text(pool)?;
            state.write_text(to)?;
        }
        Op::CopyText { to, from } => {
            state.read_text(from)?;
            state.write_text(to)?;
        }
        Op::JumpIfText { left, right, .. } => {
            state.read_text(left)?;
            state.read_text(right)?;
        }
        Op::Mark { pool } => state.text(pool)?,
        Op::Send { sink } => below(u16::from(sink), limits.sinks)?,
        Op::Jump { .. } | Op::Snapshot | Op::Stop | Op::End { .. } | Op::Fail { .. } => {}
        _ => state.remember(op)?,
    }
    Ok(state.known)
}

fn below(number: u16, limit: u16) -> Result<(), Why> {
    if number < limit { Ok(()) } else { Err(Why::Limit) }
}

struct State<'l> {
    known: Known,
    pool: usize,
    limits: &'l Limits,
}

impl State<'_> {
    /// Steps with state.
    fn remember(&mut self, op: &Op) -> Result<(), Why> {
        match *op {
            Op::Load { to, cell } => {
                below(cell, self.limits.cells)?;
                self.write(to)
            }
            Op::Store { from, cell } => {
                below(cell, self.limits.cells)?;
                self.read(from)
            }
            Op::LoadText { to, cell } => {
                below(cell, self.limits.cells)?;
                self.write_text(to)
            }
            Op::StoreText { from, cell, .. } => {
                below(cell, self.limits.cells)?;
                self.read_text(from)
            }
            Op::KeyNumber { from } => {
                self.read(from)?;
                self.key()
            }
            Op::KeyText { from } => {
                self.read_text(from)?;
                self.key()
            }
            Op::MapLoad { to, map, .. } => {
                self.map(map)?;
                self.write(to)
            }
            Op::MapLoadText { to, map, .. } => {
                self.map(map)?;
                self.write_text(to)
            }
            Op::MapStore { from, map, .. } => {
                self.read(from)?;
                self.map(map)
            }
            Op::MapStoreText { from, map, .. } => {
                self.read_text(from)?;
                self.map(map)
            }
            Op::MapDelete { map } => self.map(map),
            Op::Count { table } => self.table(table),
            Op::Hist { from, table, .. } => {
                self.read(from)?;
                self.table(table)
            }
            _ => Err(Why::NoStep),
        }
    }

    fn write(&mut self, register: u8) -> Result<(), Why> {
        self.known.numbers |= bit(register, REGISTERS)?;
        Ok(())
    }

    fn read(&self, register: u8) -> Result<(), Why> {
        let bit = bit(register, REGISTERS)?;
        if self.known.numbers & bit == 0 { Err(Why::Unwritten) } else { Ok(()) }
    }

    fn write_text(&mut self, register: u8) -> Result<(), Why> {
        self.known.texts |= u8::try_from(bit(register, TEXT_REGISTERS)?).unwrap_or_default();
        Ok(())
    }

    fn read_text(&self, register: u8) -> Result<(), Why> {
        let bit = bit(register, TEXT_REGISTERS)?;
        if u32::from(self.known.texts) & bit == 0 { Err(Why::Unwritten) } else { Ok(()) }
    }

    fn text(&self, pool: Pool) -> Result<(), Why> {
        let end = usize::from(pool.start) + usize::from(pool.len);
        if end <= self.pool { Ok(()) } else { Err(Why::NoText) }
    }

    fn key(&mut self) -> Result<(), Why> {
        self.known.keys += 1;
        if usize::from(self.known.keys) > KEYS_MAX { Err(Why::Keys) } else { Ok(()) }
    }

    /// A map takes the keys.
    fn map(&mut self, map: u8) -> Result<(), Why> {
        below(u16::from(map), self.limits.maps)?;
        if self.known.keys == 0 {
            return Err(Why::Keys);
        }
        self.known.keys = 0;
        Ok(())
    }

    /// A table takes the keys, if there are any.
    fn table(&mut self, table: u8) -> Result<(), Why> {
        self.known.keys = 0;
        below(u16::from(table), self.limits.tables)
    }
}

fn bit(register: u8, count: usize) -> Result<u32, Why> {
    if usize::from(register) < count { Ok(1 << register) } else { Err(Why::NoRegister) }
}
