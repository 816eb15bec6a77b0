//! The table of one worker: keys of intervals with what was counted under them.

use std::io;
use std::iter::Peekable;

use marey::spill::Table;

use super::cell::{Cell, One};
use super::key::{Key, Packed};
use super::of::Of;

/// A table, by what it counts.
pub enum Counter {
    /// Keys without directions.
    Plain(Pair<1, 3>),
    /// Keys with two of them.
    Sided(Pair<2, 3>),
    /// The same, with payload.
    Loaded(Pair<2, 4>),
}

impl Counter {
    /// An empty one with a budget of so many bytes.
    pub fn new(of: Of, budget: usize) -> Self {
        match of {
            Of::Endpoint => Counter::Loaded(Pair::new(budget)),
            Of::Conversation => Counter::Sided(Pair::new(budget)),
            _ => Counter::Plain(Pair::new(budget)),
        }
    }

    /// Counts a packet under a key of an interval.
    #[inline]
    pub fn count(&mut self, slice: i64, key: &Key, side: usize, one: &One) -> io::Result<()> {
        match self {
            Counter::Plain(pair) => pair.count(slice, key, side, one),
            Counter::Sided(pair) => pair.count(slice, key, side, one),
            Counter::Loaded(pair) => pair.count(slice, key, side, one),
        }
    }
}

/// Two tables: for keys that can be packed, and for others.
pub struct Pair<const SIDES: usize, const PARTS: usize> {
    packed: Table<(i64, Packed), Cell<SIDES, PARTS>>,
    others: Table<(i64, Key), Cell<SIDES, PARTS>>,
}

impl<const SIDES: usize, const PARTS: usize> Pair<SIDES, PARTS> {
    fn new(budget: usize) -> Self {
        Pair { packed: Table::new(budget / 2), others: Table::new(budget / 2) }
    }

    #[inline]
    fn count(&mut self, slice: i64, key: &Key, side: usize, one: &One) -> io::Result<()> {
        let change = |cell: &mut Cell<SIDES, PARTS>| cell.count(side, one);
        match key.pack() {
            Some(packed) => self.packed.update((slice, packed), Cell::default, change),
            None => self.others.update((slice, *key), Cell::default, change),
        }
    }

    /// What all workers counted, interval after interval; each key of one comes once.
    pub fn finish_all(
        pairs: Vec<Self>,
    ) -> io::Result<impl Iterator<Item = io::Result<Counted<SIDES, PARTS>>>> {
        let (packed, others): (Vec<_>, Vec<_>) =
            pairs.into_iter().map(|pair| (pair.packed, pair.others)).unzip();
        let packed = Table::finish_all(packed)?;
        let packed = packed.map(|pair| pair.map(|((slice, key), c)| (slice, Key::unpack(key), c)));
        let others = Table::finish_all(others)?;
        let others = others.map(|pair| pair.map(|((slice, key), cell)| (slice, key, cell)));
        Ok(Both { packed: packed.peekable(), others: others.peekable() })
    }
}

/// An interval, a key, and what was counted.
pub type Counted<const SIDES: usize, const PARTS: usize> = (i64, Key, Cell<SIDES, PARTS>);

/// Both tables, interval after interval.
struct Both<A: Iterator, B: Iterator> {
    packed: Peekable<A>,
    others: Peekable<B>,
}

impl<A, B, C> Iterator for Both<A, B>
where
    A: Iterator<Item = io::Result<(i64, Key, C)>>,
    B: Iterator<Item = io::Result<(i64, Key, C)>>,
{
    type Item = io::Result<(i64, Key, C)>;

    fn next(&mut self) -> Option<Self::Item> {
        let others_first = match (self.packed.peek(), self.others.peek()) {
            (Some(Ok((one, ..))), Some(Ok((other, ..)))) => other < one,
            (_, other) => other.is_some(),
        };
        if others_first { self.others.next() } else { self.packed.next() }
    }
}
