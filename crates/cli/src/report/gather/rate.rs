//! How many packets there were when: bins of time, as fine as a bound on their number allows.
//!
//! Bins begin at whole multiples of their width, and each width divides the next one. So the width
//! depends on what was counted and not on the order, and histograms merge exactly. Only bins with
//! packets are kept: one packet from 1970 does not make the others' bins any wider.

use std::collections::BTreeMap;

use super::tally::Count;

/// How many bins with packets there are at most.
pub const BINS_MAX: usize = 512;

const SECOND: i64 = 1_000_000_000;
const DAY: i64 = 86_400 * SECOND;

/// The widths of bins in nanoseconds; each divides the next. With the last one, all times there
/// are fit into fewer than [`BINS_MAX`] bins.
const WIDTHS: [i64; 34] = [
    1,
    2,
    10,
    20,
    100,
    200,
    1_000,
    2_000,
    10_000,
    20_000,
    100_000,
    200_000,
    1_000_000,
    2_000_000,
    10_000_000,
    20_000_000,
    100_000_000,
    200_000_000,
    SECOND,
    2 * SECOND,
    10 * SECOND,
    30 * SECOND,
    60 * SECOND,
    120 * SECOND,
    600 * SECOND,
    1_800 * SECOND,
    3_600 * SECOND,
    7_200 * SECOND,
    21_600 * SECOND,
    43_200 * SECOND,
    DAY,
    10 * DAY,
    100 * DAY,
    1_000 * DAY,
];

/// A histogram over time.
#[derive(Clone, Debug, Default)]
pub struct Rate {
    /// The index of the width in [`WIDTHS`].
    width: usize,
    /// By the number of the bin: its first nanosecond divided by the width.
    bins: BTreeMap<i64, Count>,
    /// The bin of the last packet, not yet in `bins`: the next one is mostly in it too.
    latest: Option<(i64, Count)>,
}

impl Rate {
    /// Counts a packet.
    #[inline]
    pub fn packet(&mut self, time_ns: i64, wire_len: u32) {
        let bin = time_ns.div_euclid(WIDTHS[self.width]);
        match &mut self.latest {
            Some((latest, count)) if *latest == bin => count.packet(wire_len),
            _ => self.packet_elsewhere(time_ns, wire_len),
        }
    }

    fn packet_elsewhere(&mut self, time_ns: i64, wire_len: u32) {
        self.settle();
        let mut count = Count::default();
        count.packet(wire_len);
        self.latest = Some((time_ns.div_euclid(WIDTHS[self.width]), count));
    }

    /// Enters the latest bin among the others.
    fn settle(&mut self) {
        if let Some((bin, count)) = self.latest.take() {
            self.bins.entry(bin).or_default().add(count);
        }
        while self.bins.len() > BINS_MAX && self.width + 1 < WIDTHS.len() {
            self.widen(self.width + 1);
        }
    }

    /// Makes bins wider.
    fn widen(&mut self, width: usize) {
        let factor = WIDTHS[width] / WIDTHS[self.width];
        self.width = width;
        for (bin, count) in std::mem::take(&mut self.bins) {
            self.bins.entry(bin.div_euclid(factor)).or_default().add(count);
        }
    }

    /// Adds another histogram.
    pub fn merge(&mut self, other: &mut Rate) {
        self.settle();
        other.settle();
        let width = self.width.max(other.width);
        self.widen(width);
        other.widen(width);
        for (bin, count) in &other.bins {
            self.bins.entry(*bin).or_default().add(*count);
        }
        self.settle();
    }

    /// The width of a bin in nanoseconds, and the bins with packets by their numbers: a number
    /// times the width is the bin's first nanosecond.
    pub fn bins(&mut self) -> (i64, &BTreeMap<i64, Count>) {
        self.settle();
        (WIDTHS[self.width], &self.bins)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(n: u64) -> i64 {
        (n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20) as i64
    }

    #[test]
    fn each_width_divides_the_next() {
        assert!(WIDTHS.windows(2).all(|pair| pair[1] % pair[0] == 0));
        assert!((i64::MAX / WIDTHS[WIDTHS.len() - 1]) as usize * 2 + 2 < BINS_MAX);
    }

    #[test]
    fn order_and_merging_change_nothing() {
        let times: Vec<i64> = (0..20_000).map(noise).chain([0, i64::MAX, i64::MIN + 1]).collect();
        let count = |times: &mut dyn Iterator<Item = i64>| {
            let mut rate = Rate::default();
            times.for_each(|time| rate.packet(time, 100));
            rate
        };
        let mut whole = count(&mut times.iter().copied());
        let mut back = count(&mut times.iter().rev().copied());
        assert_eq!(whole.bins(), back.bins());
        for parts in [2, 3, 7] {
            let mut merged = Rate::default();
            for part in 0..parts {
                merged.merge(&mut count(&mut times.iter().skip(part).step_by(parts).copied()));
            }
            assert_eq!(whole.bins(), merged.bins());
        }
        assert!(whole.bins().1.len() <= BINS_MAX);
    }

    #[test]
    fn an_absurd_time_leaves_the_others_apart() {
        let mut rate = Rate::default();
        for n in 0..100 {
            rate.packet(1_700_000_000 * SECOND + n * 1_000_000, 60);
        }
        rate.packet(0, 60);
        rate.packet(4_294_967_295 * SECOND, 60);
        let (width, bins) = rate.bins();
        assert_eq!((width, bins.len()), (1, 102));
    }
}
