//! Characters that a YAML file must not have.

use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Sources, Span};

/// The first character that YAML 1.1 does not allow, or that YAML 1.1 and 1.2 disagree on.
pub(super) fn check(sources: &Sources, file: FileId) -> Result<(), Diagnostic> {
    let text = sources.text(file);
    let Some((at, found)) = text.char_indices().find(|&(_, c)| !is_allowed(c)) else {
        return Ok(());
    };
    let start = u32::try_from(at).unwrap_or(u32::MAX);
    let end = u32::try_from(at + found.len_utf8()).unwrap_or(u32::MAX);
    let code = u32::from(found);
    let label = if is_line_break(found) {
        "a line break in YAML 1.1, and none in YAML 1.2"
    } else {
        "not allowed in YAML"
    };
    let escape = if code <= 0xff { format!("\\x{code:02x}") } else { format!("\\u{code:04x}") };
    let error = Diagnostic::error(format!("the file has the character U+{code:04X}"));
    let error = error.at(Span { file, start, end }, label);
    Err(error.help(format!("write \"{escape}\", in double quotes")))
}

fn is_allowed(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' | ' '..='~' => true,
        '\u{fffe}' | '\u{ffff}' => false,
        _ => c >= '\u{a0}' && !is_line_break(c),
    }
}

fn is_line_break(c: char) -> bool {
    matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}')
}
