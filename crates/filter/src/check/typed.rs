//! Typed trees: what all back ends are made from.

use std::boxed::Box;
use std::vec::Vec;

use crate::code::{Compare, TextCompare};
use crate::number::{Operator, Sign};

/// A number, and what its bits mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    /// Where it comes from.
    pub kind: NumberKind,
    /// What its bits mean.
    pub sign: Sign,
}

/// Where a number comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NumberKind {
    /// It is written in the program.
    Constant(u64),
    /// A value of the event.
    Slot(u16),
    /// A value of the state.
    Cell(u16),
    /// A value that `let` named.
    Local(u8),
    /// A value of a map.
    MapRead(Box<MapRead<Number>>),
    /// It is computed; both numbers are taken as of the sign of what comes of them.
    Compute(Operator, Box<Number>, Box<Number>),
    /// 1 if it is so, else 0.
    Truth(Box<Condition>),
}

/// A text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Text {
    /// It is written in the program.
    Constant(Vec<u8>),
    /// A value of the event.
    Slot(u16),
    /// A value of the state.
    Cell(u16),
    /// A value that `let` named.
    Local(u8),
    /// A value of a map.
    MapRead(Box<MapRead<Text>>),
}

/// A look into a map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapRead<T> {
    /// Which map.
    pub map: u8,
    /// Its keys.
    pub keys: Vec<Value>,
    /// What it is if it is not there.
    pub otherwise: T,
}

/// A value of any type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A number.
    Number(Number),
    /// A text.
    Text(Text),
}

/// What is so, or is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Always, or never.
    Constant(bool),
    /// The other way round.
    Not(Box<Condition>),
    /// All of these are so.
    All(Vec<Condition>),
    /// One of these is so.
    Any(Vec<Condition>),
    /// Two numbers compare.
    Numbers {
        /// How.
        compare: Compare,
        /// This one…
        left: Number,
        /// …with this one.
        right: Number,
        /// The other way round.
        is_not: bool,
    },
    /// Two texts compare.
    Texts {
        /// How.
        compare: TextCompare,
        /// This one…
        left: Text,
        /// …with this one.
        right: Text,
        /// The other way round.
        is_not: bool,
    },
    /// A number is in one of these ranges; both ends are in them.
    Among(Number, Vec<(Number, Option<Number>)>),
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Statement {
    /// A number gets a name.
    Let(u8, Number),
    /// A text gets a name.
    LetText(u8, Text),
    /// A value of the state is set.
    Set(u16, Value),
    /// A value of a map is set.
    SetMap {
        /// Which map.
        map: u8,
        /// Its keys.
        keys: Vec<Value>,
        /// The value.
        value: Value,
    },
    /// A value of a map is taken out.
    Delete(u8, Vec<Value>),
    /// One or the other is done.
    If(Condition, Vec<Statement>, Vec<Statement>),
    /// The event is kept.
    Keep,
    /// It is discarded.
    Discard,
    /// One more is counted.
    Count(u8, Vec<Value>),
    /// One more is counted by the class of a number.
    Hist(u8, Number, Option<Value>),
    /// The recording is marked.
    Mark(Vec<u8>),
    /// The event is sent to a sink.
    Send(u8),
    /// What the ring holds is saved.
    Snapshot,
    /// The recording ends.
    Stop,
}
