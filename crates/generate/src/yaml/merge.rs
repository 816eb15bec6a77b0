//! The merge key `<<`.

use crate::diagnostic::Diagnostic;
use crate::source::Span;

use super::value::MapBuilder;
use super::{Map, Node, Value};

/// The maps that `<<` brings, the least important first.
pub(super) fn maps(key: Span, node: &Node) -> Result<Vec<Map>, Diagnostic> {
    match &node.value {
        // Of a list, the earlier one counts.
        Value::List(nodes) => nodes.iter().rev().map(|node| map(key, node)).collect(),
        _ => Ok(vec![map(key, node)?]),
    }
}

fn map(key: Span, node: &Node) -> Result<Map, Diagnostic> {
    if let Value::Map(map) = &node.value {
        return Ok(map.clone());
    }
    let what = format!("`<<` can't merge {}", node.value.kind());
    let error = Diagnostic::error(what).at(node.span, "expected a map or a list of maps");
    Err(error.also(key, "merges").help("write '<<' in quotes when it is a name"))
}

/// What a map says itself, over what it merges.
pub(super) fn merge(merges: Vec<Map>, own: MapBuilder) -> Map {
    if merges.is_empty() {
        return own.build();
    }
    let mut all = MapBuilder::default();
    for map in merges.iter().chain([&own.build()]) {
        for (key, node) in map.iter() {
            all.set(key.clone(), node.clone());
        }
    }
    all.build()
}
