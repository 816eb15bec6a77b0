//! Programs that record events, and what is read of them.
//!
//! A test starts this same executable as a program with a directory of its own, and reads that.

mod programs;
mod round_trip;
mod support;
