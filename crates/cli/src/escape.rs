//! Text from inside a trace is shown, not obeyed: neither by a terminal nor by who reads JSON.

use std::fmt::{self, Write as _};

/// `text` with everything that a terminal would obey or that could mislead a reader (control
/// characters, line and direction changes) written as an escape.
pub fn terminal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    push_terminal(&mut out, text);
    out
}

/// The same, appended.
pub fn push_terminal(out: &mut String, text: &str) {
    if text.bytes().all(|b| matches!(b, b' '..=b'~') && b != b'\\') {
        out.push_str(text);
    } else {
        text.chars().for_each(|c| push_char(out, c));
    }
}

fn push_char(out: &mut String, c: char) {
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\\' => out.push_str("\\\\"),
        c if is_obeyed(c) => {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        }
        c => out.push(c),
    }
}

/// The same between quotation marks, the first `chars_max` characters of it.
pub fn push_quoted(out: &mut String, text: &str, chars_max: usize) {
    out.push('"');
    push_cut(out, text, chars_max);
    out.push('"');
}

/// The first `chars_max` characters, with quotation marks escaped too.
pub fn push_cut(out: &mut String, text: &str, chars_max: usize) {
    let mut chars = text.chars();
    for c in chars.by_ref().take(chars_max) {
        match c {
            '"' => out.push_str("\\\""),
            c => push_char(out, c),
        }
    }
    if chars.next().is_some() {
        out.push('…');
    }
}

/// Escapes for a terminal what is written to it.
pub struct Terminal<'o>(pub &'o mut String);

impl fmt::Write for Terminal<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        push_terminal(self.0, text);
        Ok(())
    }
}

/// Appends a text as a JSON string. What a terminal would obey is escaped here too: JSON is
/// looked at on terminals.
pub fn push_json(out: &mut String, text: &str) {
    out.push('"');
    if text.bytes().all(|b| matches!(b, b' '..=b'~') && b != b'\\' && b != b'"') {
        out.push_str(text);
    } else {
        text.chars().for_each(|c| push_json_char(out, c));
    }
    out.push('"');
}

/// The same for a text that is JSON already, in which such characters stand in strings only.
pub fn json(json: String) -> String {
    if !json.contains(is_obeyed) {
        return json;
    }
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match is_obeyed(c) {
            true => push_json_char(&mut out, c),
            false => out.push(c),
        }
    }
    out
}

fn push_json_char(out: &mut String, c: char) {
    match c {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        // All of these are in the basic plane: one unit of UTF-16.
        c if is_obeyed(c) => {
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        }
        c => out.push(c),
    }
}

/// Control characters, and those that change the direction or the order of what is shown.
fn is_obeyed(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || matches!(c, '\u{61c}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminal_escapes_are_shown() {
        assert_eq!(terminal("a\u{1b}[31mb\u{7}\n"), "a\\u{1b}[31mb\\u{7}\\n");
        assert_eq!(terminal("caf\u{e9} \u{202e}gpj"), "café \\u{202e}gpj");
        assert_eq!(terminal("C:\\x"), "C:\\\\x");
        assert_eq!(terminal("\u{9b}31m"), "\\u{9b}31m");
    }

    #[test]
    fn quoted_text_is_cut() {
        let quoted = |text, max| {
            let mut out = String::new();
            push_quoted(&mut out, text, max);
            out
        };
        assert_eq!(quoted("a\"b\\\n", 9), r#""a\"b\\\n""#);
        assert_eq!(quoted("ääää", 3), "\"äää…\"");
        assert_eq!(quoted("", 3), "\"\"");
    }

    #[test]
    fn json_is_valid_and_means_the_text() {
        let every: String = (0..0x3000).filter_map(char::from_u32).collect();
        for text in ["plain", "a\"b\\c\n\r\t", "\u{1b}[31m\u{9b}\u{202e}\u{feff}", &every] {
            let mut out = String::new();
            push_json(&mut out, text);
            assert!(!out.chars().any(is_obeyed));
            assert_eq!(serde_json::from_str::<String>(&out).expect("JSON"), text);
            let written = json(serde_json::to_string(text).expect("JSON"));
            assert!(!written.chars().any(is_obeyed));
            assert_eq!(serde_json::from_str::<String>(&written).expect("JSON"), text);
        }
    }
}
