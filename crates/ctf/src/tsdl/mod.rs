//! The metadata text of CTF 1.8: the Trace Stream Description Language, TSDL.
//!
//! # Said another way
//!
//! * Booleans, bits and flags are unsigned integers. The names of flags are lost. A boolean with
//!   names is an enumeration.
//! * A field that may be absent is a variant: where it is absent, a structure without members.
//! * A text or blob with a length is an array or sequence of bytes. A blob's media type is lost.
//! * Roles are said by the names that CTF 1.8 reserves; a field that has a role has that name, else
//!   it is reported. The times of events are said by their clock.
//! * An event without a name has an empty one, for Babeltrace refuses it else.
//! * A field with the role of a time and without a clock has its stream's default clock.
//!
//! # Left out
//!
//! Identities (the names of streams are comments), and the accuracy of clocks.
mod block;
mod field;
mod name;
mod number;
mod place;
mod roles;
mod selectors;
mod text;
mod variant;

pub use self::name::is_identifier;

use self::block::Blocks;
use crate::report::Inexpressible;
use crate::schema::Schema;

/// How the text is written. Its meaning is the same, but for the names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Style {
    /// Token for token as barectf 3.1 writes it. Names are written as they are: readers drop an
    /// underscore at the start of one, and do not understand one that is a reserved word.
    #[default]
    Barectf3,
    /// Token for token as barectf 2.3 writes it: attributes in another order, integers with an
    /// encoding, byte orders by name. Names are written as they are, too.
    Barectf2,
    /// The order of `Barectf3`, with names escaped: a member that is a reserved word, or begins
    /// with an underscore, gets an underscore at its start, which readers drop. So does an option
    /// of a variant, with the label that selects it; not all readers drop that of the label.
    Marey,
}

/// The metadata of a trace in CTF 1.8.
///
/// # Errors
///
/// All in the schema that CTF 1.8 cannot say: integers of a variable length, optional fields whose
/// selector is no enumeration, encodings other than UTF-8 and ASCII, orders of bits, arrays with an
/// alignment of their own, origins of clocks other than the Unix epoch, and so on. Fields of an
/// outermost structure that nest deeper than [`NESTING_MAX`](crate::NESTING_MAX) are not looked at
/// further.
///
/// # Example
///
/// ```
/// use marey_ctf::schema::{Schema, StreamClass};
/// use marey_ctf::tsdl::{Style, write};
///
/// let schema = Schema { streams: vec![StreamClass::default()], ..Schema::default() };
/// let text = write(&schema, Style::Marey).unwrap();
/// assert!(text.starts_with("/* CTF 1.8 */\n"));
/// ```
pub fn write(schema: &Schema, style: Style) -> Result<String, Vec<Inexpressible>> {
    Blocks::new(schema, style).write()
}
