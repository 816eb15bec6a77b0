//! The file `classes`: an entry for each class, in the order of their numbers, from 1 on.
//!
//! | at | size | what |
//! |---|---|---|
//! | 0 | 4 | how many bytes the entry has: a multiple of 8, at most [`ENTRY_BYTES_MAX`] |
//! | 4 | 4 | the number of the class |
//! | 8 | 4 | the line in the source file |
//! | 12 | 1 | [`Level`] |
//! | 13 | 1 | [`Meaning`] |
//! | 14 | 2 | how many fields |
//! | 16 | | provider, event, source file: for each the length in 2 bytes, then as many |
//! | | | each field: [`Type`] in 1 byte, the length of its name in 2, the name |
//! | | | zeros |

use super::numbered::numbered;
use super::read::{u16_at, u32_at};
use super::value::Type;
use super::{FIELDS_MAX, NAME_BYTES_MAX};

/// The longest entry.
pub const ENTRY_BYTES_MAX: usize = 4096;
/// The most bytes of the file.
pub const FILE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// How much stands before the names.
pub const FIXED_BYTES: usize = 16;

numbered! {
    /// How much an event matters.
    #[derive(PartialOrd, Ord)]
    pub enum Level {
        /// Something failed.
        Error = 1,
        /// Something is odd.
        Warn = 2,
        /// What one wants to know.
        Info = 3,
        /// What one wants to know when looking for a mistake.
        Debug = 4,
        /// All else.
        Trace = 5,
    }
}

numbered! {
    /// What an event stands for.
    pub enum Meaning {
        /// What its name says.
        Event = 0,
        /// A span was made; the first field is its number.
        SpanNew = 1,
        /// A span was entered.
        SpanEnter = 2,
        /// A span was left.
        SpanExit = 3,
        /// A span is over.
        SpanClose = 4,
        /// Values of a span were recorded after it was made.
        SpanRecord = 5,
        /// SAT's simple user event: code and two words.
        UserSimple = 16,
        /// SAT's combined user event: code and words.
        UserCombined = 17,
        /// SAT's string user event: code and text.
        UserString = 18,
        /// SAT's function enter: function and call site.
        FunctionEnter = 19,
        /// SAT's function exit: function and call site.
        FunctionExit = 20,
        /// SAT's `trace_here`: an address.
        Here = 21,
    }
}

/// An entry, checked. Names are bytes: of C programs they may be anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The number of the class.
    pub id: u32,
    /// The line in the source file.
    pub line: u32,
    /// How much it matters.
    pub level: Level,
    /// What it stands for.
    pub meaning: Meaning,
    /// Who names it: a library or a part of a program.
    pub provider: &'a [u8],
    /// Its name.
    pub event: &'a [u8],
    /// The source file.
    pub file: &'a [u8],
    fields: &'a [u8],
    field_count: usize,
}

impl<'a> Entry<'a> {
    /// Reads the entry that is at the start of these bytes, and says how long it is; `None` where
    /// none can be.
    pub fn parse(bytes: &'a [u8]) -> Option<(Self, usize)> {
        let size = u32_at(bytes, 0)? as usize;
        let entry =
            bytes.get(..size).filter(|_| size <= ENTRY_BYTES_MAX && size.is_multiple_of(8))?;
        let field_count = usize::from(u16_at(entry, 14)?);
        let (provider, rest) = name(entry.get(FIXED_BYTES..)?)?;
        let (event, rest) = name(rest)?;
        let (file, fields) = name(rest)?;
        let entry = Entry {
            id: u32_at(entry, 4)?,
            line: u32_at(entry, 8)?,
            level: Level::from_number(*entry.get(12)?)?,
            // One that is not known is an event like any other.
            meaning: Meaning::from_number(*entry.get(13)?).unwrap_or(Meaning::Event),
            provider,
            event,
            file,
            fields,
            field_count,
        };
        let is_right = field_count <= FIELDS_MAX && entry.fields().count() == field_count;
        is_right.then_some((entry, size))
    }

    /// The types and names of its fields.
    pub fn fields(&self) -> impl Iterator<Item = (Type, &'a [u8])> + use<'a> {
        let mut rest = self.fields;
        (0..self.field_count).map_while(move |_| {
            let of = Type::from_number(*rest.first()?)?;
            let (name, behind) = name(rest.get(1..)?)?;
            rest = behind;
            Some((of, name))
        })
    }
}

fn name(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let len = usize::from(u16_at(bytes, 0)?);
    bytes.get(2..)?.split_at_checked(len).filter(|_| len <= NAME_BYTES_MAX)
}
