//! The rows of one table in their order: the first of them, or all.

use std::io;

use marey::spill::{Merge as _, Sorted};

use super::args::Order;
use super::cell::Cell;
use super::key::Key;

/// As many rows are held in memory; more are sorted on disk if need be.
const HELD_MAX: usize = 65_536;

/// What decides a row's place: smaller is earlier.
type Place = (u64, Key);

/// A row: its key, and what was counted.
pub type Pair<const SIDES: usize, const PARTS: usize> = (Key, Cell<SIDES, PARTS>);

/// Takes rows in any order.
pub struct Ranking<const SIDES: usize, const PARTS: usize> {
    order: Order,
    top: usize,
    rows: Rows<SIDES, PARTS>,
    /// How many rows there are.
    pub keys: u64,
    /// What all rows add up to.
    pub sum: Cell<SIDES, PARTS>,
}

enum Rows<const SIDES: usize, const PARTS: usize> {
    /// Those that may be among the first.
    Best(Vec<(Place, Cell<SIDES, PARTS>)>),
    All(Sorted<Place, Cell<SIDES, PARTS>>),
}

impl<const SIDES: usize, const PARTS: usize> Ranking<SIDES, PARTS> {
    /// For the first `top` rows, with so many bytes of memory.
    pub fn new(order: Order, top: Option<usize>, memory: usize) -> Self {
        let top = top.unwrap_or(usize::MAX);
        let rows = match top <= HELD_MAX {
            true => Rows::Best(Vec::new()),
            false => Rows::All(Sorted::new(memory)),
        };
        Ranking { order, top, rows, keys: 0, sum: Cell::default() }
    }

    /// Adds a row.
    pub fn push(&mut self, key: Key, cell: Cell<SIDES, PARTS>) -> io::Result<()> {
        self.keys += 1;
        self.sum.merge(cell);
        let place = (self.rank(&cell), key);
        match &mut self.rows {
            Rows::All(sorted) => return sorted.push(place, cell),
            Rows::Best(best) => {
                best.push((place, cell));
                if best.len() >= self.top.saturating_mul(2).max(1024) {
                    best.select_nth_unstable_by_key(self.top, |(place, _)| *place);
                    best.truncate(self.top);
                }
            }
        }
        Ok(())
    }

    fn rank(&self, cell: &Cell<SIDES, PARTS>) -> u64 {
        match self.order {
            Order::Packets => !cell.sum().packets,
            Order::Bytes => !cell.sum().wire_bytes,
            Order::Key => 0,
            // Those without a time come last.
            Order::First => {
                cell.times.span().map_or(u64::MAX, |(first, _)| first.cast_unsigned() ^ 1 << 63)
            }
        }
    }

    /// The first rows, in their order.
    pub fn finish(self) -> io::Result<impl Iterator<Item = io::Result<Pair<SIDES, PARTS>>>> {
        let (mut held, mut sorted) = (None, None);
        match self.rows {
            Rows::Best(mut best) => {
                best.sort_unstable_by_key(|(place, _)| *place);
                held = Some(best.into_iter().map(Ok));
            }
            Rows::All(all) => sorted = Some(all.finish()?),
        }
        let rows = held.into_iter().flatten().chain(sorted.into_iter().flatten());
        Ok(rows.take(self.top).map(|row| row.map(|((_, key), cell)| (key, cell))))
    }
}

#[cfg(test)]
mod tests {
    use super::super::cell::{One, Sum};
    use super::*;

    fn ranked(order: Order, top: Option<usize>, memory: usize) -> Vec<u16> {
        let mut ranking = Ranking::<1, 3>::new(order, top, memory);
        for number in 0..5000_u16 {
            let sum = Sum { packets: 1, wire_bytes: u64::from(number % 50), ..Sum::default() };
            let time_ns = (number > 0).then(|| -i64::from(number));
            let mut cell = Cell::default();
            cell.count(0, &One { sum, time_ns });
            ranking.push(Key::Number(number), cell).expect("pushed");
        }
        assert_eq!((ranking.keys, ranking.sum.sum().packets), (5000, 5000));
        let rows = ranking.finish().expect("ranked");
        rows.map(|row| match row.expect("a row").0 {
            Key::Number(number) => number,
            key => panic!("{key:?}"),
        })
        .collect()
    }

    #[test]
    fn the_first_are_those_of_all() {
        for order in [Order::Packets, Order::Bytes, Order::Key, Order::First] {
            let all = ranked(order, None, 1 << 30);
            assert_eq!(all.len(), 5000);
            assert_eq!(ranked(order, None, 100), all);
            for top in [1, 7, 512, 1024, 4999, 5000, 9000, HELD_MAX + 1] {
                let expected = &all[..top.min(5000)];
                assert_eq!(ranked(order, Some(top), 100), expected, "{order:?} {top}");
            }
        }
        assert_eq!(ranked(Order::Bytes, Some(3), 0), [49, 99, 149]);
        assert_eq!(ranked(Order::First, None, 0)[..2], [4999, 4998]);
        assert_eq!(ranked(Order::First, None, 0)[4999], 0);
    }
}
