//! `leave-out`: events that the tracer is built without.
//!
//! They keep their numbers, and the metadata describes them: builds that leave out different events
//! write traces that the same metadata describes.

use std::collections::BTreeSet;

use marey_ctf::schema::{EventClass, Identity, Schema, StreamClass};

use crate::diagnostic::{Diagnostic, Problems};
use crate::shape::{Object, Property, Shape, Text};
use crate::yaml::{Node, in_map, replaced};

/// The property.
pub const NAME: &str = "leave-out";

/// What it may be.
pub static SHAPE: Shape = Shape::Either(&[Shape::Object(&LEAVE_OUT), Shape::Null]);

const EVENTS: &str = "events";
const LOG_LEVELS_ABOVE: &str = "log-levels-above";
/// The object and the property of it that takes the name of a log level, too.
pub const LEVELS_LEFT_OUT: (&str, &str) = (NAME, LOG_LEVELS_ABOVE);

static PATTERNS: Shape = Shape::Either(&[Shape::list(&Shape::Text(Text::Any)), Shape::Null]);
static LEVEL: Shape = Shape::Either(&[Shape::Integer { min: 0, max: i128::MAX }, Shape::Null]);
static LEAVE_OUT: Object = Object::new(
    NAME,
    &[
        Property::new(EVENTS, &PATTERNS, "patterns of `EVENT` or `STREAM/EVENT`, with `*` and `?`"),
        Property::new(LOG_LEVELS_ABOVE, &LEVEL, "leaves out events of log levels above this one"),
    ],
);

/// The events that a tracer is built without.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct LeftOut(BTreeSet<(String, String)>);

impl LeftOut {
    /// Whether an event of a stream is among them.
    pub fn has(&self, stream: &StreamClass, event: &EventClass) -> bool {
        let Some(stream) = &stream.identity.name else { return false };
        let Some(event) = &event.identity.name else { return false };
        self.0.iter().any(|(of, name)| of == stream && name == event)
    }

    /// The events that what is said means, if something is.
    pub(super) fn of(said: Option<&Node>, schema: &Schema, problems: &mut Problems) -> Self {
        let Some(said) = said else { return Self::default() };
        let mut left_out = above(said.get(LOG_LEVELS_ABOVE).and_then(Node::as_int), schema);
        for pattern in said.get(EVENTS).and_then(Node::as_list).unwrap_or_default() {
            let found = matching(pattern.as_text().unwrap_or_default(), schema);
            if found.is_empty() {
                problems.add(no_event(pattern, schema));
            }
            left_out.extend(found);
        }
        LeftOut(left_out)
    }
}

/// The property `marey` with the number of a log level in place of its name.
pub fn resolved(marey: &Node, level: impl FnOnce(&Node) -> Node) -> Node {
    in_map(marey, |map| {
        replaced(map, NAME, |node| in_map(node, |map| replaced(map, LOG_LEVELS_ABOVE, level)))
    })
}

/// The names of all events, each behind that of its stream.
fn events(schema: &Schema) -> impl Iterator<Item = (&StreamClass, &EventClass)> {
    schema.streams.iter().flat_map(|stream| stream.events.iter().map(move |event| (stream, event)))
}

fn name(identity: &Identity) -> &str {
    identity.name.as_deref().unwrap_or_default()
}

fn names((stream, event): (&StreamClass, &EventClass)) -> (String, String) {
    (name(&stream.identity).to_owned(), name(&event.identity).to_owned())
}

/// The events whose log level is above this one. Those without a log level are not.
fn above(most: Option<i128>, schema: &Schema) -> BTreeSet<(String, String)> {
    let Some(most) = most else { return BTreeSet::new() };
    let is_above = |event: &EventClass| event.log_level.is_some_and(|level| most < level.into());
    events(schema).filter(|(_, event)| is_above(event)).map(names).collect()
}

/// The events that a pattern means: names of events of any stream, or behind that of the stream.
fn matching(pattern: &str, schema: &Schema) -> BTreeSet<(String, String)> {
    let (of, pattern) = pattern.split_once('/').unwrap_or(("*", pattern));
    let is_meant = |(stream, event): &(&StreamClass, &EventClass)| {
        matches(of, name(&stream.identity)) && matches(pattern, name(&event.identity))
    };
    events(schema).filter(is_meant).map(names).collect()
}

fn no_event(pattern: &Node, schema: &Schema) -> Diagnostic {
    let text = pattern.as_text().unwrap_or_default();
    let names = events(schema).map(|(stream, event)| {
        let event = name(&event.identity);
        if text.contains('/') {
            format!("{}/{event}", name(&stream.identity))
        } else {
            event.into()
        }
    });
    let names: BTreeSet<String> = names.collect();
    Diagnostic::warning(format!("`{text}` is the name of no event"))
        .at(pattern.span, "it leaves nothing out")
        .help_nearest(text, names.iter().map(String::as_str))
}

/// Whether a pattern means a name: `*` is any text, `?` any letter, and all else is itself.
fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.as_bytes(), name.as_bytes());
    let (mut at, mut in_name) = (0, 0);
    // Where to go on when the rest does not fit: behind the latest `*`, with one letter more in it.
    let mut again: Option<(usize, usize)> = None;
    while let Some(letter) = name.get(in_name) {
        match pattern.get(at) {
            Some(b'*') => {
                again = Some((at + 1, in_name));
                at += 1;
            }
            Some(wanted) if *wanted == b'?' || wanted == letter => {
                (at, in_name) = (at + 1, in_name + 1)
            }
            _ => match again {
                Some((behind, from)) => {
                    again = Some((behind, from + 1));
                    (at, in_name) = (behind, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(at).all(|rest| *rest == b'*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_mean_names() {
        for (pattern, name) in [
            ("*", ""),
            ("*", "irq"),
            ("irq", "irq"),
            ("irq_*", "irq_"),
            ("*_exit", "irq_exit"),
            ("*_e*_e*", "a_b_e_c_ee"),
            ("i?q", "irq"),
            ("**q", "irq"),
        ] {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("", "a"),
            ("a", ""),
            ("?", ""),
            ("irq", "irqs"),
            ("*_exit", "irq_exits"),
            ("I*", "irq"),
        ] {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }
}
