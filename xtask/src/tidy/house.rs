//! Rules for how the crates and modules stand to one another.

use super::lex::{Kind, Token, closing, text};
use super::rust::Source;
use super::{Finding, Repository};

const LIBRARY: &str = "crates/marey/src/";

/// What formats and protocols must not touch: they work on bytes alone.
const WORLD: [&str; 9] = [
    "std::fs",
    "std::net::TcpListener",
    "std::net::TcpStream",
    "std::net::UdpSocket",
    "std::thread",
    "std::process",
    "std::env",
    "std::io::stdout",
    "std::io::stderr",
];
const PRINTING: [&str; 4] = ["print", "println", "eprint", "eprintln"];

/// Rules for the repository as a whole.
pub(super) fn check(repository: &Repository, findings: &mut Vec<Finding>) {
    for file in &repository.files {
        let is_crate = file.path == "Cargo.toml" || file.path.ends_with("/Cargo.toml");
        if is_crate && file.text.contains("[package]") && !inherits_lints(&file.text) {
            let what = "the crate does not take the workspace's lints".to_owned();
            let instead = "add `[lints]` with `workspace = true`";
            findings.push(file.finding(1, "lints", what, instead));
        }
    }
    if let Some(file) = repository.file("crates/marey/src/lib.rs")
        && !file.text.contains("#![forbid(unsafe_code)]")
    {
        let what = "the library must stay free of `unsafe`".to_owned();
        findings.push(file.finding(1, "forbid-unsafe", what, "write `#![forbid(unsafe_code)]`"));
    }
    findings.extend(repository.strays.iter().map(|path| Finding {
        path: path.clone(),
        line: 1,
        rule: "corpus",
        what: "git does not know this file".to_owned(),
        instead: "add it with its line in ORIGIN.md, or delete it",
    }));
}

fn inherits_lints(manifest: &str) -> bool {
    let lints = manifest.lines().skip_while(|line| line.trim() != "[lints]").skip(1);
    lints
        .map(|line| line.replace(' ', ""))
        .take_while(|line| !line.starts_with('['))
        .any(|line| line == "workspace=true")
        || manifest.lines().any(|line| line.replace(' ', "") == "lints.workspace=true")
}

/// Rules for one file that follow from where it stands.
pub(super) fn check_source(
    repository: &Repository,
    source: &Source<'_>,
    findings: &mut Vec<Finding>,
) {
    let Some(path) = source.file.path.strip_prefix(LIBRARY) else { return };
    let module = path.split(['/', '.']).next().unwrap_or_default();
    match module {
        "format" => {
            pure(source, findings);
            layers(source, findings, |path| path.len() > 1 && path.contains(&"pipeline"));
        }
        "wire" => pure(source, findings),
        "pipeline" => {
            let formats = formats(repository);
            layers(source, findings, |path| {
                let behind = path.iter().skip_while(|part| **part != "format").nth(1);
                behind.is_some_and(|part| formats.contains(part))
            });
        }
        _ => {}
    }
}

/// The modules of `marey::format`.
fn formats(repository: &Repository) -> Vec<&str> {
    let folder = format!("{LIBRARY}format/");
    let inside = repository.files.iter().filter_map(|file| file.path.strip_prefix(&folder));
    let names = inside.filter_map(|path| path.split(['/', '.']).next());
    names.filter(|name| !matches!(*name, "mod" | "tests")).collect()
}

fn pure(source: &Source<'_>, findings: &mut Vec<Finding>) {
    let instead = "work on the bytes you are given and return an error: `input` opens and reads";
    for (path, line) in paths(&source.lexed.tokens) {
        let path = path.join("::");
        let touches = |what: &str| path == what || path.starts_with(&format!("{what}::"));
        let opens = matches!(path.as_str(), "File::open" | "File::create");
        let logs = path.starts_with("log::") || path.starts_with("tracing::");
        if !source.is_test(line) && (opens || logs || WORLD.iter().any(|what| touches(what))) {
            let what = format!("`{path}` reaches outside the bytes");
            findings.push(source.file.finding(line, "pure", what, instead));
        }
    }
    let tokens = &source.lexed.tokens;
    for (index, token) in tokens.iter().enumerate() {
        let prints = PRINTING.contains(&token.text) && text(tokens, index + 1) == "!";
        if prints && !source.is_test(token.line) {
            let what = format!("`{}!` prints from inside the library", token.text);
            findings.push(source.file.finding(token.line, "pure", what, instead));
        }
    }
}

fn layers(source: &Source<'_>, findings: &mut Vec<Finding>, wrong: impl Fn(&[&str]) -> bool) {
    for (path, line) in paths(&source.lexed.tokens) {
        if wrong(&path) && !source.is_test(line) {
            let what = format!("`{}` crosses from pipeline to format or back", path.join("::"));
            let instead = "meet in the two traits: the one that frames and the one that decodes";
            findings.push(source.file.finding(line, "layers", what, instead));
        }
    }
}

/// All paths in the code, those in braces written out, with their lines.
fn paths<'a>(tokens: &[Token<'a>]) -> Vec<(Vec<&'a str>, usize)> {
    let mut found = Vec::new();
    let mut index = 0;
    while index < tokens.len() {
        index = expand(tokens, index, &[], &mut found).max(index + 1);
    }
    found
}

/// Reads one path at `index`, behind `prefix`, and returns what follows it.
fn expand<'a>(
    tokens: &[Token<'a>],
    mut index: usize,
    prefix: &[&'a str],
    found: &mut Vec<(Vec<&'a str>, usize)>,
) -> usize {
    let mut path = prefix.to_vec();
    while let Some(token) = tokens.get(index) {
        if token.kind == Kind::Ident {
            path.push(token.text);
            index += 1;
        } else if token.text == "{" && path.len() > prefix.len() {
            let end = closing(tokens, index);
            index += 1;
            while index < end {
                index = expand(tokens, index, &path, found).max(index + 1);
            }
            return end + 1;
        } else {
            if path.len() > prefix.len() {
                found.push((path, token.line));
            }
            return index;
        }
        let separated = text(tokens, index) == ":" && text(tokens, index + 1) == ":";
        if !separated {
            found.push((path, token.line));
            return index;
        }
        index += 2;
    }
    index
}
