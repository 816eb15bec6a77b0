//! Fields: declarations of classes, as CTF 1.8 writes them.

use super::name::{escape, is_identifier};
use super::place::{Place, Target, scope_name};
use super::selectors::Selectors;
use super::text::Text;
use super::{Style, roles};
use crate::check;
use crate::report::Report;
use crate::schema::{
    Array, Blob, FieldClass, FieldLocation, Integer, Length, Meaning, Member, Schema, Str,
    Structure,
};

/// Writes the fields of one outermost structure.
pub(super) struct Fields<'w, 'a> {
    pub(super) schema: &'a Schema,
    pub(super) style: Style,
    pub(super) selectors: &'w Selectors,
    /// The clock of the stream class to which they belong.
    pub(super) default_clock: Option<usize>,
    pub(super) place: Place<'a>,
    pub(super) text: &'w mut Text,
    pub(super) report: &'w mut Report,
}

impl<'a> Fields<'_, 'a> {
    /// `head := struct { … } align(…);`
    pub(super) fn write(mut self, head: &str, structure: &'a Structure) {
        self.report.enter(head);
        if check::nesting(structure, self.report) {
            self.structure(&format!("{head} := "), structure, "");
        }
        self.report.leave();
    }

    fn structure(&mut self, head: &str, class: &'a Structure, declarator: &str) {
        check::alignment(class.minimum_alignment_bits, self.report);
        self.text.open(&format!("{head}struct {{"));
        self.place.open.push(class);
        for member in &class.members {
            self.member(member);
        }
        self.place.open.pop();
        self.text.close(&format!("}} align({}){declarator};", class.minimum_alignment_bits));
    }

    fn member(&mut self, member: &'a Member) {
        self.report.enter(&member.name);
        roles::check(member, &self.place, self.report);
        let name = self.name(&member.name);
        self.class(&member.class, &format!(" {name}"));
        self.report.leave();
    }

    /// A declaration: the class, then the name with the dimensions of arrays, the outermost first.
    pub(super) fn class(&mut self, class: &'a FieldClass, declarator: &str) {
        match class {
            FieldClass::Integer(class) => self.integer(class, declarator),
            FieldClass::Float(class) => self.float(class, declarator),
            FieldClass::Str(class) => self.string(class, declarator),
            FieldClass::Blob(class) => self.blob(class, declarator),
            FieldClass::Structure(class) => self.structure("", class, declarator),
            FieldClass::Array(class) => self.array(class, declarator),
            FieldClass::Variant(class) => self.variant(class, declarator),
            FieldClass::VarInteger(_) => {
                self.report.add("CTF 1.8 has no integers of a variable length");
            }
            FieldClass::Optional(class) => self.optional(class, declarator),
        }
    }

    fn array(&mut self, class: &'a Array, declarator: &str) {
        let minimum = class.minimum_alignment_bits;
        check::alignment(minimum, self.report);
        if minimum > class.element.alignment_bits() {
            let what = "though its elements need less; in CTF 1.8 they alone align it";
            self.report.add(format!("an array is aligned to {minimum} bits, {what}"));
        }
        let length = self.length(&class.length);
        self.class(&class.element, &format!("{declarator}[{length}]"));
    }

    /// Up to a byte of 0, or an array of bytes that are text (CTF 1.8).
    fn string(&mut self, class: &'a Str, declarator: &str) {
        let encoding = self.encoding(&class.encoding);
        match &class.len_bytes {
            None => {
                self.text.open("string {");
                self.text.attribute("encoding", encoding);
                self.text.close(&format!("}}{declarator};"));
            }
            Some(length) => self.bytes(length, true, declarator),
        }
    }

    fn encoding(&mut self, encoding: &str) -> &'static str {
        match encoding.to_ascii_lowercase().as_str() {
            "utf-8" => "UTF8",
            "ascii" | "us-ascii" => "ASCII",
            "none" if self.style == Style::Barectf2 => "none",
            _ => {
                self.report.add(format!("CTF 1.8 has UTF-8 and ASCII, not {encoding:?}"));
                "none"
            }
        }
    }

    fn blob(&mut self, class: &'a Blob, declarator: &str) {
        self.bytes(&class.len_bytes, false, declarator);
    }

    fn bytes(&mut self, length: &'a Length, is_text: bool, declarator: &str) {
        let byte = Integer { is_text, ..Integer::unsigned(8, self.schema.trace.byte_order) };
        let length = self.length(length);
        self.integer(&byte, &format!("{declarator}[{length}]"));
    }

    fn length(&mut self, length: &'a Length) -> String {
        let location = match length {
            Length::Static(length) => return length.to_string(),
            Length::Dynamic(location) => location,
        };
        let Some(target) = self.find("length", location) else { return String::new() };
        match target.class {
            FieldClass::Integer(class) if class.meaning != Meaning::Signed => {}
            _ => self.report.add("the length is not in an unsigned integer"),
        }
        self.path(&target)
    }

    /// The field at `location`, or a report.
    pub(super) fn find(&mut self, what: &str, location: &'a FieldLocation) -> Option<Target<'a>> {
        let found = self.place.find(location);
        if let Err(why) = found {
            self.report.add(format!("the {what} cannot be referred to: {why}"));
        }
        found.ok()
    }

    /// The path to a field, as a length or a selector.
    pub(super) fn path(&mut self, target: &Target<'_>) -> String {
        let origin = target.origin.map(|scope| scope_name(scope).to_owned());
        let names: Vec<String> = target.names.iter().map(|name| self.name(name)).collect();
        origin.into_iter().chain(names).collect::<Vec<_>>().join(".")
    }

    /// The name of a member or an option, as the style writes it.
    pub(super) fn name(&mut self, name: &str) -> String {
        if !is_identifier(name) {
            let what = "is no name in CTF 1.8; letters, digits and underscores are";
            self.report.add(format!("{name:?} {what}"));
        }
        if self.style == Style::Marey { escape(name) } else { name.to_owned() }
    }
}
