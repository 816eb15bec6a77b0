//! An effective configuration as a definition.

use marey_ctf::schema::{
    ByteOrder, ClockClass, EventClass, Identity, Origin, Role, Schema, StreamClass, TraceClass,
    Uuid, Value,
};

use super::features::{Feature, Features};
use super::types::Types;
use crate::clock_wrap;
use crate::definition::{CodeOptions, Definition, Profile};
use crate::diagnostic::{Diagnostic, Problems};
use crate::environment;
use crate::extensions::Extensions;
use crate::uuid;
use crate::yaml::map_of;
use crate::yaml::{Key, Map, Node};

/// The C type of a clock's values if nothing is said.
const CLOCK_C_TYPE: &str = "uint32_t";
/// The members of a packet context that the tracer writes itself, if they are there.
const RESERVED: [&str; 6] = [
    "packet_size",
    "content_size",
    "timestamp_begin",
    "timestamp_end",
    "events_discarded",
    "packet_seq_num",
];

/// The definition that an effective configuration stands for, unless something is wrong.
pub fn build(effective: &Node, problems: &mut Problems) -> Option<Definition> {
    let trace = effective.get("trace")?;
    let trace_type = trace.get("type")?;
    let (byte_order, is_native) = byte_order(trace_type)?;
    let types = Types { byte_order, problems, depth: 0 };
    let mut builder = Builder { types, clocks: clocks_in_use(trace_type) };
    let uuid = match trace_type.get("uuid").and_then(Node::as_text) {
        Some("auto") => Some(uuid::of(effective)),
        text => text.and_then(uuid::parse),
    };
    let trace_class = TraceClass {
        identity: Identity::default(),
        uuid,
        byte_order,
        environment: environment::with_defaults(environment_of(trace), Profile::Barectf3),
        packet_header: None,
    };
    let (packet_header, names_streams) = builder.packet_header(trace_type, uuid);
    let streams = builder.streams(trace_type, names_streams);
    let clocks = builder.clock_classes(trace_type);
    let code = builder.code(effective, trace_type, is_native);
    let trace = TraceClass { packet_header: Some(packet_header), ..trace_class };
    let mut schema = Schema { trace, clocks, streams };
    let extensions = Extensions::of(effective.get("trace")?, &mut schema, problems);
    let profile = Profile::Barectf3;
    (!problems.has_errors()).then_some(Definition { schema, code, profile, extensions })
}

fn byte_order(trace_type: &Node) -> Option<(ByteOrder, bool)> {
    let native = trace_type.get("native-byte-order");
    let text = native.or(trace_type.get("trace-byte-order"))?.as_text()?;
    let order = if text.starts_with('b') { ByteOrder::Big } else { ByteOrder::Little };
    Some((order, native.is_some()))
}

fn environment_of(trace: &Node) -> Vec<(String, Value)> {
    let environment = map_of(trace.get("environment"));
    let value = |node: &Node| match node.as_int() {
        Some(number) => Value::Integer(number),
        None => Value::Text(node.as_text().unwrap_or_default().to_owned()),
    };
    environment.iter().map(|(key, node)| (key.text().to_owned(), value(node))).collect()
}

/// Names in the order in which barectf numbers what they name.
fn sorted(map: &Map) -> Vec<(&Key, &Node)> {
    let mut entries: Vec<_> = map.iter().collect();
    entries.sort_by_key(|(key, _)| key.text());
    entries
}

/// The names of clocks that time a stream.
fn clocks_in_use(trace_type: &Node) -> Vec<String> {
    let streams = map_of(trace_type.get("data-stream-types"));
    let names = streams.iter().filter_map(|(_, stream)| stream.get("$default-clock-type-name"));
    let mut names: Vec<_> = names.filter_map(Node::as_text).map(str::to_owned).collect();
    names.sort();
    names.dedup();
    names
}

struct Builder<'p> {
    types: Types<'p>,
    /// The clocks that time a stream, in the order in which the metadata lists them.
    clocks: Vec<String>,
}

impl Builder<'_> {
    /// The packet header, and whether it names the stream.
    fn packet_header(
        &mut self,
        trace_type: &Node,
        uuid: Option<Uuid>,
    ) -> (marey_ctf::schema::Structure, bool) {
        let of = trace_type.get("$features");
        let mut features = Features::default();
        let magic = Feature::usual("magic-field-type", "magic", Role::PacketMagicNumber);
        let stream = Feature::usual(STREAM_ID, "stream_id", Role::DataStreamClassId);
        features.add(&mut self.types, of, &magic);
        features.add_uuid(&mut self.types, of, uuid.is_some());
        features.add(&mut self.types, of, &stream);
        let count = map_of(trace_type.get("data-stream-types")).len();
        let len_bits = features.len_bits(Role::DataStreamClassId);
        self.check_width(of.unwrap_or(trace_type), STREAM_ID, len_bits, count, "data stream types");
        (features.structure(Vec::new()), len_bits.is_some())
    }

    /// Numbers must tell all apart.
    fn check_width(
        &mut self,
        of: &Node,
        property: &str,
        len_bits: Option<u32>,
        count: usize,
        what: &str,
    ) {
        let span = of.get(property).map_or(of.span, |node| node.span);
        match len_bits {
            None if count > 1 => {
                let message = format!("`{property}` is needed to tell {count} {what} apart");
                let found = Diagnostic::error(message).at(span, "here it is left out");
                self.types.problems.add(found.help("write `true`, or leave it to its default"));
            }
            Some(bits) if count as u128 > 1 << bits => {
                let plural = if bits == 1 { "" } else { "s" };
                let message = format!("{bits} bit{plural} cannot tell {count} {what} apart");
                let found = Diagnostic::error(message).at(span, "this is too short");
                let needed = count.next_power_of_two().trailing_zeros();
                self.types.problems.add(found.help(format!("{needed} bits are enough")));
            }
            _ => {}
        }
    }

    fn streams(&mut self, trace_type: &Node, names_streams: bool) -> Vec<StreamClass> {
        let streams = map_of(trace_type.get("data-stream-types"));
        let numbered = sorted(&streams).into_iter().zip(0..);
        let stream =
            |((key, node), id)| self.stream(key, node, names_streams.then_some(id), trace_type);
        numbered.map(stream).collect()
    }

    fn stream(
        &mut self,
        key: &Key,
        node: &Node,
        id: Option<u64>,
        trace_type: &Node,
    ) -> StreamClass {
        let clock = self.clock(node, trace_type);
        let packet = node.get("$features").and_then(|features| features.get("packet"));
        let context = self.packet_context(node, packet, clock);
        let of = node.get("$features").and_then(|features| features.get("event-record"));
        let events = map_of(node.get("event-record-types"));
        let mut header = Features::default();
        let number = Feature::usual(EVENT_ID, "id", Role::EventClassId);
        header.add(&mut self.types, of, &number);
        let time = Feature::time("timestamp-field-type", "timestamp", Role::Timestamp, clock);
        header.add(&mut self.types, of, &time);
        let len_bits = header.len_bits(Role::EventClassId);
        self.check_width(
            of.unwrap_or(node),
            EVENT_ID,
            len_bits,
            events.len(),
            "event record types",
        );
        let common = node.get("event-record-common-context-field-type");
        let common = common.map(|node| self.types.structure(node));
        let members = header.len() + common.as_ref().map_or(0, |common| common.members.len());
        let numbered = sorted(&events).into_iter().zip(0..);
        let events = numbered.map(|((key, node), id)| self.event(key, node, id, members)).collect();
        StreamClass {
            id,
            identity: named(key),
            default_clock: clock,
            packet_context: Some(context),
            event_header: Some(header.structure(Vec::new())),
            event_common_context: common,
            events,
        }
    }

    fn clock(&mut self, node: &Node, trace_type: &Node) -> Option<usize> {
        let named = node.get("$default-clock-type-name")?;
        let name = named.as_text()?;
        let clocks = map_of(trace_type.get("clock-types"));
        if clocks.get(name).is_none() {
            let names = clocks.iter().map(|(key, _)| key.text());
            let found = Diagnostic::error(format!("there is no clock type `{name}`"))
                .at(named.span, "not among `clock-types`")
                .help_nearest(name, names);
            self.types.problems.add(match clocks.is_empty() {
                true => {
                    found.help(format!("add `clock-types: {{{name}: {{}}}}` to the trace type"))
                }
                false => found,
            });
        }
        self.clocks.iter().position(|clock| clock == name)
    }

    fn packet_context(
        &mut self,
        node: &Node,
        of: Option<&Node>,
        clock: Option<usize>,
    ) -> marey_ctf::schema::Structure {
        const SEQUENCE: &str = "sequence-number-field-type";
        const DISCARDED: &str = "discarded-event-records-counter-snapshot-field-type";
        let (total, content) = (Role::PacketTotalLength, Role::PacketContentLength);
        let sequence = Role::PacketSequenceNumber;
        let sequence =
            Feature { is_usual: false, ..Feature::usual(SEQUENCE, RESERVED[5], sequence) };
        let features_there = [
            Feature::usual(TOTAL_SIZE, RESERVED[0], total),
            Feature::usual(CONTENT_SIZE, RESERVED[1], content),
            Feature::time("beginning-timestamp-field-type", RESERVED[2], Role::Timestamp, clock),
            Feature::time("end-timestamp-field-type", RESERVED[3], Role::PacketEndTimestamp, clock),
            Feature::usual(DISCARDED, RESERVED[4], Role::DiscardedEventCounter),
            sequence,
        ];
        let mut features = Features::default();
        features_there.iter().for_each(|feature| features.add(&mut self.types, of, feature));
        if features.len_bits(content) > features.len_bits(total) {
            self.wide_content(node, of, &features);
        }
        let extra = node.get("packet-context-field-type-extra-members").and_then(Node::as_list);
        let extra = extra.unwrap_or_default();
        self.check_reserved(extra);
        let extra = self.types.members(extra);
        features.structure(extra)
    }

    /// A content is no longer than its packet.
    fn wide_content(&mut self, node: &Node, of: Option<&Node>, features: &Features) {
        let bits = |role| features.len_bits(role).unwrap_or_default();
        let (content, total) = (bits(Role::PacketContentLength), bits(Role::PacketTotalLength));
        let property = |name| of.and_then(|of| of.get(name));
        let given = [CONTENT_SIZE, TOTAL_SIZE].into_iter().find_map(property);
        let found = Diagnostic::error("the content size is wider than the total size")
            .at(given.unwrap_or(node).span, format!("content {content} bits, total {total} bits"))
            .help(format!("give `{TOTAL_SIZE}` and `{CONTENT_SIZE}` the same size"));
        self.types.problems.add(found);
    }

    fn check_reserved(&mut self, extra: &[Node]) {
        for (name, _) in extra.iter().filter_map(Node::as_map).flat_map(|map| map.iter()) {
            if RESERVED.contains(&name.text()) {
                let what = format!("the name `{}` is reserved", name.text());
                let found = Diagnostic::error(what)
                    .at(name.span, "the tracer writes this field itself")
                    .help("`$features: {packet: …}` says whether and how");
                self.types.problems.add(found);
            }
        }
    }

    fn event(&mut self, key: &Key, node: &Node, id: u64, members: usize) -> EventClass {
        let context = node.get("specific-context-field-type");
        let context = context.map(|node| self.types.structure(node));
        let payload = node.get("payload-field-type").map(|node| self.types.structure(node));
        let own = [&context, &payload].into_iter().flatten();
        if members + own.map(|structure| structure.members.len()).sum::<usize>() == 0 {
            let what = format!("event record type `{}` has no field at all", key.text());
            let found = Diagnostic::error(what).at(key.span, "it would be nothing in the trace");
            self.types.problems.add(found.help("give it a `payload-field-type` with a member"));
        }
        EventClass {
            id,
            identity: named(key),
            log_level: node.get("log-level").and_then(Node::as_int).map(saturated),
            emf_uri: None,
            specific_context: context,
            payload,
        }
    }

    fn clock_classes(&mut self, trace_type: &Node) -> Vec<ClockClass> {
        let clocks = map_of(trace_type.get("clock-types"));
        let named = |name: &String| Some((clocks.get_key(name)?, clocks.get(name)?));
        let there: Vec<_> = self.clocks.iter().filter_map(named).collect();
        let mut classes = Vec::new();
        for (key, node) in there {
            let class = clock_class(key.text(), node);
            let c_type = node.get("$c-type");
            let span = c_type.map_or(key.span, |node| node.span);
            let c_type = c_type.and_then(Node::as_text).unwrap_or(CLOCK_C_TYPE);
            clock_wrap::warn(self.types.problems, key.text(), span, class.frequency, c_type);
            classes.push(class);
        }
        classes
    }

    fn code(&mut self, effective: &Node, trace_type: &Node, is_native: bool) -> CodeOptions {
        let options = effective.get("options").and_then(|options| options.get("code-generation"));
        let (identifier_prefix, file_prefix) = prefixes(options);
        let header = options.and_then(|options| options.get("header"));
        let is_on =
            |name| header.and_then(|header| header.get(name)?.as_bool()).unwrap_or_default();
        let clocks = map_of(trace_type.get("clock-types"));
        let c_type = |name: &String| {
            let c_type = clocks.get(name)?.get("$c-type")?.as_text();
            c_type.map(str::to_owned)
        };
        let c_types =
            self.clocks.iter().map(|name| c_type(name).unwrap_or(CLOCK_C_TYPE.to_owned()));
        CodeOptions {
            identifier_prefix,
            file_prefix,
            defines_prefix: is_on("identifier-prefix-definition"),
            defines_default_stream: is_on("default-data-stream-type-name-definition"),
            clock_c_types: c_types.collect(),
            default_stream: self.default_stream(trace_type),
            is_native,
        }
    }

    fn default_stream(&mut self, trace_type: &Node) -> Option<usize> {
        let streams = map_of(trace_type.get("data-stream-types"));
        let mut defaults = streams.iter().filter_map(|(key, node)| {
            let is_default = node.get("$is-default")?;
            is_default.as_bool()?.then_some((key, is_default))
        });
        let (first, node) = defaults.next()?;
        if let Some((second, again)) = defaults.next() {
            let what = format!("`{}` and `{}` are both the default", first.text(), second.text());
            let found =
                Diagnostic::error(what).at(again.span, "the second").also(node.span, "the first");
            let help = "`$is-default` gives short names to the functions of one stream";
            self.types.problems.add(found.help(help));
        }
        sorted(&streams).iter().position(|(key, _)| key.text() == first.text())
    }
}

const TOTAL_SIZE: &str = "total-size-field-type";
const CONTENT_SIZE: &str = "content-size-field-type";
const STREAM_ID: &str = "data-stream-type-id-field-type";
const EVENT_ID: &str = "type-id-field-type";

fn named(key: &Key) -> Identity {
    Identity { name: Some(key.text().to_owned()), ..Identity::default() }
}

fn saturated(number: i128) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn clock_class(name: &str, node: &Node) -> ClockClass {
    let number = |node: Option<&Node>| node.and_then(Node::as_int);
    let offset = node.get("offset");
    let of_offset = |name| number(offset.and_then(|offset| offset.get(name))).map(saturated);
    let is_absolute = node.get("origin-is-unix-epoch").and_then(Node::as_bool).unwrap_or(true);
    let mut clock = ClockClass::new(name);
    if let Some(frequency) = number(node.get("frequency")) {
        clock.frequency = u64::try_from(frequency).unwrap_or(u64::MAX);
    }
    clock.uuid = node.get("uuid").and_then(Node::as_text).and_then(uuid::parse);
    clock.description = node.get("description").and_then(Node::as_text).map(str::to_owned);
    let precision = number(node.get("precision")).unwrap_or_default();
    clock.precision = Some(u64::try_from(precision).unwrap_or(u64::MAX));
    clock.origin = if is_absolute { Origin::UnixEpoch } else { Origin::Unknown };
    clock.offset_s = of_offset("seconds").unwrap_or_default();
    clock.offset_cycles = of_offset("cycles").unwrap_or_default();
    clock
}

/// What names of functions and of files begin with.
fn prefixes(options: Option<&Node>) -> (String, String) {
    let prefix = options.and_then(|options| options.get("prefix"));
    let part = |name| prefix.and_then(|prefix| prefix.get(name)?.as_text());
    match (part("identifier"), part("file-name")) {
        (Some(identifier), Some(file)) => (identifier.to_owned(), file.to_owned()),
        _ => {
            let name = prefix.and_then(Node::as_text).unwrap_or("barectf");
            (format!("{name}_"), name.to_owned())
        }
    }
}
