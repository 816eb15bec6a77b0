//! JSON objects, written a member at a time and without a tree of values in between.

use std::fmt::{Display, Write as _};

use super::digits;
use crate::escape;

/// Numbers up to here are exact in every reader of JSON (RFC 8259, section 6); larger ones are
/// written as strings of digits.
const EXACT_MAX: u64 = 1 << 53;

/// An object that is being written.
pub struct Object<'o> {
    out: &'o mut String,
    is_empty: bool,
}

impl<'o> Object<'o> {
    /// Begins an object.
    pub fn new(out: &'o mut String) -> Self {
        out.push('{');
        Object { out, is_empty: true }
    }

    /// Begins a member; its value is what is appended next. The name needs no escapes.
    pub fn member(&mut self, name: &str) -> &mut String {
        if !self.is_empty {
            self.out.push(',');
        }
        self.is_empty = false;
        self.out.push('"');
        self.out.push_str(name);
        self.out.push_str("\":");
        self.out
    }

    /// A text.
    pub fn text(&mut self, name: &str, text: &str) {
        escape::push_json(self.member(name), text);
    }

    /// A text or null.
    pub fn text_or_null(&mut self, name: &str, text: Option<&str>) {
        match text {
            Some(text) => self.text(name, text),
            None => self.raw(name, "null"),
        }
    }

    /// A value that is JSON already.
    pub fn raw(&mut self, name: &str, json: &str) {
        self.member(name).push_str(json);
    }

    /// What `shown` displays as a text, which needs no escapes.
    pub fn shown(&mut self, name: &str, shown: impl Display) {
        let _ = write!(self.member(name), "\"{shown}\"");
    }

    /// A number.
    pub fn number(&mut self, name: &str, value: u64) {
        push_number(self.member(name), value);
    }

    /// A time in nanoseconds, as a string of digits, or null.
    pub fn time(&mut self, name: &str, time: Option<marey::Timestamp>) {
        let out = self.member(name);
        let Some(time) = time else { return out.push_str("null") };
        out.push('"');
        let ns = time.as_ns();
        if ns < 0 {
            out.push('-');
        }
        digits::push(out, ns.unsigned_abs());
        out.push('"');
    }

    /// Bytes as a string of hexadecimal digits.
    pub fn hex(&mut self, name: &str, bytes: &[u8]) {
        let out = self.member(name);
        out.push('"');
        digits::push_hex(out, bytes);
        out.push('"');
    }

    /// Ends the object.
    pub fn end(self) {
        self.out.push('}');
    }
}

/// Appends a number in a way that no reader rounds.
pub fn push_number(out: &mut String, value: u64) {
    let quote = if value > EXACT_MAX { "\"" } else { "" };
    out.push_str(quote);
    digits::push(out, value);
    out.push_str(quote);
}

/// Appends a list.
pub fn push_list<T>(
    out: &mut String,
    items: impl IntoIterator<Item = T>,
    mut push: impl FnMut(&mut String, T),
) {
    out.push('[');
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        push(out, item);
    }
    out.push(']');
}
