//! The pages about these programs: each program is run and named there, and what they show of
//! Rust is in the files that it is said to be from.

use std::fs;
use std::path::Path;

/// The repository's root.
fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The names of the programs.
fn examples() -> Vec<String> {
    let folder = fs::read_dir(root().join("crates/marey/examples")).expect("the examples");
    let paths = folder.map(|entry| entry.expect("a file").path());
    paths.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

#[test]
fn each_example_is_run_and_named_in_the_guide() {
    let tests = [include_str!("programs.rs"), include_str!("streams.rs")];
    let guide = read("docs/pipeline.md");
    let names = examples();
    assert!(names.len() > 10);
    for name in names {
        let called = format!("\"{name}\"");
        assert!(tests.iter().any(|text| text.contains(&called)), "no test runs {name}");
        let link = format!("(../crates/marey/examples/{name}.rs)");
        assert!(guide.contains(&link), "docs/pipeline.md does not name {name}");
    }
}

/// The blocks of Rust in a page: the line of each, the file that it is from, and its text.
fn blocks(page: &str) -> Vec<(usize, String, String)> {
    let mut found = Vec::new();
    let mut lines = page.lines().zip(1..);
    while let Some((line, number)) = lines.next() {
        let Some(info) = line.strip_prefix("```rust") else { continue };
        let body = lines.by_ref().map(|(line, _)| line).take_while(|line| *line != "```");
        let body: Vec<&str> = body.collect();
        let from = info.strip_prefix(",from=").unwrap_or_default();
        found.push((number, from.to_owned(), body.join("\n")));
    }
    found
}

/// The lines of a text without what is left of all of them.
fn flush_left(text: &str) -> String {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let lines = || text.lines().filter(|line| !line.trim().is_empty());
    let least = lines().map(indent).min().unwrap_or(0);
    text.lines().map(|line| line.get(least..).unwrap_or("")).collect::<Vec<_>>().join("\n")
}

/// Whether `part` stands in `whole`, as lines that follow each other, however far they are
/// indented there.
fn is_excerpt(part: &str, whole: &str) -> bool {
    let (part, whole): (Vec<_>, Vec<_>) = (part.lines().collect(), whole.lines().collect());
    !part.is_empty()
        && whole.windows(part.len()).any(|lines| flush_left(&lines.join("\n")) == part.join("\n"))
}

#[test]
fn what_the_pages_show_is_from_the_programs() {
    let mut wrong = Vec::new();
    for page in ["docs/pipeline.md", "docs/coming-from-libtrace.md"] {
        let found = blocks(&read(page));
        assert!(!found.is_empty(), "{page} shows no Rust");
        for (line, from, body) in found {
            let file = root().join("crates/marey").join(&from);
            let is_there = file.is_file() && is_excerpt(&body, &fs::read_to_string(file).unwrap());
            if !is_there {
                wrong.push(format!("{page}:{line}: not in `{from}`, as it stands:\n{body}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_excerpt_is_told_from_what_is_not_one() {
    let whole = "fn a() {\n    let b = 1;\n\n    if c {\n        d();\n    }\n}\n";
    assert!(is_excerpt("let b = 1;\n\nif c {\n    d();\n}", whole));
    assert!(is_excerpt("d();", whole));
    assert!(!is_excerpt("let b = 1;\nif c {", whole));
    assert!(!is_excerpt("let b = 2;", whole));
    assert!(!is_excerpt("", whole));
    let page = "x\n```rust,from=examples/a.rs\na\nb\n```\n```c\n```\n```rust\nc\n```\n";
    let of = |line, from: &str, body: &str| (line, from.to_owned(), body.to_owned());
    assert_eq!(blocks(page), [of(2, "examples/a.rs", "a\nb"), of(8, "", "c")]);
}
