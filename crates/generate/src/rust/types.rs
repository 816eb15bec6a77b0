//! Types in Rust: parameters, and enumerations.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use marey_ctf::schema::{Array, FieldClass, Integer, Length, Meaning, Member, Role, Structure};

use super::compound_types::{Types, has_references};
use super::names::{Given, constant};
use super::walk::{Found, Place, classes};
use crate::definition::Definition;
use crate::plan::selector;

/// The type of an integer.
pub fn integer_type(class: &Integer) -> String {
    let sign = if class.is_signed() { 'i' } else { 'u' };
    format!("{sign}{}", class.len_bits.next_power_of_two().max(8))
}

/// The types of all enumerations of a definition.
pub struct Enumerations<'d> {
    /// The type at each place.
    pub types: BTreeMap<Place, String>,
    /// What each was to be called and is called, and what it is.
    classes: Vec<(String, String, &'d Integer)>,
}

impl<'d> Enumerations<'d> {
    /// Finds and names them. A type is called as its field, unless others with that name differ.
    pub fn of(definition: &'d Definition, given: &mut Given) -> Self {
        let named = |found: Found<'d>| {
            let class = enumeration(found.class)?;
            Some((found.place, class, found.names))
        };
        let found: Vec<_> = classes(definition).into_iter().filter_map(named).collect();
        let mut enumerations = Enumerations { types: BTreeMap::new(), classes: Vec::new() };
        for (place, class, names) in &found {
            let is_clear = |level: &usize| {
                let others = found.iter().filter(|(.., other)| other[*level] == names[*level]);
                others.into_iter().all(|(_, other, _)| is_same(other, class))
            };
            let level = (0..3).find(is_clear).unwrap_or(2);
            let wanted = &names[level];
            let known = |(known, _, other): &&(String, String, &Integer)| {
                known == wanted && is_same(other, class)
            };
            let own = match enumerations.classes.iter().find(known) {
                Some((_, own, _)) => own.clone(),
                None => {
                    let own = given.numbered(wanted);
                    enumerations.classes.push((wanted.clone(), own.clone(), class));
                    own
                }
            };
            enumerations.types.insert(place.clone(), own);
        }
        enumerations
    }

    /// All of them with their names.
    pub fn named(self) -> Vec<(String, &'d Integer)> {
        self.classes.into_iter().map(|(_, own, class)| (own, class)).collect()
    }

    /// Their declarations.
    pub fn text(&self) -> String {
        self.classes.iter().map(|(_, name, class)| declaration(name, class)).collect()
    }
}

fn is_same(one: &Integer, other: &Integer) -> bool {
    integer_type(one) == integer_type(other) && one.mappings == other.mappings
}

/// The class as an enumeration, if it is one.
fn enumeration(class: &FieldClass) -> Option<&Integer> {
    match class {
        FieldClass::Integer(class) => {
            let is_named = !class.mappings.is_empty() && class.meaning != Meaning::Boolean;
            is_named.then_some(class)
        }
        _ => None,
    }
}

/// The members of a structure that say how long others are, whether they are there, or which.
pub fn lengths(structure: &Structure) -> BTreeSet<String> {
    let own = |member: &Member| length_of(&member.class).or(selector(&member.class).cloned());
    structure.members.iter().filter_map(own).collect()
}

/// The member that says how long an array or a blob is.
pub fn length_of(class: &FieldClass) -> Option<String> {
    let length = match class {
        FieldClass::Array(class) => &class.length,
        FieldClass::Blob(class) => &class.len_bytes,
        _ => return None,
    };
    let Length::Dynamic(at) = length else { return None };
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

/// The type of a parameter: what is long is referred to. That lives for `lifetime`, which is empty
/// or ends with a space.
pub fn type_of(class: &FieldClass, types: Types<'_>, place: &Place, lifetime: &str) -> String {
    let own = value_type(class, types, place, lifetime);
    let is_long = match class {
        FieldClass::Array(class) => matches!(class.length, Length::Static(_)),
        FieldClass::Blob(class) => matches!(class.len_bytes, Length::Static(_)),
        FieldClass::Structure(_) | FieldClass::Variant(_) => true,
        _ => false,
    };
    if is_long { format!("&{lifetime}{own}") } else { own }
}

/// The type of a value in a structure or an array.
pub fn value_type(class: &FieldClass, types: Types<'_>, place: &Place, lifetime: &str) -> String {
    match class {
        FieldClass::Array(Array { length, element, .. }) => {
            let element = value_type(element, types, place, lifetime);
            match length {
                Length::Static(count) => format!("[{element}; {count}]"),
                Length::Dynamic(_) => format!("&{lifetime}[{element}]"),
            }
        }
        FieldClass::Blob(class) => match class.len_bytes {
            Length::Static(count) => format!("[u8; {count}]"),
            Length::Dynamic(_) => format!("&{lifetime}[u8]"),
        },
        FieldClass::Integer(class) if class.meaning == Meaning::Boolean => "bool".to_owned(),
        FieldClass::Integer(class) => {
            let enumeration = types.enumerations.types.get(place);
            enumeration.cloned().unwrap_or_else(|| integer_type(class))
        }
        FieldClass::Float(class) => format!("f{}", class.len_bits),
        FieldClass::Structure(_) | FieldClass::Variant(_) => {
            let name = types.compounds.name(place);
            match lifetime.trim_end() {
                _ if !has_references(class) => name.to_owned(),
                "" => format!("{name}<'_>"),
                lifetime => format!("{name}<{lifetime}>"),
            }
        }
        FieldClass::Optional(class) => {
            format!("Option<{}>", value_type(&class.class, types, place, lifetime))
        }
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
        FieldClass::Integer(class) if class.meaning == Meaning::Boolean => {
            "true or false".to_owned()
        }
        FieldClass::Integer(class) => {
            let sign = if class.is_signed() { "signed" } else { "unsigned" };
            format!("{sign}, {} bits", class.len_bits)
        }
        FieldClass::Blob(class) => {
            let count = match class.len_bytes {
                Length::Static(count) => format!("{count} bytes"),
                Length::Dynamic(_) => "any number of bytes".to_owned(),
            };
            let what = class.media_type.as_deref().map(|what| format!(", {}", quoted(what)));
            count + &what.unwrap_or_default()
        }
        FieldClass::Structure(_) => "a structure".to_owned(),
        FieldClass::Variant(_) => "one of several".to_owned(),
        FieldClass::Optional(class) => format!("may be absent: {}", about(&class.class)),
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
