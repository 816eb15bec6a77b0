//! YAML as a tree in which each node knows its place.
//!
//! barectf reads its configurations with PyYAML, which is YAML 1.1: `0x20` is 32, `040` too,
//! `1:30` is 90, `on` is a boolean and `1e6` is text. [`load`] reads the same. [`patch`] lays one
//! tree over another, as `$include` and `$inherit` do, [`emit`] writes a tree as text, and
//! [`format()`] lays out a file that people write.
//!
//! # Sources
//!
//! YAML 1.1 (2005-01-18) and its type repository; PyYAML 5.4 and 6.0 as they run.

mod anchor;
mod change;
mod characters;
mod emit;
mod format;
mod key;
mod load;
mod merge;
mod patch;
mod scalar;
mod syntax;
mod tag;
mod value;

pub use change::{each_replaced, in_map, map_of, measure, replaced};
pub use emit::emit;
pub use format::format;
pub use load::load;
pub use patch::patch;
pub use value::{Document, Key, Map, Node, Value};

/// What a text means as a scalar without quotes, if it can be a value.
pub(crate) fn plain(text: &str) -> Option<Value> {
    match scalar::resolve(text) {
        Ok(scalar::Plain::Value(value)) => Some(value),
        _ => None,
    }
}

/// How deep lists and maps may be nested, aliases followed.
pub const DEPTH_MAX: usize = 64;
/// How many nodes a file may have, each alias counted as what it stands for.
pub const NODES_MAX: usize = 200_000;
/// How many bytes of text the nodes may have, each alias counted as what it stands for.
pub const TEXT_BYTES_MAX: usize = 16 << 20;
/// How many anchors a file may have.
pub const ANCHORS_MAX: usize = 10_000;
