//! Values added up by their keys.

use std::hash::{BuildHasher, Hash};
use std::io;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use super::Spill;
use super::order::{AddUp, add_up};
use super::runs::{RUNS_MAX, Runs};
use super::sorted::Pairs;

/// A value to which others of its key can be added. It must not matter which are added first.
pub trait Merge {
    /// Adds another one.
    fn merge(&mut self, other: Self);
}

/// How much of a table's memory its own bookkeeping takes: it is at least 7/16 full when it has
/// grown, and both sizes are there while it grows.
const SPARE_FACTOR: usize = 3;

/// A table that adds up values by their keys, exactly, with no more memory than a budget.
///
/// ```
/// use marey::spill::{Merge, Table};
///
/// struct Count(u64);
/// # use marey::spill::Spill;
/// # impl Spill for Count {
/// #     fn spill(&self, out: &mut Vec<u8>) { self.0.spill(out) }
/// #     fn restore(bytes: &mut &[u8]) -> Option<Self> { u64::restore(bytes).map(Count) }
/// # }
/// impl Merge for Count {
///     fn merge(&mut self, other: Count) {
///         self.0 += other.0;
///     }
/// }
/// let mut table = Table::new(64 << 20);
/// for port in [443u16, 80, 443] {
///     table.update(port, || Count(0), |count| count.0 += 1)?;
/// }
/// let counts = table.finish()?.map(|pair| pair.map(|(port, count)| (port, count.0)));
/// assert_eq!(counts.collect::<Result<Vec<_>, _>>()?, [(80, 1), (443, 2)]);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Table<K, V, S = hashbrown::DefaultHashBuilder> {
    entries: HashTable<(K, V)>,
    hasher: S,
    entries_max: usize,
    runs: Runs,
    spilled: u64,
}

impl<K: Spill + Ord + Hash, V: Spill + Merge> Table<K, V> {
    /// With a budget of so many bytes of memory, for values that hold no other memory.
    pub fn new(budget: usize) -> Self {
        Table::with_hasher(budget, hashbrown::DefaultHashBuilder::default())
    }
}

impl<K: Spill + Ord + Hash, V: Spill + Merge, S: BuildHasher> Table<K, V, S> {
    /// The same with a hasher of yours.
    pub fn with_hasher(budget: usize, hasher: S) -> Self {
        let entries_max = (budget / (SPARE_FACTOR * (size_of::<(K, V)>() + 1))).max(16);
        Table { entries: HashTable::new(), hasher, entries_max, runs: Runs::default(), spilled: 0 }
    }

    /// Changes the value of a key, which `new` makes if there is none in memory.
    ///
    /// # Errors
    ///
    /// Writing to the temporary directory.
    #[inline]
    pub fn update(
        &mut self,
        key: K,
        new: impl FnOnce() -> V,
        change: impl FnOnce(&mut V),
    ) -> io::Result<()> {
        let hash = self.hasher.hash_one(&key);
        let rehash = |(key, _): &(K, V)| self.hasher.hash_one(key);
        match self.entries.entry(hash, |(other, _)| *other == key, rehash) {
            Entry::Occupied(mut entry) => change(&mut entry.get_mut().1),
            Entry::Vacant(entry) => {
                let mut value = new();
                change(&mut value);
                entry.insert((key, value));
                return self.spill_if_full();
            }
        }
        Ok(())
    }

    /// Adds a value to that of its key.
    ///
    /// # Errors
    ///
    /// Writing to the temporary directory.
    pub fn add(&mut self, key: K, value: V) -> io::Result<()> {
        let hash = self.hasher.hash_one(&key);
        let rehash = |(key, _): &(K, V)| self.hasher.hash_one(key);
        match self.entries.entry(hash, |(other, _)| *other == key, rehash) {
            Entry::Occupied(mut entry) => entry.get_mut().1.merge(value),
            Entry::Vacant(entry) => {
                entry.insert((key, value));
                return self.spill_if_full();
            }
        }
        Ok(())
    }

    /// How many values went to disk.
    pub fn spilled(&self) -> u64 {
        self.spilled
    }

    /// How many keys are in memory.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none, in memory or on disk.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.runs.is_empty()
    }

    fn spill_if_full(&mut self) -> io::Result<()> {
        if self.entries.len() >= self.entries_max { self.spill() } else { Ok(()) }
    }

    /// What is in memory, in order.
    fn drain(&mut self) -> Vec<(K, V)> {
        let mut held: Vec<_> = self.entries.drain().collect();
        held.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        held
    }

    fn spill(&mut self) -> io::Result<()> {
        let held = self.drain();
        self.spilled += held.len() as u64;
        self.runs.write(held.into_iter().map(Ok))
    }

    /// All keys in order, each once, with their values.
    ///
    /// # Errors
    ///
    /// Writing to and reading from the temporary directory; the iterator, too.
    pub fn finish(self) -> io::Result<impl Iterator<Item = io::Result<(K, V)>>> {
        Table::finish_all([self])
    }

    /// All keys of several tables in order, each once, with what their values add up to: of one
    /// table for each worker, say.
    ///
    /// ```
    /// # use marey::spill::{Merge, Spill, Table};
    /// # struct Count(u64);
    /// # impl Spill for Count {
    /// #     fn spill(&self, out: &mut Vec<u8>) { self.0.spill(out) }
    /// #     fn restore(bytes: &mut &[u8]) -> Option<Self> { u64::restore(bytes).map(Count) }
    /// # }
    /// # impl Merge for Count { fn merge(&mut self, other: Count) { self.0 += other.0; } }
    /// let (mut one, mut other) = (Table::new(1 << 20), Table::new(1 << 20));
    /// one.add("a".to_owned(), Count(1))?;
    /// other.add("a".to_owned(), Count(2))?;
    /// let counts = Table::finish_all([one, other])?.map(|pair| pair.map(|(_, count)| count.0));
    /// assert_eq!(counts.collect::<Result<Vec<_>, _>>()?, [3]);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Writing to and reading from the temporary directory; the iterator, too.
    pub fn finish_all(
        tables: impl IntoIterator<Item = Self>,
    ) -> io::Result<impl Iterator<Item = io::Result<(K, V)>>> {
        let tables: Vec<Self> = tables.into_iter().collect();
        let runs: usize = tables.iter().map(|table| table.runs.len() + 1).sum();
        // Each run that is read takes memory: if all together are many, each table has one.
        let runs_max = if runs > RUNS_MAX { 1 } else { RUNS_MAX };
        let sources: io::Result<Vec<_>> =
            tables.into_iter().map(|table| table.in_order(runs_max)).collect();
        add_up(sources?)
    }

    /// What is in memory and on disk, in order.
    fn in_order(mut self, runs_max: usize) -> io::Result<Pairs<K, V>> {
        if self.runs.is_empty() {
            return Ok(Pairs::Held(self.drain().into_iter()));
        }
        self.spill()?;
        self.runs.merge(runs_max, AddUp::new).map(Pairs::Runs)
    }
}
