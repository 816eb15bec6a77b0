//! Programs as the machine runs them: words that only lead forward, so that every run ends.
//!
//! A program is made once for a class of events. It comes from `compile`, or from
//! elsewhere (a recorder puts it where the traced program reads it), so it is verified before it
//! runs: [`Program::new`] refuses what could fail. Nothing that the machine runs can touch what is
//! not its own.

mod decode;
mod encode;
mod kind;
mod machine;
mod memory;
mod numbers;
mod op;
mod verify;
mod word;

pub use machine::Machine;
pub use memory::{Effect, Key, Memory, NoMemory};
pub use op::{
    By, Cell, Compare, Op, Pool, Register, Slot, Table, Test, TextCompare, TextRegister, TextTest,
};
pub use verify::{Refused, Why};
use word::Word;

/// How many numbers the machine holds.
pub const REGISTERS: usize = 32;
/// How many texts it holds.
pub const TEXT_REGISTERS: usize = 8;
/// How many keys a map may have.
pub const KEYS_MAX: usize = 4;
/// How many words a program may have; so many steps it takes at most.
pub const WORDS_MAX: usize = 4096;
/// How long the texts of a program may be together.
pub const POOL_BYTES_MAX: usize = 1 << 16;
/// How long a text in state may be.
pub const STATE_TEXT_BYTES_MAX: usize = 64;

/// How much state a program may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Limits {
    /// Values.
    pub cells: u16,
    /// Maps.
    pub maps: u16,
    /// Tables of counts.
    pub tables: u16,
    /// Sinks to send events to.
    pub sinks: u16,
    /// Slots of the events that it is for.
    pub slots: u16,
}

/// A program that was verified.
#[derive(Clone, Copy, Debug)]
pub struct Program<'a> {
    words: &'a [u64],
    pool: &'a [u8],
    steps_max: usize,
}

impl<'a> Program<'a> {
    /// Takes words and the texts that they refer to.
    ///
    /// # Errors
    /// What is wrong, and in which word.
    pub fn new(words: &'a [u64], pool: &'a [u8], limits: &Limits) -> Result<Self, Refused> {
        let steps_max = verify::verify(words, pool.len(), limits)?;
        Ok(Program { words, pool, steps_max })
    }

    /// How many steps a run takes at most.
    pub fn steps_max(&self) -> usize {
        self.steps_max
    }

    #[inline(always)]
    fn word(&self, at: usize) -> Option<Word> {
        self.words.get(at).copied().map(Word)
    }

    fn text(&self, pool: Pool) -> &'a [u8] {
        let start = usize::from(pool.start);
        self.pool.get(start..start + usize::from(pool.len)).unwrap_or_default()
    }
}
