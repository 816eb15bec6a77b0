//! Types in Rust: parameters, and enumerations.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use marey_ctf::schema::{Array, FieldClass, Integer, Length, Member, Role, Scope, Structure};

use super::names::{Given, camel, constant, event_scopes, name, packet_scopes};
use crate::definition::Definition;

/// The type of an integer.
pub fn integer_type(class: &Integer) -> String {
    let sign = if class.is_signed() { 'i' } else { 'u' };
    format!("{sign}{}", class.len_bits.next_power_of_two().max(8))
}

/// A place in a definition at which an enumeration may be: stream, event, scope, field.
pub type Place = (usize, Option<usize>, Scope, String);

/// The types of all enumerations of a definition.
pub struct Enumerations<'d> {
    /// The type at each place.
    pub types: BTreeMap<Place, String>,
    /// What each was to be called and is called, and what it is.
    classes: Vec<(String, String, &'d Integer)>,
}

/// An enumeration, and how its type may be called: as short as possible first.
struct Found<'d> {
    place: Place,
    class: &'d Integer,
    names: [String; 3],
}

impl<'d> Enumerations<'d> {
    /// Finds and names them. A type is called as its field, unless others with that name differ.
    pub fn of(definition: &'d Definition, given: &mut Given) -> Self {
        let found = find(definition);
        let mut enumerations = Enumerations { types: BTreeMap::new(), classes: Vec::new() };
        for one in &found {
            let is_clear = |level: &usize| {
                let others = found.iter().filter(|other| other.names[*level] == one.names[*level]);
                others.into_iter().all(|other| is_same(other.class, one.class))
            };
            let level = (0..3).find(is_clear).unwrap_or(2);
            let wanted = &one.names[level];
            let known = |(known, _, class): &&(String, String, &Integer)| {
                known == wanted && is_same(class, one.class)
            };
            let own = match enumerations.classes.iter().find(known) {
                Some((_, own, _)) => own.clone(),
                None => {
                    let own = given.numbered(wanted);
                    enumerations.classes.push((wanted.clone(), own.clone(), one.class));
                    own
                }
            };
            enumerations.types.insert(one.place.clone(), own);
        }
        enumerations
    }

    /// Their declarations.
    pub fn text(&self) -> String {
        self.classes.iter().map(|(_, name, class)| declaration(name, class)).collect()
    }
}

fn is_same(one: &Integer, other: &Integer) -> bool {
    integer_type(one) == integer_type(other) && one.mappings == other.mappings
}

fn find(definition: &Definition) -> Vec<Found<'_>> {
    let mut found = Vec::new();
    for (index, stream) in definition.schema.streams.iter().enumerate() {
        let stream_name = camel(name(&stream.identity));
        for (scope, structure) in packet_scopes(definition, stream) {
            let names = [stream_name.clone() + "Packet", stream_name.clone() + "Packet"];
            find_in(&mut found, (index, None, scope), structure, &names);
        }
        for (event_index, event) in stream.events.iter().enumerate() {
            let own = camel(name(&event.identity));
            let names = [own.clone(), stream_name.clone() + &own];
            for (scope, structure) in event_scopes(stream, event) {
                find_in(&mut found, (index, Some(event_index), scope), structure, &names);
            }
        }
    }
    found
}

fn find_in<'d>(
    found: &mut Vec<Found<'d>>,
    (stream, event, scope): (usize, Option<usize>, Scope),
    structure: &'d Structure,
    of: &[String; 2],
) {
    let lengths = lengths(structure);
    for member in &structure.members {
        let Some(class) = innermost(&member.class) else { continue };
        if class.mappings.is_empty() || !is_parameter(member, &lengths) {
            continue;
        }
        let own = camel(&member.name);
        let own = if own.starts_with(|c: char| c.is_ascii_alphabetic()) {
            own
        } else {
            format!("Field{own}")
        };
        let names = [own.clone(), format!("{}{own}", of[0]), format!("{}{own}", of[1])];
        found.push(Found { place: (stream, event, scope, member.name.clone()), class, names });
    }
}

fn innermost(class: &FieldClass) -> Option<&Integer> {
    match class {
        FieldClass::Integer(class) => Some(class),
        FieldClass::Array(class) => innermost(&class.element),
        _ => None,
    }
}

/// The members of a structure that are lengths of arrays in it.
pub fn lengths(structure: &Structure) -> BTreeSet<String> {
    structure.members.iter().filter_map(|member| length_of(&member.class)).collect()
}

/// The member that says how long an array is.
pub fn length_of(class: &FieldClass) -> Option<String> {
    let FieldClass::Array(Array { length: Length::Dynamic(at), .. }) = class else { return None };
    at.path.first().cloned().flatten()
}

/// Whether the program gives the value of a member, and not the tracer.
pub fn is_parameter(member: &Member, lengths: &BTreeSet<String>) -> bool {
    match &member.class {
        FieldClass::Integer(class) => class.roles.is_empty() && !lengths.contains(&member.name),
        FieldClass::Array(class) => !class.roles.contains(&Role::MetadataStreamUuid),
        _ => true,
    }
}

/// The type of a parameter; `enumeration` is what its innermost elements are, if they have names.
/// What it refers to lives for `lifetime`, which is empty or ends with a space.
pub fn type_of(class: &FieldClass, enumeration: Option<&String>, lifetime: &str) -> String {
    match class {
        FieldClass::Array(array) => {
            let element = element_type(&array.element, enumeration, lifetime);
            match array.length {
                Length::Static(count) => format!("&{lifetime}[{element}; {count}]"),
                Length::Dynamic(_) => format!("&{lifetime}[{element}]"),
            }
        }
        class => element_type(class, enumeration, lifetime),
    }
}

fn element_type(class: &FieldClass, enumeration: Option<&String>, lifetime: &str) -> String {
    match class {
        FieldClass::Array(Array { length: Length::Static(count), element, .. }) => {
            format!("[{}; {count}]", element_type(element, enumeration, lifetime))
        }
        FieldClass::Integer(class) => enumeration.cloned().unwrap_or_else(|| integer_type(class)),
        FieldClass::Float(class) => format!("f{}", class.len_bits),
        _ => format!("&{lifetime}str"),
    }
}

/// What a parameter is, in words.
pub fn about(class: &FieldClass) -> String {
    match class {
        FieldClass::Array(array) => {
            let count = match array.length {
                Length::Static(count) => format!("{count} times"),
                Length::Dynamic(_) => "any number".to_owned(),
            };
            format!("{count}: {}", about(&array.element))
        }
        FieldClass::Integer(class) => {
            let sign = if class.is_signed() { "signed" } else { "unsigned" };
            format!("{sign}, {} bits", class.len_bits)
        }
        FieldClass::Float(class) => format!("floating-point, {} bits", class.len_bits),
        _ => "text, up to its first 0".to_owned(),
    }
}

/// A text in documentation, as it stands in the configuration.
pub fn quoted(text: &str) -> String {
    let clean = |c: char| if c == '`' || c.is_control() { '\'' } else { c };
    format!("`{}`", text.chars().map(clean).collect::<String>())
}

fn declaration(name: &str, class: &Integer) -> String {
    let own = integer_type(class);
    let mut text = format!(
        "\n/// A value that may have a name; any other one is written as it is.\n\
         #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]\n\
         pub struct {name}(\n    /// The value.\n    pub {own},\n);\n\n\
         #[allow(dead_code, reason = \"a program need not use all of it\")]\nimpl {name} {{\n"
    );
    let mut given = Given::constants();
    for mapping in &class.mappings {
        let fits = |value: i128| match class.is_signed() {
            true => value >> (class.len_bits - 1) == value >> 127,
            false => (0..1 << class.len_bits).contains(&value),
        };
        let Some(first) = mapping.ranges.first().filter(|range| fits(range.from)) else { continue };
        let ranges = mapping.ranges.iter().map(|range| match range.from == range.to {
            true => range.from.to_string(),
            false => format!("{} to {}", range.from, range.to),
        });
        let ranges: Vec<_> = ranges.collect();
        let constant = given.numbered(&constant(&mapping.label));
        let _ = write!(
            text,
            "    /// {}: {}.\n    pub const {constant}: Self = Self({});\n",
            quoted(&mapping.label),
            ranges.join(", "),
            first.from
        );
    }
    let _ = write!(
        text,
        "}}\n\nimpl From<{own}> for {name} {{\n    fn from(value: {own}) -> Self {{\n        \
         Self(value)\n    }}\n}}\n"
    );
    text
}
