//! The tokens, one after the other.

use std::format;
use std::string::String;
use std::vec::Vec;

use marey_diagnostic::source::Span;
use marey_diagnostic::{Diagnostic, Problems};

use super::token::{Kind, Token};
use super::tree::Name;
use super::{DEPTH_MAX, is_keyword};

/// Reads trees. A mistake is told once; then it goes on where that is safe.
pub struct Parser<'p> {
    tokens: Vec<Token>,
    end: Span,
    at: usize,
    depth: usize,
    /// How many operators the expression has.
    pub(super) operators: usize,
    /// Where `and` joins what no parentheses hold, since the last `or` began.
    pub(super) bare_and: Option<Span>,
    pub(super) problems: &'p mut Problems,
}

impl<'p> Parser<'p> {
    /// Tokens, and where they end.
    pub fn new(tokens: Vec<Token>, end: Span, problems: &'p mut Problems) -> Self {
        Parser { tokens, end, at: 0, depth: 0, operators: 0, bare_and: None, problems }
    }

    pub(super) fn kind(&self) -> &Kind {
        self.tokens.get(self.at).map_or(&Kind::End, |token| &token.kind)
    }

    /// Where the next token is; the end, if there is none.
    pub(super) fn span(&self) -> Span {
        self.tokens.get(self.at).map_or(self.end, |token| token.span)
    }

    /// Where the token before is.
    pub(super) fn span_before(&self) -> Span {
        let token = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        token.map_or_else(|| self.span(), |token| token.span)
    }

    pub(super) fn step(&mut self) {
        self.at = (self.at + 1).min(self.tokens.len());
    }

    pub(super) fn is_end(&self) -> bool {
        *self.kind() == Kind::End
    }

    pub(super) fn is_sign(&self, sign: &str) -> bool {
        matches!(self.kind(), Kind::Sign(other) if *other == sign)
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(self.kind(), Kind::Word(other) if other == word)
    }

    /// Passes over this sign, if it is there.
    pub(super) fn take_sign(&mut self, sign: &str) -> bool {
        let is_there = self.is_sign(sign);
        if is_there {
            self.step();
        }
        is_there
    }

    /// Passes over this word, if it is there.
    pub(super) fn take_word(&mut self, word: &str) -> bool {
        let is_there = self.is_word(word);
        if is_there {
            self.step();
        }
        is_there
    }

    /// Passes over this sign, which must be there.
    pub(super) fn expect_sign(&mut self, sign: &str, behind: &str) -> bool {
        let is_there = self.take_sign(sign);
        if !is_there {
            self.unexpected(&format!("expected `{sign}` {behind}"));
        }
        is_there
    }

    /// Says that what is here should be something else.
    pub(super) fn unexpected(&mut self, expected: &str) {
        let what = match self.kind() {
            Kind::End => String::from("something is missing at the end"),
            other => format!("{} does not belong here", other.name()),
        };
        let span = self.span();
        if !self.problems.has_error_at(span) {
            self.problems.error(what, span, expected);
        }
    }

    /// A name that is no word of the language.
    pub(super) fn name(&mut self, what: &str) -> Option<Name> {
        let span = self.span();
        let Kind::Word(text) = self.kind() else {
            self.unexpected(&format!("expected {what}"));
            return None;
        };
        let text = text.clone();
        if is_keyword(&text) {
            let found = Diagnostic::error(format!("`{text}` is a word of the language"));
            self.problems.add(found.at(span, format!("expected {what}")).help("take another name"));
            return None;
        }
        self.step();
        Some(Name { text, span })
    }

    /// One level deeper, unless it is too deep.
    pub(super) fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= DEPTH_MAX {
            let span = self.span();
            if !self.problems.has_error_at(span) {
                let what = format!("this is nested deeper than {DEPTH_MAX}");
                self.problems.error(what, span, "here it becomes too deep");
            }
            return None;
        }
        self.depth += 1;
        let done = read(self);
        self.depth -= 1;
        Some(done)
    }
}
