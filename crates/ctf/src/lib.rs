//! The Common Trace Format (CTF), versions 1.8 and 2, as plain data and text.
//!
//! A [`Schema`](schema::Schema) says what a trace consists of: its streams, their events, the
//! fields of those, and the clocks that time them. It is the same for both versions of the format.
//! [`tsdl::write`] makes the metadata text of CTF 1.8 of it, [`ctf2::write`] that of CTF 2.
//!
//! What a version cannot say, its writer reports: each such thing as an [`Inexpressible`], all of
//! them at once, and no text. A writer leaves something out only where events are decoded to the
//! same values without it; it documents what that is.
//!
//! Nothing here opens a file or keeps a state.
//!
//! # Sources
//!
//! The Common Trace Format v1.8.3; the Common Trace Format version 2 (CTF2-SPEC-2.0).
#![forbid(unsafe_code)]

mod check;
pub mod ctf2;
pub mod packed;
mod report;
pub mod schema;
pub mod tsdl;
mod uuid;

pub use check::NESTING_MAX;
pub use report::Inexpressible;
