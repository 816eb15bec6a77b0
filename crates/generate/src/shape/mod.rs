//! What may stand where in a configuration, as tables.
//!
//! One table of [`Shape`]s describes each version of the configuration. [`check`] finds what is not
//! as it says, [`json_schema`] makes of it what editors know as JSON Schema.

mod check;
mod json_schema;
mod message;

pub use check::{broken, check, check_partial, is_broken};
pub use json_schema::json_schema;
pub use marey_ctf::tsdl::is_identifier;
pub use message::with_article;

/// What a value may be.
#[derive(Debug)]
pub enum Shape {
    /// `true` or `false`.
    Bool,
    /// `true`.
    True,
    /// One of these numbers.
    Numbers(&'static [i128]),
    /// A number without a fraction.
    Integer {
        /// The lowest.
        min: i128,
        /// The highest.
        max: i128,
    },
    /// An alignment.
    PowerOfTwo,
    /// A text.
    Text(Text),
    /// One of these words.
    Words(&'static [&'static str]),
    /// Values of one shape, one after another.
    List {
        /// Of which shape.
        of: &'static Shape,
        /// At least so many.
        min: usize,
        /// At most so many.
        max: usize,
    },
    /// Names of the user's, each with a value of one shape.
    Names {
        /// What they name: `clock type`.
        what: &'static str,
        /// What a name may be.
        key: Text,
        /// The shape of the values.
        of: &'static Shape,
        /// At least so many.
        min: usize,
        /// At most so many.
        max: usize,
    },
    /// Properties.
    Object(&'static Object),
    /// One of several kinds of values.
    Either(&'static [Shape]),
    /// An object whose class says which properties it has.
    Class(&'static [Class]),
    /// `null`: as if the property were not there.
    Null,
    /// Anything.
    Any,
}

/// What a text may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Text {
    /// Anything.
    Any,
    /// A name in C that is no keyword of CTF 1.8.
    Name,
    /// The same, and no keyword of C.
    Member,
    /// A UUID in lower case.
    Uuid,
    /// A UUID in lower case, or `auto`.
    UuidOrAuto,
    /// A name in C that begins with a letter: what barectf 2 takes.
    OldName,
    /// The same, and no keyword of CTF 1.8 or C.
    OldMember,
    /// A UUID in any form that barectf 2 takes.
    OldUuid,
    /// The same, or `auto`.
    OldUuidOrAuto,
}

/// An object with properties.
#[derive(Debug)]
pub struct Object {
    /// What it is: `clock type`.
    pub what: &'static str,
    /// Its properties.
    pub properties: &'static [Property],
    /// Exactly one of these must be there.
    pub one_of: &'static [&'static str],
    /// What becomes of properties that are not in the table.
    pub others: Others,
}

/// What becomes of properties that are not in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Others {
    /// They are mistakes.
    Refused,
    /// They have no effect, of which there is a warning.
    Ignored,
}

/// A property of an object.
#[derive(Debug)]
pub struct Property {
    /// Its name.
    pub name: &'static str,
    /// What it may be.
    pub shape: &'static Shape,
    /// It must be there.
    pub is_required: bool,
    /// What it is for.
    pub about: &'static str,
    /// Its name in the version before.
    pub was: Option<&'static str>,
}

/// A class of objects.
#[derive(Debug)]
pub struct Class {
    /// The names of the class, the full one first.
    pub names: &'static [&'static str],
    /// What such an object has.
    pub object: &'static Object,
}

/// The words that the grammar of CTF 1.8 takes for itself, of those that can be names in C.
pub const CTF_KEYWORDS: [&str; 15] = [
    "align",
    "callsite",
    "clock",
    "enum",
    "env",
    "event",
    "floating_point",
    "integer",
    "stream",
    "string",
    "struct",
    "trace",
    "typealias",
    "typedef",
    "variant",
];

/// The words of C that stand in the grammar of CTF 1.8 (appendix C.1.1).
pub const C_KEYWORDS: [&str; 13] = [
    "_Bool",
    "_Complex",
    "_Imaginary",
    "char",
    "const",
    "double",
    "float",
    "int",
    "long",
    "short",
    "signed",
    "unsigned",
    "void",
];

impl Property {
    /// A property that may be left out.
    pub const fn new(name: &'static str, shape: &'static Shape, about: &'static str) -> Self {
        Property { name, shape, is_required: false, about, was: None }
    }

    /// A property that must be there.
    pub const fn required(name: &'static str, shape: &'static Shape, about: &'static str) -> Self {
        Property { name, shape, is_required: true, about, was: None }
    }

    /// The same, which had another name in the version before.
    pub const fn was(self, name: &'static str) -> Self {
        Property { was: Some(name), ..self }
    }
}

impl Object {
    /// An object with these properties and no others.
    pub const fn new(what: &'static str, properties: &'static [Property]) -> Self {
        Object { what, properties, one_of: &[], others: Others::Refused }
    }
}

impl Shape {
    /// Any number of values.
    pub const fn list(of: &'static Shape) -> Self {
        Shape::List { of, min: 0, max: usize::MAX }
    }

    /// In words, after `expected`.
    pub fn words(&self) -> String {
        match self {
            Shape::Bool => "true or false".to_owned(),
            Shape::True => "true".to_owned(),
            Shape::Numbers(numbers) => {
                let numbers: Vec<_> = numbers.iter().map(i128::to_string).collect();
                numbers.join(" or ")
            }
            Shape::Integer { min: 0, max: i128::MAX } => "an integer from 0 on".to_owned(),
            Shape::Integer { min: 1, max: i128::MAX } => "an integer from 1 on".to_owned(),
            Shape::Integer { min: i128::MIN, .. } => "an integer".to_owned(),
            Shape::Integer { min, max } if min == max => min.to_string(),
            Shape::Integer { min, max } => format!("an integer from {min} to {max}"),
            Shape::PowerOfTwo => "a power of two".to_owned(),
            Shape::Text(text) => text.words().to_owned(),
            Shape::Words(words) => format!("one of {}", quoted(words)),
            Shape::List { min: 0, .. } => "a list".to_owned(),
            Shape::List { min, max, .. } if min == max => format!("a list of {min} entries"),
            Shape::List { min: 1, .. } => "a list of at least one entry".to_owned(),
            Shape::List { min, .. } => format!("a list of at least {min} entries"),
            Shape::Names { what, .. } => format!("a map of {what} names"),
            Shape::Object(object) => format!("{} object", message::with_article(object.what)),
            Shape::Class([class]) => format!("{} object", message::with_article(class.object.what)),
            Shape::Class(_) => "a field type object".to_owned(),
            Shape::Either(shapes) => {
                let shapes = shapes.iter().filter(|shape| !matches!(shape, Shape::Null));
                shapes.map(Shape::words).collect::<Vec<_>>().join(", or ")
            }
            Shape::Null => "null".to_owned(),
            Shape::Any => "anything".to_owned(),
        }
    }
}

impl Text {
    fn words(self) -> &'static str {
        match self {
            Text::Any => "a string",
            Text::Name | Text::Member => "a name: letters, digits and `_`, no digit first",
            Text::Uuid => "a UUID in lower case: 8-4-4-4-12 hexadecimal digits",
            Text::UuidOrAuto => "`auto`, or a UUID in lower case: 8-4-4-4-12 hexadecimal digits",
            Text::OldName | Text::OldMember => {
                "a name that barectf 2 takes: letters, digits and `_`, a letter first"
            }
            Text::OldUuid => "a UUID",
            Text::OldUuidOrAuto => "a UUID, or `auto`",
        }
    }
}

/// Whether a text is a UUID in lower case (RFC 9562 §4).
pub fn is_uuid(text: &str) -> bool {
    let is_hex = |part: &str| part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let lens = text.split('-').map(str::len);
    lens.eq([8, 4, 4, 4, 12]) && text.split('-').all(is_hex)
}

/// The words in backquotes, with commas.
pub fn quoted(words: &[&str]) -> String {
    let words: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    words.join(", ")
}
