//! What a program remembers from event to event, and what it causes.

use super::op::{Cell, Table};
use crate::number::Sign;
use crate::verdict::Failure;

/// A key of a map, or of a table of counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key<'a> {
    /// A number.
    Number(u64),
    /// A text.
    Text(&'a [u8]),
}

/// What a program causes besides its verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect<'a> {
    /// The recording is marked at this place with this text.
    Mark(&'a [u8]),
    /// The event is sent to this sink.
    Send(Table),
    /// What the ring holds is saved.
    Snapshot,
    /// The recording ends.
    Stop,
}

/// The state of a program. A verified program asks for what its [`Limits`](super::Limits) allow;
/// what is asked for beyond that is answered with 0, nothing or [`Failure::Full`].
pub trait Memory {
    /// The number in a cell.
    fn load(&self, cell: Cell) -> u64;
    /// Sets it.
    fn store(&mut self, cell: Cell, value: u64);
    /// The text in a cell.
    fn load_text(&self, cell: Cell) -> &[u8];
    /// Sets it.
    ///
    /// # Errors
    /// [`Failure::TooLong`] over [`STATE_TEXT_BYTES_MAX`](super::STATE_TEXT_BYTES_MAX).
    fn store_text(&mut self, cell: Cell, text: &[u8]) -> Result<(), Failure>;
    /// The number that a map has for these keys. It counts as a use of it, for the map's eviction.
    fn map_load(&mut self, map: Table, keys: &[Key<'_>]) -> Option<u64>;
    /// The text that a map has for these keys.
    fn map_load_text(&mut self, map: Table, keys: &[Key<'_>]) -> Option<&[u8]>;
    /// Sets it.
    ///
    /// # Errors
    /// [`Failure::Full`] when the map holds all that it may and evicts nothing,
    /// [`Failure::TooLong`] for a key or a value that is a long text.
    fn map_store(&mut self, map: Table, keys: &[Key<'_>], value: Key<'_>) -> Result<(), Failure>;
    /// Takes it out.
    fn map_delete(&mut self, map: Table, keys: &[Key<'_>]);
    /// Counts one more for these keys.
    fn count(&mut self, table: Table, keys: &[Key<'_>]);
    /// Counts one more in the class of this value, for these keys.
    fn hist(&mut self, table: Table, keys: &[Key<'_>], value: u64, sign: Sign);
    /// Something happens besides.
    fn effect(&mut self, effect: Effect<'_>);
}

/// The state of a program that has none: a filter.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoMemory;

impl Memory for NoMemory {
    fn load(&self, _: Cell) -> u64 {
        0
    }

    fn store(&mut self, _: Cell, _: u64) {}

    fn load_text(&self, _: Cell) -> &[u8] {
        &[]
    }

    fn store_text(&mut self, _: Cell, _: &[u8]) -> Result<(), Failure> {
        Err(Failure::Full)
    }

    fn map_load(&mut self, _: Table, _: &[Key<'_>]) -> Option<u64> {
        None
    }

    fn map_load_text(&mut self, _: Table, _: &[Key<'_>]) -> Option<&[u8]> {
        None
    }

    fn map_store(&mut self, _: Table, _: &[Key<'_>], _: Key<'_>) -> Result<(), Failure> {
        Err(Failure::Full)
    }

    fn map_delete(&mut self, _: Table, _: &[Key<'_>]) {}

    fn count(&mut self, _: Table, _: &[Key<'_>]) {}

    fn hist(&mut self, _: Table, _: &[Key<'_>], _: u64, _: Sign) {}

    fn effect(&mut self, _: Effect<'_>) {}
}
