//! Lines of 80 columns: what fits, what is wrapped, what stands below one another.

use anstyle::Style;
use unicode_width::UnicodeWidthChar as _;

use crate::escape;

/// How wide a report is.
pub const COLUMNS: usize = 80;
/// What a text of so many columns may have of characters, as some have no width.
const CHARS_PER_COLUMN: usize = 4;

/// How many columns a text takes on a terminal.
pub fn width(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// A text from the trace for a person: escaped, and cut if it takes more columns than there are.
pub fn fit(text: &str, columns: usize, unicode: bool) -> String {
    let more = if unicode { "…" } else { "..." };
    let chars_max = columns * CHARS_PER_COLUMN;
    // What is cut need not be escaped whole.
    let head: String = text.chars().take(chars_max + 1).collect();
    let escaped = escape::terminal(&head);
    if width(&escaped) <= columns && escaped.chars().count() <= chars_max {
        return escaped;
    }
    let mut cut = split_at_width(&escaped, columns.saturating_sub(width(more))).0.to_owned();
    cut.push_str(more);
    cut
}

/// As much of a text as fits, and the rest.
fn split_at_width(text: &str, columns: usize) -> (&str, &str) {
    let (mut used, mut chars) = (0, 0);
    for (at, c) in text.char_indices() {
        used += c.width().unwrap_or(0);
        chars += 1;
        if used > columns || chars > columns * CHARS_PER_COLUMN {
            return text.split_at(at);
        }
    }
    (text, "")
}

/// A text that is escaped already, in lines; broken at blanks where that is possible.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        let gap = usize::from(!line.is_empty());
        if width(&line) + gap + width(word) <= columns && line.len() < columns * CHARS_PER_COLUMN {
            if gap > 0 {
                line.push(' ');
            }
            line.push_str(word);
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        let mut rest = word;
        loop {
            let (head, tail) = split_at_width(rest, columns);
            if tail.is_empty() || head.is_empty() {
                line.push_str(rest);
                break;
            }
            lines.push(head.to_owned());
            rest = tail;
        }
    }
    lines.push(line);
    lines
}

/// A text in a style.
pub fn styled(style: Style, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{style}{text}{style:#}") }
}

/// One column of a table.
pub struct Column {
    /// What stands above it.
    title: &'static str,
    /// Numbers stand to the right.
    right: bool,
    /// How its cells look.
    style: Style,
}

impl Column {
    /// Of words.
    pub fn words(title: &'static str, style: Style) -> Self {
        Column { title, right: false, style }
    }

    /// Of numbers.
    pub fn number(title: &'static str, style: Style) -> Self {
        Column { title, right: true, style }
    }
}

/// A table of at most `columns_max` columns: its lines without indentation, the head first. Columns
/// without content are left out, and words are cut where that is needed. Cells are escaped already.
pub fn table(
    columns: &[Column],
    rows: &[Vec<String>],
    dim: Style,
    columns_max: usize,
) -> Vec<String> {
    let shown: Vec<usize> = (0..columns.len())
        .filter(|&c| rows.iter().any(|row| row.get(c).is_some_and(|cell| !cell.is_empty())))
        .collect();
    let wide = |c: usize| {
        let cells = rows.iter().filter_map(|row| row.get(c)).map(|cell| width(cell));
        cells.max().unwrap_or(0).max(width(columns[c].title))
    };
    let mut widths: Vec<usize> = shown.iter().map(|&c| wide(c)).collect();
    let total = widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1);
    let words = (0..shown.len()).filter(|&nth| !columns[shown[nth]].right);
    if let Some(widest) = words.max_by_key(|&nth| widths[nth]) {
        let over = total.saturating_sub(columns_max);
        widths[widest] = widths[widest].saturating_sub(over).max(1);
    }
    let line = |cell: &dyn Fn(usize) -> (String, Style)| {
        let mut line = String::new();
        for (nth, (&c, &wide)) in shown.iter().zip(&widths).enumerate() {
            let (mut text, style) = cell(c);
            if width(&text) > wide {
                text = format!("{}~", split_at_width(&text, wide - 1).0);
            }
            let pad = " ".repeat(wide.saturating_sub(width(&text)));
            let text = styled(style, &text);
            line.push_str(if nth == 0 { "" } else { "  " });
            match columns[c].right {
                true => line.extend([pad, text]),
                false => line.extend([text, pad]),
            }
        }
        line.trim_end().to_owned()
    };
    let mut lines = Vec::new();
    if columns.iter().any(|column| !column.title.is_empty()) {
        lines.push(line(&|c| (columns[c].title.to_owned(), dim)));
    }
    for row in rows {
        lines.push(line(&|c| (row.get(c).cloned().unwrap_or_default(), columns[c].style)));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::style::PLAIN;

    #[test]
    fn what_is_long_is_cut() {
        assert_eq!(fit("short", 10, true), "short");
        assert_eq!(fit("0123456789a", 10, true), "012345678…");
        assert_eq!(fit("0123456789a", 10, false), "0123456...");
        assert_eq!(fit("日本語日本語", 10, true), "日本語日…");
        assert_eq!(fit("\u{1b}[31m", 20, true), "\\u{1b}[31m");
        let stacked = format!("a{}", "\u{301}".repeat(10_000));
        assert!(fit(&stacked, 10, true).chars().count() <= 41);
        assert!(width(&fit(&"\u{7}".repeat(10_000), 20, true)) <= 20);
    }

    #[test]
    fn what_is_wrapped_is_all_there() {
        assert_eq!(wrap("a bc def", 4), ["a bc", "def"]);
        assert_eq!(wrap("abcdefgh i", 3), ["abc", "def", "gh", "i"]);
        assert_eq!(wrap("", 3), [""]);
        assert_eq!(wrap("日本語", 1), ["日本語"]);
        for columns in 2..30 {
            let text = "the quick brown foxxxxxxxxxxxxxxxxxxxxxxxxx 日本語日本語 jumps";
            let lines = wrap(text, columns);
            assert!(lines.iter().all(|line| width(line) <= columns), "{lines:?}");
            let bare = |text: &str| text.replace(' ', "");
            assert_eq!(bare(&lines.concat()), bare(text));
        }
    }

    #[test]
    fn columns_without_content_are_left_out() {
        let number = |title| Column::number(title, PLAIN);
        let columns = [number("id"), Column::words("name", PLAIN), number("n")];
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let rows = [row(["1", "", "12"]), row(["22", "", "3"])];
        assert_eq!(table(&columns, &rows, PLAIN, 80), ["id   n", " 1  12", "22   3"]);
    }

    #[test]
    fn a_table_that_is_too_wide_is_cut() {
        let columns = [Column::words("name", PLAIN), Column::number("n", PLAIN)];
        let rows = [vec!["a long name".to_owned(), "123".to_owned()]];
        assert_eq!(table(&columns, &rows, PLAIN, 12), ["name       n", "a long~  123"]);
    }
}
