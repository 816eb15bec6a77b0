//! Constants for the numbers of streams and events, and for the labels of enumerations.
//!
//! They are constants of an `enum` where any C compiler takes them for that: C89 has `int` there,
//! which has 16 bits on some machines. Else they are macros.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use marey_ctf::schema::{Integer, Mapping};

use crate::definition::Definition;
use crate::rust::enumerations;
use crate::scopes::name;

/// What an `int` of 16 bits holds, whichever way it says what is below 0.
const INT: std::ops::RangeInclusive<i128> = -32767..=32767;

/// The declarations, with none of the names that are given.
pub fn text(definition: &Definition, given: BTreeSet<String>) -> String {
    if !definition.extensions.constants {
        return String::new();
    }
    let prefix = &definition.code.identifier_prefix;
    let mut constants = Constants { out: String::new(), prefix, given };
    let streams = &definition.schema.streams;
    let numbers = streams.iter().filter_map(|stream| Some((name(&stream.identity), stream.id?)));
    let numbers = numbers.map(|(name, id)| constant(name, &format!("{name}_stream_id"), id));
    constants.group("Numbers of streams", "stream_id", numbers.collect());
    for stream in streams {
        let of = name(&stream.identity);
        let numbers = stream.events.iter().map(|event| {
            let event_name = name(&event.identity);
            constant(event_name, &format!("{of}_{event_name}_id"), event.id)
        });
        let about = format!("Numbers of the events of stream `{of}`");
        constants.group(&about, &format!("{of}_event_id"), numbers.collect());
    }
    for (own, class) in enumerations(definition) {
        let own = snake(&own);
        let labels = class.mappings.iter().filter_map(|mapping| label(&own, class, mapping));
        constants.group(&format!("Values of enumeration `{own}`"), &own, labels.collect());
    }
    constants.out
}

/// A constant: what it is, its name without the prefix, and its value.
struct Constant {
    about: String,
    name: String,
    value: i128,
}

fn constant(about: &str, name: &str, value: u64) -> Constant {
    Constant { about: about.to_owned(), name: name.to_owned(), value: i128::from(value) }
}

/// A label of an enumeration, if the field can have its value.
fn label(own: &str, class: &Integer, mapping: &Mapping) -> Option<Constant> {
    let fits = |value: i128| match class.is_signed() {
        true => value >> (class.len_bits - 1) == value >> 127,
        false => (0..1 << class.len_bits).contains(&value),
    };
    let first = mapping.ranges.first().filter(|range| fits(range.from))?;
    let ranges = mapping.ranges.iter().map(|range| match range.from == range.to {
        true => range.from.to_string(),
        false => format!("{} to {}", range.from, range.to),
    });
    let about = format!("{}: {}", mapping.label, ranges.collect::<Vec<_>>().join(", "));
    Some(Constant { about, name: format!("{own}_{}", mapping.label), value: first.from })
}

struct Constants<'d> {
    out: String,
    prefix: &'d str,
    given: BTreeSet<String>,
}

impl Constants<'_> {
    fn group(&mut self, about: &str, tag: &str, constants: Vec<Constant>) {
        if constants.is_empty() {
            return;
        }
        let _ = write!(self.out, "\n/* {} */\n", comment(about));
        let named = constants.into_iter().map(|constant| {
            let wanted = plain(&format!("{}{}", self.prefix, constant.name)).to_uppercase();
            (self.give(wanted), constant)
        });
        let named: Vec<_> = named.collect();
        if !named.iter().all(|(_, constant)| INT.contains(&constant.value)) {
            for (name, Constant { about, value, .. }) in named {
                let (about, value) = (comment(&about), wide(value));
                let _ = write!(self.out, "/* {about} */\n#define {name} {value}\n");
            }
            return;
        }
        let tag = self.give(plain(&format!("{}{tag}", self.prefix)));
        let _ = write!(self.out, "enum {tag} {{");
        let mut separator = "";
        for (name, Constant { about, value, .. }) in named {
            let about = comment(&about);
            let _ = write!(self.out, "{separator}\n\t/* {about} */\n\t{name} = {value}");
            separator = ",";
        }
        self.out += "\n};\n";
    }

    /// This name, or with a number behind it if it is given.
    fn give(&mut self, name: String) -> String {
        let mut own = name.clone();
        let mut number = 2;
        while !self.given.insert(own.clone()) {
            own = format!("{name}_{number}");
            number += 1;
        }
        own
    }
}

/// A number of up to 64 bits as an expression of C89, which has no such literals.
fn wide(value: i128) -> String {
    let bits = |value: i128| {
        let (high, low) = (value >> 32, value & 0xffff_ffff);
        match high {
            0 => format!("0x{low:x}UL"),
            _ => format!("(uint64_t) 0x{high:x}UL << 32 | 0x{low:x}UL"),
        }
    };
    let c_type = if value >> 32 == value >> 127 { "32" } else { "64" };
    match value < 0 {
        false => format!("((uint{c_type}_t) ({}))", bits(value)),
        // The lowest number has no opposite.
        true => format!("(-(int{c_type}_t) ({}) - 1)", bits(-(value + 1))),
    }
}

/// A name with nothing but letters, digits and `_` in it.
fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// The name of a type in Rust as a name in C: `MyState` is `my_state`.
fn snake(name: &str) -> String {
    let mut own = String::new();
    let mut was_small = false;
    for letter in name.chars() {
        if was_small && letter.is_ascii_uppercase() {
            own.push('_');
        }
        was_small = !letter.is_ascii_uppercase();
        own.push(letter.to_ascii_lowercase());
    }
    own
}

/// A text in a comment, which it does not end.
fn comment(text: &str) -> String {
    let clean =
        |c: char| if c == '*' || c == '\\' || c == '?' || c.is_control() { '\'' } else { c };
    text.chars().map(clean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_expressions_of_c89() {
        assert_eq!(wide(40_000), "((uint32_t) (0x9c40UL))");
        assert_eq!(wide(1 << 40), "((uint64_t) ((uint64_t) 0x100UL << 32 | 0x0UL))");
        assert_eq!(wide(-40_000), "(-(int32_t) (0x9c3fUL) - 1)");
        let lowest = "(-(int64_t) ((uint64_t) 0x7fffffffUL << 32 | 0xffffffffUL) - 1)";
        assert_eq!(wide(i128::from(i64::MIN)), lowest);
    }

    #[test]
    fn names_are_names_in_c() {
        assert_eq!(snake("MyState2B"), "my_state2_b");
        assert_eq!(plain("a b-ü"), "a_b__");
        assert_eq!(comment("a */ b"), "a '/ b");
    }
}
