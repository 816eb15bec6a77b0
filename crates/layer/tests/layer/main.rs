//! Programs that record events, and what is read of them.
//!
//! A test starts this same executable as a program with a directory of its own, and reads that.

mod c_header;
mod filters;
mod fork;
mod full_disk;
mod handlers;
mod hostile;
mod killed;
mod live;
mod places;
mod programs;
mod round_trip;
mod sat;
mod signals;
mod support;
mod threads;
mod tracing;
