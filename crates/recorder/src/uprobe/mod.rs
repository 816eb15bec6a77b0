//! Places in programs at which the kernel can record events: functions, and probes that a program
//! was built with (USDT, "user statically defined tracing").
//!
//! Read in this order: [`Pattern`] (what a user writes), [`binary`] (what a file has: functions by
//! their symbols, probes by their notes), [`operand`] (where a probe's arguments are), [`Site`]
//! (one place, and where the values of its fields are when it is reached), [`find`] (from patterns
//! to formats, as the kernel would describe them).

pub mod binary;
mod find;
pub mod operand;
mod pattern;
pub mod registers;

use std::path::PathBuf;

pub use find::{Found, NotFound, find};
pub use operand::{Argument, Value};
pub use pattern::{Malformed, Parameter, Pattern, What, is_pattern};

/// How many values of a site can be recorded.
pub const VALUES_MAX: usize = 16;

/// A place in a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// The file.
    pub path: PathBuf,
    /// Where the instruction is in it, in bytes.
    pub offset: u64,
    /// Where the number is in the file that says how many look at this place: the program leaves
    /// out what it does for them if there is nobody.
    pub counter: Option<u64>,
    /// It is reached when the function at `offset` returns.
    pub is_return: bool,
    /// Where the value of each field is then, in the order of the fields.
    pub values: Vec<Argument>,
}
