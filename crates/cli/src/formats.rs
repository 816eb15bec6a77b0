//! `marey formats`: what is read, and what is told by name although it is not.

use marey::Error;
use marey::format::{FORMATS, unknown};
use marey::input::Compression;
use marey::pipeline::Ledger;
use serde_json::{Value, json};

use crate::args::Common;
use crate::exit::Exit;
use crate::inputs;
use crate::out::Out;
use crate::style::Styles;

/// How wide the output is at most.
const COLUMNS_MAX: usize = 80;
/// How wide the column of names is.
const NAME_WIDTH: usize = 10;

/// Lists formats and compressions.
pub fn run(common: &Common) -> Result<Exit, Error> {
    let mut out = Out::new();
    if common.json {
        lines_of_json().for_each(|line| {
            out.json(&line);
        });
    } else {
        out.write(text(&Styles::stdout(common)).as_bytes());
    }
    let mut exit = Exit::default();
    out.finish(&mut exit);
    Ok(exit)
}

fn text(styles: &Styles) -> String {
    let mut text = String::new();
    heading(&mut text, styles, "Formats, found by content:");
    for kind in FORMATS {
        let aliases = match kind.aliases {
            [] => String::new(),
            aliases => format!(" (also {})", aliases.join(", ")),
        };
        entry(&mut text, kind.name, &format!("{}{aliases}", kind.description));
    }
    heading(&mut text, styles, "\nCompressions, found by content:");
    for compression in Compression::ALL {
        entry(&mut text, compression.name(), compression.description());
    }
    heading(&mut text, styles, "\nRecognised, but not read:");
    for name in unknown::names() {
        wrapped(&mut text, "  ", "    ", name);
    }
    text
}

fn heading(out: &mut String, styles: &Styles, heading: &str) {
    let (line_end, heading) = match heading.strip_prefix('\n') {
        Some(heading) => ("\n", heading),
        None => ("", heading),
    };
    out.push_str(&format!("{line_end}{}{heading}{:#}\n", styles.title, styles.title));
}

fn entry(out: &mut String, name: &str, description: &str) {
    let before = format!("  {name:NAME_WIDTH$} ");
    wrapped(out, &before, &" ".repeat(before.len()), description);
}

/// Appends words in lines, the first after `first`, all others after `other`.
fn wrapped(out: &mut String, first: &str, other: &str, words: &str) {
    let mut line = first.to_owned();
    let mut is_empty = true;
    for word in words.split(' ') {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > COLUMNS_MAX {
            out.push_str(&line);
            out.push('\n');
            other.clone_into(&mut line);
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    out.push_str(&line);
    out.push('\n');
}

fn lines_of_json() -> impl Iterator<Item = Value> {
    let formats = FORMATS.iter().map(|kind| {
        json!({
            "type": "format",
            "name": kind.name,
            "aliases": kind.aliases,
            "description": kind.description,
        })
    });
    let compressions = Compression::ALL.iter().map(|compression| {
        json!({
            "type": "compression",
            "name": compression.name(),
            "description": compression.description(),
        })
    });
    let others = unknown::names().map(|name| json!({ "type": "recognised", "description": name }));
    // The ledger of a run that read nothing: every output ends alike.
    let end = json!({ "type": "end", "ledger": inputs::json_ledger(&Ledger::default()) });
    formats.chain(compressions).chain(others).chain([end])
}
