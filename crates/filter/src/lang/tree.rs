//! The syntax tree: what was written, with its places.

use std::boxed::Box;
use std::string::String;
use std::vec::Vec;

use marey_diagnostic::source::Span;

pub use crate::number::Operator;

/// An expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it is.
    pub span: Span,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExprKind {
    /// A number.
    Number {
        /// Its value; nanoseconds, for a duration.
        value: u64,
        /// It is a duration.
        is_duration: bool,
    },
    /// `true` or `false`.
    Bool(bool),
    /// A text.
    Text(Vec<u8>),
    /// Nanoseconds since the Unix epoch.
    Time(i64),
    /// Nanoseconds since midnight.
    TimeOfDay(u64),
    /// An address of a network.
    Address(String),
    /// A name, with dots or without.
    Name(String),
    /// `map[keys] else otherwise`
    MapRead {
        /// The map.
        map: Name,
        /// Its keys.
        keys: Vec<Expr>,
        /// What it is if it is not there.
        otherwise: Option<Box<Expr>>,
    },
    /// `-x`
    Minus(Box<Expr>),
    /// `+x`
    Plus(Box<Expr>),
    /// `~x`
    Inverted(Box<Expr>),
    /// `x + y` and its kind.
    Compute(Operator, Box<Expr>, Box<Expr>),
    /// `x == y` and its kind.
    Compare(CompareSign, Box<Expr>, Box<Expr>),
    /// `x in {…}`
    In(Box<Expr>, Vec<SetItem>),
    /// `x and y and z`
    And(Vec<Expr>),
    /// `x or y or z`
    Or(Vec<Expr>),
    /// `not x`
    Not(Box<Expr>),
    /// Something that was wrong, and told.
    Broken,
}

/// How values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompareSign {
    /// `==`, `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `contains`
    Contains,
    /// `matches`
    Matches,
}

/// A part of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetItem {
    /// One value.
    One(Expr),
    /// `first..last`, both in it.
    Range(Expr, Expr),
}

/// A name and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name.
    pub text: String,
    /// Where it is.
    pub span: Span,
}

/// A program of handlers.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Program {
    /// What is remembered from event to event.
    pub states: Vec<State>,
    /// What is done at events, in order.
    pub blocks: Vec<Block>,
}

/// Something that is remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// Its name.
    pub name: Name,
    /// What it is.
    pub kind: StateKind,
    /// Each thread has its own.
    pub is_per_thread: bool,
}

/// What is remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StateKind {
    /// One value.
    Value {
        /// Its type.
        of: Type,
        /// What it is at first; 0, `false` or an empty text else.
        first: Option<Expr>,
    },
    /// A map.
    Map {
        /// The types of its keys.
        keys: Vec<Type>,
        /// The type of its values.
        of: Type,
        /// How many it holds at most.
        size: u32,
        /// It forgets what was not used for longest; else it is full.
        is_lru: bool,
    },
}

/// A type of state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// `u64`
    U64,
    /// `i64`
    I64,
    /// `bool`
    Bool,
    /// `str`
    Str,
}

/// What is done at some events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Which events.
    pub patterns: Vec<Pattern>,
    /// Only if this is so.
    pub condition: Option<Expr>,
    /// What is done.
    pub body: Vec<Statement>,
    /// Where `on` is.
    pub span: Span,
}

/// Which events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// What it is.
    pub kind: PatternKind,
    /// Where it is.
    pub span: Span,
}

/// Which events a pattern is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PatternKind {
    /// `sched:sched_switch`; both may have `*`.
    Event {
        /// What it belongs to.
        system: String,
        /// Its name.
        name: String,
    },
    /// `class thread`
    Class(String),
    /// `user app_*`
    User(String),
    /// `packet`
    Packet,
    /// `any`
    Any,
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// What it is.
    pub kind: StatementKind,
    /// Where it is.
    pub span: Span,
}

/// What a statement is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatementKind {
    /// `let name = value;`
    Let(Name, Expr),
    /// `place = value;`, or with an operator: `place += value;`
    Set(Place, Option<Operator>, Expr),
    /// `delete map[keys];`
    Delete(Place),
    /// `if condition { … } else { … }`
    If(Expr, Vec<Statement>, Vec<Statement>),
    /// An action, and if it is done.
    Act(Action, Option<Expr>),
}

/// What a statement does besides the state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// `keep`
    Keep,
    /// `discard`
    Discard,
    /// `count(keys)`
    Count(Vec<Expr>),
    /// `hist(value by key)`
    Hist(Expr, Option<Expr>),
    /// `mark("text")`
    Mark(Vec<u8>),
    /// `send sink`
    Send(Name),
    /// `snapshot`
    Snapshot,
    /// `stop`
    Stop,
}

/// What can be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The name of a state.
    pub name: Name,
    /// The keys, if it is a map.
    pub keys: Vec<Expr>,
    /// Where it is.
    pub span: Span,
}
