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
mod names;
mod packet;
mod stream;
mod types;
mod value;
mod walk;
mod write;

use std::fmt::Write as _;

use marey_ctf::schema::Integer;

use crate::c::File;
use crate::definition::Definition;
use crate::plan::Unsupported;
use crate::scopes::name;
use compound_types::Compounds;
use function::Shared;
use names::{Given, camel};
use types::Enumerations;

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
    let mut given = Given::types();
    let streams = &definition.schema.streams;
    let names: Vec<_> = streams
        .iter()
        .map(|stream| {
            let own = camel(name(&stream.identity));
            let own = given.numbered(&own);
            let has_events = definition.extensions.filters.any().then_some("Event");
            let types = ["Stream", "Packet", "Layout"].into_iter().chain(has_events);
            types.for_each(|kind| drop(given.numbered(&format!("{own}{kind}"))));
            own
        })
        .collect();
    let enumerations = Enumerations::of(definition, &mut given);
    let (compounds, declared) = Compounds::of(definition, &enumerations, &mut given);
    let shared = Shared { enumerations, compounds, types: given.into_names() };
    let (mut out, mut unsupported) = (String::new(), Vec::new());
    for (stream, name) in streams.iter().enumerate().zip(&names) {
        match stream::text(definition, &shared, stream, name) {
            Ok(text) => out += &text,
            Err(found) => unsupported.extend(found),
        }
    }
    if !unsupported.is_empty() {
        return Err(unsupported);
    }
    let mut text = banner(definition);
    if out.contains("write::") {
        text += "\nuse marey_tracer::write;\n";
    }
    if let Some(uuid) = definition.schema.trace.uuid.filter(|_| out.contains(", UUID)")) {
        let _ = write!(text, "\n/// The UUID of the trace.\nconst UUID: [u8; 16] = {uuid:?};\n");
    }
    text += &constants::text(definition);
    text += &shared.enumerations.text();
    text += &declared;
    Ok(text + &out)
}

/// What stands at the top. There are no inner attributes and comments: `include!` takes none.
fn banner(definition: &Definition) -> String {
    let lines = crate::banner::lines().map(|line| format!("// {line}").trim_end().to_owned());
    let prefix = &definition.code.file_prefix;
    format!(
        "{}\n//\n\
         // It is a module: `mod {prefix};` takes it from beside the program's source, and\n\
         // `mod {prefix} {{ include!(concat!(env!(\"OUT_DIR\"), \"/{prefix}.rs\")); }}`\n\
         // from where a build script put it. It links the crate `marey-tracer`.\n",
        lines.join("\n")
    )
}
