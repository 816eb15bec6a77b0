//! Values in the order of a key.

use std::io;

use super::Spill;
use super::order::InOrder;
use super::runs::{RUNS_MAX, Reading, Runs};

/// Brings values into the order of their keys, with no more memory than a budget.
///
/// Values with equal keys keep the order in which they came. It serves a reporter that wants
/// results in another order than that of the records:
///
/// ```
/// use marey::spill::Sorted;
///
/// let mut sorted = Sorted::new(64 << 20);
/// for (length, name) in [(60u32, "a"), (40, "b"), (60, "c")] {
///     sorted.push(length, name.to_owned())?;
/// }
/// let names: Vec<_> = sorted.finish()?.map(|pair| pair.map(|(_, name)| name)).collect();
/// assert_eq!(names.into_iter().collect::<Result<Vec<_>, _>>()?, ["b", "a", "c"]);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Sorted<K, V> {
    budget: usize,
    held: Vec<(K, V)>,
    held_bytes: usize,
    runs: Runs,
}

impl<K: Spill + Ord, V: Spill> Sorted<K, V> {
    /// With a budget of so many bytes of memory.
    pub fn new(budget: usize) -> Self {
        Sorted { budget, held: Vec::new(), held_bytes: 0, runs: Runs::default() }
    }

    /// Adds a value.
    ///
    /// # Errors
    ///
    /// Writing to the temporary directory.
    pub fn push(&mut self, key: K, value: V) -> io::Result<()> {
        self.held_bytes += size_of::<(K, V)>() + key.heap_bytes() + value.heap_bytes();
        self.held.push((key, value));
        if self.held_bytes > self.budget { self.spill() } else { Ok(()) }
    }

    fn spill(&mut self) -> io::Result<()> {
        self.held.sort_by(|one, other| one.0.cmp(&other.0));
        self.held_bytes = 0;
        self.runs.write(self.held.drain(..).map(Ok))
    }

    /// All values in order, with their keys.
    ///
    /// # Errors
    ///
    /// Writing to and reading from the temporary directory; the iterator, too.
    pub fn finish(mut self) -> io::Result<impl Iterator<Item = io::Result<(K, V)>>> {
        if self.runs.is_empty() {
            self.held.sort_by(|one, other| one.0.cmp(&other.0));
            return Ok(Pairs::Held(self.held.into_iter()));
        }
        self.spill()?;
        self.runs.merge(RUNS_MAX, |pairs| pairs).map(Pairs::Runs)
    }
}

/// Pairs in order, from memory or from disk.
pub(super) enum Pairs<K, V> {
    Held(std::vec::IntoIter<(K, V)>),
    Runs(InOrder<K, V, Reading<K, V>>),
}

impl<K: Spill + Ord, V: Spill> Iterator for Pairs<K, V> {
    type Item = io::Result<(K, V)>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Pairs::Held(held) => held.next().map(Ok),
            Pairs::Runs(runs) => runs.next(),
        }
    }
}
