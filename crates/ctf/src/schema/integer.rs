//! Classes of integers.

use super::Role;

/// In which order the bytes of a field stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum ByteOrder {
    /// The lowest first.
    #[default]
    Little,
    /// The highest first.
    Big,
}

/// In which order the bits of a byte are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BitOrder {
    /// From the lowest one: the rule for little-endian fields.
    FirstToLast,
    /// From the highest one: the rule for big-endian fields.
    LastToFirst,
}

impl ByteOrder {
    /// The order of bits that goes with this order of bytes (CTF 2); the only one in
    /// CTF 1.8.
    pub fn bit_order(self) -> BitOrder {
        match self {
            ByteOrder::Little => BitOrder::FirstToLast,
            ByteOrder::Big => BitOrder::LastToFirst,
        }
    }
}

/// In which base numbers are meant to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Base {
    /// 2.
    Binary,
    /// 8.
    Octal,
    /// 10.
    #[default]
    Decimal,
    /// 16.
    Hexadecimal,
}

impl Base {
    /// The number.
    pub fn number(self) -> u32 {
        match self {
            Base::Binary => 2,
            Base::Octal => 8,
            Base::Decimal => 10,
            Base::Hexadecimal => 16,
        }
    }
}

/// What the bits of an integer field mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Meaning {
    /// A number from 0 on.
    #[default]
    Unsigned,
    /// A number in two's complement.
    Signed,
    /// False if all bits are 0, else true. CTF 1.8 has no such class; its writer makes it unsigned,
    /// an enumeration if there are mappings, which are then of its bits as a number.
    Boolean,
    /// Bits and no number, with names in the mappings if they are flags.
    Bits,
}

/// Numbers from one to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Range {
    /// The lowest.
    pub from: i128,
    /// The highest.
    pub to: i128,
}

impl Range {
    /// Just one number.
    pub fn of(number: impl Into<i128>) -> Self {
        let number = number.into();
        Range { from: number, to: number }
    }
}

/// A name for some values of an integer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// The name; several mappings may have one.
    pub label: String,
    /// The values, in the order in which the metadata lists them.
    pub ranges: Vec<Range>,
}

/// An integer of a fixed length: also a boolean, bits, flags; an enumeration if it has mappings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Integer {
    /// Its length.
    pub len_bits: u32,
    /// How its bits are meant.
    pub meaning: Meaning,
    /// The order of its bytes.
    pub byte_order: ByteOrder,
    /// The order in which bits are used.
    pub bit_order: BitOrder,
    /// Where it may start: at a multiple of this, a power of two, from the packet's start.
    pub alignment_bits: u32,
    /// How it is meant to be shown.
    pub base: Base,
    /// It is one byte of a text, if it stands in an array (CTF 1.8).
    pub is_text: bool,
    /// Names for values; not empty in an enumeration.
    pub mappings: Vec<Mapping>,
    /// It is a value of this one of [`Schema::clocks`](super::Schema::clocks).
    pub clock: Option<usize>,
    /// What the tracer and the reader know it as.
    pub roles: Vec<Role>,
}

impl Integer {
    /// An unsigned decimal number with the alignment that CTF 1.8 gives it by default: 8
    /// if its length is a multiple of 8, else 1.
    pub fn unsigned(len_bits: u32, byte_order: ByteOrder) -> Self {
        Integer {
            len_bits,
            meaning: Meaning::Unsigned,
            byte_order,
            bit_order: byte_order.bit_order(),
            alignment_bits: if len_bits.is_multiple_of(8) { 8 } else { 1 },
            base: Base::Decimal,
            is_text: false,
            mappings: Vec::new(),
            clock: None,
            roles: Vec::new(),
        }
    }

    /// Whether it is a number that may be below 0.
    pub fn is_signed(&self) -> bool {
        self.meaning == Meaning::Signed
    }

    /// Whether it has this role.
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

/// An integer in as many bytes as it needs: LEB128 (CTF 2).
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct VarInteger {
    /// It may be below 0.
    pub is_signed: bool,
    /// How it is meant to be shown.
    pub base: Base,
    /// Names for values.
    pub mappings: Vec<Mapping>,
    /// What the tracer and the reader know it as.
    pub roles: Vec<Role>,
}
