//! The metadata of CTF 2 (CTF2-SPEC-2.0): a JSON text sequence (RFC 7464).
//!
//! # Said another way
//!
//! * The UUID of a clock is its `uid`, and its id its name, if it has no identity of its own.
//! * An array of whole bytes that are text is a string of that length.
//! * The array of 16 bytes with the trace's UUID is a blob of 16 bytes.
//! * The log level and the EMF URI of an event class are attributes in the namespace
//!   `lttng.org,2009`.
//! * ASCII is UTF-8.
//!
//! # Left out
//!
//! * That an integer is a value of a clock, where this does not set the time of events: of a clock
//!   other than the stream's, or after an event's time that says all 64 bits anew. The value is
//!   there, only not known as a time. Where it does set the time it is reported.
//! * Names for the values of booleans; that single integers are text; the trace's byte order, for
//!   each field has its own.
//! * The role of an array with the trace's UUID that does not start at a whole byte.
mod class;
mod fragment;
mod json;
mod location;
mod number;

use self::fragment::Fragments;
use crate::report::Inexpressible;
use crate::schema::Schema;

/// The metadata of a trace in CTF 2.
///
/// # Errors
///
/// All in the schema that CTF 2 cannot say: options and selectors without values, roles of what is
/// no unsigned integer, times of a clock that is not the stream's, and so on. Fields of an
/// outermost structure that nest deeper than [`NESTING_MAX`](crate::NESTING_MAX) are not looked at
/// further.
///
/// # Example
///
/// ```
/// use marey_ctf::ctf2::write;
/// use marey_ctf::schema::Schema;
///
/// let text = write(&Schema::default()).unwrap();
/// assert!(text.starts_with("\u{1e}{\"type\": \"preamble\", \"version\": 2}\n"));
/// ```
pub fn write(schema: &Schema) -> Result<String, Vec<Inexpressible>> {
    Fragments::new(schema).write()
}
