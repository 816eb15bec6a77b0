//! Sequences of pairs that are in order become one.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::io;

use super::Merge;

/// Several sequences of pairs, each in the order of its keys, as one in which each key stands once,
/// with what its values add up to.
///
/// ```
/// let parts = [vec![("a", 1u64), ("c", 2)], vec![("a", 3), ("b", 4)]];
/// let parts = parts.map(|part| part.into_iter().map(Ok));
/// let sums = marey::spill::add_up(parts)?.collect::<Result<Vec<_>, _>>()?;
/// assert_eq!(sums, [("a", 4), ("b", 4), ("c", 2)]);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// What a part fails with; the iterator, too.
pub fn add_up<K: Ord, V: Merge, I: Iterator<Item = io::Result<(K, V)>>>(
    parts: impl IntoIterator<Item = I>,
) -> io::Result<impl Iterator<Item = io::Result<(K, V)>>> {
    InOrder::new(parts).map(AddUp::new)
}

/// Several sequences as one; of equal keys those of earlier parts come first.
#[derive(Debug)]
pub(super) struct InOrder<K, V, I> {
    parts: Vec<I>,
    /// The next pair of each part.
    fronts: BinaryHeap<Front<K, V>>,
}

impl<K: Ord, V, I: Iterator<Item = io::Result<(K, V)>>> InOrder<K, V, I> {
    pub fn new(parts: impl IntoIterator<Item = I>) -> io::Result<Self> {
        let parts: Vec<I> = parts.into_iter().collect();
        let mut merged = InOrder { fronts: BinaryHeap::with_capacity(parts.len()), parts };
        (0..merged.parts.len()).try_for_each(|part| merged.refill(part))?;
        Ok(merged)
    }

    fn refill(&mut self, part: usize) -> io::Result<()> {
        if let Some((key, value)) = self.parts[part].next().transpose()? {
            self.fronts.push(Front { key, value, part });
        }
        Ok(())
    }
}

impl<K: Ord, V, I: Iterator<Item = io::Result<(K, V)>>> Iterator for InOrder<K, V, I> {
    type Item = io::Result<(K, V)>;

    fn next(&mut self) -> Option<Self::Item> {
        let Front { key, value, part } = self.fronts.pop()?;
        Some(self.refill(part).map(|()| (key, value)))
    }
}

/// The next pair of a part.
#[derive(Debug)]
struct Front<K, V> {
    key: K,
    value: V,
    part: usize,
}

impl<K: Ord, V> Ord for Front<K, V> {
    fn cmp(&self, other: &Self) -> Ordering {
        // The heap gives the greatest first.
        other.key.cmp(&self.key).then(other.part.cmp(&self.part))
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

/// Pairs in order, of which neighbours with equal keys become one.
#[derive(Debug)]
pub(super) struct AddUp<K, V, I> {
    pairs: I,
    held: Option<(K, V)>,
}

impl<K, V, I> AddUp<K, V, I> {
    pub fn new(pairs: I) -> Self {
        AddUp { pairs, held: None }
    }
}

impl<K: PartialEq, V: Merge, I: Iterator<Item = io::Result<(K, V)>>> Iterator for AddUp<K, V, I> {
    type Item = io::Result<(K, V)>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (key, value) = match self.pairs.next() {
                Some(Ok(pair)) => pair,
                Some(Err(e)) => return Some(Err(e)),
                None => return self.held.take().map(Ok),
            };
            match &mut self.held {
                Some((held, sum)) if *held == key => sum.merge(value),
                held => {
                    if let Some(pair) = held.replace((key, value)) {
                        return Some(Ok(pair));
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_added_up_in_order() {
        let part = |keys: &[u64]| keys.iter().map(|key| Ok((*key, *key))).collect::<Vec<_>>();
        let parts = [part(&[1, 3, 5, 5]), part(&[]), part(&[1, 2, 5, 9]), part(&[5])];
        let parts = parts.map(Vec::into_iter);
        let pairs: io::Result<Vec<(u64, u64)>> = add_up(parts).unwrap().collect();
        assert_eq!(pairs.unwrap(), [(1, 2), (2, 2), (3, 3), (5, 20), (9, 9)]);
    }

    #[test]
    fn equal_keys_keep_the_order_of_their_parts() {
        let parts = [[(1, 'a'), (2, 'b')], [(1, 'c'), (1, 'd')]].map(|part| part.map(Ok));
        let pairs: io::Result<Vec<(u8, char)>> =
            InOrder::new(parts.map(IntoIterator::into_iter)).unwrap().collect();
        assert_eq!(pairs.unwrap(), [(1, 'a'), (1, 'c'), (1, 'd'), (2, 'b')]);
    }

    #[test]
    fn an_error_is_handed_on() {
        let parts = [vec![Ok((1u8, 1u64)), Err(io::Error::other("gone"))], vec![Ok((2, 2))]];
        let mut pairs = add_up(parts.map(Vec::into_iter)).unwrap();
        assert!(pairs.next().is_some_and(|pair| pair.is_err()));
    }
}
