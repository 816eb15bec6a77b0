//! A diagnostic as text for people.

use annotate_snippets::{
    Annotation, AnnotationKind, Group, Level, Renderer, Snippet, normalize_untrusted_str,
};

use super::{Diagnostic, Severity};
use crate::source::{FileId, Sources, Span, floor};

/// A line with more characters is cut to a window around its place.
const LINE_CHARACTERS_MAX: usize = 200;
/// How much of such a line is shown before and behind its first place.
const WINDOW_CHARACTERS: usize = 60;
/// Places of one file that are further apart are shown as two snippets.
const SNIPPET_LINES_MAX: u32 = 1000;
/// Longer words are cut: they come from a file.
const TEXT_CHARACTERS_MAX: usize = 1000;
const CUT: &str = "…";

/// The message as people read it: the places with their lines, and what to do.
///
/// Control characters of the file never reach the terminal. A place of several lines is shown by
/// its first one.
pub fn render(found: &Diagnostic, sources: &Sources, colored: bool) -> String {
    let level = match found.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(printable(&found.what)));
    let mut headers = Vec::new();
    for marks in by_snippet(found, sources) {
        let shown = Shown::new(&marks, sources);
        headers.extend(shown.headers);
        let snippet = Snippet::source(shown.text).line_start(shown.first_line as usize);
        let snippet = snippet.path(shown.path).annotations(shown.annotations);
        group = group.element(snippet);
    }
    let renderer = if colored { Renderer::styled() } else { Renderer::plain() };
    let mut text = renderer.render(&[with_messages(group, found, sources)]);
    for (wrong, right) in headers {
        text = text.replacen(&wrong, &right, 1);
    }
    text.push('\n');
    text
}

fn with_messages<'a>(mut group: Group<'a>, found: &Diagnostic, sources: &Sources) -> Group<'a> {
    for span in found.chain(sources) {
        let at = sources.position(span.file, span.start);
        let path = sources.path(span.file);
        let text = format!("included from {path}:{}:{}", at.line, at.column);
        group = group.element(Level::NOTE.message(printable(&text)));
    }
    for text in &found.help {
        group = group.element(Level::HELP.message(printable(text)));
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

/// C1 controls are the controls that the renderer lets through.
fn without_c1(text: &str) -> String {
    text.replace(|c: char| ('\u{80}'..='\u{9f}').contains(&c), "\u{fffd}")
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
}

impl<'a> Shown<'a> {
    fn new(marks: &[Mark<'a>], sources: &Sources) -> Self {
        let Some(head) = marks.first() else { return Self::nothing() };
        let file = head.span.file;
        let first_line = marks.iter().map(|mark| mark.line).min().unwrap_or(1);
        let last_line = marks.iter().map(|mark| mark.line).max().unwrap_or(1);
        let path = printable(sources.path(file));
        let mut shown = Self { path, first_line, ..Self::nothing() };
        for line in first_line..=last_line {
            let here: Vec<&Mark<'_>> = marks.iter().filter(|mark| mark.line == line).collect();
            let near = marks.iter().any(|mark| mark.line.abs_diff(line) <= 1);
            shown.push_line(file, if near { line } else { 0 }, &here, sources);
        }
        shown
    }

    fn nothing() -> Self {
        let (path, text) = (String::new(), String::new());
        Self { path, first_line: 1, text, annotations: Vec::new(), headers: None }
    }

    /// Adds a line; line 0 is one that nobody sees.
    fn push_line(&mut self, file: FileId, line: u32, marks: &[&Mark<'a>], sources: &Sources) {
        let full = if line == 0 { "" } else { sources.line(file, line) };
        let line_start = sources.line_start(file, line);
        let window = Window::new(full, marks.first().map_or(0, |m| m.span.start - line_start));
        let base = self.text.len();
        self.text.push_str(&window.text);
        self.text.push('\n');
        for mark in marks {
            let at = |offset: u32| base + window.place(full, offset.saturating_sub(line_start));
            let (start, end) = (at(mark.span.start), at(mark.span.end));
            let label = Some(printable(mark.label)).filter(|label| !label.is_empty());
            let annotation = mark.kind.span(start..end.max(start)).label(label);
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
}

/// The part of a line that is shown.
struct Window {
    /// The first byte of the line that is shown.
    start: usize,
    end: usize,
    text: String,
}

impl Window {
    fn new(line: &str, place: u32) -> Self {
        let (start, end) = Self::range(line, floor(line, place));
        let inside = without_c1(line.get(start..end).unwrap_or(""));
        let before = if start > 0 { CUT } else { "" };
        let behind = if end < line.len() { CUT } else { "" };
        Self { start, end, text: format!("{before}{inside}{behind}") }
    }

    fn range(line: &str, place: usize) -> (usize, usize) {
        let is_long = line.char_indices().nth(LINE_CHARACTERS_MAX).is_some();
        if !is_long {
            return (0, line.len());
        }
        let (before, behind) = line.split_at_checked(place).unwrap_or((line, ""));
        let start = before.char_indices().rev().take(WINDOW_CHARACTERS).last();
        let end = behind.char_indices().nth(WINDOW_CHARACTERS);
        (start.map_or(place, |(at, _)| at), end.map_or(line.len(), |(at, _)| place + at))
    }

    /// Where in the shown text the byte of this offset in the line is.
    fn place(&self, line: &str, offset: u32) -> usize {
        let offset = floor(line, offset).clamp(self.start, self.end);
        let before = without_c1(line.get(self.start..offset).unwrap_or(""));
        let cut = if self.start > 0 { CUT.len() } else { 0 };
        cut + before.len()
    }
}
