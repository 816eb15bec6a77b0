//! The part of a line that is shown, where all of it does not fit.

use super::columns::width_of;
use crate::source::floor;

/// What stands where a line was cut.
pub const CUT: &str = "…";
/// Characters without a width can be many; a window has no more than this for each column.
const CHARACTERS_PER_COLUMN: usize = 4;

/// The part of a line that is shown.
pub struct Window {
    /// The first byte of the line that is shown.
    pub start: usize,
    end: usize,
    /// What is shown.
    pub text: String,
}

impl Window {
    /// At most so many columns of a line. The byte `place` is among them, with what is around it
    /// and room for `need` columns from there on.
    pub fn new(line: &str, place: u32, need: usize, columns: usize) -> Self {
        let (start, end) = range(line, floor(line, place), need, columns);
        let inside = without_c1(line.get(start..end).unwrap_or(""));
        let before = if start > 0 { CUT } else { "" };
        let behind = if end < line.len() { CUT } else { "" };
        Self { start, end, text: format!("{before}{inside}{behind}") }
    }

    /// Whether the byte of this offset in the line is among what is shown.
    pub fn shows(&self, line: &str, offset: u32) -> bool {
        let offset = offset as usize;
        offset >= self.start && (offset < self.end || self.end == line.len())
    }

    /// Where in the shown text the byte of this offset in the line is.
    pub fn place(&self, line: &str, offset: u32) -> usize {
        let offset = floor(line, offset).clamp(self.start, self.end);
        let before = without_c1(line.get(self.start..offset).unwrap_or(""));
        let cut = if self.start > 0 { CUT.len() } else { 0 };
        cut + before.len()
    }
}

/// C1 controls are the controls that the renderer lets through.
pub fn without_c1(text: &str) -> String {
    text.replace(|c: char| ('\u{80}'..='\u{9f}').contains(&c), "\u{fffd}")
}

fn range(line: &str, place: usize, need: usize, columns: usize) -> (usize, usize) {
    let (before, behind) = line.split_at_checked(place).unwrap_or((line, ""));
    let in_front = columns.saturating_sub(need);
    let has_room = fitting(before.char_indices(), in_front) == before.len();
    if has_room && fitting(line.char_indices(), columns) == line.len() {
        return (0, line.len());
    }
    // A cut takes a column at each end.
    let inside = columns.saturating_sub(2).max(1);
    let back = inside.saturating_sub(need.min(inside * 3 / 4));
    let start = place - fitting(before.char_indices().rev().map(from_end(before)), back);
    let shown = line.get(start..place).unwrap_or("");
    let used: usize = shown.chars().map(width_of).sum();
    let end = place + fitting(behind.char_indices(), inside.saturating_sub(used));
    (start, end)
}

/// How many bytes of a text have no more than so many columns.
fn fitting(characters: impl Iterator<Item = (usize, char)>, columns: usize) -> usize {
    let (mut used, mut bytes) = (0, 0);
    for (_, c) in characters.take(columns * CHARACTERS_PER_COLUMN) {
        used += width_of(c);
        if used > columns {
            break;
        }
        bytes += c.len_utf8();
    }
    bytes
}

/// Characters with their distance from the end of a text.
fn from_end(text: &str) -> impl Fn((usize, char)) -> (usize, char) + '_ {
    move |(at, c)| (text.len() - at, c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_in_its_window() {
        let line = format!("{}HERE{}", "é ".repeat(100), " x".repeat(100));
        let place = u32::try_from(line.find("HERE").expect("it is there")).expect("small");
        for (need, columns) in [(4, 40), (30, 40), (4, 5), (100, 40), (0, 0)] {
            let window = Window::new(&line, place, need, columns);
            let width: usize = window.text.chars().map(width_of).sum();
            assert!(width <= columns.max(3), "{width} > {columns}");
            let at = window.place(&line, place);
            assert!(columns < 6 || window.text[at..].starts_with("HERE"), "{}", window.text);
        }
        assert_eq!(Window::new("short", 2, 1, 40).text, "short");
        assert_eq!(Window::new("日本語", 0, 1, 5).text, "日…");
    }
}
