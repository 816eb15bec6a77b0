//! Counts by keys, and histograms.

use std::collections::BTreeMap;
use std::string::String;
use std::vec::Vec;

use super::map::OwnKey;
use crate::code::Key;
use crate::number::Sign;

/// How many different keys a table holds; what comes with others is counted together.
pub const KEYS_OF_TABLE_MAX: usize = 1 << 14;
/// How many classes a histogram has: below 0, 0, and one for each power of two.
pub const HIST_CLASSES: usize = 66;

/// What was counted by one statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// What the program says.
    pub what: String,
    /// How often, by the keys.
    pub counts: BTreeMap<Vec<OwnKey>, u64>,
    /// How often in each class, by the keys.
    pub hists: BTreeMap<Vec<OwnKey>, Histogram>,
    /// How often with keys for which there was no place.
    pub others: u64,
}

/// How often each class of numbers came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Histogram {
    /// By [`class_of`].
    pub counts: [u64; HIST_CLASSES],
}

/// The class of a number: 0 below 0, 1 for 0, and 2 + n for 2^n and what follows up to 2^(n+1).
pub fn class_of(value: u64, sign: Sign) -> usize {
    if sign == Sign::Signed && value.cast_signed() < 0 {
        return 0;
    }
    match value.checked_ilog2() {
        None => 1,
        Some(power) => 2 + power as usize,
    }
}

impl Histogram {
    fn empty() -> Self {
        Histogram { counts: [0; HIST_CLASSES] }
    }
}

impl Table {
    /// Nothing was counted yet.
    pub fn new(what: String) -> Self {
        Table { what, counts: BTreeMap::new(), hists: BTreeMap::new(), others: 0 }
    }

    /// Adds what was counted elsewhere for these keys: how often, or how often in each class.
    pub fn add(&mut self, keys: Vec<OwnKey>, counts: &[u64]) {
        let sum = counts.iter().copied().fold(0, u64::saturating_add);
        let is_there = self.counts.contains_key(&keys) || self.hists.contains_key(&keys);
        if sum == 0 {
            return;
        }
        if !is_there && self.counts.len().max(self.hists.len()) >= KEYS_OF_TABLE_MAX {
            self.others = self.others.saturating_add(sum);
        } else if let [count] = counts {
            let own = self.counts.entry(keys).or_default();
            *own = own.saturating_add(*count);
        } else {
            let own = self.hists.entry(keys).or_insert_with(Histogram::empty);
            for (own, count) in own.counts.iter_mut().zip(counts) {
                *own = own.saturating_add(*count);
            }
        }
    }

    /// Adds what another table of the same statement counted.
    pub(super) fn merge(&mut self, other: Table) {
        self.others = self.others.saturating_add(other.others);
        for (keys, count) in other.counts {
            self.add(keys, &[count]);
        }
        for (keys, hist) in other.hists {
            self.add(keys, &hist.counts);
        }
    }

    pub(super) fn count(&mut self, keys: &[Key<'_>]) {
        let Some(keys) = cut(keys, |keys| self.counts.contains_key(keys), self.counts.len()) else {
            self.others = self.others.saturating_add(1);
            return;
        };
        let count = self.counts.entry(keys).or_default();
        *count = count.saturating_add(1);
    }

    pub(super) fn hist(&mut self, keys: &[Key<'_>], value: u64, sign: Sign) {
        let Some(keys) = cut(keys, |keys| self.hists.contains_key(keys), self.hists.len()) else {
            self.others = self.others.saturating_add(1);
            return;
        };
        let hist = self.hists.entry(keys).or_insert_with(Histogram::empty);
        if let Some(count) = hist.counts.get_mut(class_of(value, sign)) {
            *count = count.saturating_add(1);
        }
    }
}

/// The keys, if there is a place for them.
fn cut(
    keys: &[Key<'_>],
    is_there: impl FnOnce(&Vec<OwnKey>) -> bool,
    len: usize,
) -> Option<Vec<OwnKey>> {
    let keys: Result<Vec<_>, _> = keys.iter().map(|key| OwnKey::of(*key)).collect();
    keys.ok().filter(|keys| len < KEYS_OF_TABLE_MAX || is_there(keys))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_powers_of_two() {
        let unsigned = |value| class_of(value, Sign::Unsigned);
        assert_eq!([unsigned(0), unsigned(1), unsigned(2), unsigned(3)], [1, 2, 3, 3]);
        assert_eq!(unsigned(u64::MAX), HIST_CLASSES - 1);
        assert_eq!(class_of(u64::MAX, Sign::Signed), 0);
    }

    #[test]
    fn what_was_counted_elsewhere_is_added() {
        let mut table = Table::new(String::new());
        table.count(&[Key::Number(1)]);
        for (key, count) in [(1, 3), (2, 4), (3, 0)] {
            table.add([OwnKey::Number(key)].into(), &[count]);
        }
        assert_eq!(table.counts.values().copied().collect::<Vec<_>>(), [4, 4]);
        for key in 4..KEYS_OF_TABLE_MAX as u64 + 3 {
            table.add([OwnKey::Number(key)].into(), &[2]);
        }
        assert_eq!((table.counts.len(), table.others), (KEYS_OF_TABLE_MAX, 2));

        let mut table = Table::new(String::new());
        table.hist(&[], 5, Sign::Unsigned);
        let mut counts = [0; HIST_CLASSES];
        counts[class_of(5, Sign::Unsigned)] = 2;
        table.add(Vec::new(), &counts);
        let hist = table.hists.get(&Vec::new()).map(|hist| hist.counts[4]);
        assert_eq!((hist, table.others), (Some(3), 0));
    }

    #[test]
    fn a_table_has_so_many_keys() {
        let mut table = Table::new(String::new());
        for key in 0..KEYS_OF_TABLE_MAX as u64 + 5 {
            table.count(&[Key::Number(key)]);
            table.count(&[Key::Number(0)]);
        }
        assert_eq!((table.counts.len(), table.others), (KEYS_OF_TABLE_MAX, 5));
        let first = table.counts.values().next().copied();
        assert_eq!(first, Some(KEYS_OF_TABLE_MAX as u64 + 6));
    }
}
