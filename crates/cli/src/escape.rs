//! Text from inside a trace is shown, not obeyed.

use std::fmt::Write as _;

/// `text` with everything that a terminal would obey or that could mislead a reader (control
/// characters, line and direction changes) written as an escape.
pub fn terminal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    push_terminal(&mut out, text);
    out
}

/// The same, appended.
pub fn push_terminal(out: &mut String, text: &str) {
    for c in text.chars() {
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
}

/// Control characters, and those that change the direction or the order of what is shown.
fn is_obeyed(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
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
}
