//! The tracer in Rust: a file that is a module, by `mod` or by `include!`.
//!
//! It has a type for each data stream, with a method for each event, and a type for each
//! enumeration. It links the crate `marey-tracer`, which has no `std` and no heap. What stands in
//! the packets is what the tracer in C writes for the same calls, byte for byte.

mod array;
mod compound;
mod compound_types;
mod constants;
mod event;
mod filters;
mod function;
pub mod layer;
mod names;
mod packet;
mod stream;
mod types;
mod value;
mod walk;
mod write;

use std::fmt::Write as _;

use marey_ctf::schema::{Integer, StreamClass};

use crate::c::File;
use crate::definition::Definition;
use crate::plan::Unsupported;
use crate::scopes::name;
use compound_types::Compounds;
use function::Shared;
use names::{Given, camel};
use types::Enumerations;

pub(crate) use names::scope_prefix;
pub(crate) use types::{is_parameter, length_of, lengths};

/// The tracer: one file, whose name is the prefix of files.
///
/// # Errors
///
/// The fields that no Rust tracer can write.
pub fn files(definition: &Definition) -> Result<Vec<File>, Vec<Unsupported>> {
    let name = format!("{}.rs", definition.code.file_prefix);
    Ok(vec![File { name, text: text(definition)? }])
}

/// All enumerations whose values are a program's, with names: as short as possible, each once.
pub(crate) fn enumerations(definition: &Definition) -> Vec<(String, &Integer)> {
    Enumerations::of(definition, &mut Given::types()).named()
}

fn text(definition: &Definition) -> Result<String, Vec<Unsupported>> {
    let Module { names, shared, declared } = Module::of(definition);
    let (mut out, mut unsupported) = (String::new(), Vec::new());
    for (stream, name) in definition.schema.streams.iter().enumerate().zip(&names) {
        match stream::text(definition, &shared, stream, name) {
            Ok(text) => out += &text,
            Err(found) => unsupported.extend(found),
        }
    }
    if !unsupported.is_empty() {
        return Err(unsupported);
    }
    let mut text = banner(definition, "marey-tracer");
    if out.contains("write::") {
        text += "\nuse marey_tracer::write;\n";
    }
    if let Some(uuid) = definition.schema.trace.uuid.filter(|_| out.contains(", UUID)")) {
        let _ = write!(text, "\n/// The UUID of the trace.\nconst UUID: [u8; 16] = {uuid:?};\n");
    }
    Ok(text + &declared + &out)
}

/// What a module has besides its streams.
struct Module<'d> {
    /// What the names of the types of each stream begin with.
    names: Vec<String>,
    shared: Shared<'d>,
    /// Its constants and types.
    declared: String,
}

impl<'d> Module<'d> {
    fn of(definition: &'d Definition) -> Self {
        let mut given = Given::types();
        let named = |stream: &StreamClass| {
            let own = given.numbered(&camel(name(&stream.identity)));
            let has_events = definition.extensions.filters.any().then_some("Event");
            let types = ["Stream", "Packet", "Layout"].into_iter().chain(has_events);
            types.for_each(|kind| drop(given.numbered(&format!("{own}{kind}"))));
            own
        };
        let names = definition.schema.streams.iter().map(named).collect();
        let enumerations = Enumerations::of(definition, &mut given);
        let (compounds, types) = Compounds::of(definition, &enumerations, &mut given);
        let declared = constants::text(definition) + &enumerations.text() + &types;
        let shared = Shared { enumerations, compounds, types: given.into_names() };
        Module { names, shared, declared }
    }
}

/// What stands at the top. There are no inner attributes and comments: `include!` takes none.
fn banner(definition: &Definition, links: &str) -> String {
    let lines = crate::banner::lines().map(|line| format!("// {line}").trim_end().to_owned());
    let prefix = &definition.code.file_prefix;
    format!(
        "{}\n//\n\
         // It is a module: `mod {prefix};` takes it from beside the program's source, and\n\
         // `mod {prefix} {{ include!(concat!(env!(\"OUT_DIR\"), \"/{prefix}.rs\")); }}`\n\
         // from where a build script put it. It links the crate `{links}`.\n",
        lines.join("\n")
    )
}
