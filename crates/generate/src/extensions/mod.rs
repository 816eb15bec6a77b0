//! What marey adds to the configurations of barectf: the map `marey`, directly under `trace` in
//! version 3, where barectf 3 passes over it, and directly under `metadata` in version 2, where
//! barectf refuses it. Each property of the map has a file here.
//!
//! A property that is not there, or is null, has its default: then the tracer is the one that
//! barectf's configuration alone makes.

mod filters;
mod ids;
mod leave_out;

pub use filters::{Filters, level};
pub use leave_out::{LEVELS_LEFT_OUT, LeftOut};

use marey_ctf::schema::Schema;

use crate::diagnostic::Problems;
use crate::shape::{Object, Property, Shape};
use crate::yaml::{Map, Node, Value, in_map, replaced};

/// The property that all of them stand in.
pub const NAME: &str = "marey";
/// Whether the tracer has constants.
const CONSTANTS: &str = "constants";

/// What the map may say, when names of log levels are resolved.
pub static SHAPE: Shape = Shape::Either(&[Shape::Object(&MAREY), Shape::Null]);

static MAREY: Object = Object::new(
    NAME,
    &[
        Property::new(
            leave_out::NAME,
            &leave_out::SHAPE,
            "events that the tracer is built without",
        ),
        Property::new(filters::NAME, &filters::SHAPE, "what decides at run time what is recorded"),
        Property::new(ids::NAME, &ids::SHAPE, "numbers of streams and events that stay"),
        Property::new(
            CONSTANTS,
            &Shape::Either(&[Shape::Bool, Shape::Null]),
            "whether the tracer has constants for numbers of events and for enumerations (false)",
        ),
    ],
);

/// The properties that say nothing of the trace, but only of the program that writes it.
const OF_THE_PROGRAM: [&str; 3] = [leave_out::NAME, filters::NAME, CONSTANTS];

/// What the map says.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Extensions {
    /// The events that the tracer is built without.
    pub left_out: LeftOut,
    /// What decides at run time what is recorded.
    pub filters: Filters,
    /// The tracer has constants for the numbers of events, and for enumerations.
    pub constants: bool,
}

impl Extensions {
    /// What is said in the object that the map stands in, which was checked. Streams and events
    /// get the numbers that are said there.
    pub fn of(holder: &Node, schema: &mut Schema, problems: &mut Problems) -> Self {
        let Some(map) = holder.get(NAME).map(without_nulls) else { return Self::default() };
        ids::number(map.get(ids::NAME), schema, problems);
        Extensions {
            left_out: LeftOut::of(map.get(leave_out::NAME), schema, problems),
            filters: Filters::of(map.get(filters::NAME)),
            constants: map.get(CONSTANTS).and_then(Node::as_bool).unwrap_or_default(),
        }
    }
}

/// The object that the map stands in, with the numbers of log levels in place of their names.
pub fn resolved(holder: &Map, level: impl FnOnce(&Node) -> Node) -> Map {
    replaced(holder, NAME, |node| leave_out::resolved(node, level))
}

/// The object that the map stands in, without what is null in the map.
pub fn normal(holder: &Map) -> Map {
    let mut holder = replaced(holder, NAME, without_nulls);
    if holder.get(NAME).is_some_and(Node::is_null) {
        holder.remove(NAME);
    }
    holder
}

fn without_nulls(node: &Node) -> Node {
    in_map(node, |map| {
        let there = map.iter().filter(|(_, node)| !node.is_null());
        there.map(|(key, node)| (key.clone(), without_nulls(node))).collect()
    })
}

/// An effective configuration without what says nothing of the trace: those who differ in no more
/// than that write the same trace.
pub fn of_the_trace(effective: &Node) -> Node {
    let holder = |node: &Node| in_map(node, |map| without_the_program(&normal(map)));
    in_map(effective, |root| {
        let root = replaced(root, "trace", holder);
        replaced(&root, "metadata", holder)
    })
}

fn without_the_program(holder: &Map) -> Map {
    let mut holder = replaced(holder, NAME, |node| {
        in_map(node, |map| {
            let mut map = map.clone();
            OF_THE_PROGRAM.iter().for_each(|name| drop(map.remove(name)));
            map
        })
    });
    if holder.get(NAME).is_some_and(|node| matches!(&node.value, Value::Map(map) if map.is_empty()))
    {
        holder.remove(NAME);
    }
    holder
}
