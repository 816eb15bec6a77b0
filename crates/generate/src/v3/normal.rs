//! One way to say each thing.

use crate::extensions;
use crate::yaml::replaced;
use crate::yaml::{Map, Node, Value};

/// Short words, and the full ones.
const CLASSES: [(&str, &str); 11] = [
    ("uint", "unsigned-integer"),
    ("unsigned-int", "unsigned-integer"),
    ("sint", "signed-integer"),
    ("signed-int", "signed-integer"),
    ("uenum", "unsigned-enumeration"),
    ("unsigned-enum", "unsigned-enumeration"),
    ("senum", "signed-enumeration"),
    ("signed-enum", "signed-enumeration"),
    ("bool", "boolean"),
    ("str", "string"),
    ("struct", "structure"),
];
const BASES: [(&str, &str); 4] =
    [("bin", "binary"), ("oct", "octal"), ("dec", "decimal"), ("hex", "hexadecimal")];
const BYTE_ORDERS: [(&str, &str); 4] = [
    ("le", "little-endian"),
    ("little", "little-endian"),
    ("be", "big-endian"),
    ("big", "big-endian"),
];

/// A checked configuration with full words, and without what is `null`.
pub fn normal(root: &Node) -> Node {
    let Value::Map(map) = &root.value else { return root.clone() };
    let map = replaced(map, "trace", |trace| match &trace.value {
        Value::Map(map) => {
            let mut map = replaced(map, "type", in_type);
            if map.get("environment").is_some_and(Node::is_null) {
                map.remove("environment");
            }
            Node { value: Value::Map(extensions::normal(&map)), ..trace.clone() }
        }
        _ => trace.clone(),
    });
    Node { value: Value::Map(map), ..root.clone() }
}

fn in_type(node: &Node) -> Node {
    match &node.value {
        Value::List(items) => Node::list(items.iter().map(in_type).collect(), node.span),
        Value::Map(map) => {
            let there = map.iter().filter(|(_, node)| !node.is_null());
            let full: Map =
                there.map(|(key, node)| (key.clone(), in_type(&full(key.text(), node)))).collect();
            Node { value: Value::Map(full), ..node.clone() }
        }
        _ => node.clone(),
    }
}

fn full(property: &str, node: &Node) -> Node {
    let words: &[(&str, &str)] = match property {
        "class" => &CLASSES,
        "preferred-display-base" => &BASES,
        "native-byte-order" | "trace-byte-order" => &BYTE_ORDERS,
        _ => return node.clone(),
    };
    let word = words.iter().find(|(short, _)| node.as_text() == Some(short));
    word.map_or_else(|| node.clone(), |(_, full)| Node::text(*full, node.span))
}
