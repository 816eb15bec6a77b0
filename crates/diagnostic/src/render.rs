//! A diagnostic as text for people.

use annotate_snippets::{
    Annotation, AnnotationKind, Group, Level, Renderer, Snippet, normalize_untrusted_str,
};

use super::columns::{COLUMNS_MAX, beginning, width, wrapped};
use super::window::{CUT, Window, without_c1};
use super::{Diagnostic, Severity};
use crate::source::{FileId, Sources, Span, floor};

/// Places of one file that are further apart are shown as two snippets.
const SNIPPET_LINES_MAX: u32 = 1000;
/// Longer words are cut: they come from a file.
const TEXT_CHARACTERS_MAX: usize = 1000;
/// What stands between the number of a line and its text: ` | `.
const GUTTER_COLUMNS: usize = 3;

/// The message as people read it: the places with their lines, and what to do.
///
/// Lines have at most [`COLUMNS_MAX`] columns, so that marks stand below what they mark on any
/// terminal: of a longer line of a file a part is shown, and what does not fit beside a mark stands
/// below. Control characters of the file never reach the terminal. A place of several lines is
/// shown by its first one.
pub fn render(found: &Diagnostic, sources: &Sources, colored: bool) -> String {
    render_as(found, found.severity.as_str(), sources, colored)
}

/// The same with another word for how bad it is.
pub fn render_as(
    found: &Diagnostic,
    word: &'static str,
    sources: &Sources,
    colored: bool,
) -> String {
    let level = match found.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = wrapped(&printable(&found.what), word.len() + 2);
    let mut group = Group::with_title(level.with_name(word).primary_title(title));
    let (mut headers, mut notes) = (Vec::new(), Vec::new());
    let snippets = by_snippet(found, sources);
    let last_line = snippets.iter().flatten().map(|mark| mark.line).max();
    let gutter = last_line.map_or(0, |line| line.to_string().len()) + GUTTER_COLUMNS;
    for marks in snippets {
        let shown = Shown::new(&marks, gutter, sources);
        headers.extend(shown.headers);
        notes.extend(shown.notes);
        let snippet = Snippet::source(shown.text).line_start(shown.first_line as usize);
        let snippet = snippet.path(shown.path).annotations(shown.annotations);
        group = group.element(snippet);
    }
    let renderer = if colored { Renderer::styled() } else { Renderer::plain() };
    let mut text = renderer.render(&[with_messages(group, found, notes, gutter, sources)]);
    for (wrong, right) in headers {
        text = text.replacen(&wrong, &right, 1);
    }
    text.push('\n');
    text
}

fn with_messages<'a>(
    mut group: Group<'a>,
    found: &Diagnostic,
    notes: Vec<String>,
    gutter: usize,
    sources: &Sources,
) -> Group<'a> {
    // Below the number of a line stands ` = help: `.
    let start = gutter.saturating_sub(GUTTER_COLUMNS) + " = help: ".len();
    for text in notes {
        group = group.element(Level::NOTE.message(wrapped(&text, start)));
    }
    for span in found.chain(sources) {
        let at = sources.position(span.file, span.start);
        let path = sources.path(span.file);
        let text = format!("included from {path}:{}:{}", at.line, at.column);
        group = group.element(Level::NOTE.message(printable(&text)));
    }
    for text in &found.help {
        group = group.element(Level::HELP.message(wrapped(&printable(text), start)));
    }
    group
}

/// Words in which no character moves the cursor or starts a line.
fn printable(text: &str) -> String {
    let cut = text.char_indices().nth(TEXT_CHARACTERS_MAX);
    let text = match cut.and_then(|(at, _)| text.get(..at)) {
        Some(start) => format!("{start}{CUT}"),
        None => text.to_owned(),
    };
    normalize_untrusted_str(&without_c1(&text).replace('\n', " "))
}

/// One mark below a line.
struct Mark<'a> {
    span: Span,
    line: u32,
    kind: AnnotationKind,
    label: &'a str,
}

/// The marks, those together that are shown in one snippet.
fn by_snippet<'a>(found: &'a Diagnostic, sources: &Sources) -> Vec<Vec<Mark<'a>>> {
    let mark = |span: Span, kind, label: &'a str| {
        let line = sources.line_of(span.file, span.start);
        Mark { span, line, kind, label }
    };
    let first = found.span.map(|span| mark(span, AnnotationKind::Primary, &found.label));
    let also = found.also.iter();
    let also = also.map(|(span, text)| mark(*span, AnnotationKind::Context, text));
    let mut snippets: Vec<Vec<Mark<'_>>> = Vec::new();
    for mark in first.into_iter().chain(also) {
        let near = |others: &&mut Vec<Mark<'_>>| {
            others.first().is_some_and(|first| {
                first.span.file == mark.span.file
                    && first.line.abs_diff(mark.line) <= SNIPPET_LINES_MAX
            })
        };
        match snippets.iter_mut().find(near) {
            Some(others) => others.push(mark),
            None => snippets.push(vec![mark]),
        }
    }
    snippets
}

/// Some lines of one file, with marks.
struct Shown<'a> {
    path: String,
    first_line: u32,
    text: String,
    annotations: Vec<Annotation<'a>>,
    /// The place as the renderer prints it where a line was cut, and the true one.
    headers: Option<(String, String)>,
    /// Labels that do not fit beside their marks.
    notes: Vec<String>,
    /// How many columns stand in front of the text of lines.
    gutter: usize,
}

impl<'a> Shown<'a> {
    fn new(marks: &[Mark<'a>], gutter: usize, sources: &Sources) -> Self {
        let Some(head) = marks.first() else { return Self::nothing() };
        let file = head.span.file;
        let first_line = marks.iter().map(|mark| mark.line).min().unwrap_or(1);
        let last_line = marks.iter().map(|mark| mark.line).max().unwrap_or(1);
        let path = printable(sources.path(file));
        let mut shown = Self { path, first_line, gutter, ..Self::nothing() };
        for line in first_line..=last_line {
            let here: Vec<&Mark<'_>> = marks.iter().filter(|mark| mark.line == line).collect();
            let near = marks.iter().any(|mark| mark.line.abs_diff(line) <= 1);
            shown.push_line(file, if near { line } else { 0 }, &here, sources);
        }
        shown
    }

    fn nothing() -> Self {
        Self {
            path: String::new(),
            first_line: 1,
            text: String::new(),
            annotations: Vec::new(),
            headers: None,
            notes: Vec::new(),
            gutter: 0,
        }
    }

    /// Adds a line; line 0 is one that nobody sees.
    fn push_line(&mut self, file: FileId, line: u32, marks: &[&Mark<'a>], sources: &Sources) {
        let full = if line == 0 { "" } else { sources.line(file, line) };
        let line_start = sources.line_start(file, line);
        let columns = COLUMNS_MAX.saturating_sub(self.gutter);
        let need = marks.first().map_or(0, |mark| needed(mark, full, line_start, columns));
        let place = marks.first().map_or(0, |mark| mark.span.start.saturating_sub(line_start));
        let window = Window::new(full, place, need, columns);
        let base = self.text.len();
        self.text.push_str(&window.text);
        self.text.push('\n');
        for mark in marks {
            let offset = mark.span.start.saturating_sub(line_start);
            if mark.kind == AnnotationKind::Context && !window.shows(full, offset) {
                let column = sources.position(file, mark.span.start).column;
                self.notes
                    .push(printable(&format!("line {line}, column {column}: {}", mark.label)));
                continue;
            }
            let at = |offset: u32| base + window.place(full, offset.saturating_sub(line_start));
            let (start, end) = (at(mark.span.start), at(mark.span.end));
            let end = end.max(start);
            let before = width(self.text.get(base..end).unwrap_or("")).max(1);
            let label = self.label(mark, before + 1, columns);
            let annotation = mark.kind.span(start..end).label(label);
            self.annotations.push(annotation);
            let primary = mark.kind == AnnotationKind::Primary;
            if window.start > 0 && (primary || self.headers.is_none()) {
                let shown = self.text.get(base..start).unwrap_or("").chars().count() + 1;
                let true_column = sources.position(file, mark.span.start).column;
                let header = |column| format!("{}:{line}:{column}\n", self.path);
                self.headers = Some((header(shown), header(true_column as usize)));
            }
        }
    }

    /// What stands beside a mark, behind so many columns; what does not fit becomes a note.
    fn label(&mut self, mark: &Mark<'_>, before: usize, columns: usize) -> Option<String> {
        let label = Some(printable(mark.label)).filter(|label| !label.is_empty())?;
        if before + width(&label) <= columns {
            return Some(label);
        }
        self.notes.push(label);
        None
    }
}

/// How many columns a mark needs from its place on: what it marks, and its label if that can stand
/// beside it.
fn needed(mark: &Mark<'_>, line: &str, line_start: u32, columns: usize) -> usize {
    let at = |offset: u32| floor(line, offset.saturating_sub(line_start));
    let marked = line.get(at(mark.span.start)..at(mark.span.end)).unwrap_or("");
    let marked = width(beginning(marked, columns)).max(1);
    let labelled = marked + 1 + width(&printable(mark.label));
    if labelled <= columns * 3 / 4 { labelled } else { marked.min(columns / 2) }
}
