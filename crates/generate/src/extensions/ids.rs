//! `ids`: numbers of streams and events that stay as they are.
//!
//! Without it they are numbered by their names, so that a new event changes the numbers of others,
//! and what an older tracer wrote is not what newer metadata says.

use std::collections::BTreeMap;

use marey_ctf::schema::{FieldClass, Identity, Role, Schema, Structure};

use crate::diagnostic::{Diagnostic, Problems};
use crate::shape::{Object, Property, Shape, Text};
use crate::source::Span;
use crate::yaml::{Map, Node, map_of};

/// The property.
pub const NAME: &str = "ids";

/// What it may be.
pub static SHAPE: Shape = Shape::Either(&[
    Shape::Names {
        what: "data stream type",
        key: Text::Any,
        of: &STREAM_OR_NULL,
        min: 0,
        max: usize::MAX,
    },
    Shape::Null,
]);

const ID: &str = "id";
const EVENTS: &str = "events";

const NUMBER: Shape = Shape::Integer { min: 0, max: i128::MAX };
static NUMBER_OR_NULL: Shape = Shape::Either(&[NUMBER, Shape::Null]);
static STREAM_OR_NULL: Shape = Shape::Either(&[Shape::Object(&STREAM), Shape::Null]);
static STREAM: Object = Object::new(
    "stream ids",
    &[
        Property::new(ID, &NUMBER_OR_NULL, "the number of the stream"),
        Property::new(EVENTS, &EVENTS_SHAPE, "names of its events with their numbers"),
    ],
);
static EVENTS_SHAPE: Shape = Shape::Either(&[
    Shape::Names {
        what: "event record type",
        key: Text::Any,
        of: &NUMBER,
        min: 0,
        max: usize::MAX,
    },
    Shape::Null,
]);

/// Gives streams and events the numbers that are said, and to the others the lowest that are left,
/// in their usual order.
pub(super) fn number(said: Option<&Node>, schema: &mut Schema, problems: &mut Problems) {
    let Some(said) = said else { return };
    let streams = map_of(Some(said));
    number_streams(&streams, schema, problems);
    for stream in &mut schema.streams {
        let Some(own) = streams.get(name(&stream.identity)) else { continue };
        let Some(events) = own.get(EVENTS) else { continue };
        let numbered = map_of(Some(events));
        let wanted = numbered.iter().map(|(key, node)| (key.text(), node));
        let mut numbers = Numbers {
            what: "event",
            names: stream.events.iter().map(|event| name(&event.identity).to_owned()).collect(),
            len_bits: len_bits(stream.event_header.as_ref(), Role::EventClassId),
            problems: &mut *problems,
        };
        numbers.check_names(numbered.iter().map(|(key, _)| (key.text(), key.span)).collect());
        let found = numbers.give(wanted.collect());
        for (event, id) in stream.events.iter_mut().zip(found) {
            event.id = id;
        }
    }
}

fn number_streams(streams: &Map, schema: &mut Schema, problems: &mut Problems) {
    let mut numbers = Numbers {
        what: "stream",
        names: schema.streams.iter().map(|stream| name(&stream.identity).to_owned()).collect(),
        len_bits: len_bits(schema.trace.packet_header.as_ref(), Role::DataStreamClassId),
        problems,
    };
    numbers.check_names(streams.iter().map(|(key, _)| (key.text(), key.span)).collect());
    let wanted = streams.iter().filter_map(|(key, node)| Some((key.text(), node.get(ID)?)));
    let found = numbers.give(wanted.collect());
    for (stream, id) in schema.streams.iter_mut().zip(found) {
        stream.id = stream.id.map(|_| id);
    }
}

/// Gives numbers to names of one kind.
struct Numbers<'p> {
    what: &'static str,
    /// All names there are, in their usual order.
    names: Vec<String>,
    /// How long the field is that holds the number; there may be none.
    len_bits: Option<u32>,
    problems: &'p mut Problems,
}

impl Numbers<'_> {
    /// What is named is there.
    fn check_names(&mut self, names: Vec<(&str, Span)>) {
        for (name, span) in names {
            if self.names.iter().any(|known| known == name) {
                continue;
            }
            let what = format!("there is no {} `{name}`", self.what);
            let known = self.names.iter().map(String::as_str);
            let found = Diagnostic::error(what).at(span, "nothing has this name");
            self.problems.add(found.help_nearest(name, known));
        }
    }

    /// The number of each name, in the order of the names.
    fn give(&mut self, wanted: Vec<(&str, &Node)>) -> Vec<u64> {
        let mut taken: BTreeMap<u64, Span> = BTreeMap::new();
        let mut given: BTreeMap<&str, u64> = BTreeMap::new();
        for (name, node) in wanted {
            let Some(number) = self.checked(node) else { continue };
            if let Some(first) = taken.insert(number, node.span) {
                let what = format!("two {}s have the number {number}", self.what);
                let found = Diagnostic::error(what).at(node.span, "the second");
                self.problems.add(found.also(first, "the first"));
            }
            given.insert(name, number);
        }
        let mut free = (0..=u64::MAX).filter(|number| !taken.contains_key(number));
        let number = |name: &String| given.get(name.as_str()).copied().or_else(|| free.next());
        self.names.iter().map(number).map(Option::unwrap_or_default).collect()
    }

    /// A number that its field can hold.
    fn checked(&mut self, node: &Node) -> Option<u64> {
        let number = node.as_int()?;
        let Some(len_bits) = self.len_bits else {
            let what = format!("the numbers of these {}s are not in the trace", self.what);
            let help = "leave `ids` out here, or write the field that holds it";
            self.problems.add(Diagnostic::error(what).at(node.span, "no field says it").help(help));
            return None;
        };
        let highest = u64::MAX >> (64 - len_bits.clamp(1, 64));
        let fits = u64::try_from(number).ok().filter(|number| *number <= highest);
        if fits.is_none() {
            let what = format!("{len_bits} bits cannot hold this number");
            let label = format!("{} numbers go from 0 to {highest} here", self.what);
            self.problems.error(what, node.span, label);
        }
        fits
    }
}

/// How long the field with this role is.
fn len_bits(structure: Option<&Structure>, role: Role) -> Option<u32> {
    structure?.members.iter().find_map(|member| match &member.class {
        FieldClass::Integer(class) if class.is(role) => Some(class.len_bits),
        _ => None,
    })
}

fn name(identity: &Identity) -> &str {
    identity.name.as_deref().unwrap_or_default()
}
