//! The tracer in C: C89 with `stdint.h`, also C++.
//!
//! Names, types and the order of calls are those of barectf, so that programs and platforms made
//! for it compile without a change. What stands in the packets is the same, byte for byte, where
//! barectf is right.

mod array;
mod bitfield;
mod compound;
mod constants;
mod event;
mod filters;
mod function;
mod header;
pub mod layer;
mod left_out;
mod names;
mod packet;
mod runtime;
mod source;
mod types;
mod value;
mod write;

use crate::definition::Definition;
use crate::plan::Unsupported;

/// A file of a tracer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name, without a folder.
    pub name: String,
    /// What is in it.
    pub text: String,
}

/// The tracer: a header, a header with macros for bit fields, and a source.
///
/// # Errors
///
/// The fields that no C tracer can write.
pub fn files(definition: &Definition) -> Result<Vec<File>, Vec<Unsupported>> {
    let prefix = &definition.code.file_prefix;
    let named = |ending: &str, text| File { name: format!("{prefix}{ending}"), text };
    let types = types::types(definition)?;
    let declared = types.text + &constants::text(definition, types.names);
    Ok(vec![
        named(".h", header::text(definition, &declared)),
        named("-bitfield.h", bitfield::text(definition)),
        named(".c", source::text(definition)?),
    ])
}

/// What stands at the top of each file.
fn banner() -> String {
    let lines = crate::banner::lines().map(|line| format!(" * {line}").trim_end().to_owned());
    format!("/*\n{}\n */\n", lines.join("\n"))
}
