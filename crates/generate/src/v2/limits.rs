//! What the tracers cannot write.

use marey_ctf::schema::Range;

use super::Compat;
use super::access::{alignment, bits_in_words, class, fields, number, roots};
use super::labels::{Member, members, unique};
use crate::diagnostic::{Diagnostic, Problems};
use crate::numbers;
use crate::yaml::{Map, Node, map_of};

/// The outermost structures of barectf 2.3 start at whole bytes.
const ROOT_ALIGNMENT_BITS: u32 = 8;
const INTEGER_BITS_MAX: i128 = 64;
/// The digits of exponent and mantissa in IEEE 754 (table 3.5), of those that fit in 64 bits.
const FORMATS: [(u32, u32); 3] = [(8, 24), (11, 53), (5, 11)];

/// Checks all outermost structures.
pub fn check(metadata: &Node, compat: Compat, problems: &mut Problems) {
    let mut limits = Limits { compat, problems };
    for (property, root) in roots(metadata) {
        if class(&root) != Some("structure") {
            continue;
        }
        let fields = fields(Some(&root));
        limits.root(property, &root, &fields);
        for (key, field) in fields.iter() {
            let is_uuid = property == "packet-header-type" && key.text() == "uuid";
            if !is_uuid {
                limits.field(field);
            }
        }
    }
}

struct Limits<'p> {
    compat: Compat,
    problems: &'p mut Problems,
}

impl Limits<'_> {
    fn root(&mut self, property: &str, root: &Node, fields: &Map) {
        numbers::alignment(root.get("min-align"), self.problems);
        let is_known = fields.iter().all(|(_, field)| class(field).is_some());
        let bits = alignment(root);
        if self.compat == Compat::Barectf23 && is_known && bits < ROOT_ALIGNMENT_BITS {
            let what =
                format!("`{property}` is aligned to {}; 8 is the least", bits_in_words(bits));
            let label = "no field of it is aligned to more";
            let help = "add `min-align: 8`";
            self.problems.add(Diagnostic::error(what).at(root.span, label).help(help));
        }
    }

    fn field(&mut self, node: &Node) {
        let values = node.get("value-type").unwrap_or(node);
        numbers::alignment(values.get("align"), self.problems);
        match class(node) {
            Some("integer") => self.integer(node),
            Some("enumeration") => self.enumeration(node),
            Some("floating-point") => self.float(node),
            Some("array") if self.compat == Compat::Barectf31 => {
                if let Some(element) = node.get("element-type") {
                    self.field(element);
                }
            }
            Some("structure") if self.compat == Compat::Barectf31 => {
                fields(Some(node)).iter().for_each(|(_, field)| self.field(field));
            }
            Some(class @ ("array" | "structure" | "variant")) => self.nested(node, class),
            _ => {}
        }
    }

    fn nested(&mut self, node: &Node, class: &str) {
        let a = if class == "array" { "an" } else { "a" };
        let what = format!("{a} {class} cannot be a field here");
        let label = format!("barectf {} has no tracer for it", self.compat.as_str());
        let found = Diagnostic::error(what).at(node.span, label);
        self.problems.add(match (self.compat, class) {
            (Compat::Barectf23, "array") => found.help(
                "barectf 2.3 has the array `uuid` of a packet header; for others: `--compat 3.1`",
            ),
            (Compat::Barectf23, "structure") => found.help("`--compat 3.1` takes it"),
            _ => found,
        });
    }

    fn integer(&mut self, node: &Node) {
        let size = node.get("size");
        let size = size.filter(|size| size.as_int().is_some_and(|size| size > INTEGER_BITS_MAX));
        if let Some(size) = size {
            let what = "an integer has 64 bits at most";
            self.problems.error(what, size.span, "expected an integer from 1 to 64");
        }
    }

    fn float(&mut self, node: &Node) {
        let Some(size) = node.get("size") else { return };
        let Some(digits) = number(size, "exp").zip(number(size, "mant")) else { return };
        let formats = match self.compat {
            Compat::Barectf23 => &FORMATS[..],
            Compat::Barectf31 => &FORMATS[..2],
        };
        if !formats.contains(&digits) {
            let (exp, mant) = digits;
            let what = format!("no floating-point number has {exp} and {mant} bits");
            let known = formats.iter().map(|(exp, mant)| format!("{{exp: {exp}, mant: {mant}}}"));
            let label = format!("expected {}", known.collect::<Vec<_>>().join(", or "));
            self.problems.error(what, size.span, label);
        }
    }

    fn enumeration(&mut self, node: &Node) {
        let Some(values) = node.get("value-type") else { return };
        self.integer(values);
        let Some(bits @ 1..=64) = number(values, "size") else { return };
        let is_signed = values.get("signed").and_then(Node::as_bool) == Some(true);
        let members = match self.compat {
            Compat::Barectf23 => unique(node),
            Compat::Barectf31 => members(node),
        };
        for member in &members {
            self.range(member, bits, is_signed);
        }
        if self.compat == Compat::Barectf23 {
            self.overlaps(&members);
        }
    }

    fn range(&mut self, member: &Member, bits: u32, is_signed: bool) {
        let lowest = if is_signed { -(1_i128 << (bits - 1)) } else { 0 };
        let highest = if is_signed { (1_i128 << (bits - 1)) - 1 } else { (1_i128 << bits) - 1 };
        let Range { from, to } = member.range;
        if from > to {
            self.problems.add(empty(member));
        } else if from < lowest || to > highest {
            let what = {
                let label = &member.label;
                format!("{} cannot hold the values of `{label}`", bits_in_words(bits))
            };
            let kind = if is_signed { "signed" } else { "unsigned" };
            let label = format!("{kind}: expected {lowest} to {highest}");
            self.problems.error(what, member.span, label);
        }
    }

    fn overlaps(&mut self, members: &[Member]) {
        for (member, other) in overlaps(members) {
            let what = format!("`{}` and `{}` share values", other.label, member.label);
            let found = Diagnostic::error(what).at(member.span, "barectf 2.3 refuses it");
            self.problems.add(found.also(other.span, format!("`{}`", other.label)));
        }
    }
}

/// Reports the empty ranges of a field type and of those in it. barectf 2.3 looks for them in
/// aliases that nothing uses, too.
pub fn ranges(field: &Node, problems: &mut Problems) {
    if class(field) == Some("enumeration") {
        let members = members(field);
        let empties = members.iter().filter(|member| member.range.from > member.range.to);
        empties.for_each(|member| problems.add(empty(member)));
    }
    field.get("element-type").into_iter().for_each(|field| ranges(field, problems));
    for property in ["fields", "types"] {
        map_of(field.get(property)).iter().for_each(|(_, field)| ranges(field, problems));
    }
}

fn empty(member: &Member) -> Diagnostic {
    let Range { from, to } = member.range;
    let what = format!("the range [{from}, {to}] is empty");
    let found = Diagnostic::error(what).at(member.span, "the first end is above the last");
    found.help(format!("write [{to}, {from}]"))
}

/// Each member that shares values with one before, and the first such one.
pub fn overlaps(members: &[Member]) -> Vec<(&Member, &Member)> {
    let shares =
        |a: &Range, b: &Range| a.from <= a.to && b.from <= b.to && a.from <= b.to && b.from <= a.to;
    let mut sorted: Vec<&Member> = members.iter().collect();
    sorted.sort_by_key(|member| (member.range.from, member.span.start));
    // A neighbour in the order of values shares some, if any does.
    let mut found = Vec::new();
    let mut widest: Option<&Member> = None;
    for member in sorted {
        if let Some(other) = widest.filter(|other| shares(&other.range, &member.range)) {
            found.push((member, other));
        }
        if widest.is_none_or(|other| member.range.to > other.range.to) {
            widest = Some(member);
        }
    }
    found
}
