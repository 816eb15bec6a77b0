//! A map of a program.

use std::collections::{BTreeMap, HashMap};
use std::vec::Vec;

use crate::code::{Key, STATE_TEXT_BYTES_MAX};
use crate::verdict::Failure;

/// A key or a value that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OwnKey {
    /// A number.
    Number(u64),
    /// A text.
    Text(Vec<u8>),
}

impl OwnKey {
    pub(super) fn of(key: Key<'_>) -> Result<Self, Failure> {
        match key {
            Key::Number(number) => Ok(OwnKey::Number(number)),
            Key::Text(text) if text.len() > STATE_TEXT_BYTES_MAX => Err(Failure::TooLong),
            Key::Text(text) => Ok(OwnKey::Text(text.to_vec())),
        }
    }
}

/// A map that holds so many entries. When it is full, it forgets what was not used for longest, or
/// takes nothing new.
#[derive(Clone, Debug)]
pub struct Map {
    entries: HashMap<Vec<OwnKey>, Entry>,
    /// By their last use; empty if nothing is ever forgotten.
    uses: BTreeMap<u64, Vec<OwnKey>>,
    next_use: u64,
    size: usize,
    is_lru: bool,
}

#[derive(Clone, Debug)]
struct Entry {
    value: OwnKey,
    used: u64,
}

impl Map {
    /// An empty map.
    pub fn new(size: usize, is_lru: bool) -> Self {
        Map { entries: HashMap::new(), uses: BTreeMap::new(), next_use: 0, size, is_lru }
    }

    /// How many entries it has.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn get(&mut self, keys: &[Key<'_>]) -> Option<&OwnKey> {
        // What is too long to be kept is not there.
        let keys = own(keys).ok()?;
        self.used(&keys);
        self.entries.get(&keys).map(|entry| &entry.value)
    }

    pub(super) fn set(&mut self, keys: &[Key<'_>], value: Key<'_>) -> Result<(), Failure> {
        let (keys, value) = (own(keys)?, OwnKey::of(value)?);
        if let Some(entry) = self.entries.get_mut(&keys) {
            entry.value = value;
            self.used(&keys);
            return Ok(());
        }
        if self.entries.len() >= self.size {
            let (_, oldest) = self.uses.pop_first().ok_or(Failure::Full)?;
            self.entries.remove(&oldest);
        }
        self.entries.insert(keys.clone(), Entry { value, used: u64::MAX });
        self.used(&keys);
        Ok(())
    }

    pub(super) fn delete(&mut self, keys: &[Key<'_>]) {
        let Ok(keys) = own(keys) else { return };
        if let Some(entry) = self.entries.remove(&keys) {
            self.uses.remove(&entry.used);
        }
    }

    /// An entry is the newest again.
    fn used(&mut self, keys: &[OwnKey]) {
        if !self.is_lru {
            return;
        }
        if let Some(entry) = self.entries.get_mut(keys) {
            let keys = self.uses.remove(&entry.used).unwrap_or_else(|| keys.to_vec());
            entry.used = self.next_use;
            self.uses.insert(self.next_use, keys);
            self.next_use += 1;
        }
    }
}

fn own(keys: &[Key<'_>]) -> Result<Vec<OwnKey>, Failure> {
    keys.iter().map(|key| OwnKey::of(*key)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(map: &mut Map, key: u64) -> Option<u64> {
        match map.get(&[Key::Number(key)])? {
            OwnKey::Number(number) => Some(*number),
            OwnKey::Text(_) => None,
        }
    }

    #[test]
    fn a_full_map_takes_nothing_new() {
        let mut map = Map::new(2, false);
        for key in 0..2 {
            assert_eq!(map.set(&[Key::Number(key)], Key::Number(10 + key)), Ok(()));
        }
        assert_eq!(map.set(&[Key::Number(2)], Key::Number(12)), Err(Failure::Full));
        assert_eq!(map.set(&[Key::Number(1)], Key::Number(21)), Ok(()));
        map.delete(&[Key::Number(0)]);
        assert_eq!(map.set(&[Key::Number(2)], Key::Number(12)), Ok(()));
        assert_eq!((number(&mut map, 0), number(&mut map, 1)), (None, Some(21)));
        assert_eq!((number(&mut map, 2), map.len()), (Some(12), 2));
    }

    #[test]
    fn a_map_forgets_what_was_not_used_for_longest() {
        let mut map = Map::new(2, true);
        for key in [1, 2] {
            assert_eq!(map.set(&[Key::Number(key)], Key::Number(key)), Ok(()));
        }
        assert_eq!(number(&mut map, 1), Some(1));
        assert_eq!(map.set(&[Key::Number(3)], Key::Number(3)), Ok(()));
        assert_eq!((number(&mut map, 1), number(&mut map, 2)), (Some(1), None));
        map.delete(&[Key::Number(3)]);
        map.delete(&[Key::Number(9)]);
        assert_eq!(map.set(&[Key::Number(4)], Key::Number(4)), Ok(()));
        assert_eq!((number(&mut map, 1), map.len()), (Some(1), 2));
    }

    #[test]
    fn long_texts_are_refused_and_never_there() {
        let long = [b'x'; STATE_TEXT_BYTES_MAX + 1];
        let mut map = Map::new(2, true);
        assert_eq!(map.set(&[Key::Text(&long)], Key::Number(1)), Err(Failure::TooLong));
        assert_eq!(map.set(&[Key::Number(1)], Key::Text(&long)), Err(Failure::TooLong));
        assert!(map.get(&[Key::Text(&long)]).is_none() && map.is_empty());
    }
}
