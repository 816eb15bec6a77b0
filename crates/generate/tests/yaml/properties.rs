//! What holds for any tree and any bytes.

use marey_generate::source::{Sources, Span};
use marey_generate::yaml::{Key, Map, Node, Value, emit};
use proptest::prelude::*;

use crate::support::{load, tree};

/// Pieces that files with mistakes are made of.
const PIECES: &[&str] = &[
    "a",
    "b: ",
    "- ",
    "? ",
    ": ",
    "\n",
    "\n  ",
    "\n ",
    "{",
    "}",
    "[",
    "]",
    ", ",
    "&x ",
    "*x",
    "<<: ",
    "\"q\"",
    "'r'",
    "|\n",
    ">-\n",
    " # c\n",
    "1",
    "yes",
    "!!str ",
    "!!int ",
    "! ",
    "---\n",
    "...\n",
    "0x1",
    "~",
    "\t",
    "\r\n",
    "\u{e9}",
    "\\",
    "%YAML 1.2\n",
    "!<tag:a,2020:b> ",
    "1:30",
    "2020-01-01",
];

fn somewhere() -> Span {
    let mut sources = Sources::default();
    let file = sources.add("", Vec::new()).expect("a file");
    Span { file, start: 0, end: 0 }
}

/// Text of all kinds: what looks like something else, and any characters at all.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[-+]?[0-9_]{1,3}[.:exb]?[0-9_]{0,3}",
        "(yes|No|on|OFF|true|null|~|=|<<|y|N|\\.inf|\\.nan|2020-01-01|---|\\.\\.\\.)",
        "[a-z][a-z0-9-]{0,8}",
        "[ -~]{0,12}",
        "\\PC{0,8}",
        any::<String>(),
        "[a-z \\n]{100,200}",
    ]
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i128>().prop_map(Value::Int),
        any::<f64>().prop_map(|number| Value::Float(if number.is_nan() {
            f64::NAN
        } else {
            number
        })),
        text().prop_map(|text| Value::Text(text.into())),
        Just(Value::Other("a timestamp", "2020-01-01".into())),
        text().prop_map(|text| Value::Other("binary data", text.into())),
    ]
}

fn node() -> impl Strategy<Value = Node> {
    let leaf = scalar().prop_map(|value| Node::new(value, somewhere()));
    leaf.prop_recursive(5, 40, 6, |inner| {
        let entry = (text(), inner.clone());
        let entry =
            entry.prop_map(|(text, node)| (Key { text: text.into(), span: somewhere() }, node));
        let map = prop::collection::vec(entry, 0..6).prop_map(Map::from_iter);
        prop_oneof![
            prop::collection::vec(inner, 0..6).prop_map(|nodes| Node::list(nodes, somewhere())),
            map.prop_map(|map| Node::new(Value::Map(map), somewhere())),
        ]
    })
}

fn pieces() -> impl Strategy<Value = Vec<&'static str>> {
    prop::collection::vec(prop::sample::select(PIECES), 0..30)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_again(node in node(), indent_spaces in 1_usize..=8) {
        let text = emit(&node, indent_spaces);
        prop_assert_eq!(tree(&text), node, "{}", text);
    }

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        load("a.yaml", &bytes);
    }

    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        load("a.yaml", text.as_bytes());
    }

    #[test]
    fn any_pieces_are_answered(pieces in pieces()) {
        let (tree, said) = load("a.yaml", pieces.concat().as_bytes());
        let is_printable = |c: char| c == '\n' || !c.is_control();
        prop_assert!(said.chars().all(is_printable), "{said:?}");
        if let Some(node) = tree {
            let again = crate::support::tree(&emit(&node, 2));
            prop_assert_eq!(again, node);
        }
    }
}

#[test]
fn what_ends_a_document_is_quoted() {
    assert_eq!(emit(&tree("[...]"), 2), "- '...'\n");
    assert_eq!(tree(&emit(&tree("  ...\n"), 2)), tree("'...'"));
}

#[test]
fn the_tag_of_the_outermost_node_is_written() {
    let text = "--- !<tag:barectf.org,2020/3/config>\ntrace:\n  type: null\n";
    assert_eq!(emit(&tree(text), 2), text);
    assert_eq!(
        emit(&tree("!x {a: [[1], [], {b: {c: 1}}]}"), 4),
        "--- !x\na:\n    - - 1\n    - []\n    - b:\n          c: 1\n"
    );
}
