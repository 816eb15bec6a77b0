//! Filters and handlers: what decides, event by event, if an event is kept.
//!
//! An expression such as `id == 39 and pid == me`, or a program of blocks with state, is compiled
//! (feature `compile`) for each class of events that it is asked about, and run by the
//! [machine](code::Machine). The machine needs neither `std` nor a heap: an instrumented program
//! runs it at its own events.
//!
//! Bare, the crate is [`EventData`], [`Verdict`], and the machine. With `compile` there are the
//! language, its checker, and its back ends, as pure functions.
#![no_std]
#![forbid(unsafe_code)]

#[cfg(feature = "compile")]
extern crate std;

#[cfg(feature = "compile")]
pub mod check;
pub mod code;
#[cfg(feature = "compile")]
pub mod compile;
mod data;
#[cfg(feature = "compile")]
pub mod early;
#[cfg(feature = "compile")]
pub mod ebpf;
pub mod glob;
#[cfg(feature = "compile")]
pub mod lang;
pub mod number;
#[cfg(feature = "compile")]
pub mod show;
#[cfg(feature = "compile")]
pub mod store;
#[cfg(feature = "compile")]
pub mod uses;
mod verdict;
#[cfg(feature = "compile")]
pub mod walk;

pub use data::{Data, EventData, Field, Value};
pub use number::Sign;
pub use verdict::{Failure, Outcome, Verdict};
