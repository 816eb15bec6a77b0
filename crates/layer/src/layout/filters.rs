//! Filters of the recorder, in the control page: an entry for each class that has one.
//!
//! | at | size | what |
//! |---|---|---|
//! | 0 | 4 | how many bytes the entry has, a multiple of 8 |
//! | 4 | 4 | the class |
//! | 8 | 4 | how many words the program has |
//! | 12 | 4 | how many bytes its texts have |
//! | 16 | | the words, 8 bytes each, as `marey_filter::code` has them; the texts; zeros |
//!
//! A slot of the program is what it is in `marey_filter::EventData`: time, CPU, process, thread,
//! provider, event, then the fields; [`SLOTS`] is how many there may be. It has no state. The
//! program verifies it; there are at most [`FILTERS_MAX`].

use super::FIELDS_MAX;
use super::read::u32_at;

/// How many filters there may be.
pub const FILTERS_MAX: usize = 256;
/// The slot of the first field.
pub const FIELDS_AT: u16 = 6;
/// How many slots the events have.
pub const SLOTS: u16 = FIELDS_AT + FIELDS_MAX as u16;
/// How much stands before the words.
pub const FIXED_BYTES: usize = 16;

/// Where the parts of an entry are, from its start on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The class.
    pub class: u32,
    /// How many words the program has.
    pub words: usize,
    /// How many bytes its texts have.
    pub texts: usize,
    /// How many bytes the entry has.
    pub size: usize,
}

impl Entry {
    /// Reads the head of the entry that is at the start of these bytes, if it can be one.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let number = |at| u32_at(bytes, at);
        let (size, class) = (number(0)? as usize, number(4)?);
        let (words, texts) = (number(8)? as usize, number(12)? as usize);
        let needed = words.checked_mul(8)?.checked_add(texts)?.checked_add(FIXED_BYTES)?;
        let is_right = size.is_multiple_of(8) && needed <= size && size <= bytes.len();
        is_right.then_some(Entry { class, words, texts, size })
    }

    /// Appends the entry of a class.
    pub fn put(into: &mut Vec<u8>, class: u32, words: &[u64], texts: &[u8]) {
        let size = (FIXED_BYTES + 8 * words.len() + texts.len()).next_multiple_of(8);
        let end = into.len() + size;
        for number in [size as u32, class, words.len() as u32, texts.len() as u32] {
            into.extend_from_slice(&number.to_ne_bytes());
        }
        words.iter().for_each(|word| into.extend_from_slice(&word.to_ne_bytes()));
        into.extend_from_slice(texts);
        into.resize(end, 0);
    }
}
