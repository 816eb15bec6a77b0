//! Classes of fields.

use super::{ByteOrder, FieldLocation, Integer, Range, Role, VarInteger};

/// A class of fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldClass {
    /// An integer of a fixed length, a boolean, bits, or an enumeration.
    Integer(Integer),
    /// An integer of a variable length.
    VarInteger(VarInteger),
    /// A floating-point number.
    Float(Float),
    /// A text.
    Str(Str),
    /// Bytes.
    Blob(Blob),
    /// Fields with names, one after another.
    Structure(Structure),
    /// Fields of one class, one after another.
    Array(Array),
    /// A field that may be absent.
    Optional(Optional),
    /// One field of several.
    Variant(Variant),
}

/// A binary floating-point number (IEEE 754).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Float {
    /// 16, 32, 64 or 128.
    pub len_bits: u32,
    /// The order of its bytes.
    pub byte_order: ByteOrder,
    /// Where it may start: at a multiple of this, a power of two, from the packet's start.
    pub alignment_bits: u32,
}

impl Float {
    /// How many bits the exponent has, and how many the significand with the one that is not
    /// stored (IEEE 754 table 3.5).
    pub fn digits(&self) -> (u32, u32) {
        let exponent = match self.len_bits {
            16 => 5,
            32 => 8,
            64 => 11,
            _ => 15,
        };
        (exponent, self.len_bits.saturating_sub(exponent))
    }
}

/// A number of elements or bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Length {
    /// The same each time.
    Static(u64),
    /// The value of another field.
    Dynamic(FieldLocation),
}

/// A text; it starts at a whole byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Str {
    /// How many bytes it has; without a length it ends with a code unit of 0.
    pub len_bytes: Option<Length>,
    /// The name of its encoding, as CTF 2 spells it: `utf-8`, `utf-16be` and so on.
    pub encoding: String,
}

impl Default for Str {
    fn default() -> Self {
        Str { len_bytes: None, encoding: "utf-8".to_owned() }
    }
}

/// Bytes; they start at a whole byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    /// How many.
    pub len_bytes: Length,
    /// What they are (RFC 2046).
    pub media_type: Option<String>,
    /// What the tracer and the reader know it as.
    pub roles: Vec<Role>,
}

/// Fields with names, one after another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Structure {
    /// The fields, in order.
    pub members: Vec<Member>,
    /// Where it may start, if its members do not ask for more.
    pub minimum_alignment_bits: u32,
}

impl Default for Structure {
    fn default() -> Self {
        Structure { members: Vec::new(), minimum_alignment_bits: 1 }
    }
}

impl Structure {
    /// The member of this name.
    pub fn member(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.name == name)
    }
}

/// A field of a structure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its name, without the underscore that CTF 1.8 may put in front of it.
    pub name: String,
    /// Its class.
    pub class: FieldClass,
}

/// Fields of one class, one after another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Array {
    /// How many.
    pub length: Length,
    /// Of which class.
    pub element: Box<FieldClass>,
    /// Where it may start, if its elements do not ask for more.
    pub minimum_alignment_bits: u32,
    /// What the tracer and the reader know it as: in CTF 1.8 the UUID is an array.
    pub roles: Vec<Role>,
}

/// A field that is there or not, as another one says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Optional {
    /// The field that says so.
    pub selector: FieldLocation,
    /// The values with which it is there; none where the selector is a boolean.
    pub ranges: Vec<Range>,
    /// The class that it has then.
    pub class: Box<FieldClass>,
}

/// One of several fields, as another one says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// The field that says which.
    pub selector: FieldLocation,
    /// What there is to choose from.
    pub options: Vec<VariantOption>,
}

/// What a variant may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariantOption {
    /// Its name; in CTF 1.8 the label of the selector.
    pub name: Option<String>,
    /// The values with which it is chosen.
    pub ranges: Vec<Range>,
    /// The class that the field has then.
    pub class: FieldClass,
}
