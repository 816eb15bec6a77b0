//! Values at the edges for any class of fields.

use marey_ctf::schema::{FieldClass, Length, Meaning, Structure};

use super::random::Random;

/// A value of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// The bits of an integer; higher ones may be set, too.
    Integer(u64),
    Boolean(bool),
    /// A floating-point number that is whole.
    Float(u32),
    Text(&'static str),
    Bytes(Vec<u8>),
    List(Vec<Value>),
    /// The values of the members that a program gives.
    Structure(Vec<Value>),
    Absent,
    Present(Box<Value>),
    /// The number of the option, and what it holds.
    Option(usize, Box<Value>),
}

/// The members of a structure that a program gives: not those that say how long others are, whether
/// they are there, or which.
pub fn members(structure: &Structure) -> Vec<(&str, &FieldClass)> {
    let is_own = |name: &str| !name.starts_with("__");
    let members = structure.members.iter().map(|member| (member.name.as_str(), &member.class));
    members.filter(|(name, _)| is_own(name)).collect()
}

/// A value of this class.
pub fn value(random: &mut Random, class: &FieldClass) -> Value {
    match class {
        FieldClass::Integer(class) if class.meaning == Meaning::Boolean => {
            Value::Boolean(random.one_in(2))
        }
        FieldClass::Integer(class) => {
            let (bits, most) = (random.next(), u64::MAX >> (64 - class.len_bits));
            Value::Integer(random.of(&[0, 1, most, most >> 1, bits]))
        }
        FieldClass::Float(_) => Value::Float(random.below(100_000) as u32),
        FieldClass::Str(_) => Value::Text(random.of(&["", "x", "a longer text", "ä \"quoted\""])),
        FieldClass::Blob(class) => {
            let count = count(random, &class.len_bytes);
            Value::Bytes((0..count).map(|_| random.next() as u8).collect())
        }
        FieldClass::Array(class) => {
            let count = count(random, &class.length);
            Value::List((0..count).map(|_| value(random, &class.element)).collect())
        }
        FieldClass::Structure(class) => {
            let members = members(class);
            Value::Structure(members.iter().map(|(_, class)| value(random, class)).collect())
        }
        FieldClass::Optional(class) => match random.one_in(2) {
            true => Value::Absent,
            false => Value::Present(Box::new(value(random, &class.class))),
        },
        FieldClass::Variant(class) => {
            let number = random.below(class.options.len() as u64) as usize;
            Value::Option(number, Box::new(value(random, &class.options[number].class)))
        }
        FieldClass::VarInteger(_) => unreachable!("no configuration has it"),
    }
}

fn count(random: &mut Random, length: &Length) -> u64 {
    match length {
        Length::Static(count) => *count,
        Length::Dynamic(_) => random.of(&[0, 1, 2, 5]),
    }
}
