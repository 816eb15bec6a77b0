//! Sorted sequences become one.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::io;

use marey::spill::Merge;

/// Several sequences in the order of their keys as one, in which each key stands once.
pub struct Merged<K, V, I> {
    parts: Vec<I>,
    /// The next pair of each part.
    fronts: BinaryHeap<Reverse<Front<K, V>>>,
}

/// The next pair of a part.
struct Front<K, V> {
    key: K,
    value: V,
    part: usize,
}

impl<K: Ord, V> Ord for Front<K, V> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key)
    }
}

impl<K: Ord, V> PartialOrd for Front<K, V> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K: Ord, V> PartialEq for Front<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<K: Ord, V> Eq for Front<K, V> {}

impl<K: Ord, V: Merge, I: Iterator<Item = io::Result<(K, V)>>> Merged<K, V, I> {
    /// Of parts in order, in which keys may stand several times.
    ///
    /// # Errors
    /// What a part fails with.
    pub fn new(parts: Vec<I>) -> io::Result<Self> {
        let mut merged = Merged { parts, fronts: BinaryHeap::new() };
        for part in 0..merged.parts.len() {
            merged.refill(part)?;
        }
        Ok(merged)
    }

    fn refill(&mut self, part: usize) -> io::Result<()> {
        if let Some((key, value)) = self.parts[part].next().transpose()? {
            self.fronts.push(Reverse(Front { key, value, part }));
        }
        Ok(())
    }

    fn pop(&mut self) -> io::Result<Option<(K, V)>> {
        let Some(Reverse(Front { key, mut value, part })) = self.fronts.pop() else {
            return Ok(None);
        };
        self.refill(part)?;
        while self.fronts.peek().is_some_and(|front| front.0.key == key) {
            let Some(Reverse(other)) = self.fronts.pop() else { break };
            value.merge(other.value);
            self.refill(other.part)?;
        }
        Ok(Some((key, value)))
    }
}

impl<K: Ord, V: Merge, I: Iterator<Item = io::Result<(K, V)>>> Iterator for Merged<K, V, I> {
    type Item = io::Result<(K, V)>;

    fn next(&mut self) -> Option<Self::Item> {
        self.pop().transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sum(u64);

    impl Merge for Sum {
        fn merge(&mut self, other: Sum) {
            self.0 += other.0;
        }
    }

    #[test]
    fn parts_are_merged_in_order() {
        let part = |keys: &[u64]| keys.iter().map(|key| Ok((*key, Sum(*key)))).collect::<Vec<_>>();
        let parts = [part(&[1, 3, 5, 5]), part(&[]), part(&[1, 2, 5, 9]), part(&[5])];
        let merged = Merged::new(parts.into_iter().map(Vec::into_iter).collect()).unwrap();
        let pairs: Vec<(u64, u64)> =
            merged.map(|pair| pair.map(|(k, v)| (k, v.0)).unwrap()).collect();
        assert_eq!(pairs, [(1, 2), (2, 2), (3, 3), (5, 20), (9, 9)]);
    }
}
