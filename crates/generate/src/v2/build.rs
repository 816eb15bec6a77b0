//! A checked configuration as a definition, as barectf 2.3 understands it: all in the order of the
//! file, and what it does not write itself is a parameter.

use marey_ctf::schema::{
    ClockClass, EventClass, Identity, Origin, Role, Schema, StreamClass, TraceClass, Value,
};

use super::access::{clocks, events, get, stream_clock, streams};
use super::types::{Types, byte_order, names};
use crate::definition::{CodeOptions, Definition, Profile};
use crate::diagnostic::Problems;
use crate::extensions::Extensions;
use crate::yaml::map_of;
use crate::yaml::{Key, Node};
use crate::{environment, uuid};

const PREFIX: &str = "barectf_";
/// The C type of a clock's values if nothing is said.
const CLOCK_C_TYPE: &str = "uint32_t";

const OF_PACKET_HEADER: [(&str, Role); 3] = [
    ("magic", Role::PacketMagicNumber),
    ("uuid", Role::MetadataStreamUuid),
    ("stream_id", Role::DataStreamClassId),
];
const OF_PACKET_CONTEXT: [(&str, Role); 5] = [
    ("packet_size", Role::PacketTotalLength),
    ("content_size", Role::PacketContentLength),
    ("timestamp_begin", Role::Timestamp),
    ("timestamp_end", Role::PacketEndTimestamp),
    ("events_discarded", Role::DiscardedEventCounter),
];
const OF_EVENT_HEADER: [(&str, Role); 2] =
    [("id", Role::EventClassId), ("timestamp", Role::Timestamp)];

/// The definition that a configuration stands for, unless something is wrong.
pub fn build(effective: &Node, problems: &mut Problems) -> Option<Definition> {
    let metadata = effective.get("metadata")?;
    let trace = metadata.get("trace")?;
    let clocks = clocks(metadata);
    let byte_order = byte_order(trace.get("byte-order")?.as_text()?);
    let types = Types { byte_order, clocks: names(&clocks) };
    let mut schema = Schema {
        trace: trace_class(effective, metadata, trace, &types),
        clocks: clocks.iter().map(|(key, node)| clock_class(key, node)).collect(),
        streams: stream_classes(metadata, trace, &types),
    };
    let code = code(effective, metadata);
    let extensions = Extensions::of(metadata, &mut schema, problems);
    let profile = Profile::Barectf2;
    (!problems.has_errors()).then_some(Definition { schema, code, profile, extensions })
}

fn trace_class(effective: &Node, metadata: &Node, trace: &Node, types: &Types) -> TraceClass {
    let uuid = match get(trace, "uuid").and_then(Node::as_text) {
        Some("auto") => Some(uuid::of(effective)),
        text => text.and_then(uuid::parse_old),
    };
    let own = map_of(metadata.get("env"));
    let own = own.iter().map(|(key, node)| (key.text().to_owned(), value(node))).collect();
    let header = get(trace, "packet-header-type");
    TraceClass {
        identity: Identity::default(),
        uuid,
        byte_order: types.byte_order,
        environment: environment::with_defaults(own, Profile::Barectf2),
        packet_header: header.map(|node| types.structure(node, &OF_PACKET_HEADER)),
    }
}

fn value(node: &Node) -> Value {
    match node.as_int() {
        Some(number) => Value::Integer(number),
        None => Value::Text(node.as_text().unwrap_or_default().to_owned()),
    }
}

fn stream_classes(metadata: &Node, trace: &Node, types: &Types) -> Vec<StreamClass> {
    let header = super::access::fields(get(trace, "packet-header-type"));
    let is_numbered = header.get("stream_id").is_some();
    let streams = streams(metadata);
    let numbered = streams.iter().zip(0..);
    numbered
        .map(|((key, node), id)| stream_class(key, node, is_numbered.then_some(id), types))
        .collect()
}

fn stream_class(key: &Key, node: &Node, id: Option<u64>, types: &Types) -> StreamClass {
    let clock = stream_clock(node);
    let structure = |property, roles| get(node, property).map(|node| types.structure(node, roles));
    let events = events(node);
    let events = events.iter().zip(0..).map(|((key, node), id)| event_class(key, node, id, types));
    StreamClass {
        id,
        identity: named(key),
        default_clock: clock
            .and_then(|(name, _)| types.clocks.iter().position(|clock| *clock == name)),
        packet_context: structure("packet-context-type", &OF_PACKET_CONTEXT[..]),
        event_header: structure("event-header-type", &OF_EVENT_HEADER[..]),
        event_common_context: structure("event-context-type", &[]),
        events: events.collect(),
    }
}

fn event_class(key: &Key, node: &Node, id: u64, types: &Types) -> EventClass {
    let structure = |property| get(node, property).map(|node| types.structure(node, &[]));
    EventClass {
        id,
        identity: named(key),
        log_level: node.get("log-level").and_then(Node::as_int).map(saturated),
        emf_uri: None,
        specific_context: structure("context-type"),
        payload: structure("payload-type"),
    }
}

fn named(key: &Key) -> Identity {
    Identity { name: Some(key.text().to_owned()), ..Identity::default() }
}

fn saturated(number: i128) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn clock_class(key: &Key, node: &Node) -> ClockClass {
    let number = |name| get(node, name).and_then(Node::as_int);
    let unsigned = |number: i128| u64::try_from(number).unwrap_or(u64::MAX);
    let offset = |name| get(get(node, "offset")?, name)?.as_int().map(saturated);
    let text = |name| get(node, name).and_then(Node::as_text);
    let is_absolute = get(node, "absolute").and_then(Node::as_bool).unwrap_or(false);
    let mut clock = ClockClass::new(key.text());
    clock.frequency = number("freq").map_or(clock.frequency, unsigned);
    clock.uuid = text("uuid").and_then(uuid::parse_old);
    clock.description = text("description").map(str::to_owned);
    clock.precision = Some(number("error-cycles").map_or(0, unsigned));
    clock.origin = if is_absolute { Origin::UnixEpoch } else { Origin::Unknown };
    clock.offset_s = offset("seconds").unwrap_or_default();
    clock.offset_cycles = offset("cycles").unwrap_or_default();
    clock
}

/// The C type of the values of a clock.
pub fn clock_c_type(node: &Node) -> String {
    let named = get(node, "$return-ctype").or_else(|| get(node, "return-ctype"));
    named.and_then(Node::as_text).unwrap_or(CLOCK_C_TYPE).to_owned()
}

fn code(effective: &Node, metadata: &Node) -> CodeOptions {
    let prefix = get(effective, "prefix").and_then(Node::as_text).unwrap_or(PREFIX);
    let options = effective.get("options");
    let is_on = |name| options.and_then(|options| options.get(name)?.as_bool()).unwrap_or_default();
    CodeOptions {
        identifier_prefix: prefix.to_owned(),
        file_prefix: prefix.trim_end_matches('_').to_owned(),
        defines_prefix: is_on("gen-prefix-def"),
        defines_default_stream: is_on("gen-default-stream-def"),
        default_stream: default_stream(metadata),
        clock_c_types: clocks(metadata).iter().map(|(_, node)| clock_c_type(node)).collect(),
        // barectf 2.3 writes bits one by one, whatever the target.
        is_native: false,
    }
}

fn default_stream(metadata: &Node) -> Option<usize> {
    let named = get(metadata, "$default-stream").and_then(Node::as_text);
    streams(metadata).iter().position(|(key, node)| {
        let is_default = node.get("$default").and_then(Node::as_bool) == Some(true);
        named == Some(key.text()) || is_default
    })
}
