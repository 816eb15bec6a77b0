//! Types of fields.

use std::ops::RangeInclusive;

use marey_ctf::schema::Base;

use super::tree::{Object, int, nowhere};
use crate::yaml::{DEPTH_MAX, Node, map_of};

/// The type of a field.
#[derive(Clone, Debug)]
pub struct Field {
    properties: Object,
    /// The class, if it gets no labels, and if it does.
    classes: [&'static str; 2],
    labels: Vec<(String, Vec<Node>)>,
    /// How deep it nests.
    depth: usize,
}

impl Field {
    fn of(classes: [&'static str; 2]) -> Self {
        Field { properties: Object::default(), classes, labels: Vec::new(), depth: 0 }
    }

    /// An array of this element. One that is nested too deep already, which is an error, gets no
    /// deeper.
    fn around(mut self, element: Field) -> Self {
        if element.depth >= DEPTH_MAX {
            return element;
        }
        self.depth = element.depth + 1;
        self.with("element-field-type", element.node())
    }

    fn with(mut self, property: &str, node: Node) -> Self {
        self.properties.set(property, node);
        self
    }

    /// An integer from 0 on of 1 to 64 bits.
    pub fn unsigned(size_bits: u32) -> Self {
        let field = Field::of(["unsigned-integer", "unsigned-enumeration"]);
        field.with("size", int(size_bits.into()))
    }

    /// An integer in two's complement of 1 to 64 bits.
    pub fn signed(size_bits: u32) -> Self {
        let field = Field::of(["signed-integer", "signed-enumeration"]);
        field.with("size", int(size_bits.into()))
    }

    /// A floating-point number of 32 or 64 bits.
    pub fn real(size_bits: u32) -> Self {
        Field::of(["real"; 2]).with("size", int(size_bits.into()))
    }

    /// A text, which ends with its first 0.
    pub fn text() -> Self {
        Field::of(["string"; 2])
    }

    /// So many elements of one type.
    pub fn array(length: u64, element: Field) -> Self {
        let field = Field::of(["static-array"; 2]).with("length", int(length.into()));
        field.around(element)
    }

    /// As many elements of one type as a call has; their number is written in front of them.
    pub fn dynamic_array(element: Field) -> Self {
        Field::of(["dynamic-array"; 2]).around(element)
    }

    /// Starts at a multiple of so many bits, a power of two. Without it, that is 8, or 1 for an
    /// integer that has no whole bytes.
    #[must_use]
    pub fn alignment_bits(self, bits: u32) -> Self {
        self.with("alignment", int(bits.into()))
    }

    /// Is shown in this base.
    #[must_use]
    pub fn base(self, base: Base) -> Self {
        let word = match base {
            Base::Binary => "binary",
            Base::Octal => "octal",
            Base::Decimal => "decimal",
            Base::Hexadecimal => "hexadecimal",
        };
        self.with("preferred-display-base", Node::text(word, nowhere()))
    }

    /// Gives values a name, which makes an integer an enumeration. A name may have more than one
    /// range.
    #[must_use]
    pub fn label(mut self, label: &str, values: RangeInclusive<i128>) -> Self {
        let range = Node::list(vec![int(*values.start()), int(*values.end())], nowhere());
        match self.labels.iter_mut().find(|(name, _)| name == label) {
            Some((_, ranges)) => ranges.push(range),
            None => self.labels.push((label.to_owned(), vec![range])),
        }
        self
    }

    pub(super) fn node(&self) -> Node {
        let mut node = Object::default();
        let [plain, labelled] = self.classes;
        let class = if self.labels.is_empty() { plain } else { labelled };
        node.set("class", Node::text(class, nowhere()));
        for (key, value) in map_of(Some(&self.properties.node())).iter() {
            node.set(key.text(), value.clone());
        }
        let mut labels = Object::default();
        for (label, ranges) in &self.labels {
            labels.set(label, Node::list(ranges.clone(), nowhere()));
        }
        node.set_unless_empty("mappings", &labels);
        node.node()
    }
}
