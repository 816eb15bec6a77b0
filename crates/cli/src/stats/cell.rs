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

    /// What is left without a part of it.
    pub fn without(&self, part: &Sum) -> Sum {
        Sum {
            packets: self.packets.saturating_sub(part.packets),
            wire_bytes: self.wire_bytes.saturating_sub(part.wire_bytes),
            captured_bytes: self.captured_bytes.saturating_sub(part.captured_bytes),
            payload_bytes: self.payload_bytes.saturating_sub(part.payload_bytes),
        }
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

/// What is counted under one key, each of `SIDES` directions for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell<const SIDES: usize> {
    /// The sums of the directions.
    pub sides: [Sum; SIDES],
    /// When it was seen.
    pub times: Times,
}

impl<const SIDES: usize> Default for Cell<SIDES> {
    fn default() -> Self {
        Cell { sides: [Sum::default(); SIDES], times: Times::default() }
    }
}

impl<const SIDES: usize> Cell<SIDES> {
    /// Counts a packet.
    #[inline]
    pub fn count(&mut self, side: usize, one: &One) {
        self.sides[side % SIDES].add(&one.sum);
        if let Some(time) = one.time_ns {
            self.times.see(time);
        }
    }

    /// All directions together.
    pub fn sum(&self) -> Sum {
        let mut all = Sum::default();
        self.sides.iter().for_each(|side| all.add(side));
        all
    }
}

impl<const SIDES: usize> Merge for Cell<SIDES> {
    fn merge(&mut self, other: Self) {
        for (own, other) in self.sides.iter_mut().zip(&other.sides) {
            own.add(other);
        }
        self.times.add(&other.times);
    }
}

impl<const SIDES: usize> Spill for Cell<SIDES> {
    fn spill(&self, out: &mut Vec<u8>) {
        for side in &self.sides {
            side.packets.spill(out);
            side.wire_bytes.spill(out);
            side.captured_bytes.spill(out);
            side.payload_bytes.spill(out);
        }
        self.times.first_ns.spill(out);
        self.times.last_ns.spill(out);
    }

    fn restore(bytes: &mut &[u8]) -> Option<Self> {
        let mut cell = Cell::default();
        for side in &mut cell.sides {
            side.packets = u64::restore(bytes)?;
            side.wire_bytes = u64::restore(bytes)?;
            side.captured_bytes = u64::restore(bytes)?;
            side.payload_bytes = u64::restore(bytes)?;
        }
        let (first_ns, last_ns) = (i64::restore(bytes)?, i64::restore(bytes)?);
        cell.times = Times { first_ns, last_ns };
        Some(cell)
    }
}
