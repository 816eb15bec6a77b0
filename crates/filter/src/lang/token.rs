//! What the text consists of.

use std::string::String;
use std::vec::Vec;

use marey_diagnostic::source::Span;

/// A piece of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Where it is.
    pub span: Span,
}

/// What a piece of the text is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A name, or a word of the language.
    Word(String),
    /// A number: a plain one, a duration in nanoseconds, or a size in bytes.
    Number {
        /// Its value.
        value: u64,
        /// It is a duration.
        is_duration: bool,
    },
    /// A text.
    Text(Vec<u8>),
    /// A time: nanoseconds since the Unix epoch.
    Time(i64),
    /// A time of the day, in nanoseconds.
    TimeOfDay(u64),
    /// An address of a network, as it is written.
    Address(String),
    /// A sign: `==`, `(`, …
    Sign(&'static str),
    /// The end of the text.
    End,
}

impl Kind {
    /// What messages call it.
    pub fn name(&self) -> String {
        match self {
            Kind::Word(word) => std::format!("`{word}`"),
            Kind::Sign(sign) => std::format!("`{sign}`"),
            Kind::Number { is_duration: false, .. } => "a number".into(),
            Kind::Number { is_duration: true, .. } => "a duration".into(),
            Kind::Text(_) => "a text".into(),
            Kind::Time(_) | Kind::TimeOfDay(_) => "a time".into(),
            Kind::Address(_) => "an address".into(),
            Kind::End => "the end".into(),
        }
    }
}

/// The signs, the longer ones first.
pub const SIGNS: [&str; 43] = [
    "...", "<<=", ">>=", "==", "!=", "<=", ">=", "<<", ">>", "&&", "||", "=>", "+=", "-=", "|=",
    "&=", "..", "(", ")", "[", "]", "{", "}", ",", ";", ":", ".", "=", "<", ">", "!", "+", "-",
    "*", "/", "%", "&", "^", "|", "~", "?", "@", "$",
];
