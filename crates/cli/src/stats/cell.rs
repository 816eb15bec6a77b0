//! What is counted under a key: sums, and when it was first and last seen.

use marey::spill::{Merge, Spill};

/// What packets add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// How many packets.
    pub packets: u64,
    /// How many bytes they had on the wire.
    pub wire_bytes: u64,
    /// How many of their bytes were captured.
    pub captured_bytes: u64,
    /// How many bytes were behind their headers on the wire; counted for endpoints only.
    pub payload_bytes: u64,
}

impl Sum {
    /// Adds another one.
    pub fn add(&mut self, other: &Sum) {
        self.packets += other.packets;
        self.wire_bytes += other.wire_bytes;
        self.captured_bytes += other.captured_bytes;
        self.payload_bytes += other.payload_bytes;
    }
}

/// The earliest and the latest time, of packets that have one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    first_ns: i64,
    last_ns: i64,
}

impl Default for Times {
    fn default() -> Self {
        Times { first_ns: i64::MAX, last_ns: i64::MIN }
    }
}

impl Times {
    /// Takes note of a time.
    #[inline]
    pub fn see(&mut self, time_ns: i64) {
        self.first_ns = self.first_ns.min(time_ns);
        self.last_ns = self.last_ns.max(time_ns);
    }

    /// Adds those of others.
    pub fn add(&mut self, other: &Times) {
        self.first_ns = self.first_ns.min(other.first_ns);
        self.last_ns = self.last_ns.max(other.last_ns);
    }

    /// The earliest and the latest, if there was any.
    pub fn span(&self) -> Option<(i64, i64)> {
        (self.first_ns <= self.last_ns).then_some((self.first_ns, self.last_ns))
    }
}

/// What is counted of one packet.
#[derive(Clone, Copy, Debug)]
pub struct One {
    /// The packet as a sum.
    pub sum: Sum,
    /// Its time.
    pub time_ns: Option<i64>,
}

/// What is counted under one key, each of `SIDES` directions for itself: the first `PARTS` numbers
/// of its sum, as memory is dear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell<const SIDES: usize, const PARTS: usize> {
    sides: [[u64; PARTS]; SIDES],
    /// When it was seen.
    pub times: Times,
}

/// A cell with all there may be.
pub type Wide = Cell<2, 4>;

impl<const SIDES: usize, const PARTS: usize> Default for Cell<SIDES, PARTS> {
    fn default() -> Self {
        Cell { sides: [[0; PARTS]; SIDES], times: Times::default() }
    }
}

impl<const SIDES: usize, const PARTS: usize> Cell<SIDES, PARTS> {
    /// Counts a packet.
    #[inline]
    pub fn count(&mut self, side: usize, one: &One) {
        let Sum { packets, wire_bytes, captured_bytes, payload_bytes } = one.sum;
        let parts = [packets, wire_bytes, captured_bytes, payload_bytes];
        for (own, part) in self.sides[side % SIDES].iter_mut().zip(parts) {
            *own += part;
        }
        if let Some(time) = one.time_ns {
            self.times.see(time);
        }
    }

    /// One direction.
    pub fn side(&self, side: usize) -> Sum {
        let parts = self.sides.get(side).map_or(&[][..], |parts| &parts[..]);
        let part = |index: usize| parts.get(index).copied().unwrap_or(0);
        Sum {
            packets: part(0),
            wire_bytes: part(1),
            captured_bytes: part(2),
            payload_bytes: part(3),
        }
    }

    /// All directions together.
    pub fn sum(&self) -> Sum {
        let mut all = Sum::default();
        (0..SIDES).for_each(|side| all.add(&self.side(side)));
        all
    }

    /// The same with all there may be.
    pub fn widen(&self) -> Wide {
        let mut wide = Cell { times: self.times, ..Cell::default() };
        for (to, from) in wide.sides.iter_mut().zip(&self.sides) {
            to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
        }
        wide
    }

    /// What is left of the sums without a part of them.
    pub fn without(&self, part: &Self) -> Self {
        let mut left = *self;
        let parts = part.sides.as_flattened().iter();
        for (own, part) in left.sides.as_flattened_mut().iter_mut().zip(parts) {
            *own = own.saturating_sub(*part);
        }
        left
    }
}

impl<const SIDES: usize, const PARTS: usize> Merge for Cell<SIDES, PARTS> {
    fn merge(&mut self, other: Self) {
        let parts = other.sides.as_flattened().iter();
        for (own, part) in self.sides.as_flattened_mut().iter_mut().zip(parts) {
            *own += *part;
        }
        self.times.add(&other.times);
    }
}

impl<const SIDES: usize, const PARTS: usize> Spill for Cell<SIDES, PARTS> {
    fn spill(&self, out: &mut Vec<u8>) {
        self.sides.as_flattened().iter().for_each(|part| part.spill(out));
        self.times.first_ns.spill(out);
        self.times.last_ns.spill(out);
    }

    fn restore(bytes: &mut &[u8]) -> Option<Self> {
        let mut cell = Cell::default();
        for part in cell.sides.as_flattened_mut() {
            *part = u64::restore(bytes)?;
        }
        let (first_ns, last_ns) = (i64::restore(bytes)?, i64::restore(bytes)?);
        cell.times = Times { first_ns, last_ns };
        Some(cell)
    }
}
