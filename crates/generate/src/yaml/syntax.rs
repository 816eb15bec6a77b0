//! What the parser can't read, in our words.

use granit_parser::{ErrorKind, ScanError};

use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Sources, Span};

/// What is wrong, and at which place.
pub(super) fn diagnose(error: &ScanError, sources: &Sources, file: FileId) -> Diagnostic {
    let text = sources.text(file);
    let at = error.marker().byte_offset().unwrap_or(text.len());
    let at = text.floor_char_boundary(at);
    let rest = text.get(at..).unwrap_or("");
    let len = rest.chars().next().filter(|c| *c != '\n').map_or(0, char::len_utf8);
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let span = Span { file, start: offset(at), end: offset(at + len) };
    let (what, label, help) = words(error.kind());
    let what = what.unwrap_or_else(|| format!("this is not YAML: {}", error.kind()));
    let wrong = Diagnostic::error(what).at(span, label);
    if help.is_empty() { wrong } else { wrong.help(help) }
}

/// What is wrong, a label, and what to do.
fn words(kind: &ErrorKind) -> (Option<String>, &'static str, &'static str) {
    match kind {
        ErrorKind::UnclosedFlowCollection { open } => {
            (Some(format!("this `{open}` is never closed")), "", "")
        }
        _ => (None, "", ""),
    }
}
