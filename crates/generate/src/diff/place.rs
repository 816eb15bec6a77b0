//! Where in a configuration something stands that a schema says.

use marey_ctf::schema::Scope;

use crate::source::Span;
use crate::yaml::{Key, Map, Node, map_of};

/// What is looked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct At<'a> {
    /// The stream.
    pub stream: Option<&'a str>,
    /// The event.
    pub event: Option<&'a str>,
    /// Which of the outermost structures.
    pub scope: Option<Scope>,
    /// The member of it.
    pub field: Option<&'a str>,
    /// A property of what is named so far, in version 2 and in version 3.
    pub property: Option<[&'static str; 2]>,
    /// The clock.
    pub clock: Option<&'a str>,
}

/// The fields that version 3 names by what they are for: in which scope, the name in the metadata,
/// the object that has the property, and the property.
const FEATURES: [(Scope, &str, &str, &str); 11] = [
    (Scope::PacketHeader, "magic", "", "magic-field-type"),
    (Scope::PacketHeader, "uuid", "", "uuid-field-type"),
    (Scope::PacketHeader, "stream_id", "", "data-stream-type-id-field-type"),
    (Scope::PacketContext, "packet_size", "packet", "total-size-field-type"),
    (Scope::PacketContext, "content_size", "packet", "content-size-field-type"),
    (Scope::PacketContext, "timestamp_begin", "packet", "beginning-timestamp-field-type"),
    (Scope::PacketContext, "timestamp_end", "packet", "end-timestamp-field-type"),
    (
        Scope::PacketContext,
        "events_discarded",
        "packet",
        "discarded-event-records-counter-snapshot-field-type",
    ),
    (Scope::PacketContext, "packet_seq_num", "packet", "sequence-number-field-type"),
    (Scope::EventHeader, "id", "event-record", "type-id-field-type"),
    (Scope::EventHeader, "timestamp", "event-record", "timestamp-field-type"),
];

/// The place of what is looked for, or of what is around it.
pub fn place(effective: &Node, at: At<'_>) -> Option<Span> {
    match effective.get("metadata") {
        Some(metadata) => of_version_2(metadata, at),
        None => {
            let (key, trace_type) = entry(effective.get("trace")?, "type")?;
            of_version_3(key.span, trace_type, at)
        }
    }
}

/// A property's key and value.
fn entry<'n>(node: &'n Node, name: &str) -> Option<(&'n Key, &'n Node)> {
    let map = node.as_map()?;
    Some((map.get_key(name)?, map.get(name)?))
}

/// A thing of the user's and the place of its name.
fn named<'n>(node: &'n Node, property: &str, name: &str) -> Option<(Span, &'n Node)> {
    let (key, node) = entry(node.get(property)?, name)?;
    Some((key.span, node))
}

fn of_version_2(metadata: &Node, at: At<'_>) -> Option<Span> {
    if let Some((span, _)) = at.clock.and_then(|name| named(metadata, "clocks", name)) {
        return Some(span);
    }
    let trace = metadata.get("trace")?;
    let (mut span, mut node) = (trace.span, trace);
    if let Some((place, stream)) = at.stream.and_then(|name| named(metadata, "streams", name)) {
        (span, node) = (place, stream);
    }
    if let Some((place, event)) = at.event.and_then(|name| named(node, "events", name)) {
        (span, node) = (place, event);
    }
    if let Some(property) = at.property.and_then(|[old, _]| node.get(old)) {
        return Some(property.span);
    }
    let root = match at.scope {
        None => return Some(span),
        Some(Scope::PacketHeader) => trace.get("packet-header-type"),
        Some(Scope::PacketContext) => node.get("packet-context-type"),
        Some(Scope::EventHeader) => node.get("event-header-type"),
        Some(Scope::EventCommonContext) => node.get("event-context-type"),
        Some(Scope::EventSpecificContext) => node.get("context-type"),
        Some(Scope::EventPayload) => node.get("payload-type"),
    };
    let Some(root) = root.filter(|root| root.as_map().is_some()) else { return Some(span) };
    let fields = map_of(root.get("fields"));
    Some(at.field.and_then(|name| fields.get_key(name)).map_or(root.span, |key| key.span))
}

fn of_version_3(outer: Span, trace_type: &Node, at: At<'_>) -> Option<Span> {
    if let Some((span, _)) = at.clock.and_then(|name| named(trace_type, "clock-types", name)) {
        return Some(span);
    }
    let (mut span, mut node) = (outer, trace_type);
    let streams = "data-stream-types";
    if let Some((place, stream)) = at.stream.and_then(|name| named(trace_type, streams, name)) {
        (span, node) = (place, stream);
    }
    let events = "event-record-types";
    if let Some((place, event)) = at.event.and_then(|name| named(node, events, name)) {
        (span, node) = (place, event);
    }
    if let Some(property) = at.property.and_then(|[_, new]| node.get(new)) {
        return Some(property.span);
    }
    let root = match at.scope {
        None => return Some(span),
        Some(Scope::PacketHeader | Scope::PacketContext | Scope::EventHeader) => {
            return feature(node, at).or(Some(span));
        }
        Some(Scope::EventCommonContext) => node.get("event-record-common-context-field-type"),
        Some(Scope::EventSpecificContext) => node.get("specific-context-field-type"),
        Some(Scope::EventPayload) => node.get("payload-field-type"),
    };
    let Some(root) = root else { return Some(span) };
    Some(at.field.and_then(|name| member(root, "members", name)).unwrap_or(root.span))
}

/// Where a field stands that the tracer writes itself, or that an open packet has besides.
fn feature(node: &Node, at: At<'_>) -> Option<Span> {
    let features = node.get("$features");
    let is_it = |(scope, name, ..): &&(Scope, &str, &str, &str)| {
        Some(*scope) == at.scope && Some(*name) == at.field
    };
    if let Some((_, _, group, property)) = FEATURES.iter().find(is_it) {
        let features = match *group {
            "" => features,
            group => features.and_then(|features| features.get(group)),
        };
        return entry(features?, property).map(|(key, _)| key.span);
    }
    member(node, "packet-context-field-type-extra-members", at.field?)
}

/// Where a member stands in a list of maps with one name each.
fn member(node: &Node, list: &str, name: &str) -> Option<Span> {
    let members = node.get(list)?.as_list()?;
    let key = |member: &Node| member.as_map().and_then(|map: &Map| map.get_key(name).cloned());
    members.iter().find_map(key).map(|key| key.span)
}
