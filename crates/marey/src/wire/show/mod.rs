//! A packet for people: one line, or every field of every header.
//!
//! Nothing from a packet is printed but numbers, addresses and hexadecimal digits, so no packet can
//! write to a terminal what it likes.

mod fields;
mod line;

use super::walk::{Layer, Layers};
use std::fmt;

/// A field of a header, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name, lower case.
    pub name: &'static str,
    /// Its value. Fields that occur more than once (options, chunks) come once each.
    pub value: String,
}

/// The packet in one short line, in tcpdump's spirit:
/// `IPv4 10.0.0.1:443 > 10.0.0.2:51000 TCP [SA] seq 1 ack 2 win 65535 len 0`.
///
/// Tunnels are shown from the outside in. A note in brackets at the end says if the walk ended
/// early: `[snapped]`, `[malformed]`, `[too deep]`.
pub fn summary<'l>(layers: &'l Layers<'_>) -> impl fmt::Display + 'l {
    line::Summary(layers)
}

/// Calls `each` with every header and its fields, outermost first. A header whose fixed part is cut
/// has no fields.
pub fn headers(layers: &Layers<'_>, each: &mut dyn FnMut(&Layer, &[Field])) {
    let mut found = Vec::new();
    for layer in layers.as_slice() {
        found.clear();
        fields::fields(layers, layer, &mut |name, value| {
            found.push(Field { name, value: value.to_string() });
        });
        each(layer, &found);
    }
}
