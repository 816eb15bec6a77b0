//! A configuration of version 2 as one of version 3: what barectf 3.1 makes of it, or what barectf
//! 2.3 means by it, as far as version 3 can say that.

use std::collections::HashMap;
use std::sync::Arc;

use super::Compat;
use super::access::{class, clocks, events, fields, get, stream_clock, streams};
use super::labels::members;
use crate::extensions;
use crate::source::Span;
use crate::v3;
use crate::yaml::{Key, Map, Node, Value};

/// The names of the fields of a packet context that are not parameters to barectf 3.1.
pub const OF_PACKET_CONTEXT: [&str; 6] = [
    "packet_size",
    "content_size",
    "timestamp_begin",
    "timestamp_end",
    "events_discarded",
    "packet_seq_num",
];

/// The configuration of version 3.
pub fn converted(root: &Node, compat: Compat) -> Node {
    let span = root.span;
    let mut object = Object::new(span);
    object.set("options", options(root));
    if let Some(metadata) = root.get("metadata") {
        let mut trace = Object::new(metadata.span);
        trace.copy(metadata, "env", "environment");
        trace.copy(metadata, extensions::NAME, extensions::NAME);
        trace.set("type", trace_type(metadata, compat));
        object.set("trace", trace.node());
    }
    Node { tag: Some((Arc::from(v3::TAG), span)), ..object.node() }
}

/// An object of version 3 in the making.
struct Object {
    span: Span,
    map: Map,
}

impl Object {
    fn new(span: Span) -> Self {
        Object { span, map: Map::default() }
    }

    fn set(&mut self, name: &str, node: Node) {
        self.map.set(Key { text: name.into(), span: node.span }, node);
    }

    /// Takes over a property with its value, unless that is null.
    fn copy(&mut self, from: &Node, old: &str, name: &str) {
        let key = from.as_map().and_then(|map| map.get_key(old));
        if let (Some(key), Some(node)) = (key, get(from, old)) {
            self.map.set(Key { text: name.into(), span: key.span }, node.clone());
        }
    }

    fn node(self) -> Node {
        Node::new(Value::Map(self.map), self.span)
    }
}

fn text(text: &str, span: Span) -> Node {
    Node::text(text, span)
}

fn options(root: &Node) -> Node {
    let options = root.get("options");
    let (prefix, span) = root
        .get("prefix")
        .and_then(|node| Some((node.as_text()?, node.span)))
        .unwrap_or(("barectf_", root.span));
    let mut names = Object::new(span);
    names.set("identifier", text(prefix, span));
    names.set("file-name", text(prefix.trim_end_matches('_'), span));
    let mut code = Object::new(span);
    code.set("prefix", names.node());
    if let Some(options) = options {
        let mut header = Object::new(options.span);
        header.copy(options, "gen-prefix-def", "identifier-prefix-definition");
        let default = "default-data-stream-type-name-definition";
        header.copy(options, "gen-default-stream-def", default);
        code.set("header", header.node());
    }
    let mut object = Object::new(span);
    object.set("code-generation", code.node());
    object.node()
}

fn trace_type(metadata: &Node, compat: Compat) -> Node {
    let Some(trace) = metadata.get("trace") else { return metadata.clone() };
    let mut object = Object::new(trace.span);
    object.copy(trace, "byte-order", "trace-byte-order");
    object.copy(trace, "uuid", "uuid");
    let header = get(trace, "packet-header-type");
    let fields = fields(header);
    let span = header.map_or(trace.span, |header| header.span);
    let mut features = Object::new(span);
    for (name, property) in [
        ("magic", "magic-field-type"),
        ("uuid", "uuid-field-type"),
        ("stream_id", "data-stream-type-id-field-type"),
    ] {
        features.set(property, feature(&fields, name, span));
    }
    object.set("$features", features.node());
    let all = clocks(metadata);
    let types = all.iter().map(|(key, node)| (key.clone(), clock_type(node)));
    object.set("clock-types", Node::new(Value::Map(types.collect()), trace.span));
    let default = get(metadata, "$default-stream").and_then(Node::as_text);
    let all = streams(metadata);
    let types = all.iter().map(|(key, node)| {
        let is_named = default == Some(key.text());
        (key.clone(), stream_type(node, is_named, compat))
    });
    object.set("data-stream-types", Node::new(Value::Map(types.collect()), trace.span));
    object.node()
}

/// The type of a field that the tracer writes itself; false where there is none.
fn feature(fields: &Map, name: &str, span: Span) -> Node {
    fields.get(name).map_or_else(|| Node::new(Value::Bool(false), span), field_type)
}

fn clock_type(node: &Node) -> Node {
    let mut object = Object::new(node.span);
    for (old, name) in [
        ("freq", "frequency"),
        ("offset", "offset"),
        ("absolute", "origin-is-unix-epoch"),
        ("error-cycles", "precision"),
        ("uuid", "uuid"),
        ("description", "description"),
        ("return-ctype", "$c-type"),
        ("$return-ctype", "$c-type"),
    ] {
        object.copy(node, old, name);
    }
    object.node()
}

fn stream_type(node: &Node, is_named: bool, compat: Compat) -> Node {
    let mut object = Object::new(node.span);
    object.copy(node, "$default", "$is-default");
    if is_named {
        object.set("$is-default", Node::new(Value::Bool(true), node.span));
    }
    if let Some((name, span)) = stream_clock(node) {
        object.set("$default-clock-type-name", text(&name, span));
    }
    let context = fields(get(node, "packet-context-type"));
    object.set("$features", stream_features(node, &context));
    let extra = context.iter().filter(|(key, _)| !OF_PACKET_CONTEXT.contains(&key.text()));
    let extra: Vec<_> = extra.map(|(key, field)| member(key, field)).collect();
    if !extra.is_empty() {
        object.set("packet-context-field-type-extra-members", Node::list(extra, node.span));
    }
    if let Some(common) = get(node, "event-context-type") {
        object.set("event-record-common-context-field-type", structure_type(common));
    }
    let all = events(node);
    let types = all.iter().map(|(key, node)| (key.clone(), event_type(node, compat)));
    object.set("event-record-types", Node::new(Value::Map(types.collect()), node.span));
    object.node()
}

fn stream_features(node: &Node, context: &Map) -> Node {
    let header = fields(get(node, "event-header-type"));
    let mut packet = Object::new(node.span);
    for (name, property) in [
        ("packet_size", "total-size-field-type"),
        ("content_size", "content-size-field-type"),
        ("timestamp_begin", "beginning-timestamp-field-type"),
        ("timestamp_end", "end-timestamp-field-type"),
        ("events_discarded", "discarded-event-records-counter-snapshot-field-type"),
    ] {
        packet.set(property, feature(context, name, node.span));
    }
    let mut event = Object::new(node.span);
    event.set("type-id-field-type", feature(&header, "id", node.span));
    event.set("timestamp-field-type", feature(&header, "timestamp", node.span));
    let mut object = Object::new(node.span);
    object.set("packet", packet.node());
    object.set("event-record", event.node());
    object.node()
}

fn event_type(node: &Node, compat: Compat) -> Node {
    let mut object = Object::new(node.span);
    // barectf 3.1 leaves out a log level of 0.
    let is_left_out = compat == Compat::Barectf31;
    if !is_left_out || get(node, "log-level").and_then(Node::as_int) != Some(0) {
        object.copy(node, "log-level", "log-level");
    }
    if let Some(context) = get(node, "context-type") {
        object.set("specific-context-field-type", structure_type(context));
    }
    if let Some(payload) = get(node, "payload-type") {
        object.set("payload-field-type", structure_type(payload));
    }
    object.node()
}

fn structure_type(node: &Node) -> Node {
    let mut object = Object::new(node.span);
    object.set("class", text("structure", node.span));
    object.copy(node, "min-align", "minimum-alignment");
    let members = fields(Some(node));
    let members = members.iter().map(|(key, field)| member(key, field)).collect();
    object.set("members", Node::list(members, node.span));
    object.node()
}

fn member(key: &Key, field: &Node) -> Node {
    let mut object = Object::new(field.span);
    object.set("field-type", field_type(field));
    Node::new(Value::Map(Map::from_iter([(key.clone(), object.node())])), field.span)
}

/// A field type of version 3.
pub fn field_type(node: &Node) -> Node {
    let mut object = Object::new(node.span);
    match class(node) {
        Some("integer") => integer(&mut object, node, "integer"),
        Some("enumeration") => {
            if let Some(values) = node.get("value-type") {
                integer(&mut object, values, "enumeration");
            }
            object.set("mappings", mappings(node));
        }
        Some("floating-point") => {
            object.set("class", text("real", node.span));
            let len = super::access::len_bits(node).unwrap_or_default();
            let span = node.get("size").unwrap_or(node).span;
            object.set("size", Node::new(Value::Int(len.into()), span));
            object.copy(node, "align", "alignment");
        }
        Some("array") => array(&mut object, node),
        Some("structure") => return structure_type(node),
        _ => object.set("class", text("string", node.span)),
    }
    object.node()
}

fn integer(object: &mut Object, node: &Node, class: &str) {
    let is_signed = node.get("signed").and_then(Node::as_bool) == Some(true);
    let sign = if is_signed { "signed" } else { "unsigned" };
    object.set("class", text(&format!("{sign}-{class}"), node.span));
    object.copy(node, "size", "size");
    object.copy(node, "align", "alignment");
    object.copy(node, "base", "preferred-display-base");
}

fn mappings(node: &Node) -> Node {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut labels: Vec<(Key, Vec<Node>)> = Vec::new();
    for member in members(node) {
        let end = |number| Node::new(Value::Int(number), member.span);
        let range = match member.range.from == member.range.to {
            true => end(member.range.from),
            false => Node::list(vec![end(member.range.from), end(member.range.to)], member.span),
        };
        match places.get(&member.label).and_then(|&place| labels.get_mut(place)) {
            Some((_, ranges)) => ranges.push(range),
            None => {
                let key = Key { text: member.label.as_str().into(), span: member.label_span };
                places.insert(member.label, labels.len());
                labels.push((key, vec![range]));
            }
        }
    }
    let labels = labels.into_iter().map(|(key, ranges)| {
        let span = key.span;
        (key, Node::list(ranges, span))
    });
    Node::new(Value::Map(labels.collect()), node.span)
}

fn array(object: &mut Object, node: &Node) {
    let is_dynamic = node.get("length").is_some_and(|length| length.as_text().is_some());
    let kind = if is_dynamic { "dynamic-array" } else { "static-array" };
    object.set("class", text(kind, node.span));
    if !is_dynamic {
        object.copy(node, "length", "length");
    }
    if let Some(element) = node.get("element-type") {
        object.set("element-field-type", field_type(element));
    }
}
