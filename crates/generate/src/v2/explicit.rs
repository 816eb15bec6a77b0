//! A configuration of version 2 that says what barectf 2.3 takes for granted, and barectf 3.1 does
//! not. So both understand it alike, as far as they can.

use super::access::class;
use super::labels::unique;
use crate::source::Span;
use crate::uuid;
use crate::yaml::{Key, Map, Node, Value, each_replaced, in_map, replaced};

/// The payload of an event without one: nothing, but aligned as all outermost structures are.
const PAYLOAD_ALIGNMENT_BITS: i128 = 8;

/// The configuration in which all is said.
pub fn explicit(root: &Node) -> Node {
    in_map(root, |map| replaced(map, "metadata", |node| in_map(node, metadata)))
}

fn metadata(map: &Map) -> Map {
    let map = replaced(map, "trace", |node| {
        in_map(node, |map| replaced(&with_uuid(map), "packet-header-type", structure))
    });
    let map = replaced(&map, "clocks", |node| each(node, clock));
    replaced(&map, "streams", |node| each(node, stream))
}

/// A map of names with other values.
fn each(node: &Node, change: fn(&Map, Span) -> Map) -> Node {
    in_map(node, |map| {
        each_replaced(map, |key, value| in_map(value, |inner| change(inner, key.span)))
    })
}

/// Version 3 takes UUIDs in one form only.
fn with_uuid(map: &Map) -> Map {
    replaced(map, "uuid", |node| {
        let parsed = node.as_text().and_then(uuid::parse_old);
        match parsed {
            Some(uuid) => Node::text(uuid::text(uuid), node.span),
            None => node.clone(),
        }
    })
}

fn clock(map: &Map, place: Span) -> Map {
    let mut map = with_uuid(map);
    if map.get("absolute").is_none_or(Node::is_null) {
        set(&mut map, "absolute", Value::Bool(false), place);
    }
    map
}

fn stream(map: &Map, _: Span) -> Map {
    let types = ["packet-context-type", "event-header-type", "event-context-type"];
    let map = types.iter().fold(map.clone(), |map, name| replaced(&map, name, structure));
    replaced(&map, "events", |node| each(node, event))
}

fn event(map: &Map, place: Span) -> Map {
    let types = ["context-type", "payload-type"];
    let mut map = types.iter().fold(map.clone(), |map, name| replaced(&map, name, structure));
    if map.get("payload-type").is_none_or(Node::is_null) {
        let mut payload = Map::default();
        set(&mut payload, "class", Value::Text("struct".into()), place);
        set(&mut payload, "min-align", Value::Int(PAYLOAD_ALIGNMENT_BITS), place);
        set(&mut map, "payload-type", Value::Map(payload), place);
    }
    map
}

fn structure(node: &Node) -> Node {
    in_map(node, |map| {
        replaced(map, "fields", |fields| {
            in_map(fields, |map| each_replaced(map, |_, field| enumeration(field)))
        })
    })
}

/// Of two members with one label barectf 2.3 takes the last one.
fn enumeration(node: &Node) -> Node {
    if class(node) != Some("enumeration") {
        return node.clone();
    }
    let members = unique(node).into_iter().map(|member| {
        let mut map = Map::default();
        set(&mut map, "label", Value::Text(member.label.into()), member.label_span);
        let end = |number| Node::new(Value::Int(number), member.span);
        let ends = Node::list(vec![end(member.range.from), end(member.range.to)], member.span);
        set(&mut map, "value", ends.value, member.span);
        Node::new(Value::Map(map), member.span)
    });
    let members = members.collect();
    in_map(node, |map| replaced(map, "members", |old| Node::list(members, old.span)))
}

fn set(map: &mut Map, name: &str, value: Value, span: Span) {
    map.set(Key { text: name.into(), span }, Node::new(value, span));
}
