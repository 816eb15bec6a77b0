//! Lists with a bound that keep what stands first in the trace, whoever saw it.

use std::collections::BTreeMap;

/// Where in the trace something stands: the record, and how many of its kind are before it there.
pub type Place = (u64, u32);

/// How many bytes of a text from the trace are kept.
pub const TEXT_BYTES_MAX: usize = 4096;

/// A text from the trace; one that is very long is cut, and says how long it was.
pub fn kept(text: &str) -> Box<str> {
    if text.len() <= TEXT_BYTES_MAX {
        return text.into();
    }
    let end = text.floor_char_boundary(TEXT_BYTES_MAX);
    format!("{}… ({} bytes in all)", &text[..end], text.len()).into()
}

/// Things with their places; the first of them are kept, all are counted.
///
/// Each worker gets its pieces in the trace's order. So what stands first in the trace stands
/// first at the worker that sees it, and is kept there.
#[derive(Clone, Debug)]
pub struct Firsts<T, const MAX: usize> {
    kept: Vec<(Place, T)>,
    /// How many there are.
    pub count: u64,
}

impl<T, const MAX: usize> Default for Firsts<T, MAX> {
    fn default() -> Self {
        Firsts { kept: Vec::new(), count: 0 }
    }
}

impl<T, const MAX: usize> Firsts<T, MAX> {
    /// Counts the next thing; it is made only if it is kept.
    pub fn push(&mut self, place: Place, make: impl FnOnce() -> T) {
        self.count += 1;
        if self.kept.len() < MAX {
            self.kept.push((place, make()));
        }
    }

    /// Adds those of another worker.
    pub fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.kept.extend(other.kept);
        self.kept.sort_by_key(|(place, _)| *place);
        self.kept.truncate(MAX);
    }

    /// Those that are kept, in the trace's order.
    pub fn iter(&self) -> impl Iterator<Item = (Place, &T)> {
        self.kept.iter().map(|(place, thing)| (*place, thing))
    }
}

/// Different things, each with the first place where it stands.
#[derive(Clone, Debug)]
pub struct Different<T, const MAX: usize> {
    kept: BTreeMap<T, Place>,
    /// Whether there are more than are kept.
    pub more: bool,
}

impl<T, const MAX: usize> Default for Different<T, MAX> {
    fn default() -> Self {
        Different { kept: BTreeMap::new(), more: false }
    }
}

impl<T: Ord, const MAX: usize> Different<T, MAX> {
    /// Takes note of a thing.
    pub fn push(&mut self, place: Place, thing: T) {
        if self.kept.contains_key(&thing) {
            return;
        }
        if self.kept.len() < MAX {
            self.kept.insert(thing, place);
        } else {
            self.more = true;
        }
    }

    /// Adds those of another worker.
    pub fn merge(&mut self, other: Self) {
        for (thing, place) in other.kept {
            let own = self.kept.entry(thing).or_insert(place);
            *own = (*own).min(place);
        }
        self.more |= other.more;
        if let Some(last) = self.places().get(MAX.saturating_sub(1)).copied()
            && self.kept.len() > MAX
        {
            self.kept.retain(|_, place| *place <= last);
            self.more = true;
        }
    }

    fn places(&self) -> Vec<Place> {
        let mut places: Vec<Place> = self.kept.values().copied().collect();
        places.sort_unstable();
        places
    }

    /// Those that are kept, in the order of their first places.
    pub fn in_order(&self) -> Vec<&T> {
        let mut things: Vec<(&T, &Place)> = self.kept.iter().collect();
        things.sort_by_key(|(_, place)| **place);
        things.into_iter().map(|(thing, _)| thing).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_are_kept_whoever_saw_them() {
        let all: Vec<(Place, u64)> = (0..1000).map(|n| ((n, 0), n * 7 % 31)).collect();
        for workers in 1..5 {
            let mut firsts: Vec<Firsts<u64, 10>> = vec![Firsts::default(); workers];
            let mut different: Vec<Different<u64, 10>> = vec![Different::default(); workers];
            for (index, (place, thing)) in all.iter().enumerate() {
                let worker = index / 5 * 3 % workers;
                firsts[worker].push(*place, || *thing);
                different[worker].push(*place, *thing);
            }
            let mut first = Firsts::default();
            firsts.into_iter().rev().for_each(|other| first.merge(other));
            let mut distinct = Different::default();
            different.into_iter().rev().for_each(|other| distinct.merge(other));
            assert_eq!(first.iter().map(|(p, _)| p.0).collect::<Vec<_>>(), Vec::from_iter(0..10));
            assert_eq!(first.count, 1000);
            let expected: Vec<u64> = (0..10).map(|n| n * 7 % 31).collect();
            assert_eq!(distinct.in_order().into_iter().copied().collect::<Vec<_>>(), expected);
            assert!(distinct.more);
        }
    }

    #[test]
    fn a_long_text_says_how_long_it_was() {
        let long = "ä".repeat(5000);
        assert!(kept(&long).ends_with("… (10000 bytes in all)"));
        assert_eq!(&*kept("short"), "short");
    }
}
