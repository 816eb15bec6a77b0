//! The fields that the tracer writes itself.

use marey_ctf::schema::{Array, FieldClass, Integer, Length, Member, Role, Structure};

use super::types::Types;
use crate::diagnostic::Diagnostic;
use crate::yaml::{Node, Value};

/// Packet headers, packet contexts and event headers start at a whole byte.
const ALIGNMENT_BITS: u32 = 8;
/// How long a field is if nothing is said.
const USUAL_BITS: u32 = 64;
const MAGIC_BITS: u32 = 32;
const UUID_BYTES: u64 = 16;

/// A structure of fields with roles.
#[derive(Default)]
pub struct Features {
    members: Vec<Member>,
}

/// A field with a role.
pub struct Feature {
    /// Its property in the configuration.
    pub property: &'static str,
    /// Its name in the metadata.
    pub name: &'static str,
    /// What it is for.
    pub role: Role,
    /// Whether it is there if nothing is said.
    pub is_usual: bool,
    /// The clock that it is a value of.
    pub clock: Option<usize>,
}

impl Feature {
    /// A field that is there unless it is left out.
    pub fn usual(property: &'static str, name: &'static str, role: Role) -> Self {
        Feature { property, name, role, is_usual: true, clock: None }
    }

    /// A time, which is there if there is a clock.
    pub fn time(
        property: &'static str,
        name: &'static str,
        role: Role,
        clock: Option<usize>,
    ) -> Self {
        Feature { property, name, role, is_usual: clock.is_some(), clock }
    }
}

impl Features {
    /// Adds a field, as the node of all features says.
    pub fn add(&mut self, types: &mut Types<'_>, of: Option<&Node>, feature: &Feature) {
        let node = of.and_then(|node| node.get(feature.property));
        let usual = if feature.role == Role::PacketMagicNumber { MAGIC_BITS } else { USUAL_BITS };
        let class = match node.map(|node| &node.value) {
            None if feature.is_usual => Integer::unsigned(usual, types.byte_order),
            Some(Value::Bool(true)) => Integer::unsigned(usual, types.byte_order),
            Some(Value::Map(_)) => match node.and_then(|node| types.integer(node)) {
                Some(class) => class,
                None => return,
            },
            _ => return,
        };
        let class = Integer { roles: vec![feature.role], clock: feature.clock, ..class };
        let class = FieldClass::Integer(class);
        self.members.push(Member { name: feature.name.to_owned(), class });
    }

    /// Adds the UUID of the trace, which is there if it has one.
    pub fn add_uuid(&mut self, types: &mut Types<'_>, of: Option<&Node>, has_uuid: bool) {
        let node = of.and_then(|node| node.get("uuid-field-type"));
        let byte = match node.map(|node| &node.value) {
            None if !has_uuid => return,
            Some(Value::Bool(false)) => return,
            Some(Value::Map(_)) => node
                .and_then(|node| node.get("element-field-type"))
                .and_then(|node| types.integer(node)),
            _ => Some(Integer::unsigned(8, types.byte_order)),
        };
        if let (Some(node), false) = (node, has_uuid) {
            let found = Diagnostic::error("there is a UUID field, and no UUID")
                .at(node.span, "nothing to write here")
                .help("give the trace type a `uuid`: one of its own, or `auto`");
            types.problems.add(found);
        }
        let Some(byte) = byte else { return };
        let class = FieldClass::Array(Array {
            length: Length::Static(UUID_BYTES),
            element: Box::new(FieldClass::Integer(byte)),
            minimum_alignment_bits: 1,
            roles: vec![Role::MetadataStreamUuid],
        });
        self.members.push(Member { name: "uuid".to_owned(), class });
    }

    /// How long the field with this role is.
    pub fn len_bits(&self, role: Role) -> Option<u32> {
        self.members.iter().find_map(|member| match &member.class {
            FieldClass::Integer(class) if class.is(role) => Some(class.len_bits),
            _ => None,
        })
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// The structure, with other members behind.
    pub fn structure(self, others: Vec<Member>) -> Structure {
        let members = self.members.into_iter().chain(others).collect();
        Structure { members, minimum_alignment_bits: ALIGNMENT_BITS }
    }
}
