//! Field types of a checked configuration as barectf 2.3 understands them.

use marey_ctf::schema::{
    Array, Base, ByteOrder, FieldClass, Float, Integer, Length, Mapping, Meaning, Member, Role,
    Str, Structure,
};

use super::access::{alignment, class, clock, fields, get, len_bits, number};
use super::labels::unique;
use crate::yaml::{Map, Node};

const UUID_BYTES: u64 = 16;

/// Makes classes of field types.
pub struct Types {
    /// The byte order of fields that have none of their own.
    pub byte_order: ByteOrder,
    /// The names of all clocks, in their order.
    pub clocks: Vec<String>,
}

impl Types {
    /// A structure in which some fields have roles.
    pub fn structure(&self, node: &Node, roles: &[(&str, Role)]) -> Structure {
        let fields = fields(Some(node));
        let members = fields.iter().filter_map(|(key, field)| {
            let role = roles.iter().find(|(name, _)| *name == key.text()).map(|(_, role)| *role);
            Some(Member { name: key.text().to_owned(), class: self.field(field, role)? })
        });
        Structure {
            members: members.collect(),
            minimum_alignment_bits: number(node, "min-align").unwrap_or(1),
        }
    }

    fn field(&self, node: &Node, role: Option<Role>) -> Option<FieldClass> {
        Some(match class(node)? {
            "integer" => FieldClass::Integer(self.integer(node, role)?),
            "enumeration" => {
                let mapping = |member: super::labels::Member| Mapping {
                    label: member.label,
                    ranges: vec![member.range],
                };
                let mappings = unique(node).into_iter().map(mapping).collect();
                let class = self.integer(node.get("value-type")?, role)?;
                FieldClass::Integer(Integer { mappings, ..class })
            }
            "floating-point" => FieldClass::Float(Float {
                len_bits: len_bits(node)?,
                byte_order: self.order(node),
                alignment_bits: alignment(node),
            }),
            "string" => FieldClass::Str(Str { len_bytes: None, encoding: encoding(node) }),
            "array" => FieldClass::Array(Array {
                length: Length::Static(UUID_BYTES),
                element: Box::new(FieldClass::Integer(
                    self.integer(node.get("element-type")?, None)?,
                )),
                minimum_alignment_bits: 1,
                roles: role.into_iter().collect(),
            }),
            _ => return None,
        })
    }

    fn integer(&self, node: &Node, role: Option<Role>) -> Option<Integer> {
        let mut class = Integer::unsigned(number(node, "size")?, self.order(node));
        if get(node, "signed").and_then(Node::as_bool) == Some(true) {
            class.meaning = Meaning::Signed;
        }
        class.alignment_bits = alignment(node);
        class.base = base(node);
        class.is_text = matches!(word(node, "encoding"), Some("ascii" | "utf-8" | "utf8"));
        class.clock =
            clock(node).and_then(|(name, _)| self.clocks.iter().position(|clock| clock == name));
        class.roles = role.into_iter().collect();
        Some(class)
    }

    fn order(&self, node: &Node) -> ByteOrder {
        word(node, "byte-order").map_or(self.byte_order, byte_order)
    }
}

fn word<'n>(node: &'n Node, property: &str) -> Option<&'n str> {
    get(node, property)?.as_text()
}

/// What a word for a byte order stands for.
pub fn byte_order(word: &str) -> ByteOrder {
    if word.starts_with('b') { ByteOrder::Big } else { ByteOrder::Little }
}

fn base(node: &Node) -> Base {
    match word(node, "base") {
        Some("bin") => Base::Binary,
        Some("oct") => Base::Octal,
        Some("hex") => Base::Hexadecimal,
        _ => Base::Decimal,
    }
}

fn encoding(node: &Node) -> String {
    match word(node, "encoding") {
        None | Some("utf8") => "utf-8".to_owned(),
        Some(word) => word.to_owned(),
    }
}

/// Names in their order.
pub fn names(map: &Map) -> Vec<String> {
    map.iter().map(|(key, _)| key.text().to_owned()).collect()
}
