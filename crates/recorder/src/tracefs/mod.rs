//! What events the kernel has: the files of tracefs.

mod find;
mod format;
mod syscall;

pub use find::{Tracefs, mounted_at};
pub use format::{Base, FIRST_OFFSET, Field, Format, Kind, Malformed, parse};
