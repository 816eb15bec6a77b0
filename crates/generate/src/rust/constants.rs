//! Constants for the numbers of streams and events. Enumerations have theirs in any case.

use std::fmt::Write as _;

use super::names::{Given, constant};
use super::types::quoted;
use crate::definition::Definition;
use crate::scopes::name;

/// The declarations, if the configuration asks for them.
pub fn text(definition: &Definition) -> String {
    let mut out = String::new();
    if !definition.extensions.constants {
        return out;
    }
    let mut given = Given::types();
    for stream in &definition.schema.streams {
        let of = name(&stream.identity);
        if let Some(id) = stream.id {
            let own = given.numbered(&constant(&format!("{of}_stream_id")));
            declare(&mut out, &format!("The number of stream {}.", quoted(of)), &own, id);
        }
        for event in &stream.events {
            let event_name = name(&event.identity);
            let own = given.numbered(&constant(&format!("{of}_{event_name}_id")));
            let about =
                format!("The number of event {} of stream {}.", quoted(event_name), quoted(of));
            declare(&mut out, &about, &own, event.id);
        }
    }
    out
}

fn declare(out: &mut String, about: &str, name: &str, id: u64) {
    let _ = write!(
        out,
        "\n/// {about}\n#[allow(dead_code, reason = \"a program need not use all of it\")]\n\
         pub const {name}: u64 = {id};\n"
    );
}
