//! What is said when all was printed: damage, and files that are no traces.

use std::ffi::OsStr;
use std::fmt::Write as _;

use marey::Error;
use marey::pipeline::Ledger;
use serde_json::json;

use super::meta::plural;
use crate::escape;
use crate::exit;
use crate::inputs;
use crate::out::Out;

/// How many damaged places and skipped files are listed; all are counted.
const LISTED_MAX: u64 = 10;

/// What is to be said at the end.
#[derive(Default)]
pub struct Ends {
    /// The first damaged places, a line each.
    damage: String,
    places: u64,
    bytes: u64,
    /// What marey lost itself, a line for each input.
    lost: String,
    /// The first skipped files, a line each.
    skipped: String,
    files: u64,
}

impl Ends {
    /// Takes note of the damage in an input, and of what was lost of it.
    pub fn damage(&mut self, path: &OsStr, ledger: &Ledger) {
        let room = LISTED_MAX.saturating_sub(self.places) as usize;
        for damage in ledger.damage.iter().take(room) {
            let path = inputs::shown_path(path);
            let reason = escape::terminal(&damage.reason);
            let bytes = match damage.len {
                0 => String::new(),
                len => format!("{} ", plural(len, "byte")),
            };
            let _ = writeln!(self.damage, "marey: {path}: {bytes}at {}: {reason}", damage.offset);
        }
        if ledger.lost > 0 {
            let (path, lost) = (inputs::shown_path(path), plural(ledger.lost, "packet"));
            let why = "they came faster than they were read";
            let _ = writeln!(self.lost, "marey: {path}: {lost} lost: {why}");
        }
        self.places += ledger.gaps;
        self.bytes += ledger.damaged_bytes;
    }

    /// Takes note of what was found in a directory and is no trace.
    pub fn skip(&mut self, error: &Error) {
        if self.files < LISTED_MAX {
            let path = error.position().path.clone().unwrap_or_default();
            let path = inputs::shown_path(path.as_os_str());
            let _ = writeln!(self.skipped, "  {path}: {}", escape::terminal(&error.reason()));
        }
        self.files += 1;
    }

    /// Says it on standard error.
    pub fn say(&self) {
        let mut text = format!("{}{}", self.lost, self.damage);
        if self.places > LISTED_MAX {
            let more = plural(self.places - LISTED_MAX, "more damaged place");
            let bytes = plural(self.bytes, "damaged byte");
            let _ = writeln!(text, "marey: {more}; {bytes} in all; --json lists them");
        }
        if self.files > 0 {
            let _ = writeln!(
                text,
                "marey: skipped {} that marey does not read:",
                plural(self.files, "file")
            );
            text.push_str(&self.skipped);
        }
        if self.files > LISTED_MAX {
            let _ = writeln!(text, "  and {} more", self.files - LISTED_MAX);
        }
        exit::say(&text);
    }
}

/// The damaged places of an input, a line each.
pub fn damage_json(out: &mut Out, path: &OsStr, ledger: &Ledger) {
    for damage in &ledger.damage {
        out.json(&json!({
            "type": "damage",
            "path": inputs::json_path(path),
            "offset": damage.offset,
            "len": damage.len,
            "reason": damage.reason,
        }));
    }
}

/// An input that was not read.
pub fn error_json(out: &mut Out, what: &str, error: &Error) {
    let path = error.position().path.as_ref().map(|path| inputs::json_path(path.as_os_str()));
    out.json(&json!({ "type": what, "path": path, "reason": error.reason() }));
}

/// The last line.
pub fn end_json(out: &mut Out, ledger: &Ledger) {
    out.json(&json!({ "type": "end", "ledger": inputs::json_ledger(ledger) }));
}
