//! What is said of each mistake. `BLESS=1` accepts what is said now.
//!
//! `messages.txt` holds mistakes and messages: a line of `=` and the kind, what was written, a line
//! of `-`, and what is said.

mod support;

use std::path::Path;

use support::{Running, class, filter};

/// What is said of a text; nothing if it is fine.
fn said(kind: &str, text: &str) -> String {
    let result = match kind {
        "filter" => filter(text, &class()).map(|_| String::new()),
        "program" => {
            Running::new(text, &[class()], &["screen".into()]).map(|program| program.warnings)
        }
        other => panic!("kind {other}"),
    };
    result.unwrap_or_else(|errors| errors)
}

#[test]
fn each_mistake_gets_its_message() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/messages.txt");
    let golden = std::fs::read_to_string(&path).expect("the file is read");
    let mut now = String::new();
    let mut count = 0;
    for part in golden.split("==== ").filter(|part| !part.is_empty()) {
        let (kind, rest) = part.split_once('\n').expect("a kind");
        let text = rest.split("\n----\n").next().expect("a text");
        let text = text.strip_suffix('\n').unwrap_or(text);
        let said = said(kind, text);
        assert!(!said.is_empty(), "nothing is said of:\n{text}");
        now += &format!("==== {kind}\n{text}\n----\n{said}");
        count += 1;
    }
    assert!(count > 60, "{count}");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &now).expect("the file is written");
    }
    assert!(now == golden || std::env::var_os("BLESS").is_some(), "{now}\nBLESS=1 accepts it.");
}
