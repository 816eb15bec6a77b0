//! Which of the things with names belong together, and which have other numbers.

use marey_ctf::schema::{EventClass, StreamClass};

/// Something with a name and a number.
pub trait Named {
    /// Its name.
    fn name(&self) -> &str;
    /// Its number, if packets say it.
    fn id(&self) -> Option<u64>;
}

impl Named for StreamClass {
    fn name(&self) -> &str {
        self.identity.name.as_deref().unwrap_or_default()
    }

    fn id(&self) -> Option<u64> {
        self.id
    }
}

impl Named for EventClass {
    fn name(&self) -> &str {
        self.identity.name.as_deref().unwrap_or_default()
    }

    fn id(&self) -> Option<u64> {
        Some(self.id)
    }
}

/// What belongs together: of one name, else of one number where neither name is on the other side.
pub struct Pairs<'a, T> {
    /// Those that both have.
    pub both: Vec<(&'a T, &'a T)>,
    /// Those that the first has.
    pub first: Vec<&'a T>,
    /// Those that the second has.
    pub second: Vec<&'a T>,
}

impl<'a, T: Named> Pairs<'a, T> {
    /// Pairs up two lists.
    pub fn of(first: &'a [T], second: &'a [T]) -> Self {
        let by_name = |list: &'a [T]| {
            list.iter()
                .map(|one| (one.name(), one))
                .collect::<std::collections::HashMap<&'a str, &'a T>>()
        };
        let (firsts, seconds) = (by_name(first), by_name(second));
        let lone_first = first.iter().filter(|one| !seconds.contains_key(one.name()));
        let lone_second = second.iter().filter(|one| !firsts.contains_key(one.name()));
        let mut lone_second: Vec<&T> = lone_second.collect();
        let mut both: Vec<_> =
            first.iter().filter_map(|one| Some((one, *seconds.get(one.name())?))).collect();
        let mut alone = Vec::new();
        for one in lone_first {
            let same = |other: &&T| other.id() == one.id();
            match lone_second.iter().position(same) {
                Some(at) => both.push((one, lone_second.remove(at))),
                None => alone.push(one),
            }
        }
        Pairs { both, first: alone, second: lone_second }
    }

    /// Those that have another number on the other side.
    pub fn moved(&self) -> Vec<(&'a T, &'a T)> {
        self.both.iter().copied().filter(|(first, second)| first.id() != second.id()).collect()
    }
}

/// What has this number.
pub fn with_id<T: Named>(list: &[T], id: Option<u64>) -> Option<&T> {
    list.iter().find(|one| one.id() == id)
}
