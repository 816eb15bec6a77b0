//! What babeltrace2 reads of a trace, beside what was traced.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use marey_ctf::schema::{ClockClass, FieldClass, Integer, Length, Role, Structure};
use marey_generate::definition::Definition;
use serde_json::{Value as Json, json};

use super::calls::{Argument, START, StreamCalls, Value, calls, name_of};
use super::machine::finish;

/// Debian's, which has babeltrace2's module.
const PYTHON: &str = "/usr/bin/python3";

/// Writes a line for each packet: `null` and the fields of its context; and for each event: its
/// name, its fields in order, and its time if it has a clock.
const SCRIPT: &str = r#"
import bt2, json, sys
def plain(field):
    if isinstance(field, bt2._IntegerFieldConst): return int(field)
    if isinstance(field, bt2._RealFieldConst): return float(field)
    # An empty string shows what the one before had.
    if isinstance(field, bt2._StringFieldConst): return str(field) if len(field) else ""
    return [plain(element) for element in field]
def fields(scopes):
    there = (scope for scope in scopes if scope is not None)
    return [[name, plain(scope[name])] for scope in there for name in scope]
for message in bt2.TraceCollectionMessageIterator(sys.argv[1]):
    if type(message) is bt2._PacketBeginningMessageConst:
        print(json.dumps([None, fields([message.packet.context_field])]))
    if type(message) is bt2._EventMessageConst:
        event = message.event
        scopes = (event.common_context_field, event.specific_context_field, event.payload_field)
        has_clock = event.stream.cls.default_clock_class is not None
        time = message.default_clock_snapshot.value if has_clock else None
        print(json.dumps([event.name, fields(scopes), time]))
"#;

/// Why it cannot be asked.
pub fn is_missing() -> Option<String> {
    let there = Command::new(PYTHON).args(["-c", "import bt2"]).output();
    match there.is_ok_and(|output| output.status.success()) {
        true => None,
        false => Some("babeltrace2's module for Python is not here".to_owned()),
    }
}

/// Whether babeltrace2 2.0 can read traces of this definition.
///
/// It stops where time goes back, and a clock of few bits that starts again in a wider field does
/// so; where nanoseconds since 1970 do not fit in 64 bits; and where the bytes of a UUID are an
/// enumeration. It stops with an assertion (`tgt_fc`) where the specific context of an event has a
/// sequence, whoever wrote the metadata; in other scopes it reads them.
pub fn can_follow(definition: &Definition) -> bool {
    let is_wide = |c_type: &String| c_type.contains("32") || c_type.contains("64");
    let streams = &definition.schema.streams;
    let timed = streams
        .iter()
        .flat_map(|stream| [&stream.packet_context, &stream.event_header].into_iter().flatten());
    let mut events = streams.iter().flat_map(|stream| &stream.events);
    definition.code.clock_c_types.iter().all(is_wide)
        && definition.schema.clocks.iter().all(is_soon)
        && !definition.schema.trace.packet_header.as_ref().is_some_and(has_other_uuid)
        && timed.into_iter().all(has_wide_times)
        && events.all(|event| !event.specific_context.as_ref().is_some_and(has_sequence))
}

fn has_other_uuid(header: &Structure) -> bool {
    header.members.iter().any(|member| match &member.class {
        FieldClass::Array(array) => kind(&array.element) == "an enumeration",
        _ => false,
    })
}

fn is_soon(clock: &ClockClass) -> bool {
    let frequency = i128::from(clock.frequency.max(1));
    let seconds = i128::from(clock.offset_s) + i128::from(clock.offset_cycles) / frequency;
    seconds < i128::from(i64::MAX) / 1_000_000_000 - (1 << 32)
}

fn has_sequence(structure: &Structure) -> bool {
    structure.members.iter().any(|member| kind(&member.class) == "a sequence")
}

/// What kinds of fields stand in which scopes of events.
pub fn constructs(definition: &Definition) -> BTreeSet<String> {
    let mut constructs = BTreeSet::new();
    for stream in &definition.schema.streams {
        let mut add = |scope: &str, structure: &Option<Structure>| {
            for member in structure.iter().flat_map(|structure| &structure.members) {
                constructs.insert(format!("{} in {scope}", kind(&member.class)));
            }
        };
        add("the common context", &stream.event_common_context);
        for event in &stream.events {
            add("a specific context", &event.specific_context);
            add("a payload", &event.payload);
        }
    }
    constructs
}

/// How many kinds there are.
pub const KINDS: usize = 10;

fn kind(class: &FieldClass) -> &'static str {
    match class {
        FieldClass::Integer(class) if !class.mappings.is_empty() => "an enumeration",
        FieldClass::Integer(class) if class.is_signed() => "a signed integer",
        FieldClass::Integer(_) => "an unsigned integer",
        FieldClass::Float(class) if class.len_bits == 32 => "a float",
        FieldClass::Float(_) => "a double",
        FieldClass::Array(array) => match (&array.length, &*array.element) {
            (Length::Dynamic(_), _) => "a sequence",
            (_, FieldClass::Array(_)) => "an array of arrays",
            (_, FieldClass::Str(_)) => "an array of strings",
            _ => "an array",
        },
        _ => "a string",
    }
}

fn has_wide_times(structure: &Structure) -> bool {
    structure.members.iter().all(|member| match &member.class {
        FieldClass::Integer(class) => {
            let is_time = class.is(Role::Timestamp) || class.is(Role::PacketEndTimestamp);
            !is_time || class.len_bits >= 32
        }
        _ => true,
    })
}

/// Compares all events; how many there were.
pub fn compare(folder: &Path, definition: &Definition, seed: u64) -> Result<u64, String> {
    let (mut events, mut now) = (0, START);
    for stream in calls(definition, seed) {
        let (packets, read): (Vec<_>, Vec<_>) =
            read(folder, &stream)?.into_iter().partition(|line| line[0].is_null());
        let context = fields(&stream.packet);
        for packet in packets {
            let own = |field: &&Json| !SPECIAL.contains(&field[0].as_str().unwrap_or_default());
            let read: Json =
                packet[1].as_array().into_iter().flatten().filter(own).cloned().collect();
            if read != context {
                return Err(format!("a packet was opened with {context}, read {read}"));
            }
        }
        let is_timed = stream.stream.event_header.as_ref().is_some_and(has_time);
        let mut traced = Vec::new();
        for call in &stream.calls {
            now += call.step;
            traced.push(json!([name_of(&call.event.identity), fields(&call.arguments), now]));
        }
        let is_same = |read: &Json, traced: &Json| {
            read[0] == traced[0] && read[1] == traced[1] && (!is_timed || read[2] == traced[2])
        };
        let differs = read.iter().zip(&traced).position(|(read, traced)| !is_same(read, traced));
        if let Some(at) = differs {
            return Err(format!("event {at}: traced {}, read {}", traced[at], read[at]));
        }
        if read.len() != traced.len() {
            return Err(format!("{} events were traced, {} are read", traced.len(), read.len()));
        }
        events += read.len() as u64;
    }
    Ok(events)
}

/// Fields of packet contexts that the tracer writes.
const SPECIAL: [&str; 6] = [
    "packet_size",
    "content_size",
    "timestamp_begin",
    "timestamp_end",
    "events_discarded",
    "packet_seq_num",
];

fn has_time(header: &Structure) -> bool {
    header.members.iter().any(
        |member| matches!(&member.class, FieldClass::Integer(class) if class.is(Role::Timestamp)),
    )
}

fn fields(arguments: &[Argument<'_>]) -> Json {
    arguments.iter().map(field).collect()
}

/// The events of one stream: babeltrace2 does not merge streams whose clocks have nothing to do
/// with each other.
fn read(folder: &Path, stream: &StreamCalls<'_>) -> Result<Vec<Json>, String> {
    let name = name_of(&stream.stream.identity);
    let trace = folder.join(format!("trace-{name}"));
    std::fs::create_dir_all(&trace).expect("a folder");
    for file in ["metadata", name] {
        std::fs::copy(folder.join(file), trace.join(file)).expect("copied");
    }
    let text = finish(Command::new(PYTHON).args(["-c", SCRIPT]).arg(&trace))?;
    let lines = text.lines().map(|line| serde_json::from_str(line).map_err(|e| e.to_string()));
    lines.collect()
}

/// Readers leave out one underscore in front of a name.
fn field(argument: &Argument<'_>) -> Json {
    let name = argument.name.strip_prefix('_').unwrap_or(argument.name);
    json!([name, value(argument.class, &argument.value)])
}

fn value(class: &FieldClass, traced: &Value) -> Json {
    match (class, traced) {
        (FieldClass::Integer(class), Value::Integer(bits)) => integer(class, *bits),
        (FieldClass::Array(class), Value::Array(values)) => {
            values.iter().map(|traced| value(&class.element, traced)).collect()
        }
        (_, Value::Float(number)) => json!(*number as f64),
        (_, Value::Text(text)) => json!(text),
        (class, traced) => panic!("{traced:?} of {class:?}"),
    }
}

/// As many bits as the field has.
fn integer(class: &Integer, bits: u64) -> Json {
    let unused = 64 - class.len_bits;
    match class.is_signed() {
        true => json!(((bits << unused) as i64) >> unused),
        false => json!((bits << unused) >> unused),
    }
}
