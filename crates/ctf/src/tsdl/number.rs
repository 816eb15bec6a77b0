//! Declarations of numbers (CTF 1.8).

use super::field::Fields;
use super::name::escape;
use super::text::literal;
use super::{Style, roles};
use crate::check;
use crate::schema::{ByteOrder, Float, Integer, Meaning, Range};

impl Fields<'_, '_> {
    pub(super) fn integer(&mut self, class: &Integer, declarator: &str) {
        check::integer(class, self.report);
        if class.bit_order != class.byte_order.bit_order() {
            self.report.add("CTF 1.8 has no order of bits but the one that goes with the bytes'");
        }
        if is_enumeration(class) {
            self.text.open("enum : integer {");
            self.integer_attributes(class);
            self.text.reopen("} {");
            let is_selector = self.selectors.contain(class);
            for mapping in &class.mappings {
                let label =
                    if is_selector { escape(&mapping.label) } else { mapping.label.clone() };
                self.mapping(&label, &mapping.ranges);
            }
        } else {
            self.text.open("integer {");
            self.integer_attributes(class);
        }
        self.text.close(&format!("}}{declarator};"));
    }

    fn integer_attributes(&mut self, class: &Integer) {
        let mut attributes = [
            ("signed", class.is_signed().to_string()),
            ("size", class.len_bits.to_string()),
            ("align", class.alignment_bits.to_string()),
        ];
        if self.style == Style::Barectf2 {
            attributes.rotate_left(1);
        }
        for (name, value) in attributes {
            self.text.attribute(name, value);
        }
        self.text.attribute("byte_order", self.byte_order(class.byte_order));
        self.text.attribute("base", class.base.number());
        if class.is_text {
            self.text.attribute("encoding", "UTF8");
        } else if self.style == Style::Barectf2 {
            self.text.attribute("encoding", "none");
        }
        let default_clock = self.default_clock.filter(|_| roles::is_time(class));
        if let Some(index) = class.clock.or(default_clock) {
            self.map(index);
        }
    }

    fn map(&mut self, index: usize) {
        match self.schema.clocks.get(index) {
            Some(clock) => self.text.attribute("map", format!("clock.{}.value", clock.id)),
            None => self.report.add("its clock is none of the schema's"),
        }
    }

    /// One entry for each range.
    fn mapping(&mut self, label: &str, ranges: &[Range]) {
        let label = literal(label);
        for &Range { from, to } in ranges {
            if !fits(from) || !fits(to) {
                let what = "has values beyond 64 bits, which readers of CTF 1.8 do not take";
                self.report.add(format!("the label {label} {what}"));
            }
            let values = if from == to { from.to_string() } else { format!("{from} ... {to}") };
            self.text.line(&format!("{label} = {values},"));
        }
    }

    pub(super) fn float(&mut self, class: &Float, declarator: &str) {
        check::float(class, self.report);
        let (exponent, mantissa) = class.digits();
        let mut digits = [("mant_dig", mantissa), ("exp_dig", exponent)];
        if self.style == Style::Barectf2 {
            digits.reverse();
        }
        self.text.open("floating_point {");
        for (name, count) in digits {
            self.text.attribute(name, count);
        }
        self.text.attribute("align", class.alignment_bits);
        self.text.attribute("byte_order", self.byte_order(class.byte_order));
        self.text.close(&format!("}}{declarator};"));
    }

    /// barectf 2 names the order of each field, later ones only what differs from the trace's.
    fn byte_order(&self, order: ByteOrder) -> &'static str {
        let is_native = order == self.schema.trace.byte_order;
        if is_native && self.style != Style::Barectf2 { "native" } else { byte_order(order) }
    }
}

/// Whether CTF 1.8 calls it an enumeration, as a boolean with names for its bits as a number. The
/// names of flags are lost: its values are not what is mapped.
pub(super) fn is_enumeration(class: &Integer) -> bool {
    class.meaning != Meaning::Bits
        && class.mappings.iter().any(|mapping| !mapping.ranges.is_empty())
}

pub(super) fn byte_order(order: ByteOrder) -> &'static str {
    match order {
        ByteOrder::Little => "le",
        ByteOrder::Big => "be",
    }
}

/// Whether readers of CTF 1.8 take it: 64 bits, with a sign or without.
pub(super) fn fits(number: i128) -> bool {
    i64::try_from(number).is_ok() || u64::try_from(number).is_ok()
}
