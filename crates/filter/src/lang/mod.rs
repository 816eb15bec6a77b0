//! The language: text to trees.
//!
//! [`lex`] makes tokens, [`expression`] and [`program`] make trees of them; both stop at nothing
//! that has a place and go on, so that all mistakes are told at once. What names mean, and if the
//! types fit, is [`crate::check`]'s.

mod expression;
mod lex;
mod literal;
mod parser;
mod program;
mod statement;
mod token;
pub mod tree;

use std::string::String;

use marey_diagnostic::Problems;
use marey_diagnostic::source::{FileId, Sources};

/// How long a filter or a program may be.
pub const TEXT_BYTES_MAX: usize = 1 << 16;
/// How deep expressions and statements may nest.
pub const DEPTH_MAX: usize = 64;

/// How many operators that compute something an expression may have.
pub const OPERATORS_MAX: usize = 250;

/// Reads a filter: one expression. Nothing if there is none; what is wrong is among the problems.
pub fn filter(sources: &Sources, file: FileId, problems: &mut Problems) -> Option<tree::Expr> {
    let (tokens, end) = lex::tokens(sources, file, problems)?;
    parser::Parser::new(tokens, end, problems).whole_expression()
}

/// Reads a program. What is wrong is among the problems.
pub fn program(sources: &Sources, file: FileId, problems: &mut Problems) -> tree::Program {
    match lex::tokens(sources, file, problems) {
        Some((tokens, end)) => parser::Parser::new(tokens, end, problems).program(),
        None => tree::Program::default(),
    }
}

/// The words that no name of a program may be. Events may have fields of these names.
pub const KEYWORDS: [&str; 29] = [
    "and", "any", "by", "class", "contains", "count", "delete", "discard", "else", "false", "hist",
    "if", "in", "keep", "let", "mark", "matches", "not", "on", "or", "packet", "per", "send",
    "snapshot", "state", "stop", "thread", "true", "user",
];
/// The words that mean something within expressions.
const OPERATORS: [&str; 9] = ["and", "by", "contains", "else", "if", "in", "matches", "not", "or"];

/// Whether a name is a word of the language itself.
pub fn is_keyword(name: &str) -> bool {
    KEYWORDS.contains(&name)
}

fn is_operator(name: &str) -> bool {
    OPERATORS.contains(&name)
}

/// A name in backticks, as messages write it.
pub(crate) fn quoted(name: &str) -> String {
    std::format!("`{name}`")
}
