//! What names mean at a class of events.

use std::string::String;
use std::vec::Vec;

use crate::number::Sign;

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Symbol {
    /// Where the machine finds it.
    pub slot: u16,
    /// What it is.
    pub kind: Kind,
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A number.
    Number(Sign),
    /// A text.
    Text,
}

/// When a trace begins and ends, in nanoseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Times {
    /// Its first record.
    pub start: i64,
    /// Its last record, if it is known.
    pub end: Option<i64>,
    /// The midnight before its first record, where its user is.
    pub midnight: i64,
}

/// What names mean at a class of events, or at packets.
pub trait Environment {
    /// What the class is called in messages.
    fn class(&self) -> String;

    /// A field of the event.
    fn field(&self, name: &str) -> Option<Symbol>;

    /// A context or a feature of it.
    fn context(&self, name: &str) -> Option<Symbol>;

    /// A number that is the same for the whole run, such as `me`.
    fn constant(&self, name: &str) -> Option<u64>;

    /// All names, for "did you mean".
    fn names(&self) -> Vec<String>;

    /// When the trace begins, if there is one.
    fn times(&self) -> Option<Times> {
        None
    }

    /// Whether a comparison with what is not there is false, as for packets: a name that the class
    /// does not have, and a field that an event does not have. Else the name is an error, and the
    /// field cannot be answered, and the event is kept.
    fn absent_is_false(&self) -> bool {
        false
    }

    /// A slot in which there never is anything, if names that the class does not have stand for it:
    /// who asks for them cannot answer, and keeps the event. That is so for blocks where it is
    /// known later only which classes there are.
    fn absent(&self) -> Option<u16> {
        None
    }
}
