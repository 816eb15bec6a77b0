//! An event of a program as a line of JSON, as sinks get it.

use marey_layer::layout::value::{Type, Value};
use serde_json::{Map, Value as Json, json};

use super::class::Seen;
use crate::sinks;

/// The line of an event, with its end.
pub fn line(seen: &Seen<'_>) -> Vec<u8> {
    let values = seen.class.values(seen.record.payload);
    let fields: Map<String, Json> =
        values.map(|(field, value)| (field.name.clone(), of(field.of, &value))).collect();
    sinks::line(&json!({
        "type": "event",
        "time_ns": seen.time().cast_signed(),
        "event": seen.class.full_name(),
        "pid": seen.process.0,
        "tid": seen.record.thread,
        "comm": seen.process.1,
        "fields": fields,
    }))
}

fn of(kind: Type, value: &Value<'_>) -> Json {
    match *value {
        Value::Bool(is) => json!(is),
        Value::Unsigned(number) => json!(number),
        Value::Signed(number) => json!(number),
        Value::Float(number) => json!(number),
        Value::Text { bytes, .. } => json!(String::from_utf8_lossy(bytes)),
        Value::Bytes { bytes, .. } if kind == Type::Words => {
            let (words, _) = bytes.as_chunks::<4>();
            words.iter().map(|word| json!(u32::from_ne_bytes(*word))).collect()
        }
        Value::Bytes { bytes, .. } => bytes.iter().map(|byte| json!(byte)).collect(),
    }
}
