//! Field types that barectf does not have: booleans, blobs, structures in structures, fields that
//! may be absent, and fields that are one of several.
//!
//! What is read needs something in front of it that says how long it is, whether it is there, or
//! which it is: its *companion*, a member of the same structure. An element of an array has no
//! place for one, so it becomes a structure of both.

use std::collections::HashMap;

use marey_ctf::NESTING_MAX;
use marey_ctf::schema::{
    Blob, FieldClass, FieldLocation, Integer, Length, Mapping, Meaning, Member, Optional, Range,
    Structure, Variant, VariantOption,
};

use super::types::{LENGTH_BITS, Types, number};
use crate::diagnostic::Diagnostic;
use crate::yaml::{Map, Node};

/// How long a boolean is, and what says whether a field is there, or which it is.
const SELECTOR_BITS: u32 = 8;
/// What a field is called that has got a structure for itself and its companion.
pub const VALUE: &str = "value";
/// The classes that have a companion.
const ACCOMPANIED: [&str; 4] = ["dynamic-array", "dynamic-blob", "optional", "variant"];

/// A class, and the member that stands in front of it.
pub type Accompanied = (Option<Member>, FieldClass);

impl Types<'_> {
    /// The class of a member of this name, and its companion.
    pub fn accompanied(&mut self, name: &str, node: &Node) -> Option<Accompanied> {
        let companion = |what: &str| format!("__{name}_{what}");
        let (own, class, inner) = match node.get("class")?.as_text()? {
            "dynamic-array" => {
                let own = companion("len");
                let length = Length::Dynamic(FieldLocation::sibling(own.as_str()));
                (own, self.unsigned(LENGTH_BITS), self.array(node, length)?)
            }
            "dynamic-blob" => {
                let own = companion("len");
                let length = Length::Dynamic(FieldLocation::sibling(own.as_str()));
                (own, self.unsigned(LENGTH_BITS), blob(node, length))
            }
            "optional" => {
                let own = companion("is_there");
                let class = Box::new(self.inner(node.get("field-type")?)?);
                let selector = FieldLocation::sibling(own.as_str());
                let inner = FieldClass::Optional(Optional { selector, ranges: Vec::new(), class });
                (own, self.truth(SELECTOR_BITS), inner)
            }
            "variant" => {
                let own = companion("tag");
                let options = self.options(node)?;
                let tag = Integer { mappings: labels(&options), ..self.unsigned(SELECTOR_BITS) };
                let selector = FieldLocation::sibling(own.as_str());
                (own, tag, FieldClass::Variant(Variant { selector, options }))
            }
            _ => return Some((None, self.field(node)?)),
        };
        Some((Some(Member { name: own, class: FieldClass::Integer(class) }), inner))
    }

    /// The class of what is in another field: with its companion in a structure, if it has one.
    pub fn inner(&mut self, node: &Node) -> Option<FieldClass> {
        let class = node.get("class").and_then(Node::as_text);
        let levels = if class.is_some_and(|class| ACCOMPANIED.contains(&class)) { 2 } else { 1 };
        let accompanied = |types: &mut Self| types.accompanied(VALUE, node);
        let (companion, class) = self.deeper(node, levels, accompanied)?;
        let Some(companion) = companion else { return Some(class) };
        let members = vec![companion, Member { name: VALUE.to_owned(), class }];
        Some(FieldClass::Structure(Structure { members, minimum_alignment_bits: 1 }))
    }

    /// A structure that is not one of the outermost ones: there is something in it.
    pub fn inner_structure(&mut self, node: &Node) -> Option<FieldClass> {
        let structure = self.deeper(node, 1, |types| Some(types.structure(node)))?;
        let members = node.get("members").and_then(Node::as_list).unwrap_or_default();
        if members.is_empty() {
            let found = Diagnostic::error("a structure in a field has no members")
                .at(node.span, "nothing would be written")
                .help("give it `members`, or leave the field out");
            self.problems.add(found);
            return None;
        }
        Some(FieldClass::Structure(structure))
    }

    /// What is so many levels further in.
    fn deeper<T>(
        &mut self,
        node: &Node,
        levels: usize,
        work: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<T> {
        if self.depth + levels > NESTING_MAX {
            let what = format!("field types are nested deeper than {NESTING_MAX}");
            self.problems.error(what, node.span, "here it becomes too deep");
            return None;
        }
        self.depth += levels;
        let done = work(self);
        self.depth -= levels;
        done
    }

    /// A boolean. To CTF 1.8, which has none, it is an enumeration.
    pub fn boolean(&mut self, node: &Node) -> Integer {
        let mut class = self.truth(number(node, "size").unwrap_or(SELECTOR_BITS));
        if let Some(alignment_bits) = number(node, "alignment") {
            class.alignment_bits = alignment_bits;
        }
        class
    }

    fn truth(&self, len_bits: u32) -> Integer {
        let highest = i128::from(u64::MAX >> (64 - len_bits.clamp(1, 64)));
        let mapping = |label: &str, from, to| Mapping {
            label: label.to_owned(),
            ranges: vec![Range { from, to }],
        };
        let mappings = vec![mapping("false", 0, 0), mapping("true", 1, highest)];
        Integer { meaning: Meaning::Boolean, mappings, ..self.unsigned(len_bits) }
    }

    fn unsigned(&self, len_bits: u32) -> Integer {
        Integer::unsigned(len_bits, self.byte_order)
    }

    fn options(&mut self, node: &Node) -> Option<Vec<VariantOption>> {
        let named = node.get("options").and_then(Node::as_list)?.iter();
        let (mut options, mut places) = (Vec::new(), HashMap::new());
        for (key, node) in named.filter_map(Node::as_map).flat_map(Map::iter) {
            if let Some(first) = places.insert(key.text(), key.span) {
                let what = format!("there are two options `{}`", key.text());
                let found = Diagnostic::error(what).at(key.span, "the second");
                self.problems.add(found.also(first, "the first"));
                continue;
            }
            let class = self.inner(node.get("field-type")?)?;
            let ranges = vec![Range::of(options.len() as i128)];
            options.push(VariantOption { name: Some(key.text().to_owned()), ranges, class });
        }
        Some(options)
    }
}

/// The names of options as those of the tag's values.
fn labels(options: &[VariantOption]) -> Vec<Mapping> {
    let label = |option: &VariantOption| Mapping {
        label: option.name.clone().unwrap_or_default(),
        ranges: option.ranges.clone(),
    };
    options.iter().map(label).collect()
}

/// Bytes.
pub fn blob(node: &Node, len_bytes: Length) -> FieldClass {
    let media_type = node.get("media-type").and_then(Node::as_text).map(str::to_owned);
    FieldClass::Blob(Blob { len_bytes, media_type, roles: Vec::new() })
}
