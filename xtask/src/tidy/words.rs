//! Rules for words: in prose, comments and names.

use std::collections::BTreeSet;

use super::rust::has_word;
use super::{File, Finding, lex};

/// Words that the glossary gives another name, and that name. Lower case, `_` as a space.
const SYNONYMS: [(&str, &str); 4] = [
    ("meta packet", "say `meta record`: a packet is a network frame"),
    ("metapacket", "say `meta record`: a packet is a network frame"),
    ("aggregator", "say `combiner`"),
    ("load balancer", "say `hasher`"),
];
const SCRIPTS: [&str; 7] = [".md", ".sh", ".toml", ".yml", ".yaml", ".ci/run", "scripts/"];
const MACHINE_PATHS: [&str; 3] = ["work", "root", "home"];

pub(super) fn check(
    file: &File,
    paths: &BTreeSet<&str>,
    files: &[File],
    findings: &mut Vec<Finding>,
) {
    if file.has_ending(".rs") {
        check_source(file, findings);
    } else if SCRIPTS.iter().any(|part| file.path.contains(part)) {
        for (index, line) in file.text.lines().enumerate() {
            check_line(file, index + 1, line, findings);
        }
    }
    if file.has_ending(".md") {
        dates(file, findings);
        links(file, paths, files, findings);
    }
}

/// In source, comments and names count; strings are the program's business.
fn check_source(file: &File, findings: &mut Vec<Finding>) {
    let lexed = lex::lex(&file.text);
    for comment in &lexed.comments {
        for (index, line) in comment.text.lines().enumerate() {
            check_line(file, comment.line + index, line, findings);
        }
    }
    for token in lexed.tokens.iter().filter(|token| token.kind == lex::Kind::Ident) {
        synonyms(file, token.line, token.text, findings);
    }
}

fn check_line(file: &File, line: usize, text: &str, findings: &mut Vec<Finding>) {
    synonyms(file, line, text, findings);
    if let Some(path) = machine_path(text) {
        let what = format!("`{path}` is a path of one machine");
        let instead = "write it from the repository's root";
        findings.push(file.finding(line, "machine-path", what, instead));
    }
}

fn synonyms(file: &File, line: usize, text: &str, findings: &mut Vec<Finding>) {
    let text = text.replace('_', " ").to_lowercase();
    for (word, instead) in SYNONYMS {
        if text.contains(word) {
            findings.push(file.finding(line, "words", format!("`{word}` is banned"), instead));
        }
    }
}

/// The first absolute path in `text` that can exist on one machine only.
fn machine_path(text: &str) -> Option<&str> {
    text.match_indices('/').find_map(|(at, _)| {
        let top = text[at + 1..].split('/').next()?;
        let ends = text[at + 1 + top.len()..].starts_with('/');
        let starts = !text[..at].ends_with(|c: char| c.is_alphanumeric() || "/._-}$~".contains(c));
        let length = text[at..].find(|c: char| c.is_whitespace() || "`\"')".contains(c));
        let end = length.map_or(text.len(), |length| at + length);
        (starts && ends && MACHINE_PATHS.contains(&top)).then(|| &text[at..end])
    })
}

fn dates(file: &File, findings: &mut Vec<Finding>) {
    for (line, text) in prose(&file.text) {
        if let Some(date) = date(&text) {
            let what = format!("the date {date} will be stale");
            let instead = "say which version, or put it in a sample of output";
            findings.push(file.finding(line, "date", what, instead));
        }
    }
}

/// The first date in `text`, written as in ISO 8601.
fn date(text: &str) -> Option<&str> {
    let shape = |candidate: &str| {
        candidate.len() == 10
            && candidate.bytes().enumerate().all(|(index, byte)| match index {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            })
    };
    (0..text.len()).filter_map(|at| text.get(at..at + 10)).find(|candidate| shape(candidate))
}

/// The lines of a document that are prose, with inline code blanked.
fn prose(text: &str) -> Vec<(usize, String)> {
    let mut fence = None;
    let mut lines = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let mark = line.trim_start().get(..3).filter(|mark| matches!(*mark, "```" | "~~~"));
        match (fence, mark) {
            (None, Some(mark)) => fence = Some(mark),
            (None, None) => lines.push((index + 1, without_code(line))),
            (Some(open), Some(mark)) if open == mark => fence = None,
            _ => {}
        }
    }
    lines
}

fn without_code(line: &str) -> String {
    let mut parts = line.split('`');
    let mut kept = parts.next().unwrap_or_default().to_owned();
    while let Some(code) = parts.next() {
        kept.extend(std::iter::repeat_n('\u{1}', code.chars().count()));
        kept.push_str(parts.next().unwrap_or_default());
    }
    kept
}

fn links(file: &File, paths: &BTreeSet<&str>, files: &[File], findings: &mut Vec<Finding>) {
    for (line, text) in prose(&file.text) {
        for target in targets(&text) {
            let external = target.contains("://") || target.starts_with("mailto:");
            if external || target.is_empty() {
                continue;
            }
            let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
            let path = if path.is_empty() { file.path.clone() } else { resolve(&file.path, path) };
            let folder = format!("{}/", path.trim_end_matches('/'));
            let is_there = paths.contains(path.as_str())
                || paths.iter().any(|other| other.starts_with(&folder))
                || folder == "/";
            let what = if !is_there {
                format!("`{target}` is not in the repository")
            } else if !anchor.is_empty() && !has_anchor(files, &path, anchor) {
                format!("`{path}` has no heading `#{anchor}`")
            } else {
                continue;
            };
            findings.push(file.finding(line, "link", what, "link to what is there"));
        }
    }
}

/// The targets of the links in one line: `[…](target)`, `[…]: target`, `src="target"`.
fn targets(line: &str) -> Vec<&str> {
    let mut targets: Vec<&str> =
        line.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next()).collect();
    if line.starts_with('[')
        && let Some((_, rest)) = line.split_once("]: ")
    {
        targets.extend(rest.split_whitespace().next());
    }
    for attribute in ["src=\"", "href=\""] {
        targets.extend(line.split(attribute).skip(1).filter_map(|rest| rest.split('"').next()));
    }
    targets
}

/// `target` as seen from the file at `from`.
fn resolve(from: &str, target: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

/// Whether a heading of the document at `path` gives `anchor`; other files are not looked into.
fn has_anchor(files: &[File], path: &str, anchor: &str) -> bool {
    let Some(file) = files.iter().find(|file| file.path == path && file.has_ending(".md")) else {
        return true;
    };
    let mut seen: Vec<String> = Vec::new();
    for line in file.text.lines().filter(|line| line.starts_with('#')) {
        let slug = slug(line.trim_start_matches('#').trim());
        let before = seen.iter().filter(|other| **other == slug).count();
        let full = if before == 0 { slug.clone() } else { format!("{slug}-{before}") };
        if full == anchor {
            return true;
        }
        seen.push(slug);
    }
    has_word(&file.text, &format!("id=\"{anchor}\""))
}

/// The anchor that a heading gets.
fn slug(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}
