//! Reads the events of programs, while they run or when they are gone.
//!
//! [`find`] lists the programs of a directory; [`Program::open`] opens one of them, switches its
//! classes and gives its [`Stream`]s. There are two for each ring, one of them for events of signal
//! handlers; the records of one stream are in the order of their times.
//!
//! All that is read may be wrong, and is checked: a file that is no file, a ring that is shorter
//! than it says, a record that ends behind its block. What can't be read is counted as damaged. No
//! look at a stream copies more than a ring holds. Files are read, never mapped, and nothing is
//! followed that is a link, so a program cannot make who reads it crash, wait, or write elsewhere.
//!
//! ```no_run
//! use marey_layer::drain::{self, Program};
//!
//! for found in drain::find(&drain::directory().unwrap())? {
//!     let mut program = Program::open(&found)?;
//!     program.update()?;
//!     let mut streams = program.take_streams();
//!     for stream in &mut streams {
//!         stream.read(|record| {
//!             println!("{} {}", record.time_ns, program.class(record.class)?.event);
//!             Some(())
//!         })?;
//!         stream.commit()?;
//!     }
//! }
//! # Ok::<_, marey_layer::drain::Error>(())
//! ```

mod class;
mod error;
mod files;
mod find;
mod program;
mod stream;

pub use crate::layout::ring::HandlerCounts;
pub use class::{Class, Field};
pub use error::Error;
pub use find::{Found, PROGRAMS_MAX, directories, directory, find, sweep};
pub use program::Program;
pub use stream::{Counts, Mark, Record, Stream};

/// The time now, on the clock of all events: `CLOCK_MONOTONIC` in nanoseconds.
pub fn now_ns() -> u64 {
    crate::program::now_ns()
}
