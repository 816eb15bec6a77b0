//! How wide text is on a terminal, and what fits there.

use unicode_width::UnicodeWidthChar as _;

/// How many columns a message has. Only a path or a name that is longer goes beyond.
pub const COLUMNS_MAX: usize = 80;
/// The renderer shows a tab as so many spaces.
const TAB_COLUMNS: usize = 4;

/// How many columns a character takes.
pub fn width_of(c: char) -> usize {
    match c {
        '\t' => TAB_COLUMNS,
        // The renderer shows a picture of a control character.
        c => c.width().unwrap_or(1),
    }
}

/// How many columns a text takes.
pub fn width(text: &str) -> usize {
    text.chars().map(width_of).sum()
}

/// The beginning of a text, which takes no more than so many columns.
pub fn beginning(text: &str, columns: usize) -> &str {
    let mut used = 0;
    let end = text.char_indices().find(|(_, c)| {
        used += width_of(*c);
        used > columns
    });
    end.and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

/// A text in lines, of which the first stands behind `start` columns, and the others below it. What
/// stands in backquotes stays in one line.
pub fn wrapped(text: &str, start: usize) -> String {
    let columns = COLUMNS_MAX.saturating_sub(start);
    let mut lines = String::new();
    let mut used = 0;
    for word in words(text) {
        let len = width(word);
        if used > 0 && used + 1 + len > columns {
            lines.push('\n');
            used = 0;
        } else if !lines.is_empty() {
            lines.push(' ');
            used += 1;
        }
        lines.push_str(word);
        used += len;
    }
    lines
}

/// The words of a text. What stands in backquotes is one.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut is_quoted = false;
    text.split(move |c: char| {
        is_quoted ^= c == '`';
        c == ' ' && !is_quoted
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_in_lines_that_fit() {
        let text = "a ".repeat(100);
        let lines = wrapped(text.trim(), 60);
        assert!(lines.lines().all(|line| width(line) <= 20), "{lines}");
        assert_eq!(lines.replace('\n', " "), text.trim());
        assert_eq!(wrapped("", 3), "");
        let long = "x".repeat(200);
        assert_eq!(wrapped(&format!("a {long} b"), 0), format!("a\n{long}\nb"));
        assert_eq!(wrapped("aa `b c` d", 75), "aa\n`b c`\nd");
        assert_eq!((beginning("日本", 3), beginning("ab", 2)), ("日", "ab"));
        assert_eq!((width("日本"), width("e\u{301}"), width("\t")), (4, 1, 4));
    }
}
