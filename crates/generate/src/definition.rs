//! What a tracer is generated from.

use marey_ctf::schema::Schema;

use crate::extensions::Extensions;

/// A trace, checked, and how its tracer is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// What the metadata says. Fields with a role are written by the tracer; the others are
    /// parameters of its functions.
    pub schema: Schema,
    /// How its tracer is called, and what it is made for.
    pub code: CodeOptions,
    /// Whose tracer it shall be like.
    pub profile: Profile,
    /// What the configuration says beyond what barectf knows.
    pub extensions: Extensions,
}

/// How a tracer is called, and what it is made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeOptions {
    /// What names of functions and types begin with.
    pub identifier_prefix: String,
    /// What names of files begin with.
    pub file_prefix: String,
    /// The header defines the prefix of names.
    pub defines_prefix: bool,
    /// The header defines the name of the default stream.
    pub defines_default_stream: bool,
    /// The stream for which there are short names.
    pub default_stream: Option<usize>,
    /// The C type of the values of each clock.
    pub clock_c_types: Vec<String>,
    /// The byte order of the trace is the target's own.
    pub is_native: bool,
}

/// Whose tracer a tracer shall be like: in names and in the order of what there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Profile {
    /// barectf 3.1.
    #[default]
    Barectf3,
    /// barectf 2.3.
    Barectf2,
}
