//! Events of the kernel as a trace in CTF.

mod encode;
mod metadata;
mod names;
mod schema;
mod stream;

pub use encode::{Encoder, Start, encode_mark};
pub use metadata::{Known, METADATA, Version, write};
pub use names::{LTTNG_STATE, Names};
pub use schema::{About, Contents, MARK, schema};
pub(crate) use schema::{BY_MACHINE, array, clock, discards, hexadecimal, integer, rule_bits};
pub use stream::{Ended, PAGE_BYTES, Stream, StreamId};

use marey_ctf::schema::ByteOrder;

/// The byte order of this machine, in which its events are.
pub const NATIVE: ByteOrder =
    if cfg!(target_endian = "little") { ByteOrder::Little } else { ByteOrder::Big };
