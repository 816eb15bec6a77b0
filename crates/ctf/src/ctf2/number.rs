//! Classes of numbers (CTF2-SPEC-2.0).

use super::class::Classes;
use super::json::{Json, Object};
use crate::check;
use crate::schema::{
    Base, BitOrder, ByteOrder, Float, Integer, Mapping, Meaning, Range, Role, Scope, VarInteger,
};

impl Classes<'_> {
    pub(super) fn integer(&mut self, class: &Integer) -> Object {
        check::integer(class, self.report);
        self.clock(class);
        let flags = mappings(&class.mappings);
        let name = match class.meaning {
            Meaning::Unsigned => "fixed-length-unsigned-integer",
            Meaning::Signed => "fixed-length-signed-integer",
            Meaning::Boolean => "fixed-length-boolean",
            Meaning::Bits if flags.is_empty() => "fixed-length-bit-array",
            Meaning::Bits => "fixed-length-bit-map",
        };
        let mut object = Object::of_type(name).with("length", class.len_bits);
        object = with_order(object, class.byte_order);
        if class.bit_order != class.byte_order.bit_order() {
            object = object.with("bit-order", bit_order(class.bit_order));
        }
        object = object.unless(1, "alignment", class.alignment_bits);
        match class.meaning {
            Meaning::Unsigned | Meaning::Signed => with_display(object, class.base, flags),
            Meaning::Bits if !flags.is_empty() => object.with("flags", flags),
            Meaning::Bits | Meaning::Boolean => object,
        }
        .with_some("roles", self.roles(&class.roles, class.meaning == Meaning::Unsigned))
    }

    pub(super) fn var_integer(&mut self, class: &VarInteger) -> Object {
        let name = match class.is_signed {
            false => "variable-length-unsigned-integer",
            true => "variable-length-signed-integer",
        };
        with_display(Object::of_type(name), class.base, mappings(&class.mappings))
            .with_some("roles", self.roles(&class.roles, !class.is_signed))
    }

    pub(super) fn float(&mut self, class: &Float) -> Object {
        check::float(class, self.report);
        let object = Object::of_type("fixed-length-floating-point-number");
        with_order(object.with("length", class.len_bits), class.byte_order).unless(
            1,
            "alignment",
            class.alignment_bits,
        )
    }

    /// The names of roles; `can_have` is whether the class may have any.
    pub(super) fn roles(&mut self, roles: &[Role], can_have: bool) -> Option<Vec<Json>> {
        if let (false, Some(role)) = (can_have, roles.first()) {
            let role = role.name();
            self.report.add(format!("the role {role} in CTF 2 is for unsigned integers"));
        }
        if is_time(roles) && self.default_clock.is_none() {
            self.report.add("it is a time, though its stream has no default clock");
        }
        (!roles.is_empty()).then(|| roles.iter().map(|role| Json::from(role.name())).collect())
    }

    /// CTF 2 knows the clock of a field only by roles and the stream's default clock.
    fn clock(&mut self, class: &Integer) {
        let is_default = class.clock.is_some() && class.clock == self.default_clock;
        let is_before =
            matches!(self.scope, Scope::PacketHeader | Scope::PacketContext | Scope::EventHeader);
        if is_time(&class.roles) {
            if class.clock.is_some() && !is_default {
                self.report
                    .add("CTF 2 has no times of another clock than the stream's default one");
            }
        } else if is_default && (is_before || self.sets_time) {
            self.report.add("it sets the clock, which in CTF 2 only fields with a role do");
        }
    }
}

fn is_time(roles: &[Role]) -> bool {
    roles.iter().any(|role| matches!(role, Role::Timestamp | Role::PacketEndTimestamp))
}

fn with_order(object: Object, order: ByteOrder) -> Object {
    let order = match order {
        ByteOrder::Little => "little-endian",
        ByteOrder::Big => "big-endian",
    };
    object.with("byte-order", order)
}

fn with_display(object: Object, base: Base, mappings: Object) -> Object {
    let mappings = (!mappings.is_empty()).then_some(mappings);
    object
        .unless(Base::Decimal.number(), "preferred-display-base", base.number())
        .with_some("mappings", mappings)
}

fn bit_order(order: BitOrder) -> &'static str {
    match order {
        BitOrder::FirstToLast => "first-to-last",
        BitOrder::LastToFirst => "last-to-first",
    }
}

/// Names with ranges: all ranges of a name are under it, and a name without any is left out.
fn mappings(mappings: &[Mapping]) -> Object {
    let mut object = Object::default();
    for mapping in mappings.iter().filter(|mapping| !mapping.ranges.is_empty()) {
        if let Some(list) = object.list(&mapping.label) {
            list.extend(mapping.ranges.iter().map(range));
        }
    }
    object
}

/// A set of numbers.
pub(super) fn ranges(ranges: &[Range]) -> Vec<Json> {
    ranges.iter().map(range).collect()
}

fn range(range: &Range) -> Json {
    vec![Json::from(range.from), Json::from(range.to)].into()
}
