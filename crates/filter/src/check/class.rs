//! A class of events whose values stand in a list.

use std::string::String;
use std::vec::Vec;

use super::environment::{Environment, Kind, Symbol, Times};
use crate::number::Sign;

/// A class of events whose values stand in a list: the contexts, then the fields.
///
/// With the contexts of [`Class::new`] its slots are those of [`EventData`](crate::EventData).
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Class {
    /// What messages call it: `sched:sched_switch`.
    pub name: String,
    /// Its contexts and features.
    pub contexts: Vec<(String, Kind)>,
    /// Its fields.
    pub fields: Vec<(String, Kind)>,
    /// Numbers that are the same for the whole run.
    pub constants: Vec<(String, u64)>,
    /// When the trace begins, if there is one.
    pub times: Option<Times>,
    /// A comparison with what is not there is false.
    pub absent_is_false: bool,
    /// The slot of names that are not there, if who asks for them cannot answer.
    pub absent: Option<u16>,
}

/// The contexts that every event has.
const CONTEXTS: [(&str, Kind); 6] = [
    ("time", Kind::Number(Sign::Signed)),
    ("cpu", Kind::Number(Sign::Unsigned)),
    ("pid", Kind::Number(Sign::Unsigned)),
    ("tid", Kind::Number(Sign::Unsigned)),
    ("class", Kind::Text),
    ("event", Kind::Text),
];

impl Class {
    /// A class with the contexts that every event has.
    pub fn new(name: &str, fields: &[(&str, Kind)]) -> Self {
        let own = |all: &[(&str, Kind)]| -> Vec<(String, Kind)> {
            all.iter().map(|(name, kind)| ((*name).into(), *kind)).collect()
        };
        let (contexts, fields) = (own(&CONTEXTS), own(fields));
        Class { name: name.into(), contexts, fields, ..Class::default() }
    }

    /// How many slots there are.
    pub fn slots(&self) -> u16 {
        u16::try_from(self.contexts.len() + self.fields.len()).unwrap_or(u16::MAX)
    }
}

fn find(all: &[(String, Kind)], name: &str, first: usize) -> Option<Symbol> {
    let index = all.iter().position(|(other, _)| other == name)?;
    let slot = u16::try_from(first + index).ok()?;
    Some(Symbol { slot, kind: all.get(index)?.1 })
}

impl Environment for Class {
    fn class(&self) -> String {
        self.name.clone()
    }

    fn field(&self, name: &str) -> Option<Symbol> {
        find(&self.fields, name, self.contexts.len())
    }

    fn context(&self, name: &str) -> Option<Symbol> {
        find(&self.contexts, name, 0)
    }

    fn constant(&self, name: &str) -> Option<u64> {
        self.constants.iter().find(|(other, _)| other == name).map(|(_, value)| *value)
    }

    fn names(&self) -> Vec<String> {
        let named = self.fields.iter().chain(&self.contexts).map(|(name, _)| name.clone());
        named.chain(self.constants.iter().map(|(name, _)| name.clone())).collect()
    }

    fn times(&self) -> Option<Times> {
        self.times
    }

    fn absent_is_false(&self) -> bool {
        self.absent_is_false
    }

    fn absent(&self) -> Option<u16> {
        self.absent
    }
}
