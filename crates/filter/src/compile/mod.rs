//! From typed trees to programs for the machine.

mod condition;
mod label;
mod statement;
mod value;

use std::vec::Vec;

use crate::check::typed::{Condition, Statement};
use crate::check::{LOCALS_MAX, Layout, TEXT_LOCALS_MAX};
use crate::code::{Limits, Op, POOL_BYTES_MAX, Pool, Program, Refused, WORDS_MAX};
use crate::verdict::{Failure, Verdict};
use label::Label;

/// A program for the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Its words.
    pub words: Vec<u64>,
    /// Its texts.
    pub pool: Vec<u8>,
    /// What it asks for.
    pub limits: Limits,
}

impl Code {
    /// The program, verified.
    ///
    /// # Errors
    /// Never for what this module made.
    pub fn program(&self) -> Result<Program<'_>, Refused> {
        Program::new(&self.words, &self.pool, &self.limits)
    }
}

/// What does not fit into a program, whatever it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TooLarge {
    /// An expression needs more numbers or texts at once than the machine holds.
    Registers,
    /// There are more than [`WORDS_MAX`] steps.
    Words,
    /// The texts are longer than [`POOL_BYTES_MAX`] together.
    Texts,
}

impl core::fmt::Display for TooLarge {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            TooLarge::Registers => f.write_str("an expression needs too many values at once"),
            TooLarge::Words => write!(f, "it takes more than {WORDS_MAX} steps"),
            TooLarge::Texts => write!(f, "its texts are longer than {POOL_BYTES_MAX} bytes"),
        }
    }
}

impl core::error::Error for TooLarge {}

/// What a program is made for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Target<'a> {
    /// How many slots its events have.
    pub slots: u16,
    /// Where its state is.
    pub layout: Option<&'a Layout>,
    /// How many sinks there are.
    pub sinks: u16,
    /// A comparison with what is not there is false; else the event is kept.
    pub absent_is_false: bool,
}

impl Target<'_> {
    fn limits(&self) -> Limits {
        let count = |len: usize| u16::try_from(len).unwrap_or(u16::MAX);
        let layout = self.layout;
        Limits {
            cells: layout.map_or(0, |layout| count(layout.values.len())),
            maps: layout.map_or(0, |layout| count(layout.maps.len())),
            tables: layout.map_or(0, |layout| count(layout.tables.len())),
            sinks: self.sinks,
            slots: self.slots,
        }
    }
}

/// A program that keeps what the condition holds for.
///
/// # Errors
/// When it is too large.
pub fn filter(condition: &Condition, target: &Target<'_>) -> Result<Code, TooLarge> {
    let mut compiler = Compiler::new(target);
    let discard = compiler.label();
    compiler.branch(condition, false, discard)?;
    compiler.emit(Op::End { verdict: Verdict::Keep })?;
    compiler.bind(discard);
    compiler.emit(Op::End { verdict: Verdict::Discard })?;
    compiler.finish(target)
}

/// A program that does these statements, and keeps what they say nothing of.
///
/// # Errors
/// When it is too large.
pub fn block(statements: &[Statement], target: &Target<'_>) -> Result<Code, TooLarge> {
    let mut compiler = Compiler::new(target);
    compiler.statements(statements)?;
    compiler.emit(Op::End { verdict: Verdict::Keep })?;
    compiler.finish(target)
}

/// Numbers that have no name stand behind those that have.
const FIRST_REGISTER: u8 = LOCALS_MAX as u8;
const FIRST_TEXT_REGISTER: u8 = TEXT_LOCALS_MAX as u8;

struct Compiler {
    ops: Vec<Op>,
    pool: Vec<u8>,
    labels: Vec<Vec<usize>>,
    /// The next number and the next text that are free.
    register: u8,
    text_register: u8,
    /// Where it goes on when a value is not there.
    absent: Label,
    full: Label,
    too_long: Label,
    absent_is_false: bool,
}

impl Compiler {
    fn new(target: &Target<'_>) -> Self {
        let mut compiler = Compiler {
            ops: Vec::new(),
            pool: Vec::new(),
            labels: Vec::new(),
            register: FIRST_REGISTER,
            text_register: FIRST_TEXT_REGISTER,
            absent: Label::default(),
            full: Label::default(),
            too_long: Label::default(),
            absent_is_false: target.absent_is_false,
        };
        compiler.absent = compiler.label();
        compiler.full = compiler.label();
        compiler.too_long = compiler.label();
        compiler
    }

    fn finish(mut self, target: &Target<'_>) -> Result<Code, TooLarge> {
        let ends = [
            (self.absent, Failure::Unanswerable),
            (self.full, Failure::Full),
            (self.too_long, Failure::TooLong),
        ];
        for (label, failure) in ends {
            if self.is_used(label) {
                self.bind(label);
                self.emit(Op::Fail { failure })?;
            }
        }
        let words = self.ops.iter().map(Op::encode).collect();
        Ok(Code { words, pool: self.pool, limits: target.limits() })
    }

    fn emit(&mut self, op: Op) -> Result<(), TooLarge> {
        if self.ops.len() >= WORDS_MAX {
            return Err(TooLarge::Words);
        }
        self.ops.push(op);
        Ok(())
    }

    fn text(&mut self, text: &[u8]) -> Result<Pool, TooLarge> {
        let found = self.pool.windows(text.len().max(1)).position(|window| window == text);
        let start = match found {
            Some(start) => start,
            None if text.is_empty() => 0,
            None => {
                self.pool.extend_from_slice(text);
                self.pool.len() - text.len()
            }
        };
        let number = |number: usize| u16::try_from(number).map_err(|_| TooLarge::Texts);
        Ok(Pool { start: number(start)?, len: number(text.len())? })
    }
}
