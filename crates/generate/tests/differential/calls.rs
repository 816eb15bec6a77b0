//! Calls of every function of a tracer, with values at the edges: for drivers in any language.

use marey_ctf::schema::{
    Array, EventClass, FieldClass, Length, Role, Scope, StreamClass, Structure,
};
use marey_generate::definition::Definition;

use super::random::Random;

/// What clocks say when a driver starts.
pub const START: u64 = 1000;
/// How often each event is traced.
const ROUNDS: usize = 12;

/// What happens in a stream.
pub struct StreamCalls<'d> {
    pub stream: &'d StreamClass,
    /// What is said of each packet.
    pub packet: Vec<Argument<'d>>,
    pub packet_bytes: u64,
    pub calls: Vec<Call<'d>>,
}

/// An event.
pub struct Call<'d> {
    pub event: &'d EventClass,
    /// How far the clock goes before it.
    pub step: u64,
    pub arguments: Vec<Argument<'d>>,
}

/// An argument.
pub struct Argument<'d> {
    pub name: &'d str,
    pub class: &'d FieldClass,
    /// It is the length of an array behind it.
    pub is_length: bool,
    pub value: Value,
}

/// A value of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// The bits of an integer; higher ones may be set, too.
    Integer(u64),
    /// A floating-point number that is whole.
    Float(u64),
    Text(&'static str),
    Array(Vec<Value>),
}

/// What happens in all streams.
pub fn calls(definition: &Definition, seed: u64) -> Vec<StreamCalls<'_>> {
    let mut maker = Maker { definition, random: Random(seed) };
    definition.schema.streams.iter().map(|stream| maker.stream(stream)).collect()
}

struct Maker<'d> {
    definition: &'d Definition,
    random: Random,
}

impl<'d> Maker<'d> {
    fn stream(&mut self, stream: &'d StreamClass) -> StreamCalls<'d> {
        let mut calls = Vec::new();
        for _ in 0..ROUNDS {
            for event in &stream.events {
                let arguments = self.arguments(&scopes(stream, event));
                let step = 1 + self.random.below(1000);
                calls.push(Call { event, step, arguments });
            }
        }
        let context = [(Scope::PacketContext, stream.packet_context.as_ref())];
        let packet = self.arguments(&context);
        StreamCalls { stream, packet, packet_bytes: self.packet_bytes(stream), calls }
    }

    /// Room for some events, so that there are many packets. An event is never nearly as long as a
    /// packet: there barectf writes behind its buffer.
    fn packet_bytes(&mut self, stream: &StreamClass) -> u64 {
        let header = self.definition.schema.trace.packet_header.as_ref();
        let before = bytes_max(&[header, stream.packet_context.as_ref()]);
        let event = |event| bytes_max(&scopes(stream, event).map(|(_, structure)| structure));
        let longest = stream.events.iter().map(event).max().unwrap_or_default();
        before + 2 * longest + self.random.below(64)
    }

    fn arguments(&mut self, scopes: &[(Scope, Option<&'d Structure>)]) -> Vec<Argument<'d>> {
        let mut arguments = Vec::new();
        for structure in scopes.iter().filter_map(|(_, structure)| *structure) {
            // The length of a dynamic array stands before it.
            let mut length = 0;
            for member in &structure.members {
                if is_written_by_tracer(&member.class) {
                    continue;
                }
                let is_length = structure.members.iter().any(|array| {
                    matches!(&array.class, FieldClass::Array(Array {
                        length: Length::Dynamic(at), ..
                    }) if at.path == [Some(member.name.clone())])
                });
                let value = match is_length {
                    true => {
                        length = self.random.of(&[0, 1, 2, 5]);
                        Value::Integer(length)
                    }
                    false => self.value(&member.class, length),
                };
                let (name, class) = (member.name.as_str(), &member.class);
                arguments.push(Argument { name, class, is_length, value });
            }
        }
        arguments
    }

    fn value(&mut self, class: &FieldClass, length: u64) -> Value {
        match class {
            FieldClass::Array(array) => {
                let count = match &array.length {
                    Length::Static(count) => *count,
                    Length::Dynamic(_) => length,
                };
                Value::Array((0..count).map(|_| self.value(&array.element, 0)).collect())
            }
            FieldClass::Integer(class) if class.is_signed() => {
                let bits = self.random.next() as i64;
                let edge = 1_i64 << (class.len_bits - 1).min(62);
                Value::Integer(self.random.of(&[0, 1, -1, edge - 1, -edge, bits]) as u64)
            }
            FieldClass::Integer(class) => {
                let bits = self.random.next();
                Value::Integer(self.random.of(&[0, 1, u64::MAX >> (64 - class.len_bits), bits]))
            }
            // barectf converts numbers that are not aligned to their length.
            FieldClass::Float(_) => Value::Float(self.random.below(100_000)),
            _ => {
                let texts = ["", "x", "a longer text", "ä \"quoted\" text of some length"];
                Value::Text(self.random.of(&texts))
            }
        }
    }
}

fn scopes<'s>(
    stream: &'s StreamClass,
    event: &'s EventClass,
) -> [(Scope, Option<&'s Structure>); 4] {
    [
        (Scope::EventHeader, stream.event_header.as_ref()),
        (Scope::EventCommonContext, stream.event_common_context.as_ref()),
        (Scope::EventSpecificContext, event.specific_context.as_ref()),
        (Scope::EventPayload, event.payload.as_ref()),
    ]
}

fn is_written_by_tracer(class: &FieldClass) -> bool {
    match class {
        FieldClass::Integer(class) => !class.roles.is_empty(),
        FieldClass::Array(class) => class.roles.contains(&Role::MetadataStreamUuid),
        _ => false,
    }
}

/// The name of a stream or an event.
pub fn name_of(identity: &marey_ctf::schema::Identity) -> &str {
    identity.name.as_deref().unwrap_or_default()
}

/// More bytes than any of these structures has, with what the driver puts into them.
fn bytes_max(structures: &[Option<&Structure>]) -> u64 {
    let members = structures.iter().flatten().flat_map(|structure| &structure.members);
    members.map(|member| class_bytes_max(&member.class)).sum::<u64>() + 64
}

fn class_bytes_max(class: &FieldClass) -> u64 {
    match class {
        FieldClass::Array(array) => {
            let count = match array.length {
                Length::Static(count) => count,
                Length::Dynamic(_) => 5,
            };
            16 + count * class_bytes_max(&array.element)
        }
        FieldClass::Str(_) => 48,
        _ => 16,
    }
}
