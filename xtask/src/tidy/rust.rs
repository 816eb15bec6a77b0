//! Rules for one Rust file.

use super::lex::{self, Kind, Lexed, closing, head_end, text};
use super::{File, Finding};

const COLUMNS_MAX: usize = 100;
const FN_LINES_MAX: usize = 70;
const FILE_LINES_MAX: usize = 800;

/// A file and what it is made of.
pub(super) struct Source<'a> {
    pub(super) file: &'a File,
    pub(super) lexed: Lexed<'a>,
    lines: Vec<&'a str>,
    tests: Vec<(usize, usize)>,
}

impl<'a> Source<'a> {
    pub(super) fn new(file: &'a File) -> Self {
        let lexed = lex::lex(&file.text);
        let tests =
            if file.is_test() { vec![(1, usize::MAX)] } else { lex::test_lines(&lexed.tokens) };
        Source { file, lexed, lines: file.text.lines().collect(), tests }
    }

    /// Whether `line` is compiled for tests only.
    pub(super) fn is_test(&self, line: usize) -> bool {
        self.tests.iter().any(|&(first, last)| (first..=last).contains(&line))
    }
}

pub(super) fn check(source: &Source<'_>, findings: &mut Vec<Finding>) {
    columns(source, findings);
    file_length(source, findings);
    function_length(source, findings);
    safety(source, findings);
    leftovers(source, findings);
    allow_reason(source, findings);
}

fn columns(source: &Source<'_>, findings: &mut Vec<Finding>) {
    for (index, line) in source.lines.iter().enumerate() {
        let columns = line.chars().count();
        if columns > COLUMNS_MAX {
            let what = format!("{columns} columns, {COLUMNS_MAX} are the limit");
            findings.push(source.file.finding(index + 1, "columns", what, "break the line"));
        }
    }
}

fn file_length(source: &Source<'_>, findings: &mut Vec<Finding>) {
    let lines = (1..=source.lines.len()).filter(|&line| !source.is_test(line)).count();
    if lines > FILE_LINES_MAX {
        let what = format!("{lines} lines without tests, {FILE_LINES_MAX} are the limit");
        let instead = "make a folder of modules that each have one subject";
        findings.push(source.file.finding(1, "file-length", what, instead));
    }
}

fn function_length(source: &Source<'_>, findings: &mut Vec<Finding>) {
    let tokens = &source.lexed.tokens;
    for (index, token) in tokens.iter().enumerate() {
        let named = tokens.get(index + 1).is_some_and(|next| next.kind == Kind::Ident);
        if token.text != "fn" || !named {
            continue;
        }
        let Some(open) = head_end(tokens, index).filter(|&end| text(tokens, end) == "{") else {
            continue;
        };
        let lines = tokens[closing(tokens, open)].line - token.line + 1;
        if lines > FN_LINES_MAX {
            let name = text(tokens, index + 1);
            let what = format!("`{name}` has {lines} lines, {FN_LINES_MAX} are the limit");
            let instead = "let the parent branch and move leaves out";
            findings.push(source.file.finding(token.line, "fn-length", what, instead));
        }
    }
}

fn safety(source: &Source<'_>, findings: &mut Vec<Finding>) {
    let tokens = &source.lexed.tokens;
    for (index, token) in tokens.iter().enumerate() {
        let next = text(tokens, index + 1);
        let external = next == "extern"
            && (index + 2..index + 4).any(|at| text(tokens, at) == "fn" || text(tokens, at) == "{");
        let is_function = next == "fn" || next == "trait" || external;
        let fn_at = (index + 1..index + 4).find(|&at| text(tokens, at) == "fn");
        let is_type = fn_at.is_some_and(|at| is_function && text(tokens, at + 1) == "(");
        let wanted = is_function || matches!(next, "{" | "impl" | "(");
        if token.text != "unsafe" || token.kind != Kind::Ident || is_type || !wanted {
            continue;
        }
        let statement = tokens[..index]
            .iter()
            .rposition(|before| matches!(before.text, ";" | "{" | "}" | ","))
            .map_or(0, |before| before + 1);
        let explained = [token.line, tokens[statement].line].into_iter().any(|line| {
            comment_above(source, line, "// SAFETY:")
                || is_function && comment_above(source, line, "/// # Safety")
        });
        if !explained {
            let instead = "write `// SAFETY:` just above: the fact, and where it is established";
            let what = "`unsafe` without its reason".to_owned();
            findings.push(source.file.finding(token.line, "safety", what, instead));
        }
    }
}

/// Whether the comments and attributes just above `line` contain `wanted`.
fn comment_above(source: &Source<'_>, line: usize, wanted: &str) -> bool {
    let above = source.lines[..line - 1].iter().rev().map(|text| text.trim_start());
    above
        .take_while(|text| text.starts_with("//") || text.starts_with("#["))
        .any(|text| text.starts_with(wanted))
}

fn leftovers(source: &Source<'_>, findings: &mut Vec<Finding>) {
    const MACROS: [&str; 3] = ["todo", "unimplemented", "dbg"];
    let tokens = &source.lexed.tokens;
    for (index, token) in tokens.iter().enumerate() {
        if MACROS.contains(&token.text) && text(tokens, index + 1) == "!" {
            let what = format!("`{}!` is left over", token.text);
            let instead = "finish it, or return an `Unsupported` error that says what is missing";
            findings.push(source.file.finding(token.line, "leftover", what, instead));
        }
    }
    for comment in &source.lexed.comments {
        for (index, line) in comment.text.lines().enumerate() {
            if let Some(mark) = ["FIXME", "XXX"].into_iter().find(|mark| has_word(line, mark)) {
                let what = format!("{mark} is left over");
                let instead = "do it now, or say what is not supported in the documentation";
                let line = comment.line + index;
                findings.push(source.file.finding(line, "leftover", what, instead));
            }
        }
    }
}

fn allow_reason(source: &Source<'_>, findings: &mut Vec<Finding>) {
    let tokens = &source.lexed.tokens;
    for index in 0..tokens.len() {
        let open = index + 1 + usize::from(text(tokens, index + 1) == "!");
        let name = text(tokens, open + 1);
        let is_allow = text(tokens, index) == "#"
            && text(tokens, open) == "["
            && matches!(name, "allow" | "expect");
        if !is_allow {
            continue;
        }
        let inside = &tokens[open..closing(tokens, open)];
        if !inside.iter().any(|token| token.text == "reason") {
            let what = format!("`#[{name}]` without a reason");
            let instead = "add `reason = \"…\"`, or do what the lint asks";
            findings.push(source.file.finding(tokens[index].line, "allow-reason", what, instead));
        }
    }
}

/// Whether `word` stands in `line` with nothing of a word on either side.
pub(super) fn has_word(line: &str, word: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        !line[..at].ends_with(is_word) && !line[at + word.len()..].starts_with(is_word)
    })
}
