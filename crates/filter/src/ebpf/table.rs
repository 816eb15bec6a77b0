//! Where the kernel keeps counts, and what their keys look like there.
//!
//! A table with keys is a hash map for each shape that its keys have. A table without keys, and how
//! often there was no place, are numbers of one array that all tables share: the *tally*.

use std::vec::Vec;

use super::Unsupported;
use crate::code::STATE_TEXT_BYTES_MAX;
use crate::store::{HIST_CLASSES, OwnKey};

/// With how many bytes of 0 the tally begins: what a new key begins with.
pub const EMPTY_BYTES: u32 = 8 * HIST_CLASSES as u32;
/// How many bytes a text takes as a key: with a 0 behind it, in few sizes, so that there are few
/// maps. The last is for texts that may be too long: one byte more says that they are.
const TEXT_KEY_BYTES: [u16; 3] = [24, 40, (STATE_TEXT_BYTES_MAX as u16 + 2).next_multiple_of(8)];

/// What a key is in the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyShape {
    /// A number, 8 bytes.
    Number,
    /// A text in so many bytes, with 0 behind it.
    Text(u16),
}

impl KeyShape {
    /// A text of at most so many bytes.
    pub fn text(longest: usize) -> Self {
        let fits = |bytes: &u16| usize::from(*bytes) > longest;
        let longest = TEXT_KEY_BYTES[TEXT_KEY_BYTES.len() - 1];
        KeyShape::Text(TEXT_KEY_BYTES.into_iter().find(fits).unwrap_or(longest))
    }

    /// How many bytes it takes.
    pub fn bytes(self) -> u16 {
        match self {
            KeyShape::Number => 8,
            KeyShape::Text(bytes) => bytes,
        }
    }

    /// Whether a text may be longer than tables take it: then this byte of it is not 0.
    pub(super) fn is_too_long_at(self) -> Option<i16> {
        let fits = usize::from(self.bytes()) <= STATE_TEXT_BYTES_MAX;
        (!fits).then_some(STATE_TEXT_BYTES_MAX as i16)
    }
}

/// What is counted for each key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Shape {
    /// Its keys, one after the other.
    pub keys: Vec<KeyShape>,
    /// Classes of a number are counted, not just how often.
    pub is_hist: bool,
}

impl Shape {
    /// How many bytes all keys take together.
    pub fn key_bytes(&self) -> u16 {
        self.keys.iter().map(|key| key.bytes()).sum()
    }

    /// How many bytes of counts there are for each key.
    pub fn value_bytes(&self) -> u32 {
        if self.is_hist { EMPTY_BYTES } else { 8 }
    }

    /// How many bytes the table takes in the tally.
    pub fn tally_bytes(&self) -> u32 {
        8 + if self.keys.is_empty() { self.value_bytes() } else { 0 }
    }

    /// The keys that a key of the map stands for.
    pub fn keys_of(&self, bytes: &[u8]) -> Vec<OwnKey> {
        let mut rest = bytes;
        let one = |key: &KeyShape| {
            let (own, behind) = rest.split_at_checked(key.bytes().into()).unwrap_or((rest, &[]));
            rest = behind;
            match key {
                KeyShape::Number => OwnKey::Number(own.try_into().map_or(0, u64::from_ne_bytes)),
                KeyShape::Text(_) => {
                    OwnKey::Text(own.iter().copied().take_while(|byte| *byte != 0).collect())
                }
            }
        };
        self.keys.iter().map(one).collect()
    }
}

/// Where a table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Place {
    /// The hash map of its keys, by its descriptor: as long as its [`Shape`] says. It is not looked
    /// at for a table without keys.
    pub map: i32,
    /// The tally, by its descriptor.
    pub tally: i32,
    /// Where the table is in it: how often there was no place for keys, 8 bytes; then what a table
    /// without keys counts.
    pub at: u32,
}

/// Knows where tables are.
pub trait Tables {
    /// Where the table of this number is, for keys of this shape.
    ///
    /// # Errors
    /// When it is not in the kernel.
    fn place(&self, table: u8, shape: &Shape) -> Result<Place, Unsupported>;
}

/// No table is in the kernel.
pub struct NoTables;

impl Tables for NoTables {
    fn place(&self, _: u8, _: &Shape) -> Result<Place, Unsupported> {
        Err(Unsupported("there are no tables of counts for it in the kernel".into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_a_0_behind_them() {
        let bytes = [0, 16, 23, 24, 39, 40, 64, 65, 256].map(|text| KeyShape::text(text).bytes());
        assert_eq!(bytes, [24, 24, 24, 40, 40, 72, 72, 72, 72]);
        let checked = [23, 39, 40].map(|text| KeyShape::text(text).is_too_long_at());
        assert_eq!(checked, [None, None, Some(64)]);
    }

    #[test]
    fn keys_are_found_again() {
        let keys = [KeyShape::Number, KeyShape::text(3), KeyShape::Number].into();
        let shape = Shape { keys, is_hist: true };
        let mut text = [0; 24];
        text[..3].copy_from_slice(b"abc");
        let bytes = [&7_u64.to_ne_bytes()[..], &text, &u64::MAX.to_ne_bytes()].concat();
        assert_eq!((usize::from(shape.key_bytes()), shape.tally_bytes()), (bytes.len(), 8));
        let found = [OwnKey::Number(7), OwnKey::Text(b"abc".into()), OwnKey::Number(u64::MAX)];
        assert_eq!(shape.keys_of(&bytes), found);
    }
}
