//! What neither version of CTF can say.

use crate::report::Report;
use crate::schema::{ClockClass, FieldClass, Float, Integer, Schema, StreamClass, Structure};

/// How deep fields may nest: a structure in an array in an outermost structure is at depth 2.
pub const NESTING_MAX: usize = 64;

/// Whether the fields of an outermost structure nest no deeper than [`NESTING_MAX`]. Nothing may
/// follow the fields of one that fails, lest the stack overflow.
pub(crate) fn nesting(structure: &Structure, report: &mut Report) -> bool {
    let is_fine = !any_nests(structure, NESTING_MAX);
    if !is_fine {
        report.add(format!("fields nest deeper than {NESTING_MAX}, which is the limit"));
    }
    is_fine
}

fn any_nests(structure: &Structure, left: usize) -> bool {
    structure.members.iter().any(|member| nests(&member.class, left))
}

/// Whether a class holds others `left` times or more.
fn nests(class: &FieldClass, left: usize) -> bool {
    let Some(left) = left.checked_sub(1) else { return true };
    match class {
        FieldClass::Structure(class) => any_nests(class, left),
        FieldClass::Array(class) => nests(&class.element, left),
        FieldClass::Optional(class) => nests(&class.class, left),
        FieldClass::Variant(class) => class.options.iter().any(|option| nests(&option.class, left)),
        _ => false,
    }
}

/// An alignment is a power of two (CTF 1.8, CTF 2).
pub(crate) fn alignment(bits: u32, report: &mut Report) {
    if !bits.is_power_of_two() {
        report.add(format!("an alignment of {bits} bits, which is not a power of two"));
    }
}

pub(crate) fn integer(class: &Integer, report: &mut Report) {
    alignment(class.alignment_bits, report);
    if class.len_bits == 0 {
        report.add("a length of 0 bits; 1 is the least");
    }
}

pub(crate) fn float(class: &Float, report: &mut Report) {
    alignment(class.alignment_bits, report);
    if !matches!(class.len_bits, 16 | 32 | 64 | 128) {
        let len = class.len_bits;
        report.add(format!("a number of {len} bits; IEEE 754 has 16, 32, 64 and 128"));
    }
}

pub(crate) fn clock(clock: &ClockClass, report: &mut Report) {
    if clock.frequency == 0 {
        report.add("a frequency of 0 Hz; 1 is the least");
    }
}

/// A stream class without an id is the only one.
pub(crate) fn stream(schema: &Schema, stream: &StreamClass, report: &mut Report) {
    if stream.id.is_none() && schema.streams.len() > 1 {
        report.add("no id, though there are other stream classes");
    }
    if stream.default_clock.is_some_and(|index| index >= schema.clocks.len()) {
        report.add("its default clock is none of the schema's");
    }
}
