//! The fields of an event: one after another, with nothing between them.
//!
//! | type | number | bytes |
//! |---|---|---|
//! | bool | 1 | 1: 0 or not |
//! | u8, u16, u32, u64 | 2, 3, 4, 5 | 1, 2, 4, 8 |
//! | i8, i16, i32, i64 | 6, 7, 8, 9 | 1, 2, 4, 8 |
//! | f32, f64 | 10, 11 | 4, 8 |
//! | string | 12 | 2 for the length, then UTF-8 (of C programs: anything) |
//! | bytes | 13 | 2 for the length, then these |
//! | words | 14 | 2 for the length in bytes, then numbers of 4 bytes |
//! | address | 15 | 8 |
//!
//! The upper bit of a length is [`CUT`]: there was more than [`TEXT_BYTES_MAX`], and it was cut.

use super::numbered::numbered;
use super::read::{u16_at, u32_at, u64_at};

/// The most bytes of a string, of bytes or of words.
pub const TEXT_BYTES_MAX: usize = 1024;
/// In a length: what it speaks of was cut.
pub const CUT: u16 = 0x8000;

numbered! {
    /// The type of a field.
    #[allow(missing_docs, reason = "they are named as Rust names them")]
    pub enum Type {
        Bool = 1,
        U8 = 2,
        U16 = 3,
        U32 = 4,
        U64 = 5,
        I8 = 6,
        I16 = 7,
        I32 = 8,
        I64 = 9,
        F32 = 10,
        F64 = 11,
        /// Text, at most [`TEXT_BYTES_MAX`].
        String = 12,
        /// Bytes, as many.
        Bytes = 13,
        /// Numbers of 32 bits: SAT's combined events.
        Words = 14,
        /// A place in memory, of 64 bits: as `U64`, and shown in hexadecimal.
        Address = 15,
    }
}

/// The value of a field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// Yes or no.
    Bool(bool),
    /// An unsigned number, of the size that the class says; an address, too.
    Unsigned(u64),
    /// A signed number.
    Signed(i64),
    /// A number with a fraction; `f32` as the same `f64`.
    Float(f64),
    /// Text: not yet known to be UTF-8.
    Text {
        /// The bytes.
        bytes: &'a [u8],
        /// Whether there was more.
        is_cut: bool,
    },
    /// Bytes, or words as bytes.
    Bytes {
        /// The bytes.
        bytes: &'a [u8],
        /// Whether there was more.
        is_cut: bool,
    },
}

impl<'a> Value<'a> {
    /// Reads a value of this type from the start of these bytes, and says how many it took; `None`
    /// where they are too few, or a length is beyond [`TEXT_BYTES_MAX`].
    pub fn parse(bytes: &'a [u8], of: Type) -> Option<(Self, usize)> {
        Some(match of {
            Type::Bool => (Value::Bool(*bytes.first()? != 0), 1),
            Type::U8 => (Value::Unsigned(u64::from(*bytes.first()?)), 1),
            Type::U16 => (Value::Unsigned(u64::from(u16_at(bytes, 0)?)), 2),
            Type::U32 => (Value::Unsigned(u64::from(u32_at(bytes, 0)?)), 4),
            Type::U64 | Type::Address => (Value::Unsigned(u64_at(bytes, 0)?), 8),
            Type::I8 => (Value::Signed(i64::from(*bytes.first()? as i8)), 1),
            Type::I16 => (Value::Signed(i64::from(u16_at(bytes, 0)? as i16)), 2),
            Type::I32 => (Value::Signed(i64::from(u32_at(bytes, 0)? as i32)), 4),
            Type::I64 => (Value::Signed(u64_at(bytes, 0)? as i64), 8),
            Type::F32 => (Value::Float(f64::from(f32::from_bits(u32_at(bytes, 0)?))), 4),
            Type::F64 => (Value::Float(f64::from_bits(u64_at(bytes, 0)?)), 8),
            Type::String | Type::Bytes | Type::Words => return long(bytes, of),
        })
    }
}

fn long(bytes: &[u8], of: Type) -> Option<(Value<'_>, usize)> {
    let length = u16_at(bytes, 0)?;
    let is_cut = length & CUT != 0;
    let len = usize::from(length & !CUT);
    let bytes = bytes.get(2..2 + len).filter(|_| len <= TEXT_BYTES_MAX)?;
    let value = match of {
        Type::String => Value::Text { bytes, is_cut },
        _ => Value::Bytes { bytes, is_cut },
    };
    Some((value, 2 + len))
}
