//! Files that are made to hurt are answered soon, with an error that says why.

use std::time::{Duration, Instant};

use crate::support::{load, tree};

/// What a file of this many bytes may have in it.
const LENGTH: usize = 1 << 20;
/// Slow machines and builds without optimisation are forgiven.
const TIME_MAX: Duration = Duration::from_secs(20);

fn repeated(unit: &str) -> String {
    unit.repeat(LENGTH / unit.len())
}

/// The message for a file that must not take long.
fn said(text: &str) -> String {
    let start = Instant::now();
    let (_, said) = load("a.yaml", text.as_bytes());
    assert!(start.elapsed() < TIME_MAX, "{:?} for {:?}", start.elapsed(), text.get(..20));
    assert!(said.len() < 200_000, "{} bytes of messages", said.len());
    said
}

#[test]
fn nesting_has_a_limit() {
    let too_deep = "error: lists and maps are nested deeper than 64\n";
    for unit in ["[", "{", "- ", "[{", "{a: ", "? ", "- - ", "[[],", "!!seq [", "{? "] {
        let said = said(&repeated(unit));
        assert!(said.starts_with(too_deep), "{unit}: {:?}", said.get(..200));
    }
    let mut lines = String::new();
    for depth in 0..1000 {
        lines += &format!("{:depth$}a:\n", "");
    }
    assert!(said(&lines).starts_with(too_deep));
    tree(&format!("{}{}", "[".repeat(64), "]".repeat(64)));
    let said = said(&format!("{}{}", "[".repeat(65), "]".repeat(65)));
    assert!(said.starts_with(too_deep), "{said}");
}

#[test]
fn aliases_do_not_get_around_the_limit_of_nesting() {
    let mut text = "a0: &a0 [x]\n".to_owned();
    for depth in 1..100 {
        text += &format!("a{depth}: &a{depth} [*a{}]\n", depth - 1);
    }
    let said = said(&text);
    assert!(said.starts_with("error: lists and maps are nested deeper than 64\n"), "{said}");
}

#[test]
fn a_billion_laughs_are_too_many() {
    let mut text = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for level in 1..10 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        text += &format!("a{level}: &a{level} [{aliases}]\n");
    }
    assert!(said(&text).starts_with("error: the file has more than 200000 values\n"));
    let merged = text.replace("[*", "{<<: [*").replace("]\n", "]}\n").replacen("{<<: ", "", 1);
    assert!(said(&merged).contains("error: "));
    let many = format!("a: &a {}\nb: [{}]\n", "x".repeat(LENGTH), "*a, ".repeat(100));
    assert!(said(&many).starts_with("error: the file has more than 16 MiB of text\n"));
    let keys =
        format!("a: &a {{? {} : 1}}\nb: [{}]\n", "k".repeat(LENGTH), "{<<: *a}, ".repeat(100));
    assert!(said(&keys).starts_with("error: the file has more than 16 MiB of text\n"));
}

#[test]
fn anchors_have_a_limit() {
    let anchors: String = (0..10_001).map(|number| format!("- &a{number} x\n")).collect();
    assert!(said(&anchors).starts_with("error: the file has more than 10000 anchors\n"));
}

#[test]
fn what_is_long_takes_no_time() {
    let units = [
        "a",
        " ",
        "\n",
        "#",
        "'",
        "\"",
        "-",
        "- a\n",
        "a: 1\n",
        "&a ",
        "*a ",
        "!a ",
        "!!str ",
        "%",
        "%a\n",
        ": ",
        "a: ",
        ",",
        "]",
        "}",
        "[a, ",
        "{a, ",
        "[],",
        "|",
        "|\n",
        ">\n ",
        "---\n",
        "...\n",
        "\t",
        "\r",
        "? a\n",
        "a: &a [*a\n",
        "\\",
        "1:",
        "0",
        "_",
        "1_",
        "<<: ",
        "- <<: {}\n",
        "\u{e9}",
        "\"\\x41",
        "''",
        "a: 'b'\n",
        "a\n\n",
        "a #",
        "on: 1\n",
        "- *x\n",
        "- &x y\n",
        "a,",
        "- 0x_\n",
        "[?a, ",
    ];
    for unit in units {
        said(&repeated(unit));
        let short = unit.repeat(LENGTH / 8 / unit.len());
        said(&format!("a: \"{short}"));
        said(&format!("a: [{short}]"));
        said(&format!("a: |\n  {short}"));
    }
}

#[test]
fn random_bytes_are_answered() {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    let bytes: Vec<u8> = (0..LENGTH / 8).flat_map(|_| next()).collect();
    assert!(load("a.yaml", &bytes).1.starts_with("error: this is not UTF-8 text\n"));
    let ascii: String = bytes.iter().map(|byte| char::from(b' ' + byte % 95)).collect();
    said(&ascii);
    said(&format!("a: {ascii}"));
}
