//! Sums by key in memory that is taken once and never grows. What does not fit goes to disk.
//!
//! A table that grows with what it holds makes a report of a longer trace take more memory, and
//! moving it while it grows takes longer than all else. So this one has all of its slots from the
//! start; when it is full, all sums go to sorted runs in a temporary file, and it starts anew.

use std::io;

use marey::spill::{Merge, Sorted, Spill};

use super::merged::Merged;

/// How much of what goes to disk is sorted at a time.
const RUN_BYTES: usize = 4 << 20;
/// A table is full when so many of eight slots are taken: from then on probes get long.
const FULL_EIGHTHS: usize = 7;

/// A key that can be told from a slot without one, which has the default.
pub trait Key: Copy + Default + Ord + Spill {
    /// Its hash; no answer depends on it.
    fn hash(&self) -> u64;
}

/// Sums by key.
pub struct Sums<K, V> {
    slots: Vec<(K, V)>,
    taken: usize,
    spilled: Option<Sorted<K, V>>,
}

impl<K: Key, V: Copy + Default + Merge + Spill> Sums<K, V> {
    /// With so many slots; they are a power of two.
    pub fn new(slots: usize) -> Self {
        let slots = vec![Default::default(); slots.next_power_of_two().max(16)];
        Sums { slots, taken: 0, spilled: None }
    }

    /// The sum of a key, to change it. The next call may move it to disk.
    ///
    /// # Errors
    /// Writing to the temporary directory.
    #[inline]
    pub fn entry(&mut self, key: K, hash: u64) -> io::Result<&mut V> {
        if self.taken * 8 >= self.slots.len() * FULL_EIGHTHS {
            self.spill()?;
        }
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while self.slots[at].0 != key {
            if self.slots[at].0 == K::default() {
                self.taken += 1;
                self.slots[at].0 = key;
                break;
            }
            at = (at + 1) & mask;
        }
        Ok(&mut self.slots[at].1)
    }

    /// Adds to the sum of a key.
    ///
    /// # Errors
    /// Writing to the temporary directory.
    pub fn add(&mut self, key: K, value: V) -> io::Result<()> {
        self.entry(key, key.hash())?.merge(value);
        Ok(())
    }

    #[cold]
    fn spill(&mut self) -> io::Result<()> {
        let spilled = self.spilled.get_or_insert_with(|| Sorted::new(RUN_BYTES));
        for slot in &mut self.slots {
            let (key, value) = std::mem::take(slot);
            if key != K::default() {
                spilled.push(key, value)?;
            }
        }
        self.taken = 0;
        Ok(())
    }

    /// Hands over each key with its sum over all tables, in no particular order.
    ///
    /// # Errors
    /// Writing to and reading from the temporary directory; what `take` fails with.
    pub fn each(tables: Vec<Self>, mut take: impl FnMut(K, V) -> io::Result<()>) -> io::Result<()> {
        let mut tables = tables.into_iter();
        let Some(mut first) = tables.next() else { return Ok(()) };
        let mut runs = Vec::new();
        for other in tables {
            for (key, value) in other.slots {
                if key != K::default() {
                    first.add(key, value)?;
                }
            }
            runs.extend(other.spilled);
        }
        if runs.is_empty() && first.spilled.is_none() {
            let slots = first.slots.into_iter().filter(|(key, _)| *key != K::default());
            return slots.into_iter().try_for_each(|(key, value)| take(key, value));
        }
        first.spill()?;
        runs.extend(first.spilled);
        drop(first.slots);
        let runs: io::Result<Vec<_>> = runs.into_iter().map(Sorted::finish).collect();
        for pair in Merged::new(runs?)? {
            let (key, value) = pair?;
            take(key, value)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
    struct Number(u64);

    impl Spill for Number {
        fn spill(&self, out: &mut Vec<u8>) {
            self.0.spill(out);
        }

        fn restore(bytes: &mut &[u8]) -> Option<Self> {
            u64::restore(bytes).map(Number)
        }
    }

    impl Merge for Number {
        fn merge(&mut self, other: Number) {
            self.0 += other.0;
        }
    }

    impl Key for Number {
        fn hash(&self) -> u64 {
            // Bad on purpose: neighbours meet.
            self.0 / 3
        }
    }

    #[test]
    fn sums_are_exact_whatever_fits() {
        let numbers = || (0..20_000_u64).map(|n| (Number(n * n % 3571 + 1), Number(n)));
        let mut wanted: BTreeMap<Number, u64> = BTreeMap::new();
        numbers().for_each(|(key, value)| *wanted.entry(key).or_default() += value.0);
        for (tables, slots) in [(1, 16), (1, 4096), (3, 16), (3, 8192), (0, 16)] {
            let mut sums: Vec<Sums<_, _>> = (0..tables).map(|_| Sums::new(slots)).collect();
            for (nth, (key, value)) in numbers().enumerate() {
                if let Some(table) = sums.get_mut(nth % tables.max(1)) {
                    table.add(key, value).unwrap();
                }
            }
            let mut found = BTreeMap::new();
            let take = |key, value: Number| match found.insert(key, value.0) {
                None => Ok(()),
                Some(_) => Err(io::Error::other("a key came twice")),
            };
            Sums::each(sums, take).unwrap();
            assert!(tables == 0 || found == wanted, "{tables} {slots}");
        }
    }
}
