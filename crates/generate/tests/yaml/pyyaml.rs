//! The same answers as PyYAML's `SafeLoader`, by which barectf reads.
//!
//! `pyyaml.tsv` has what PyYAML said of each text. We are always compared with it. PyYAML is too,
//! when there is one: the Python that `MAREY_PYYAML` names, else `python3`. `BLESS=1` then writes
//! what PyYAML says now.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use marey_generate::yaml::{Node, Value};
use serde_json::{Value as Json, json};

use crate::support::load;

/// Answers as [`answer`] does, by PyYAML.
const SCRIPT: &str = r#"
import datetime, json, struct, sys
import yaml

def answer(value):
    if value is None:
        return ["null"]
    if isinstance(value, bool):
        return ["bool", value]
    if isinstance(value, int):
        return ["int", str(value)] if -2**127 <= value < 2**127 else None
    if isinstance(value, float):
        return ["float", "nan" if value != value else struct.pack(">d", value).hex()]
    if isinstance(value, str):
        return ["text", value]
    if isinstance(value, bytes):
        return ["binary data"]
    if isinstance(value, (datetime.date, datetime.datetime)):
        return ["a timestamp"]
    if isinstance(value, list):
        nodes = [answer(node) for node in value]
        return None if None in nodes else ["list", nodes]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        nodes = [[key, answer(node)] for key, node in value.items()]
        return None if any(node is None for _, node in nodes) else ["map", nodes]
    return None

def one(text):
    try:
        return answer(yaml.safe_load(text))
    except Exception:
        return None

print(json.dumps([one(text) for text in json.load(sys.stdin)]))
"#;

/// What we make of a text; null when it is an error.
fn answer(text: &str) -> Json {
    load("a.yaml", text.as_bytes()).0.map_or(Json::Null, |node| of_node(&node))
}

fn of_node(node: &Node) -> Json {
    match &node.value {
        Value::Null => json!(["null"]),
        Value::Bool(on) => json!(["bool", on]),
        Value::Int(number) => json!(["int", number.to_string()]),
        Value::Float(number) if number.is_nan() => json!(["float", "nan"]),
        Value::Float(number) => json!(["float", format!("{:016x}", number.to_bits())]),
        Value::Text(text) => json!(["text", text.as_ref()]),
        Value::List(nodes) => json!(["list", nodes.iter().map(of_node).collect::<Vec<_>>()]),
        Value::Map(map) => {
            let pairs = map.iter().map(|(key, node)| json!([key.text(), of_node(node)]));
            json!(["map", pairs.collect::<Vec<_>>()])
        }
        Value::Other(kind, _) => json!([kind]),
    }
}

/// Numbers and what is nearly one.
const BODIES: &str = "\
    0 00 0_ 0__7 01 017 0o17 08 09 0_8 018 1 12 1_000 1_ 1__2 _1 0b0 0b101 0b1_0 0b2 0b 0B1 \
    0x 0x0 0xff 0xFF 0xf_f 0xg 0X1f 1:30 1:3 1:60 1:59 01:30 0:30 190:20:30 1:30: 1:_3 \
    1_0:30 1:3_0 :30 1.0 1. .5 .5_ ._5 1_.5 1._5 1.5e3 1.5e+3 1.5E-3 1.5e 1.5e+ 1.5e+1_0 1e5 \
    1e+5 .5e+1 .5e1 1.e+2 1:30.5 1:30. 0:30.5 1:60.5 1:30.5e+2 1:2:3.25 .inf .Inf .INF .iNF \
    .nan .NaN .NAN .nAn inf nan 1.5.2 1.2e400 1.2e+400 1.2e-400 0.0 00.5 09.5 1,5 0x1.8 \
    123456789012345678901234567890 170141183460469231731687303715884105727 \
    170141183460469231731687303715884105728 0x7fffffffffffffffffffffffffffffff \
    0xffffffffffffffffffffffffffffffff 3.14159265358979 2020 2020-01-01 2020-1-1 2020-01-1 \
    2020-01-01T 2020-01-01T1:02:03 2020-1-1t01:02:03.5 12e03 2020-01-01T01:02:03Z \
    2020-01-01T01:02:03+1 2020-01-01T01:02:03-01:30 2020-01-01T01:02:03z \
    2020-01-01T01:02:03+1:3 2020-01-01T01:02 12:30:45 1-2 1+2 - + . .. ... 1a a1";

/// Texts that are no numbers.
const WORDS: &str = "\
    ~ null Null NULL nULL none nil yes Yes YES yEs no No NO nO y Y n N true True TRUE tRUE \
    false False FALSE on On ON oN off Off OFF oFF = << a - a:b a#b http://x <a = == <<< ~a \
    @a !a !!a !!str !";

/// Whole files.
const FILES: &[&str] = &[
    "",
    "# a comment\n",
    "---\n",
    "--- a\n...\n",
    "%YAML 1.1\n---\na: 1\n",
    "%YAML 1.2\n---\na: 1\n",
    "%YAML 2.0\n---\na: 1\n",
    "%TAG !y! tag:yaml.org,2002:\n---\na: !y!str 1\n",
    "a\n---\nb\n",
    "- ! 12\n- ! '12'\n- ! [1]\n- ! {a: 1}\n",
    "- !!str 12\n- !!str yes\n- !!str\n- !!str ''\n",
    "- !!int '12'\n- !!int \" 1_2\"\n- !!int 0x1f\n- !!int '1:30'\n- !!int 0o17\n",
    "!!int ''",
    "!!int 1.5",
    "!!int x",
    "!!int '08'",
    "!!int [1]",
    "!!int '+-1'",
    "- !!float 1\n- !!float 1e5\n- !!float '1:30'\n- !!float -.INF\n- !!float ' 1_0.5'\n",
    "!!float ''",
    "!!float x",
    "!!float '+-1'",
    "!!float inf",
    "- !!bool 'YES'\n- !!bool yEs\n- !!bool off\n",
    "!!bool y",
    "!!bool 1",
    "- !!null ''\n- !!null x\n- !!null\n",
    "!!null [1]",
    "- !!seq [1]\n- !!map {a: 1}\n",
    "!!seq {a: 1}",
    "!!map [1]",
    "!!seq a",
    "!!map a",
    "!!binary YWJj",
    "!!timestamp 2020-01-01",
    "!!timestamp '2020-1-1 1:02:03'",
    "!!timestamp x",
    "!!set {a}",
    "!!python/object/apply:os.getcwd []",
    "!!python/none x",
    "!!value x",
    "!!merge x",
    "'12'",
    "\"12\"",
    "'yes'",
    "|\n 12\n",
    ">\n yes\n",
    "- |2\n    a\n- >-\n  a\n  b\n\n  c\n- |+\n  a\n\n",
    "- a\n b\n\n c\n- 'a\n  b'\n",
    "- \"a\\\n  b\\n\\x41\\u00e9\\U0001F600\\/\\_\\N\\L\\P\\e\"\n",
    "1\n2",
    "yes\n  no",
    "- 'it''s'\n- \"\\\"\"\n",
    "\"\\q\"",
    "\"\\xg\"",
    "a: 1\nb:\nc: ~\nd: ''\n",
    "a:\n- 1\n- 2\nb:\n  - 3\n",
    "- - 1\n  - 2\n- a: 1\n  b: 2\n-\n  - 3\n",
    "{a: 1, b: [1, 2, ], c, d: , 'e': 5, \"f\":6}",
    "[a: 1, b, c: ]",
    "[a:b, {a:1}, 'a':1]",
    "{a: 1,, b: 2}",
    "[,]",
    "{,}",
    "[]",
    "{}",
    "[1,2,3]",
    "? a\n: b\n? c\n",
    "? |\n  a\n: b\n",
    "{? a : b}",
    "a: b: c",
    "a: b\n c: d",
    "a: [\n1,\n2\n]\n",
    "a: {\nb: 1\n}\n",
    "a: 'x\ny'\n",
    "- a\nb: 1\n",
    "a: 1\na: 2\n",
    "{a: 1, b: 2, a: 3}",
    "yes: 1",
    "1: a",
    "~: a",
    "? [a]\n: b\n",
    "? {a: 1}\n: b\n",
    ": a",
    "=: 1\n",
    "{=: 1, '=': 2}",
    "- =\n",
    "a: <<\n",
    "'<<': {a: 1}\n",
    "'<<': 1\n",
    "a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  y: 3\n  z: 4\n",
    "a: &a {x: 1, y: 2}\nb:\n  y: 3\n  z: 4\n  <<: *a\n",
    "- &a {x: 1, y: 1}\n- &b {y: 2, z: 2}\n- {<<: [*a, *b], w: 3}\n\
     - {<<: [*b, *a], w: 3}\n- {<<: *a, <<: *b}\n",
    "- &a {x: 1, <<: {y: 2, x: 3}}\n- {<<: *a, y: 4}\n",
    "{<<: [], a: 1}",
    "{<<: {}, a: 1}",
    "<<: 1\n",
    "<<: [1]\n",
    "<<:\n",
    "<<: {a: 1}\n<<: {a: 2, b: 3}\nb: 4\n",
    "{<<: {1: 2}}",
    "{<<: [[{a: 1}]]}",
    "a: &x 1\nb: *x\n",
    "a: &x 1\nb: &x 2\n",
    "a: *x\nb: &x 1\n",
    "&k a: 1\nb: *k\n",
    "*k : 1\n",
    "{&k a: 1, b: {*k : 2}}",
    "- &a\n- *a\n",
    "- &a !!str 12\n- !!str &b 12\n- *a\n- *b\n",
    "- !!str &a\n- *a\n",
    "&a [1, *b]",
    "- &a b: 1\n- *a\n",
    "\u{feff}a: 1\n",
    "a: \u{e9}\u{4e2d}\u{1f600}\n",
    "a: \u{1}\n",
    "a: \"\u{7f}\"\n",
    "a: \u{a0}\n",
    "a: \u{fffe}\n",
    "a: 1\r\nb: 2\r\n",
    "a: 1\rb: 2\r",
    "\ta: 1",
    "a:\n\tb: 1\n",
    "a: 1\t\nb: 2 \t# c\n",
    "a: 'x\ty'\n",
    "a: x\ty\n",
    "a: @b",
    "a: `b`",
    "a: %b",
    "%a",
    "a: -",
    "a: ?",
    "a: :",
    "a: ?b",
    "a: :b",
    "a: -b",
    "a: b#c",
    "a: b #c",
    "a: #c",
    "[-1, -a, - b]",
    "[?a]",
    "[:a]",
    "{a: :b}",
    "a: ]",
    "a: }",
    "a: b]",
    "a: ,",
    "[a, b",
    "{a: b",
    "'a",
    "\"a",
    "a: *",
    "a: &",
    "a: !<tag:yaml.org,2002:str> 1\n",
    "a: !x 1\n",
    "a: !e!x 1\n",
    "a: ! \n",
    "- >\n folded\n text\n\n   more\n last\n",
    "a: |\n  x\n # c\nb: 1\n",
    "a: |-\n\n  x\n\nb: 1\n",
    "a: >2\n   x\n  y\n",
    "a: |0\n x\n",
    "a: |x\n y\n",
    "a: |\n",
];

fn texts() -> Vec<String> {
    let mut texts: Vec<String> = WORDS.split_whitespace().map(|word| format!("- {word}")).collect();
    for body in BODIES.split_whitespace() {
        texts.extend(["", "-", "+"].map(|sign| format!("- {sign}{body}")));
    }
    texts.extend(FILES.iter().map(|&text| text.to_owned()));
    texts
}

/// PyYAML's answers, or why there are none.
fn answers(texts: &[String]) -> Result<Vec<Json>, String> {
    let python = std::env::var("MAREY_PYYAML").unwrap_or_else(|_| "python3".to_owned());
    let mut command = Command::new(&python);
    command
        .args(["-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| format!("{python}: {error}"))?;
    // Python reads all of it before it writes. It can have ended: then there is no answer.
    let sent = child.stdin.take().expect("a pipe").write_all(json!(texts).to_string().as_bytes());
    let output = child.wait_with_output().map_err(|error| format!("{python}: {error}"))?;
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    sent.map_err(|error| format!("{python}: {error}: {stderr}"))?;
    serde_json::from_slice(&output.stdout).map_err(|_| format!("{python}: {stderr}"))
}

fn table() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/yaml/pyyaml.tsv")
}

/// What PyYAML said, as it was kept.
fn kept() -> Vec<(String, Json)> {
    let text = std::fs::read_to_string(table()).expect("the table is there");
    let line = |line: &str| {
        let (text, answer) = line.split_once('\t').expect("two columns");
        let text = serde_json::from_str(text).expect("a string");
        (text, serde_json::from_str(answer).expect("an answer"))
    };
    text.lines().map(line).collect()
}

/// Where we differ, and why.
const DIFFERENT: &[(&str, &str)] = &[
    ("!!int '+-1'", "PyYAML takes one sign away and lets Python read another"),
    ("!!float '+-1'", "the same"),
    ("a: 'x\ny'\n", "the parser wants the second line indented"),
    ("\ta: 1", "YAML 1.2 lets tabs be spaces where nothing is indented"),
    ("a: 1\t\nb: 2 \t# c\n", "the same"),
    ("a: x\ty\n", "the same"),
    ("[?a]", "a key in YAML 1.1, text in YAML 1.2: an error"),
    ("[:a]", "text in YAML 1.2, an error in PyYAML"),
    ("{a: :b}", "the same"),
];

/// What PyYAML 6 reads in another way than 5.4, which barectf asks for.
const CHANGED_IN_6: &[&str] = &["- ._5"];

#[test]
fn each_text_is_read_as_pyyaml_reads_it() {
    let kept = kept();
    let texts = texts();
    assert!(kept.iter().map(|(text, _)| text).eq(&texts), "pyyaml.tsv is stale: BLESS=1 writes it");
    let mut wrong = String::new();
    for (text, expected) in &kept {
        let found = answer(text);
        let is_known = DIFFERENT.iter().any(|(different, _)| different == text);
        if (found == *expected) == is_known {
            let _ = writeln!(wrong, "{text:?}: PyYAML {expected}, we {found}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn pyyaml_says_what_the_table_says() {
    let texts = texts();
    let answers = match answers(&texts) {
        Ok(answers) => answers,
        Err(why) => return println!("skipped: no Python with PyYAML ({why})"),
    };
    if std::env::var_os("BLESS").is_some() {
        let lines = texts.iter().zip(&answers);
        let lines = lines.map(|(text, answer)| format!("{}\t{answer}\n", json!(text)));
        std::fs::write(table(), lines.collect::<String>()).expect("the table is written");
    }
    for ((text, kept), said) in kept().iter().zip(&answers) {
        if CHANGED_IN_6.contains(&text.as_str()) {
            continue;
        }
        assert_eq!(said, kept, "{text:?}");
    }
}
