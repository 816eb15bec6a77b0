//! What a version of CTF cannot say, and where it was asked to.

use std::fmt;

use crate::schema::{EventClass, Schema, StreamClass};

/// Something in a schema that a version of CTF cannot say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inexpressible {
    /// Where it is in the schema: `stream "default" > event "zed" > fields > x`.
    pub place: String,
    /// What it is, why it cannot be said, and what can.
    pub what: String,
}

impl fmt::Display for Inexpressible {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.place, self.what)
    }
}

impl std::error::Error for Inexpressible {}

/// Collects what cannot be said while a writer goes through a schema.
#[derive(Debug, Default)]
pub(crate) struct Report {
    path: Vec<String>,
    found: Vec<Inexpressible>,
}

impl Report {
    /// Goes into an object; [`Report::leave`] comes back.
    pub(crate) fn enter(&mut self, part: impl Into<String>) {
        self.path.push(part.into());
    }

    pub(crate) fn leave(&mut self) {
        self.path.pop();
    }

    /// The object where the writer is has something that cannot be said.
    pub(crate) fn add(&mut self, what: impl Into<String>) {
        let place = if self.path.is_empty() { "schema".into() } else { self.path.join(" > ") };
        self.found.push(Inexpressible { place, what: what.into() });
    }

    /// The text, if all could be said.
    pub(crate) fn finish(self, text: String) -> Result<String, Vec<Inexpressible>> {
        if self.found.is_empty() { Ok(text) } else { Err(self.found) }
    }
}

/// A stream class, to a human.
pub(crate) fn stream_title(schema: &Schema, index: usize, stream: &StreamClass) -> String {
    match (&stream.identity.name, stream.id) {
        (Some(name), _) => format!("stream {name:?}"),
        (None, Some(id)) => format!("stream {id}"),
        (None, None) if schema.streams.len() == 1 => "stream".to_owned(),
        (None, None) => format!("stream class no. {index}"),
    }
}

/// An event class, to a human.
pub(crate) fn event_title(event: &EventClass) -> String {
    match &event.identity.name {
        Some(name) => format!("event {name:?}"),
        None => format!("event {}", event.id),
    }
}
