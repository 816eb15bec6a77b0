//! What babeltrace2 reads of a trace, beside what was traced.

use std::path::Path;
use std::process::Command;

use marey_ctf::schema::{FieldClass, Integer, Role, Structure};
use marey_generate::definition::Definition;
use serde_json::{Value as Json, json};

use super::calls::{Argument, StreamCalls, Value, calls, name_of};
use super::machine::finish;

/// Debian's, which has babeltrace2's module.
const PYTHON: &str = "/usr/bin/python3";

/// Writes a line for each event: its name, and its fields in order with their values.
const SCRIPT: &str = r#"
import bt2, json, sys
def plain(field):
    if isinstance(field, bt2._IntegerFieldConst): return int(field)
    if isinstance(field, bt2._RealFieldConst): return float(field)
    # An empty string shows what the one before had.
    if isinstance(field, bt2._StringFieldConst): return str(field) if len(field) else ""
    return [plain(element) for element in field]
for message in bt2.TraceCollectionMessageIterator(sys.argv[1]):
    if type(message) is bt2._EventMessageConst:
        event = message.event
        scopes = (event.common_context_field, event.specific_context_field, event.payload_field)
        there = (scope for scope in scopes if scope is not None)
        fields = [[name, plain(scope[name])] for scope in there for name in scope]
        print(json.dumps([event.name, fields]))
"#;

/// Why it cannot be asked.
pub fn is_missing() -> Option<String> {
    let there = Command::new(PYTHON).args(["-c", "import bt2"]).output();
    match there.is_ok_and(|output| output.status.success()) {
        true => None,
        false => Some("babeltrace2's module for Python is not here".to_owned()),
    }
}

/// Whether times are wide enough: babeltrace2 stops where time goes back, and a clock of few bits
/// that starts again in a wider field does so.
pub fn can_follow(definition: &Definition) -> bool {
    let is_wide = |c_type: &String| c_type.contains("32") || c_type.contains("64");
    let structures =
        definition.schema.streams.iter().flat_map(|stream| {
            [&stream.packet_context, &stream.event_header].into_iter().flatten()
        });
    definition.code.clock_c_types.iter().all(is_wide) && structures.into_iter().all(has_wide_times)
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

/// With some metadata that has sequences, babeltrace2 2.0 stops; also with that of barectf, which
/// is the same.
const STOPS: &str = "Assertion `tgt_fc` failed";

/// Compares all events; how many there were.
pub fn compare(folder: &Path, definition: &Definition, seed: u64) -> Result<u64, String> {
    let mut events = 0;
    for stream in calls(definition, seed) {
        let read = match read(folder, &stream) {
            Err(why) if why.contains(STOPS) => return Ok(0),
            read => read?,
        };
        let traced: Vec<Json> = stream
            .calls
            .iter()
            .map(|call| {
                let fields = call.arguments.iter().map(|argument| field(argument));
                json!([name_of(&call.event.identity), fields.collect::<Vec<_>>()])
            })
            .collect();
        let differs = read.iter().zip(&traced).position(|(read, traced)| read != traced);
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
