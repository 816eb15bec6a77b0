//! Field classes (CTF2-SPEC-2.0).

use super::json::{Json, Object};
use super::location::location;
use super::number::ranges;
use crate::check;
use crate::report::Report;
use crate::schema::{
    Array, Blob, FieldClass, Integer, Length, Meaning, Optional, Role, Scope, Str, Structure,
    Variant, VariantOption,
};

const BYTE_BITS: u32 = 8;
const UUID_BYTES: u64 = 16;

/// Makes JSON of the fields of one scope.
pub(super) struct Classes<'w> {
    pub(super) scope: Scope,
    pub(super) default_clock: Option<usize>,
    /// Integers with the default clock decide on the times of events.
    pub(super) sets_time: bool,
    pub(super) report: &'w mut Report,
}

impl Classes<'_> {
    pub(super) fn structure(&mut self, class: &Structure) -> Object {
        check::alignment(class.minimum_alignment_bits, self.report);
        let mut members = Vec::new();
        for member in &class.members {
            self.report.enter(&member.name);
            let object = Object::default().with("name", &member.name);
            members.push(object.with("field-class", self.class(&member.class)).into());
            self.report.leave();
        }
        Object::of_type("structure")
            .unless(1, "minimum-alignment", class.minimum_alignment_bits)
            .with_some("member-classes", (!members.is_empty()).then_some(members))
    }

    fn class(&mut self, class: &FieldClass) -> Object {
        match class {
            FieldClass::Integer(class) => self.integer(class),
            FieldClass::VarInteger(class) => self.var_integer(class),
            FieldClass::Float(class) => self.float(class),
            FieldClass::Str(class) => self.string(class),
            FieldClass::Blob(class) => self.blob(class),
            FieldClass::Structure(class) => self.structure(class),
            FieldClass::Array(class) => self.array(class),
            FieldClass::Optional(class) => self.optional(class),
            FieldClass::Variant(class) => self.variant(class),
        }
    }

    /// An object whose type and length say whether the length is static or dynamic.
    fn of_length(&mut self, length: &Length, kind: &str) -> Object {
        match length {
            Length::Static(length) => {
                Object::of_type(&format!("static-length-{kind}")).with("length", *length)
            }
            Length::Dynamic(field) => Object::of_type(&format!("dynamic-length-{kind}"))
                .with("length-field-location", location(field, self.report)),
        }
    }

    fn string(&mut self, class: &Str) -> Object {
        let object = match &class.len_bytes {
            None => Object::of_type("null-terminated-string"),
            Some(length) => self.of_length(length, "string"),
        };
        let encoding = class.encoding.to_ascii_lowercase();
        match encoding.as_str() {
            "utf-8" | "ascii" | "us-ascii" => object,
            "utf-16be" | "utf-16le" | "utf-32be" | "utf-32le" => object.with("encoding", encoding),
            _ => {
                self.report.add(format!("CTF 2 has no encoding {:?}", class.encoding));
                object
            }
        }
    }

    fn blob(&mut self, class: &Blob) -> Object {
        let is_uuid = class.len_bytes == Length::Static(UUID_BYTES);
        let is_fine = is_uuid && class.roles.iter().all(|role| *role == Role::MetadataStreamUuid);
        self.of_length(&class.len_bytes, "blob")
            .with_some("media-type", class.media_type.as_ref())
            .with_some("roles", self.roles(&class.roles, is_fine))
    }

    fn array(&mut self, class: &Array) -> Object {
        check::alignment(class.minimum_alignment_bits, self.report);
        let starts_at_byte =
            class.minimum_alignment_bits.max(class.element.alignment_bits()) == BYTE_BITS;
        if let (true, FieldClass::Integer(element)) = (starts_at_byte, &*class.element) {
            let is_uuid = class.length == Length::Static(UUID_BYTES)
                && class.roles.contains(&Role::MetadataStreamUuid);
            let is_whole = is_byte(element);
            if is_uuid && is_whole {
                let roles = vec![Json::from(Role::MetadataStreamUuid.name())];
                return self.of_length(&class.length, "blob").with("roles", roles);
            }
            if is_whole && is_text(element) {
                return self.of_length(&class.length, "string");
            }
        }
        self.of_length(&class.length, "array")
            .unless(1, "minimum-alignment", class.minimum_alignment_bits)
            .with("element-field-class", self.class(&class.element))
    }

    fn optional(&mut self, class: &Optional) -> Object {
        let values = (!class.ranges.is_empty()).then(|| ranges(&class.ranges));
        Object::of_type("optional")
            .with("selector-field-location", location(&class.selector, self.report))
            .with_some("selector-field-ranges", values)
            .with("field-class", self.class(&class.class))
    }

    fn variant(&mut self, class: &Variant) -> Object {
        if class.options.is_empty() {
            self.report.add("a variant without options");
        }
        let options: Vec<Json> =
            class.options.iter().map(|option| self.option(option).into()).collect();
        Object::of_type("variant")
            .with("selector-field-location", location(&class.selector, self.report))
            .with("options", options)
    }

    fn option(&mut self, option: &VariantOption) -> Object {
        self.report.enter(option.name.as_deref().unwrap_or("option"));
        if option.ranges.is_empty() {
            self.report.add("an option that no value of the selector chooses");
        }
        let object = Object::default()
            .with_some("name", option.name.as_ref())
            .with("selector-field-ranges", ranges(&option.ranges))
            .with("field-class", self.class(&option.class));
        self.report.leave();
        object
    }
}

/// Whether it is 8 bits in their usual order.
fn is_byte(element: &Integer) -> bool {
    element.len_bits == BYTE_BITS && element.bit_order == element.byte_order.bit_order()
}

/// Whether an array of such bytes is a text and nothing else.
fn is_text(element: &Integer) -> bool {
    let is_number = matches!(element.meaning, Meaning::Unsigned | Meaning::Signed);
    element.is_text && is_number && element.mappings.is_empty() && element.clock.is_none()
}
