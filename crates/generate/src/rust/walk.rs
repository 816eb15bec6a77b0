//! All that may need a type of its own.

use marey_ctf::schema::{FieldClass, Scope, Structure};

use super::names::camel;
use super::types::{is_parameter, lengths};
use crate::definition::Definition;
use crate::scopes::{event_scopes, name, packet_scopes};

/// A place in a definition: stream, event, scope, and the names of fields on the way, with dots.
pub type Place = (usize, Option<usize>, Scope, String);

/// A class at a place.
pub struct Found<'d> {
    pub place: Place,
    pub class: &'d FieldClass,
    /// What the type of an enumeration may be called: as short as possible first.
    pub names: [String; 3],
    /// What the type of a compound may be called.
    pub long_names: [String; 2],
}

/// All classes that are not arrays or optional themselves, in order; those in others behind them.
pub fn classes(definition: &Definition) -> Vec<Found<'_>> {
    let (of, stream) = Default::default();
    let mut walk = Walk { found: Vec::new(), place: (0, None, Scope::PacketHeader), of, stream };
    for (index, stream) in definition.schema.streams.iter().enumerate() {
        let stream_name = camel(name(&stream.identity));
        walk.stream.clone_from(&stream_name);
        for (scope, structure) in packet_scopes(definition, stream) {
            walk.of = [stream_name.clone() + "Packet", stream_name.clone() + "Packet"];
            walk.place = (index, None, scope);
            walk.members(structure, &mut Vec::new());
        }
        for (event_index, event) in stream.events.iter().enumerate() {
            let own = camel(name(&event.identity));
            walk.of = [own.clone(), stream_name.clone() + &own];
            for (scope, structure) in event_scopes(stream, event) {
                walk.place = (index, Some(event_index), scope);
                walk.members(structure, &mut Vec::new());
            }
        }
    }
    walk.found
}

struct Walk<'d> {
    found: Vec<Found<'d>>,
    place: (usize, Option<usize>, Scope),
    /// What the names of types may begin with.
    of: [String; 2],
    /// The name of the stream as that of a type.
    stream: String,
}

impl<'d> Walk<'d> {
    fn members(&mut self, structure: &'d Structure, path: &mut Vec<&'d str>) {
        let lengths = lengths(structure);
        for member in structure.members.iter().filter(|member| is_parameter(member, &lengths)) {
            path.push(&member.name);
            self.class(&member.class, path);
            path.pop();
        }
    }

    fn class(&mut self, class: &'d FieldClass, path: &mut Vec<&'d str>) {
        match class {
            FieldClass::Array(class) => return self.class(&class.element, path),
            FieldClass::Optional(class) => return self.class(&class.class, path),
            _ => self.add(class, path),
        }
        match class {
            FieldClass::Structure(class) => self.members(class, path),
            FieldClass::Variant(class) => {
                for option in &class.options {
                    path.push(option.name.as_deref().unwrap_or_default());
                    self.class(&option.class, path);
                    path.pop();
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, class: &'d FieldClass, path: &[&str]) {
        let (stream, event, scope) = self.place;
        let of_path: String = path.iter().map(|name| own_name(name)).collect();
        let own = path.last().map(|name| own_name(name)).unwrap_or_default();
        let names = [own, format!("{}{of_path}", self.of[0]), format!("{}{of_path}", self.of[1])];
        let [event_name, long_name] = match scope {
            Scope::EventHeader | Scope::EventCommonContext => {
                [format!("{}Context", self.stream), format!("{}Context", self.stream)]
            }
            Scope::EventSpecificContext => self.of.clone().map(|of| of + "Context"),
            _ => self.of.clone(),
        };
        let long_names = [event_name + &of_path, long_name + &of_path];
        let place = (stream, event, scope, path.join("."));
        self.found.push(Found { place, class, names, long_names });
    }
}

/// The name of a field as that of a type.
fn own_name(name: &str) -> String {
    let own = camel(name);
    if own.starts_with(|c: char| c.is_ascii_alphabetic()) { own } else { format!("Field{own}") }
}
