//! Packets and bytes, by key.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

/// Packets, and their bytes on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// How many packets.
    pub packets: u64,
    /// How many bytes they had on the wire.
    pub bytes: u64,
}

impl Count {
    /// Counts a packet.
    #[inline]
    pub fn packet(&mut self, wire_len: u32) {
        self.packets += 1;
        self.bytes += u64::from(wire_len);
    }

    /// Adds another count.
    pub fn add(&mut self, other: Count) {
        self.packets += other.packets;
        self.bytes += other.bytes;
    }
}

/// How many keys are kept at hand: most packets have one of very few.
const RECENT: usize = 4;

/// Counts by key. There are as many as there are keys: take keys of few bits.
#[derive(Clone, Debug)]
pub struct Tally<K> {
    recent: [Option<(K, Count)>; RECENT],
    /// The one that makes room for the next new key.
    oldest: usize,
    rest: HashMap<K, Count>,
}

impl<K> Default for Tally<K> {
    fn default() -> Self {
        Tally { recent: [const { None }; RECENT], oldest: 0, rest: HashMap::new() }
    }
}

impl<K: Eq + Hash + Copy> Tally<K> {
    /// Counts a packet under `key`.
    #[inline]
    pub fn packet(&mut self, key: K, wire_len: u32) {
        for (known, count) in self.recent.iter_mut().flatten() {
            if *known == key {
                return count.packet(wire_len);
            }
        }
        self.make_room();
        let mut count = Count::default();
        count.packet(wire_len);
        self.recent[self.oldest] = Some((key, count));
    }

    #[cold]
    fn make_room(&mut self) {
        self.oldest = (self.oldest + 1) % RECENT;
        if let Some((key, count)) = self.recent[self.oldest].take() {
            self.rest.entry(key).or_default().add(count);
        }
    }

    /// Adds the counts of another tally.
    pub fn merge(&mut self, other: &Tally<K>) {
        for (key, count) in other.recent.iter().flatten() {
            self.rest.entry(*key).or_default().add(*count);
        }
        for (key, count) in &other.rest {
            self.rest.entry(*key).or_default().add(*count);
        }
    }

    /// All counts, the most packets first, then by name. Keys of one name count as one.
    pub fn ranked(&self, name: impl Fn(K) -> String) -> Vec<(String, Count)> {
        let mut named: BTreeMap<String, Count> = BTreeMap::new();
        let recent = self.recent.iter().flatten().map(|(key, count)| (key, count));
        for (key, count) in recent.chain(&self.rest) {
            named.entry(name(*key)).or_default().add(*count);
        }
        rank(named)
    }
}

/// The most packets first, then by name.
pub fn rank(named: BTreeMap<String, Count>) -> Vec<(String, Count)> {
    let mut ranked: Vec<(String, Count)> = named.into_iter().collect();
    ranked.sort_by(|(a, x), (b, y)| y.packets.cmp(&x.packets).then_with(|| a.cmp(b)));
    ranked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_between_recent_and_rest() {
        let (mut whole, mut parts) = (Tally::default(), [Tally::default(), Tally::default()]);
        for n in 0..10_000_u32 {
            let key = n * n % 23;
            whole.packet(key, n);
            parts[(n / 7 % 2) as usize].packet(key, n);
        }
        let [mut a, b] = parts;
        a.merge(&b);
        let name = |key: u32| key.to_string();
        assert_eq!(a.ranked(name), whole.ranked(name));
        assert_eq!(a.ranked(name).iter().map(|(_, c)| c.packets).sum::<u64>(), 10_000);
    }
}
