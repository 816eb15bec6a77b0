//! From typed trees to programs of the Linux kernel (eBPF), as pure functions.
//!
//! The instruction set is that of the kernel's
//! `Documentation/bpf/standardization/instruction-set.rst` (RFC 9669), without its version 4: no
//! signed division, which is computed from the unsigned one. What the kernel cannot say is refused
//! ([`Unsupported`]), never approximated.

mod assembler;
mod condition;
mod count;
mod insn;
mod number;
mod reach;
mod statement;
mod table;
mod text;

pub use assembler::{Assembler, INSNS_MAX, Label};
pub use insn::{Alu, Flow, Insn, Jump, Reg, Size, helper};
pub use table::{EMPTY_BYTES, KeyShape, NoTables, Place, Shape, Tables};

use std::string::String;

use crate::check::typed::Condition;
use crate::check::typed::Text;

/// How many bytes of stack the kernel gives a program.
pub const STACK_BYTES: i16 = 512;
/// Why what remembers something is refused.
const HAS_STATE: &str = "it has state that all CPUs share";
/// How many bytes of a text are compared at most.
pub const TEXT_BYTES_MAX: usize = 256;

/// What the kernel cannot say; the handler runs in user space then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsupported(pub String);

impl core::fmt::Display for Unsupported {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::error::Error for Unsupported {}

/// How the values of an event are found in the kernel.
pub trait Source {
    /// Puts the number of a slot into a register, widened to 64 bits by its sign. It may use
    /// registers 0 to 5.
    ///
    /// # Errors
    /// When there is no way.
    fn number(&self, slot: u16, to: Reg, code: &mut Assembler) -> Result<(), Unsupported>;

    /// Where the text of a slot is: it has been copied to the stack before.
    ///
    /// # Errors
    /// When there is no way.
    fn text(&self, slot: u16) -> Result<StackText, Unsupported>;

    /// How many bytes the text of a slot has at most.
    ///
    /// # Errors
    /// When there is no way.
    fn longest(&self, slot: u16) -> Result<usize, Unsupported>;

    /// Copies the text of a slot to `at` on the stack, where so many bytes are 0: as much of it as
    /// fits with a 0 behind it. It may use registers 0 to 5.
    ///
    /// # Errors
    /// When there is no way.
    fn copy_text(
        &self,
        slot: u16,
        at: i16,
        bytes: u16,
        code: &mut Assembler,
    ) -> Result<(), Unsupported>;
}

/// A text on the stack, ended by a 0 if it is shorter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StackText {
    /// From the frame pointer; below 0.
    pub offset: i16,
    /// How many bytes.
    pub len: u16,
}

/// What conditions and statements need to become code.
pub struct Generator<'s> {
    /// How values are found.
    pub source: &'s dyn Source,
    /// The code so far.
    pub code: Assembler,
    /// Where numbers on the way are kept: the first free byte of the stack, below 0.
    stack: i16,
    /// Where counts are kept.
    tables: &'s dyn Tables,
    locals: statement::Locals,
}

impl<'s> Generator<'s> {
    /// Code that is added to some. Numbers on the way are kept below `stack`.
    pub fn new(source: &'s dyn Source, code: Assembler, stack: i16) -> Self {
        let (tables, locals) = (&NoTables, statement::Locals::default());
        Generator { source, code, stack, tables, locals }
    }

    /// The same, with tables to count in.
    #[must_use]
    pub fn with_tables(self, tables: &'s dyn Tables) -> Self {
        Generator { tables, ..self }
    }

    /// Leads to `to` if the condition is as `when` says, else on.
    ///
    /// # Errors
    /// What the kernel cannot say.
    pub fn branch(
        &mut self,
        condition: &Condition,
        when: bool,
        to: Label,
    ) -> Result<(), Unsupported> {
        self.condition(condition, when, to)
    }

    fn unsupported<T>(what: &str) -> Result<T, Unsupported> {
        Err(Unsupported(what.into()))
    }

    /// A place on the stack for a number.
    fn push(&mut self) -> Result<i16, Unsupported> {
        self.stack -= 8;
        if self.stack < -STACK_BYTES {
            return Self::unsupported("the expression needs more stack than the kernel has");
        }
        Ok(self.stack)
    }

    fn text_of(&self, text: &Text) -> Result<StackText, Unsupported> {
        match text {
            Text::Slot(slot) => self.source.text(*slot),
            _ => Self::unsupported("the kernel compares texts of the event with constants only"),
        }
    }
}
