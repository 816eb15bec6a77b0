//! The members of enumerations.

use std::collections::HashMap;

use marey_ctf::schema::Range;

use crate::source::Span;
use crate::yaml::Node;

/// A member: its label, and what it stands for.
#[derive(Clone, Debug)]
pub struct Member {
    /// The label.
    pub label: String,
    /// Where the label stands.
    pub label_span: Span,
    /// The values.
    pub range: Range,
    /// Where the values stand; the label's place where they are not said.
    pub span: Span,
}

/// The members in their order. One without values has the one behind those of the member before.
pub fn members(enumeration: &Node) -> Vec<Member> {
    let mut next = 0;
    let mut members = Vec::new();
    for node in enumeration.get("members").and_then(Node::as_list).unwrap_or_default() {
        let label = node.get("label").unwrap_or(node);
        let Some(text) = label.as_text() else { continue };
        let range = match node.get("value") {
            None => Some(Range::of(next)),
            Some(value) => range(value),
        };
        let Some(range) = range else { continue };
        next = range.to.saturating_add(1);
        let span = node.get("value").unwrap_or(label).span;
        members.push(Member { label: text.to_owned(), label_span: label.span, range, span });
    }
    members
}

fn range(node: &Node) -> Option<Range> {
    let ends: Vec<_> = match node.as_list() {
        Some(ends) => ends.iter().filter_map(Node::as_int).collect(),
        None => node.as_int().into_iter().collect(),
    };
    Some(Range { from: *ends.first()?, to: *ends.last()? })
}

/// The members as barectf 2.3 keeps them: of two with one label the last one counts, in the place
/// of the first.
pub fn unique(enumeration: &Node) -> Vec<Member> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut unique: Vec<Member> = Vec::new();
    for member in members(enumeration) {
        let there = places.get(&member.label).and_then(|&place| unique.get_mut(place));
        match there {
            Some(other) => *other = member,
            None => {
                places.insert(member.label.clone(), unique.len());
                unique.push(member);
            }
        }
    }
    unique
}
