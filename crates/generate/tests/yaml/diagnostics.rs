//! How what is wrong is shown.

use marey_generate::diagnostic::{Diagnostic, json, render};
use marey_generate::source::{FileId, Sources, Span};

/// A span of the first place where `text` stands.
fn span(sources: &Sources, file: FileId, text: &str) -> Span {
    let start = sources.text(file).find(text).expect("it is there");
    let offset = |at: usize| u32::try_from(at).expect("a small file");
    Span { file, start: offset(start), end: offset(start + text.len()) }
}

fn included() -> (Sources, Diagnostic) {
    let mut sources = Sources::default();
    let main = sources.add("main.yaml", "trace:\n  $include: [a.yaml]\n".into()).expect("a file");
    let file = sources.add("a.yaml", "size: 8\nalign: 9\n".into()).expect("a file");
    sources.set_included_at(file, span(&sources, main, "a.yaml"));
    let wrong = Diagnostic::error("`align` is 9").at(span(&sources, file, "9"), "expected 1 to 8");
    let wrong = wrong.also(span(&sources, file, "8"), "the size").help("use 8");
    let wrong = wrong.also(span(&sources, main, "trace"), "of this trace");
    (sources, wrong)
}

#[test]
fn a_place_has_its_lines_its_includes_and_help() {
    let (sources, wrong) = included();
    let expected = "\
error: `align` is 9
 --> a.yaml:2:8
  |
1 | size: 8
  |       - the size
2 | align: 9
  |        ^ expected 1 to 8
  |
 ::: main.yaml:1:1
  |
1 | trace:
  | ----- of this trace
  |
  = note: included from main.yaml:2:14
  = help: use 8
";
    assert_eq!(render(&wrong, &sources, false), expected);
    let colored = render(&wrong, &sources, true);
    assert!(colored.contains("\u{1b}["), "{colored}");
}

#[test]
fn json_is_one_line_with_all_places() {
    let (sources, wrong) = included();
    let expected = concat!(
        r#"{"column":8,"end_column":9,"end_line":2,"file":"a.yaml","help":["use 8"],"#,
        r#""included_from":[{"column":14,"end_column":20,"end_line":2,"file":"main.yaml","#,
        r#""line":2}],"#,
        r#""label":"expected 1 to 8","line":2,"related":[{"column":7,"end_column":8,"end_line":1,"#,
        r#""file":"a.yaml","label":"the size","line":1},{"column":1,"end_column":6,"end_line":1,"#,
        r#""file":"main.yaml","label":"of this trace","line":1}],"severity":"error","#,
        r#""type":"diagnostic","what":"`align` is 9"}"#,
    );
    assert_eq!(json(&wrong, &sources), expected);
    let nowhere = json(&Diagnostic::warning("x\n"), &sources);
    assert!(nowhere.contains(r#""file":null"#) && nowhere.contains(r#""what":"x\n""#), "{nowhere}");
}

#[test]
fn a_place_of_several_lines_is_shown_by_its_first() {
    let mut sources = Sources::default();
    let file = sources.add("a.yaml", "a:\n  b: 1\n  c: 2\n".into()).expect("a file");
    let all = span(&sources, file, "b: 1\n  c: 2");
    let message = render(&Diagnostic::error("a map").at(all, "all"), &sources, false);
    assert!(message.contains("\n2 |   b: 1\n  |   ^^^^ all\n"), "{message}");
}

#[test]
fn long_lines_are_cut_to_a_window() {
    let mut sources = Sources::default();
    let line = format!("{}HERE{}", "\u{e9} ".repeat(200_000), " x".repeat(200_000));
    let file = sources.add("a.yaml", format!("first\n{line}\nlast\n").into()).expect("a file");
    let wrong = Diagnostic::error("x").at(span(&sources, file, "HERE"), "here");
    for colored in [false, true] {
        let message = render(&wrong, &sources, colored);
        assert!(message.len() < 1500, "{} bytes", message.len());
        assert!(message.contains("a.yaml:2:400001\n"), "{message}");
    }
    let message = render(&wrong, &sources, false);
    let (shown, mark) = (message.lines().nth(3), message.lines().nth(4));
    let column = |line: Option<&str>, text: &str| {
        let line = line.expect("a line");
        line.find(text).map(|at| line[..at].chars().count())
    };
    assert!(column(shown, "HERE").is_some());
    assert_eq!(column(shown, "HERE"), column(mark, "^^^^ here"), "{message}");
}

/// Lines in which a place is hard to mark: tabs, wide characters, marks on other characters, line
/// ends of two characters, and all of it in lines that are cut.
const HARD: [&str; 8] = [
    "a:\tHERE",
    "\t\t\tkey: {x: HERE, y: 日本語}",
    "名前: {日本: HERE}",
    "e\u{301}e\u{301}e\u{301}: HERE",
    "emoji 👩‍🚒 x: HERE",
    "日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語: HERE, then more 日本語",
    "{a: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20], b: HERE}\r",
    "\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\tHERE\t\t\t\t\t\t\t\r",
];

#[test]
fn marks_stand_below_their_places_in_80_columns() {
    let label = "expected something that needs a few words to say what it is";
    let help = "do something else, of which there is so much to say that it takes two lines here";
    for line in HARD {
        for label in ["", "short", label] {
            let mut sources = Sources::default();
            let text = format!("first: 1\r\n{line}\nlast: 2\n");
            let file = sources.add("a.yaml", text.into_bytes()).expect("a file");
            let place = span(&sources, file, "HERE");
            let wrong = Diagnostic::error("x ".repeat(60).trim()).at(place, label).help(help);
            let message = render(&wrong, &sources, false);
            let widest = message.lines().map(width).max();
            assert!(widest <= Some(marey_generate::diagnostic::COLUMNS_MAX), "{message}");
            assert!(!message.contains('\r') && !message.contains('\t'), "{message:?}");
            assert!(label.is_empty() || message.contains(label), "{message}");
            let column = |mark: &str| {
                let line = message.lines().find(|line| line.contains(mark)).expect("a line");
                width(line.split(mark).next().expect("its start"))
            };
            assert_eq!(column("HERE"), column("^^^^"), "{message}");
            let before = line.split("HERE").next().expect("its start").chars().count();
            assert!(message.contains(&format!("a.yaml:2:{}\n", before + 1)), "{message}");
        }
    }
}

/// How many columns a line takes on a terminal.
fn width(line: &str) -> usize {
    line.chars().map(|c| unicode_width::UnicodeWidthChar::width(c).unwrap_or(1)).sum()
}

#[test]
fn nothing_that_moves_the_cursor_is_shown() {
    let evil = "a\u{1b}[31m\r\u{8}\u{9b}31m\u{202e}\u{7f}\tb";
    let mut sources = Sources::default();
    let file = sources.add(evil, format!("{evil}: x\n").into()).expect("a file");
    sources.set_included_at(file, span(&sources, file, "x"));
    let place = span(&sources, file, "b");
    let wrong = Diagnostic::error(evil).at(place, evil).help(evil).also(place, format!("{evil}\n"));
    let message = render(&wrong, &sources, false);
    let is_calm = |c: char| c == '\n' || !c.is_control() && c != '\u{202e}';
    assert!(message.chars().all(is_calm), "{message:?}");
    assert!(message.starts_with("error: a\u{241b}[31m"), "{message:?}");
}

#[test]
fn places_far_apart_and_outside_are_shown() {
    let mut sources = Sources::default();
    let file = sources.add("a.yaml", "x\n".repeat(10_000).into()).expect("a file");
    let at = |start, end| Span { file, start, end };
    let wrong = Diagnostic::error("x").at(at(0, 1), "first").also(at(19_998, 19_999), "last");
    let message = render(&wrong.also(at(99_999, 5), "outside"), &sources, false);
    assert!(message.contains("\n    1 | x\n") && message.contains("\n10000 | x\n"), "{message}");
    assert!(message.lines().count() < 20, "{message}");
}

#[test]
fn a_file_without_text_is_shown() {
    let mut sources = Sources::default();
    let file = sources.add("a.yaml", Vec::new()).expect("a file");
    let wrong = Diagnostic::error("x").at(Span { file, start: 0, end: 0 }, "expected a map");
    let message = render(&wrong, &sources, false);
    assert!(message.contains("a.yaml:1:1") && message.contains("^ expected a map"), "{message}");
}
