//! What babeltrace2 reads of a trace.

use std::path::Path;
use std::process::Command;

use marey_ctf::schema::{FieldClass, Integer, Meaning, Structure};
use serde_json::{Value as Json, json};

use super::machine::finish;
use super::streams::Call;
use super::values::Value;

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
    if isinstance(field, bt2._VariantFieldConst): return plain(field.selected_option)
    if isinstance(field, bt2._StructureFieldConst):
        return [[name, plain(field[name])] for name in field]
    return [plain(element) for element in field]
for message in bt2.TraceCollectionMessageIterator(sys.argv[1]):
    if type(message) is bt2._EventMessageConst:
        event = message.event
        scopes = (event.common_context_field, event.payload_field)
        print(json.dumps([event.name, [plain(scope) for scope in scopes]]))
"#;

/// Why it cannot be asked.
pub fn is_missing() -> Option<String> {
    let there = Command::new(PYTHON).args(["-c", "import bt2"]).output();
    match there.is_ok_and(|output| output.status.success()) {
        true => None,
        false => Some("babeltrace2's module for Python is not here".to_owned()),
    }
}

/// The events of a trace.
pub fn read(trace: &Path) -> Result<Vec<Json>, String> {
    let text = finish(Command::new(PYTHON).args(["-c", SCRIPT]).arg(trace))?;
    text.lines().map(|line| serde_json::from_str(line).map_err(|e| e.to_string())).collect()
}

/// What is read of an event that was traced.
pub fn expected(call: &Call<'_>) -> Json {
    let scopes = [(call.common, &call.common_values), (call.payload, &call.payload_values)];
    let scopes = scopes.map(|(class, values)| structure(class, values));
    json!([call.event, scopes])
}

/// Members in their order, with those that the tracer writes itself.
fn structure(class: &Structure, values: &[Value]) -> Json {
    let mut values = values.iter().peekable();
    let members = class.members.iter().map(|member| {
        let read = match (member.name.starts_with("__"), values.peek()) {
            (true, Some(next)) => companion(next),
            _ => value(&member.class, values.next().expect("a value")),
        };
        // Readers leave out one underscore in front of a name.
        json!([member.name.strip_prefix('_').unwrap_or(&member.name), read])
    });
    members.collect()
}

/// What stands in front of a value.
fn companion(value: &Value) -> Json {
    match value {
        Value::List(values) => json!(values.len()),
        Value::Bytes(bytes) => json!(bytes.len()),
        Value::Absent => json!(0),
        Value::Present(_) => json!(1),
        Value::Option(number, _) => json!(number),
        value => panic!("{value:?} has nothing in front of it"),
    }
}

fn value(class: &FieldClass, traced: &Value) -> Json {
    match (class, traced) {
        (FieldClass::Integer(class), Value::Integer(bits)) => integer(class, *bits),
        (FieldClass::Integer(class), Value::Boolean(is_true)) => {
            assert_eq!(class.meaning, Meaning::Boolean);
            json!(u8::from(*is_true))
        }
        (_, Value::Float(number)) => json!(f64::from(*number)),
        (_, Value::Text(text)) => json!(text),
        (_, Value::Bytes(bytes)) => json!(bytes),
        (_, Value::Absent) => json!([]),
        (FieldClass::Optional(class), Value::Present(traced)) => value(&class.class, traced),
        (FieldClass::Variant(class), Value::Option(number, traced)) => {
            value(&class.options[*number].class, traced)
        }
        (FieldClass::Array(class), Value::List(values)) => {
            values.iter().map(|traced| value(&class.element, traced)).collect()
        }
        (FieldClass::Structure(class), Value::Structure(values)) => structure(class, values),
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
