//! What names mean and whether types fit: from trees to typed trees, for one class of events.
//!
//! An expression or a block is checked once for each class that it is asked about, since only then
//! is it known what its names mean. State is laid out once for the program ([`Layout`]).

mod absent;
mod block;
mod class;
mod environment;
mod expression;
mod layout;
mod names;
pub mod typed;

pub use block::{Sinks, block};
pub use class::Class;
pub use environment::{Environment, Kind, Symbol, Times};
pub use expression::filter;
pub use layout::{Layout, Map, Table, Value, layout};

/// How many values the blocks of a program may name with `let` at the same time.
pub const LOCALS_MAX: usize = 12;
/// How many of these may be texts.
pub const TEXT_LOCALS_MAX: usize = 4;
/// How many states, and how many tables of counts, a program may have.
pub const STATES_MAX: usize = 64;
