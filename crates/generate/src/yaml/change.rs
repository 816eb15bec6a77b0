//! Trees with another part, and what is in them.

use super::{Key, Map, Node, Value};

/// A map in which the value of a property is another.
pub fn replaced(map: &Map, name: &str, change: impl FnOnce(&Node) -> Node) -> Map {
    let mut changed = map.clone();
    if let (Some(key), Some(node)) = (map.get_key(name), map.get(name)) {
        changed.set(key.clone(), change(node));
    }
    changed
}

/// A map in which each value is another.
pub fn each_replaced(map: &Map, mut change: impl FnMut(&Key, &Node) -> Node) -> Map {
    map.iter().map(|(key, node)| (key.clone(), change(key, node))).collect()
}

/// A node with another map in it, if there is one in it.
pub fn in_map(node: &Node, change: impl FnOnce(&Map) -> Map) -> Node {
    match &node.value {
        Value::Map(map) => Node { value: Value::Map(change(map)), ..node.clone() },
        _ => node.clone(),
    }
}

/// The map in a node, or an empty one.
pub fn map_of(node: Option<&Node>) -> Map {
    node.and_then(Node::as_map).cloned().unwrap_or_default()
}

/// How many nodes a tree has, and how deep it is. It stops counting beyond these bounds.
pub fn measure(node: &Node, nodes_max: usize, depth_max: usize) -> (usize, usize) {
    let mut left = vec![(node, 1)];
    let (mut nodes, mut deepest) = (0, 0);
    while let Some((node, depth)) = left.pop() {
        nodes += 1;
        deepest = deepest.max(depth);
        if nodes > nodes_max || depth > depth_max {
            break;
        }
        match &node.value {
            Value::List(items) => left.extend(items.iter().map(|item| (item, depth + 1))),
            Value::Map(map) => left.extend(map.iter().map(|(_, node)| (node, depth + 1))),
            _ => {}
        }
    }
    (nodes, deepest)
}
