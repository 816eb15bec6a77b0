//! Files in the usual format: what that is, and that they say what they said.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use marey_generate::diagnostic::{Problems, render};
use marey_generate::source::Sources;
use marey_generate::yaml::{self, Node, Value, emit};
use proptest::prelude::*;

use crate::support::{load, tree};

/// The format of a text, or what is said of it.
fn format(text: &str) -> Result<String, String> {
    let mut sources = Sources::default();
    let file = sources.add("a.yaml", text.as_bytes().to_vec()).map_err(|e| e.what.clone())?;
    let mut problems = Problems::default();
    yaml::format(&sources, file, &mut problems).ok_or_else(|| {
        problems.sorted().iter().map(|found| render(found, &sources, false)).collect()
    })
}

/// Texts, and their format.
const FORMATS: [(&str, &str); 24] = [
    ("", ""),
    ("\n\n# only\n\n\n\n# comments  \n\n", "# only\n\n# comments\n"),
    ("a : 1", "a: 1\n"),
    ("a:\n - 1\n -   2\n", "a:\n  - 1\n  - 2\n"),
    ("a:\n- 1\n- 2\nb: 3\n", "a:\n  - 1\n  - 2\nb: 3\n"),
    ("a:\n        b:\n           c: 1\n        d: 2\n", "a:\n  b:\n    c: 1\n  d: 2\n"),
    ("-   a: 1\n    b: 2\n", "- a: 1\n  b: 2\n"),
    ("-   -   1\n    -   2\n-\n  - 3\n", "- - 1\n  - 2\n-\n  - 3\n"),
    ("{ a : 1 ,b: [ 1,2 , 3 ] }", "{a: 1, b: [1, 2, 3]}\n"),
    (
        "k:\n    l: {a: 1,\n  b: [1,\n  2],\n    }\n",
        "k:\n  l: {a: 1,\n    b: [1,\n      2],\n  }\n",
    ),
    ("a: 1   # here\n# first\nb: 2\n", "a: 1   # here\n# first\nb: 2\n"),
    (
        "a:\n    # of b\n    b: 1\n    # behind b\n# of c\nc: 1\n",
        "a:\n  # of b\n  b: 1\n  # behind b\n# of c\nc: 1\n",
    ),
    ("a:\n# of b, at the margin\n    b: 1\n", "a:\n  # of b, at the margin\n  b: 1\n"),
    ("a: |\n      one\n        two\n\n\n\nb: 1\n", "a: |\n  one\n    two\n\nb: 1\n"),
    ("a: |+\n   one\n\n\nb: |2-\n    two\n", "a: |+\n  one\n\n\nb: |2-\n    two\n"),
    ("a:\n   b: >  # folded\n      one\n      two\n", "a:\n  b: >  # folded\n    one\n    two\n"),
    ("a: 'one\n     two'\nb: one\n       two\n", "a: 'one\n  two'\nb: one\n  two\n"),
    ("a: \"one \\\n      two\"\n", "a: \"one \\\n  two\"\n"),
    ("a: &x  {b: 1}\nc:   *x\nd: {<<:  *x , e: 2}\n", "a: &x {b: 1}\nc: *x\nd: {<<: *x, e: 2}\n"),
    ("a: &x  k\n*x :  2\n'q' : !!str  3\n", "a: &x k\n*x : 2\n'q': !!str 3\n"),
    ("--- !<tag:a,2020:b>\n\n\na:   !!str   1\n...\n", "--- !<tag:a,2020:b>\n\na: !!str 1\n...\n"),
    (
        "a: 1\r\nb:\r\n  - 'x\r\n    y'\r\n  - |\r\n    z\r\n",
        "a: 1\nb:\n  - 'x\n    y'\n  - |\n    z\n",
    ),
    ("a:\n\n  # c\n\n\n  b:\n    1\n", "a:\n\n  # c\n\n  b:\n    1\n"),
    ("? a\n: 1\n", "refused"),
];

#[test]
fn this_is_the_format() {
    let mut wrong = String::new();
    for (text, expected) in FORMATS {
        let found = format(text);
        let is_right = match &found {
            Ok(found) => found == expected,
            Err(_) => expected == "refused",
        };
        if !is_right {
            let _ = writeln!(wrong, "{text:?}\n expected {expected:?}\n found    {found:?}");
        }
        if let Ok(found) = found {
            assert_eq!(format(&found).as_deref(), Ok(found.as_str()), "{text:?}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// All YAML files below a folder.
fn files(folder: &Path, files_there: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, files_there);
        } else if path.extension().is_some_and(|ending| ending == "yaml") {
            files_there.push(path);
        }
    }
}

#[test]
fn all_our_files_can_be_formatted() {
    let mut paths = Vec::new();
    for folder in ["tests", "include", "../cli/example"] {
        files(Path::new(folder), &mut paths);
    }
    let mut pairs = Vec::new();
    for path in &paths {
        let Ok(text) = std::fs::read_to_string(path) else { continue };
        let (Some(before), _) = load("a.yaml", text.as_bytes()) else { continue };
        let formatted = match format(&text) {
            Ok(formatted) => formatted,
            Err(_) if text.contains("? ") => continue,
            Err(said) => panic!("{}: {said}", path.display()),
        };
        assert_eq!(emit(&tree(&formatted), 2), emit(&before, 2), "{}", path.display());
        pairs.push((text, formatted));
    }
    assert!(pairs.len() >= 300, "{} files", pairs.len());
    pyyaml_reads_the_same(&pairs);
}

/// PyYAML, by which barectf reads its files.
fn pyyaml_reads_the_same(pairs: &[(String, String)]) {
    const SCRIPT: &str = r#"
import json, sys, yaml
class Loader(yaml.SafeLoader): pass
def tagged(loader, tag, node): return tag, loader.construct_mapping(node, True)
Loader.add_multi_constructor("", tagged)
def load(text):
    try:
        return repr(yaml.load(text, Loader=Loader))
    except Exception as error:
        return "error"
for before, after in json.load(sys.stdin):
    if load(before) != load(after):
        print(before + "\n--- becomes\n" + after)
"#;
    let python = std::env::var_os("MAREY_BARECTF3")
        .map(|barectf| Path::new(&barectf).with_file_name("python3"));
    let python = python.unwrap_or_else(|| "python3".into());
    let mut command = Command::new(python);
    command.args(["-c", SCRIPT]).stdin(std::process::Stdio::piped());
    let Ok(mut child) = command.stdout(std::process::Stdio::piped()).spawn() else {
        return println!("skipped: no Python here");
    };
    let input = child.stdin.take().expect("a pipe");
    serde_json::to_writer(input, pairs).expect("written");
    let output = child.wait_with_output().expect("it ends");
    if !output.status.success() {
        return println!("skipped: no Python with PyYAML");
    }
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
}

/// Writes a tree as people do, each in another way.
struct Writer<'c> {
    out: String,
    choices: std::iter::Cycle<std::slice::Iter<'c, u8>>,
    comments: usize,
}

impl Writer<'_> {
    fn choice(&mut self, of: u8) -> u8 {
        self.choices.next().copied().unwrap_or_default() % of
    }

    fn spaces(&mut self, most: u8) -> String {
        " ".repeat(usize::from(self.choice(most + 1)))
    }

    /// The end of a line, with what may stand there.
    fn end(&mut self, indent: usize) {
        if self.choice(4) == 0 {
            self.comments += 1;
            let spaces = self.spaces(3);
            let _ = write!(self.out, "{spaces} # comment {}", self.comments);
        } else {
            let spaces = self.spaces(2);
            self.out += &spaces;
        }
        let end = if self.choice(5) == 0 { "\r\n" } else { "\n" };
        self.out += end;
        match self.choice(8) {
            0 => self.out += "\n\n",
            1 => {
                self.comments += 1;
                let _ = writeln!(self.out, "{}# comment {}", " ".repeat(indent), self.comments);
            }
            _ => {}
        }
    }

    fn flow(&mut self, node: &Node) {
        match &node.value {
            Value::List(nodes) => {
                self.out.push('[');
                for (at, node) in nodes.iter().enumerate() {
                    self.separate(at);
                    self.flow(node);
                }
                self.out.push(']');
            }
            Value::Map(map) => {
                self.out.push('{');
                for (at, (key, node)) in map.iter().enumerate() {
                    self.separate(at);
                    self.out += &quoted(key.text());
                    let (before, behind) = (self.spaces(1), self.spaces(2));
                    let _ = write!(self.out, "{before}: {behind}");
                    self.flow(node);
                }
                self.out.push('}');
            }
            _ => self.out += emit(node, 2).trim_end(),
        }
    }

    fn separate(&mut self, at: usize) {
        if at > 0 {
            let (before, behind) = (self.spaces(1), self.spaces(2));
            let _ = write!(self.out, "{before},{behind} ");
        } else {
            let spaces = self.spaces(1);
            self.out += &spaces;
        }
    }

    /// A value behind `key:` or `-`, which stand at this column.
    fn value(&mut self, node: &Node, column: usize, is_in_map: bool) {
        let is_empty = match &node.value {
            Value::List(nodes) => nodes.is_empty(),
            Value::Map(map) => map.is_empty(),
            _ => true,
        };
        if is_empty || self.choice(4) == 0 {
            self.out.push(' ');
            self.flow(node);
            return self.end(column);
        }
        let is_list = matches!(node.value, Value::List(_));
        let least = usize::from(!is_list || !is_in_map);
        let inner = column + least + usize::from(self.choice(5));
        self.end(inner);
        self.block(node, inner);
    }

    fn block(&mut self, node: &Node, column: usize) {
        let indent = " ".repeat(column);
        match &node.value {
            Value::List(nodes) => {
                for node in nodes.iter() {
                    let _ = write!(self.out, "{indent}-");
                    self.value(node, column, false);
                }
            }
            Value::Map(map) => {
                for (key, node) in map.iter() {
                    let spaces = self.spaces(1);
                    let _ = write!(self.out, "{indent}{}{spaces}:", quoted(key.text()));
                    self.value(node, column, true);
                }
            }
            _ => {}
        }
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// What configurations are made of.
fn node() -> impl Strategy<Value = Node> {
    let text = prop_oneof!["[a-z-]{1,12}", "[ -~]{0,10}", Just("0x10".to_owned())];
    let somewhere = || tree("a").span;
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(|number| Value::Int(number.into())),
        text.prop_map(|text| Value::Text(text.into())),
    ];
    let leaf = leaf.prop_map(move |value| Node::new(value, somewhere()));
    leaf.prop_recursive(5, 40, 5, move |inner| {
        let entry = ("[a-z$-]{1,8}", inner.clone());
        let entry = entry
            .prop_map(move |(text, node)| (yaml::Key { text: text.into(), span: node.span }, node));
        let map = prop::collection::vec(entry, 1..5).prop_map(yaml::Map::from_iter);
        prop_oneof![
            prop::collection::vec(inner, 1..5)
                .prop_map(move |nodes| Node::list(nodes, tree("a").span)),
            map.prop_map(move |map| Node::new(Value::Map(map), tree("a").span)),
        ]
    })
}

#[test]
fn a_long_file_is_formatted_in_a_time_that_grows_with_it() {
    let text = format!("a: 1\n{}b: 2\n", "  # a comment\n\n\n".repeat(20_000));
    let formatted = format(&text).expect("it is formatted");
    assert_eq!(formatted.matches("# a comment\n\n").count(), 20_000);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_formatted_file_says_the_same(
        node in node(),
        choices in prop::collection::vec(any::<u8>(), 1..200),
    ) {
        let choices = choices.iter().cycle();
        let mut writer = Writer { out: String::new(), choices, comments: 0 };
        writer.end(0);
        writer.block(&node, 0);
        let text = writer.out;
        let before = load("a.yaml", text.as_bytes()).0;
        prop_assert!(before.is_some(), "{text}");
        let formatted = format(&text).unwrap_or_else(|said| panic!("{said}\n{text}"));
        prop_assert_eq!(emit(&tree(&formatted), 2), emit(&tree(&text), 2), "{}", formatted);
        prop_assert_eq!(formatted.matches("# comment").count(), writer.comments, "{}", formatted);
        prop_assert_eq!(format(&formatted), Ok(formatted.clone()));
        for line in formatted.lines() {
            let indent = line.len() - line.trim_start().len();
            prop_assert!(indent % 2 == 0 && line == line.trim_end(), "{:?}\n{}", line, formatted);
        }
    }

    #[test]
    fn any_text_is_formatted_or_left(text in "[-a:,#?|>'\" \\[\\]{}&*!\\n]{0,40}") {
        if let Ok(formatted) = format(&text) {
            prop_assert_eq!(emit(&tree(&formatted), 2), emit(&tree(&text), 2));
            prop_assert_eq!(format(&formatted), Ok(formatted.clone()));
        }
    }
}
