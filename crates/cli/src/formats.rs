//! `marey formats`: what is read.

use marey::Error;
use marey::format::FORMATS;
use serde_json::json;

use crate::args::Common;
use crate::exit::Exit;
use crate::out::Out;

/// Lists formats and compressions.
pub fn run(common: &Common) -> Result<Exit, Error> {
    let mut out = Out::new();
    for kind in FORMATS {
        if common.json {
            out.json(&json!({
                "type": "format",
                "name": kind.name,
                "aliases": kind.aliases,
                "description": kind.description,
            }));
        } else {
            out.line(&format!("{:8} {}", kind.name, kind.description));
        }
    }
    let mut exit = Exit::default();
    out.finish(&mut exit);
    Ok(exit)
}
