//! Field types of a checked configuration as classes of fields.

use std::collections::{HashMap, HashSet};

use marey_ctf::schema::{
    Array, Base, ByteOrder, FieldClass, Float, Integer, Length, Mapping, Meaning, Member, Range,
    Str, Structure,
};

use super::compound::blob;
use crate::diagnostic::{Diagnostic, Problems};
use crate::source::Span;
use crate::yaml::{Key, Node};

/// The length of a dynamic array.
pub const LENGTH_BITS: u32 = 32;
/// A float starts at a whole byte unless it says otherwise.
const FLOAT_ALIGNMENT_BITS: u32 = 8;

/// Members, and where the one of each name stands.
#[derive(Default)]
struct Named {
    members: Vec<Member>,
    places: HashMap<String, Span>,
}

/// Makes classes of field types.
pub struct Types<'p> {
    pub byte_order: ByteOrder,
    pub problems: &'p mut Problems,
    /// How deep the field is that is being looked at.
    pub depth: usize,
}

impl Types<'_> {
    /// Any field type that needs nothing in front of it.
    pub fn field(&mut self, node: &Node) -> Option<FieldClass> {
        Some(match node.get("class")?.as_text()? {
            "unsigned-integer"
            | "unsigned-enumeration"
            | "signed-integer"
            | "signed-enumeration" => FieldClass::Integer(self.integer(node)?),
            "boolean" => FieldClass::Integer(self.boolean(node)),
            "structure" => self.inner_structure(node)?,
            "real" => FieldClass::Float(Float {
                len_bits: number(node, "size")?,
                byte_order: self.byte_order,
                alignment_bits: number(node, "alignment").unwrap_or(FLOAT_ALIGNMENT_BITS),
            }),
            "string" => FieldClass::Str(Str::default()),
            "static-array" => self.array(node, static_length(node)?)?,
            "static-blob" => blob(node, static_length(node)?),
            _ => return None,
        })
    }

    /// An integer or an enumeration.
    pub fn integer(&mut self, node: &Node) -> Option<Integer> {
        let mut class = Integer::unsigned(number(node, "size")?, self.byte_order);
        if node.get("class")?.as_text()?.starts_with("signed") {
            class.meaning = Meaning::Signed;
        }
        if let Some(alignment_bits) = number(node, "alignment") {
            class.alignment_bits = alignment_bits;
        }
        class.base = match node.get("preferred-display-base").and_then(Node::as_text) {
            Some("binary") => Base::Binary,
            Some("octal") => Base::Octal,
            Some("hexadecimal") => Base::Hexadecimal,
            _ => Base::Decimal,
        };
        if let Some(mappings) = node.get("mappings").and_then(Node::as_map) {
            let mappings = mappings.iter();
            class.mappings =
                mappings.map(|(label, ranges)| self.mapping(&class, label, ranges)).collect();
        }
        Some(class)
    }

    fn mapping(&mut self, class: &Integer, label: &Key, node: &Node) -> Mapping {
        let (mut ranges, mut there) = (Vec::new(), HashSet::new());
        for node in node.as_list().unwrap_or_default() {
            let ends: Vec<_> = match node.as_list() {
                Some(ends) => ends.iter().filter_map(Node::as_int).collect(),
                None => node.as_int().into_iter().collect(),
            };
            let (Some(&from), Some(&to)) = (ends.first(), ends.last()) else { continue };
            self.check_range(class, Range { from, to }, node.span);
            if there.insert((from, to)) {
                ranges.push(Range { from, to });
            }
        }
        Mapping { label: label.text().to_owned(), ranges }
    }

    fn check_range(&mut self, class: &Integer, range: Range, span: Span) {
        let (lowest, highest) = match class.is_signed() {
            true => (-(1_i128 << (class.len_bits - 1)), (1_i128 << (class.len_bits - 1)) - 1),
            false => (0, (1_i128 << class.len_bits) - 1),
        };
        if range.from > range.to {
            let what = format!("the range [{}, {}] is empty", range.from, range.to);
            let help = format!("write [{}, {}]", range.to, range.from);
            self.problems.add(
                Diagnostic::error(what).at(span, "the first end is above the last").help(help),
            );
        } else if range.from < lowest || range.to > highest {
            let kind = if class.is_signed() { "signed" } else { "unsigned" };
            let value = match range.from == range.to {
                true => format!("the value {}", range.from),
                false => format!("the range [{}, {}]", range.from, range.to),
            };
            let plural = if class.len_bits == 1 { "" } else { "s" };
            let what = format!("{} {kind} bit{plural} cannot hold {value}", class.len_bits);
            let label = format!("expected {lowest} to {highest}");
            self.problems.error(what, span, label);
        }
    }

    /// An array of this length.
    pub fn array(&mut self, node: &Node, length: Length) -> Option<FieldClass> {
        Some(FieldClass::Array(Array {
            length,
            element: Box::new(self.inner(node.get("element-field-type")?)?),
            minimum_alignment_bits: 1,
            roles: Vec::new(),
        }))
    }

    /// A structure.
    pub fn structure(&mut self, node: &Node) -> Structure {
        let members = node.get("members").and_then(Node::as_list).unwrap_or_default();
        Structure {
            members: self.members(members),
            minimum_alignment_bits: number(node, "minimum-alignment").unwrap_or(1),
        }
    }

    /// The members of a structure, with what stands in front of them.
    pub fn members(&mut self, nodes: &[Node]) -> Vec<Member> {
        let mut members = Named::default();
        let named = nodes.iter().filter_map(Node::as_map).flat_map(|map| map.iter());
        for (name, node) in named {
            let Some(field) = node.get("field-type") else { continue };
            let Some((companion, class)) = self.accompanied(name.text(), field) else { continue };
            let member = Member { name: name.text().to_owned(), class };
            for member in companion.into_iter().chain([member]) {
                self.add(&mut members, member, name.span);
            }
        }
        members.members
    }

    fn add(&mut self, members: &mut Named, member: Member, span: Span) {
        let Some(first) = members.places.insert(member.name.clone(), span) else {
            return members.members.push(member);
        };
        let found = Diagnostic::error(format!("there are two members `{}`", member.name))
            .at(span, "the second")
            .also(first, "the first");
        let is_companion = member.name.starts_with("__");
        self.problems.add(found.help(match is_companion {
            true if member.name.ends_with("_len") => {
                "the length of a dynamic array `a` is a member `__a_len` of its own"
            }
            true => {
                "what says of a field `a` whether it is there, or which it is, is a member \
                 `__a_is_there` or `__a_tag` of its own"
            }
            false => "give one of them another name",
        }));
    }
}

fn static_length(node: &Node) -> Option<Length> {
    let length = node.get("length").and_then(Node::as_int)?;
    Some(Length::Static(u64::try_from(length).unwrap_or(u64::MAX)))
}

/// A number that is a length or an alignment.
pub fn number(node: &Node, property: &str) -> Option<u32> {
    u32::try_from(node.get(property)?.as_int()?).ok()
}
