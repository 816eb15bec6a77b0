//! Sums by key in memory that is taken once and never grows. What does not fit goes to disk.
//!
//! A table that grows with what it holds makes a report of a longer trace take more memory, and
//! moving it while it grows takes longer than all else. So this one has all of its slots from the
//! start; when it is full, all sums go to sorted runs in a temporary file, and it starts anew.
//!
//! Most of the time would go by waiting for memory, as each key is elsewhere. So keys wait until
//! there are some, and their slots are looked at one behind the other before they are needed: the
//! processor fetches many at once.

use std::hint::black_box;
use std::io;

use marey::spill::{Merge, Sorted, Spill, add_up};

/// How much of what goes to disk is sorted at a time.
const RUN_BYTES: usize = 2 << 20;
/// A table is full when so many of ten slots are taken: from then on probes get long.
const FULL_TENTHS: usize = 9;
/// How many keys wait.
const WAITING_MAX: usize = 128;

/// What sums are of.
pub trait Key: Copy + Default + Ord + Spill {
    /// Its hash; no answer depends on it.
    fn hash(&self) -> u64;
}

/// Sums by key.
pub struct Sums<K, V> {
    /// A few bits of the hash for each slot that is taken, 0 for the others: most slots that are
    /// not the right one are passed without a look at them, and these are close together.
    tags: Vec<u16>,
    slots: Vec<(K, V)>,
    /// What was not added yet, with the hashes.
    waiting: Vec<(u64, K, V)>,
    taken: usize,
    spilled: Option<Sorted<K, V>>,
}

impl<K: Key, V: Copy + Default + Merge + Spill> Sums<K, V> {
    /// With so many slots; they are a power of two.
    pub fn new(slots: usize) -> Self {
        let slots = slots.next_power_of_two().max(16);
        let (tags, slots) = (vec![0; slots], vec![Default::default(); slots]);
        Sums { tags, slots, waiting: Vec::with_capacity(WAITING_MAX), taken: 0, spilled: None }
    }

    /// Adds to the sum of a key.
    ///
    /// # Errors
    /// Writing to the temporary directory.
    #[inline]
    pub fn add(&mut self, key: K, value: V) -> io::Result<()> {
        self.waiting.push((key.hash(), key, value));
        if self.waiting.len() < WAITING_MAX { Ok(()) } else { self.settle() }
    }

    /// Adds what waits.
    fn settle(&mut self) -> io::Result<()> {
        let mut waiting = std::mem::take(&mut self.waiting);
        let mask = self.slots.len() - 1;
        let tags = waiting.iter().map(|(hash, ..)| u64::from(self.tags[*hash as usize & mask]));
        black_box(tags.fold(0, u64::wrapping_add));
        let same = waiting.iter().filter(|(hash, key, _)| {
            let at = *hash as usize & mask;
            self.tags[at] == tag(*hash) && self.slots[at].0 == *key
        });
        black_box(same.count());
        let added = waiting.drain(..).try_for_each(|(hash, key, value)| {
            self.sum(hash, key)?.merge(value);
            Ok(())
        });
        self.waiting = waiting;
        added
    }

    /// The sum of a key.
    fn sum(&mut self, hash: u64, key: K) -> io::Result<&mut V> {
        if self.taken * 10 >= self.slots.len() * FULL_TENTHS {
            self.spill()?;
        }
        let (mask, tag) = (self.slots.len() - 1, tag(hash));
        let mut at = hash as usize & mask;
        while self.tags[at] != tag || self.slots[at].0 != key {
            if self.tags[at] == 0 {
                self.taken += 1;
                self.tags[at] = tag;
                self.slots[at] = (key, V::default());
                break;
            }
            at = (at + 1) & mask;
        }
        Ok(&mut self.slots[at].1)
    }

    /// What is in memory.
    fn held(&self) -> impl Iterator<Item = (K, V)> {
        let taken = self.tags.iter().zip(&self.slots).filter(|(tag, _)| **tag != 0);
        taken.map(|(_, slot)| *slot)
    }

    #[cold]
    fn spill(&mut self) -> io::Result<()> {
        let mut spilled = self.spilled.take().unwrap_or_else(|| Sorted::new(RUN_BYTES));
        self.held().try_for_each(|(key, value)| spilled.push(key, value))?;
        self.spilled = Some(spilled);
        self.tags.fill(0);
        self.taken = 0;
        Ok(())
    }

    /// Hands over each key with its sum over all tables, in no particular order.
    ///
    /// # Errors
    /// Writing to and reading from the temporary directory; what `take` fails with.
    pub fn each(
        mut tables: Vec<Self>,
        mut take: impl FnMut(K, V) -> io::Result<()>,
    ) -> io::Result<()> {
        tables.iter_mut().try_for_each(Sums::settle)?;
        let mut tables = tables.into_iter();
        let Some(mut first) = tables.next() else { return Ok(()) };
        let mut runs = Vec::new();
        for other in tables {
            other.held().try_for_each(|(key, value)| first.add(key, value))?;
            runs.extend(other.spilled);
        }
        first.settle()?;
        if runs.is_empty() && first.spilled.is_none() {
            return first.held().try_for_each(|(key, value)| take(key, value));
        }
        first.spill()?;
        runs.extend(first.spilled.take());
        drop((first.tags, first.slots));
        let runs: io::Result<Vec<_>> = runs.into_iter().map(Sorted::finish).collect();
        for pair in add_up(runs?)? {
            let (key, value) = pair?;
            take(key, value)?;
        }
        Ok(())
    }
}

/// What of a hash stands among the tags.
#[inline]
fn tag(hash: u64) -> u16 {
    (hash >> 48) as u16 | 1
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
