//! Text with blocks in braces.

use std::fmt::Write as _;

/// Lines, indented with one tab for each block around them.
#[derive(Debug, Default)]
pub(super) struct Text {
    written: String,
    depth: usize,
}

impl Text {
    pub(super) fn line(&mut self, line: &str) {
        if !line.is_empty() {
            self.written.extend(std::iter::repeat_n('\t', self.depth));
        }
        self.written.push_str(line);
        self.written.push('\n');
    }

    /// `name = value;`
    pub(super) fn attribute(&mut self, name: &str, value: impl std::fmt::Display) {
        self.line(&format!("{name} = {value};"));
    }

    /// Writes a line that opens a block.
    pub(super) fn open(&mut self, line: &str) {
        self.line(line);
        self.depth += 1;
    }

    /// Writes a line that closes a block and opens another.
    pub(super) fn reopen(&mut self, line: &str) {
        self.close(line);
        self.depth += 1;
    }

    /// Writes the line that closes a block.
    pub(super) fn close(&mut self, line: &str) {
        self.depth = self.depth.saturating_sub(1);
        self.line(line);
    }

    pub(super) fn finish(self) -> String {
        self.written
    }
}

/// A string literal (CTF 1.8). Control characters are escaped as in C, so that they stand on
/// one line and no reader meets a NUL.
pub(super) fn literal(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for c in text.chars() {
        match c {
            '\\' | '"' => literal.extend(['\\', c]),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            // Writing to a string cannot fail.
            c if c.is_ascii_control() => drop(write!(literal, "\\{:03o}", u32::from(c))),
            c => literal.push(c),
        }
    }
    literal.push('"');
    literal
}

/// A comment on one line, whatever is in the text.
pub(super) fn comment(text: &str) -> String {
    let text = text.replace(|c: char| c.is_control(), " ").replace("*/", "* /");
    format!("/* {text} */")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_has_no_raw_control_character() {
        assert_eq!(literal("a\"b\\c\nd\re\tf\0g\u{7f}"), r#""a\"b\\c\nd\re\tf\000g\177""#);
        assert_eq!(literal("ü"), "\"ü\"");
    }

    #[test]
    fn a_comment_ends_where_it_should() {
        assert_eq!(comment("a */ b\n"), "/* a * / b  */");
        assert_eq!(comment("/"), "/* / */");
    }
}
