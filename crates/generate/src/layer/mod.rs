//! Events that go into the rings of `marey-layer` and not into packets: what it calls them, and
//! what their fields are.
//!
//! An event is called `STREAM:EVENT`. Its fields are the members of the common context, of the
//! event's own context and of the payload, in this order; those of structures stand in their place,
//! `a.b` as `a_b`. What packets and headers have of their own is not among them, nor are lengths of
//! arrays: an array knows how long it is. [`c`](crate::c::layer) and [`rust`](crate::rust::layer)
//! write functions for what is found here.

mod names;

use marey_ctf::schema::{Array, EventClass, FieldClass, Integer, Length, Meaning};
use marey_ctf::schema::{Member, Scope, StreamClass, Structure};

use crate::definition::Definition;
use crate::plan::Unsupported;
use crate::rust::{is_parameter, lengths};
use crate::scopes::{event_scopes, name};

/// How many events a program has at most (`marey_layer::layout::CLASSES_MAX`).
const EVENTS_MAX: usize = 4096;
/// How many fields an event has at most (`marey_layer::layout::FIELDS_MAX`).
const FIELDS_MAX: usize = 32;
/// The longest name (`marey_layer::layout::NAME_BYTES_MAX`).
const NAME_BYTES_MAX: usize = 255;
/// How long the description of an event is at most (`marey_layer::layout::class::ENTRY_BYTES_MAX`).
const ENTRY_BYTES_MAX: usize = 4096;
/// What of that stands in front of the names (`marey_layer::layout::class::FIXED_BYTES`).
const ENTRY_FIXED_BYTES: usize = 16;
/// What of that is kept free behind the names, where it is made a multiple of 8.
const ENTRY_FREE_BYTES: usize = 8;
/// How many bytes of a text, an array of bytes or one of words an event keeps
/// (`marey_layer::layout::value::TEXT_BYTES_MAX`).
pub const TEXT_BYTES_MAX: usize = 1024;

/// An event as `marey-layer` knows it.
pub struct Event<'d> {
    /// `STREAM:EVENT`.
    pub name: String,
    /// How much it matters.
    pub level: Level,
    /// Its fields, in order.
    pub fields: Vec<Field<'d>>,
}

/// A field of an event.
pub struct Field<'d> {
    /// Its name, which no other field of the event has.
    pub name: String,
    /// The outermost structure that it is in.
    pub scope: Scope,
    /// The names of members on the way to it, its own at the end.
    pub path: Vec<&'d str>,
    /// What the configuration says of it.
    pub class: &'d FieldClass,
    /// What it becomes.
    pub of: Type,
}

/// The types of fields in `marey-layer`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// True or false.
    Flag,
    /// A number of 8, 16, 32 or 64 bits.
    Number {
        /// How many.
        len_bits: u32,
        /// It may be below 0.
        is_signed: bool,
    },
    /// A floating-point number of 32 or 64 bits.
    Float(u32),
    /// A text.
    Text,
    /// Numbers of 8 bits, which are bytes.
    Bytes,
    /// Unsigned numbers of 32 bits.
    Words,
}

/// How much an event matters (`marey_layer::Level`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

impl Level {
    /// That of a log level as syslog (RFC 5424) and LTTng number them: of both the lowest one is
    /// the gravest, and what is for debugging is from 7 to 14. Without one it is `Info`.
    pub fn of(log_level: Option<i64>) -> Self {
        match log_level {
            Some(..=3) => Level::Error,
            Some(4) => Level::Warn,
            Some(5 | 6) | None => Level::Info,
            Some(7..=14) => Level::Debug,
            Some(15..) => Level::Trace,
        }
    }
}

/// What becomes of an event.
///
/// # Errors
///
/// What `marey-layer` has no type or no room for.
pub fn event<'d>(
    stream: &'d StreamClass,
    event: &'d EventClass,
) -> Result<Event<'d>, Vec<Unsupported>> {
    let (of_stream, own) = (name(&stream.identity), name(&event.identity));
    let own = format!("{of_stream}:{own}");
    let mut found = Found::default();
    for (scope, structure) in event_scopes(stream, event) {
        if scope != Scope::EventHeader {
            found.of = if scope == Scope::EventCommonContext { of_stream } else { &own }.to_owned();
            found.members(scope, structure, &mut Vec::new());
        }
    }
    let Found { mut fields, mut unsupported, .. } = found;
    names::give(&mut fields);
    let mut refuse = |field: &str, what| {
        unsupported.push(Unsupported { field: field.to_owned(), what });
    };
    if fields.len() > FIELDS_MAX {
        refuse(&own, "marey-layer has at most 32 fields for an event");
    }
    let names = own.split(':').chain(fields.iter().map(|field| field.name.as_str()));
    for long in names.clone().filter(|name| name.len() > NAME_BYTES_MAX) {
        refuse(long, "marey-layer has names of at most 255 bytes");
    }
    let source_file = 2 + NAME_BYTES_MAX;
    if names.map(|name| name.len() + 3).sum::<usize>() + source_file
        > ENTRY_BYTES_MAX - ENTRY_FIXED_BYTES - ENTRY_FREE_BYTES
    {
        refuse(&own, "the names of its fields are too long together for marey-layer (4096 bytes)");
    }
    let event = Event { name: own, level: Level::of(event.log_level), fields };
    if unsupported.is_empty() { Ok(event) } else { Err(unsupported) }
}

/// Why not all events of a definition have a place, if they have not.
pub fn too_many(definition: &Definition) -> Option<Unsupported> {
    let left_out = |stream, event| definition.extensions.left_out.has(stream, event);
    let streams = definition.schema.streams.iter();
    let recorded =
        streams.map(|stream| stream.events.iter().filter(|event| !left_out(stream, event)).count());
    let count: usize = recorded.sum();
    let what = "marey-layer has at most 4096 for a program";
    (count > EVENTS_MAX).then(|| Unsupported { field: format!("{count} events"), what })
}

#[derive(Default)]
struct Found<'d> {
    /// What the fields are of, as messages name it.
    of: String,
    fields: Vec<Field<'d>>,
    unsupported: Vec<Unsupported>,
}

impl<'d> Found<'d> {
    fn members(&mut self, scope: Scope, structure: &'d Structure, path: &mut Vec<&'d str>) {
        let lengths = lengths(structure);
        for member in structure.members.iter().filter(|member| is_parameter(member, &lengths)) {
            path.push(&member.name);
            self.member(scope, member, path);
            path.pop();
        }
    }

    fn member(&mut self, scope: Scope, member: &'d Member, path: &mut Vec<&'d str>) {
        if let FieldClass::Structure(class) = &member.class {
            return self.members(scope, class, path);
        }
        match Type::of(&member.class) {
            Ok(of) => {
                let (name, path) = (String::new(), path.clone());
                self.fields.push(Field { name, scope, path, class: &member.class, of });
            }
            Err(what) => {
                let field = format!("{}.{}", self.of, path.join("."));
                self.unsupported.push(Unsupported { field, what });
            }
        }
    }
}

impl Type {
    /// What a class of fields becomes, or why nothing.
    fn of(class: &FieldClass) -> Result<Self, &'static str> {
        match class {
            FieldClass::Integer(class) if class.meaning == Meaning::Boolean => Ok(Type::Flag),
            FieldClass::Integer(class) => {
                Ok(Type::Number { len_bits: width(class), is_signed: class.is_signed() })
            }
            FieldClass::Float(class) if matches!(class.len_bits, 32 | 64) => {
                Ok(Type::Float(class.len_bits))
            }
            FieldClass::Str(_) => Ok(Type::Text),
            FieldClass::Blob(_) => Ok(Type::Bytes),
            FieldClass::Array(class) => Type::of_array(class),
            FieldClass::Optional(_) => Err("marey-layer has no fields that may be absent"),
            FieldClass::Variant(_) => Err("marey-layer has no fields that are one of several"),
            _ => Err("marey-layer has no such type"),
        }
    }

    fn of_array(class: &Array) -> Result<Self, &'static str> {
        if let FieldClass::Integer(element) = class.element.as_ref()
            && element.meaning != Meaning::Boolean
        {
            match width(element) {
                8 => return Ok(Type::Bytes),
                32 if !element.is_signed() => return Ok(Type::Words),
                _ => {}
            }
        }
        Err("of arrays, marey-layer has bytes, and unsigned numbers of 32 bits")
    }
}

/// How long an array or a blob is, where that is the same for all.
pub fn static_length(class: &FieldClass) -> Option<u64> {
    let length = match class {
        FieldClass::Array(class) => &class.length,
        FieldClass::Blob(class) => &class.len_bytes,
        _ => return None,
    };
    if let Length::Static(length) = length { Some(*length) } else { None }
}

/// How many bits an integer takes in memory.
pub fn width(class: &Integer) -> u32 {
    class.len_bits.next_power_of_two().max(8)
}

#[cfg(test)]
mod tests {
    use marey_layer::layout;

    use super::*;

    #[test]
    fn limits_are_those_of_the_layer() {
        let (events, fields) = (layout::CLASSES_MAX, layout::FIELDS_MAX);
        assert_eq!((EVENTS_MAX, FIELDS_MAX), (events, fields));
        assert_eq!(NAME_BYTES_MAX, layout::NAME_BYTES_MAX);
        let (entry, fixed) = (layout::class::ENTRY_BYTES_MAX, layout::class::FIXED_BYTES);
        assert_eq!((ENTRY_BYTES_MAX, ENTRY_FIXED_BYTES), (entry, fixed));
        assert_eq!(TEXT_BYTES_MAX, layout::value::TEXT_BYTES_MAX);
    }

    #[test]
    fn log_levels_are_those_of_syslog_and_lttng() {
        let levels = [Some(-1), Some(0), Some(3), Some(4), Some(5), Some(6), None, Some(7)];
        let (error, info) = (Level::Error, Level::Info);
        let expected = [error, error, error, Level::Warn, info, info, info, Level::Debug];
        assert_eq!(levels.map(Level::of), expected);
        assert_eq!(
            [Some(14), Some(15), Some(i64::MAX)].map(Level::of),
            [Level::Debug, Level::Trace, Level::Trace]
        );
    }
}
