//! What a field type is that inherits another.

use super::Compat;
use super::access::class;
use crate::yaml::{Key, Map, Node, Value, patch};

/// What is as if it were not there when it is null.
const WITH_DEFAULT: [&str; 8] = [
    "align",
    "signed",
    "byte-order",
    "base",
    "encoding",
    "property-mappings",
    "min-align",
    "fields",
];

/// A field type that inherits `base`, and has properties of its own.
///
/// barectf 3.1 patches all the way down. barectf 2.3 sets the properties of the base, and does not
/// look into them; but fields are added to fields, and members of enumerations behind members. A
/// byte order is not inherited, and a second clock does not count.
pub fn over(base: Node, own: Map, node: &Node, compat: Compat) -> Node {
    if compat == Compat::Barectf31 {
        let own = Node { value: Value::Map(own), ..node.clone() };
        return patch(base, own, &|_| false);
    }
    let class = class(&base);
    let Value::Map(mut map) = base.value.clone() else { return base };
    if matches!(class, Some("integer" | "floating-point")) && own.get("byte-order").is_none() {
        map.remove("byte-order");
    }
    for (key, node) in own.iter() {
        set(&mut map, key, node);
    }
    Node { value: Value::Map(map), ..base }
}

fn set(map: &mut Map, key: &Key, node: &Node) {
    if node.is_null() && WITH_DEFAULT.contains(&key.text()) {
        map.remove(key.text());
        return;
    }
    let node = match (key.text(), map.get(key.text())) {
        ("fields" | "types" | "size", Some(base)) => merged(base, node),
        ("members", Some(base)) => appended(base, node),
        ("property-mappings", Some(base)) => {
            let has_one = base.as_list().is_some_and(|mappings| !mappings.is_empty());
            if has_one { base.clone() } else { node.clone() }
        }
        _ => node.clone(),
    };
    map.set(key.clone(), node);
}

fn merged(base: &Node, own: &Node) -> Node {
    let (Value::Map(map), Value::Map(own_map)) = (&base.value, &own.value) else {
        return own.clone();
    };
    let mut map = map.clone();
    own_map.iter().for_each(|(key, node)| map.set(key.clone(), node.clone()));
    Node { value: Value::Map(map), ..own.clone() }
}

fn appended(base: &Node, own: &Node) -> Node {
    match (base.as_list(), own.as_list()) {
        (Some(old), Some(new)) => {
            let both = old.iter().chain(new).cloned().collect();
            Node::list(both, own.span)
        }
        _ => own.clone(),
    }
}
