//! Events as lines of JSON.

use serde_json::{Map, Value, json};

use crate::kernel::added::{self, Added};
use crate::kernel::record::{DYNAMIC_BYTES, Layout, Record, is_elsewhere, number, text};
use crate::tracefs::{Field, Format, Kind};

/// How an event becomes a line.
#[derive(Clone, Debug)]
pub struct Line {
    /// The name that it has in the recording.
    name: String,
    /// Its fields, and where those of any length are in the ring.
    fields: Vec<(Field, Option<u32>)>,
}

impl Line {
    /// Lines of an event of which these fields are recorded, in this layout.
    pub fn new(name: &str, format: &Format, layout: &Layout) -> Self {
        let mut dynamic = layout.dynamic.iter();
        let fields = format.fields.iter().map(|field| {
            let place = if is_elsewhere(field.kind) { dynamic.next() } else { None };
            (field.clone(), place.map(|(_, place)| *place))
        });
        Line { name: name.to_owned(), fields: fields.collect() }
    }

    /// The line of an event, with its end; its time is in nanoseconds since the Unix epoch.
    pub fn write(&self, record: &Record<'_>, time: i64, contexts: &[Added]) -> Vec<u8> {
        let value = |(field, place): &(Field, Option<u32>)| {
            (field.name.clone(), value(record, field, place.unwrap_or_default()))
        };
        let fields: Map<String, Value> = self.fields.iter().map(value).collect();
        let mut line = json!({
            "type": "event",
            "time_ns": time,
            "cpu": record.cpu(),
            "event": self.name,
            "pid": record.pid(),
            "tid": record.tid(),
            "comm": String::from_utf8_lossy(record.comm()),
            "fields": fields,
        });
        if let Value::Object(members) = &mut line {
            let added = added::parts(contexts, record.bytes());
            members.extend(added.map(|(context, part)| {
                let value = match context {
                    Added::Prio | Added::Cgroup => one(part, context == Added::Prio),
                    Added::KernelStack | Added::UserStack => many(added::callers(part), 8, false),
                };
                (context.recorded_as().to_owned(), value)
            }));
        }
        self::line(&line)
    }
}

/// A value as a line, with its end.
pub fn line(value: &Value) -> Vec<u8> {
    let mut line = value.to_string().into_bytes();
    line.push(b'\n');
    line
}

fn value(record: &Record<'_>, field: &Field, place: u32) -> Value {
    let as_text = |bytes: &[u8]| json!(String::from_utf8_lossy(text(bytes)));
    match field.kind {
        Kind::Number { is_signed, .. } => one(record.field(field), is_signed),
        Kind::Text => as_text(record.field(field)),
        Kind::Numbers { size, is_signed } => many(record.field(field), size, is_signed),
        Kind::DynamicText(_) | Kind::ProcessText => as_text(record.dynamic_text(field, place)),
        Kind::DynamicNumbers { size, is_signed, .. } => {
            let len = number(record.field(field), false).unwrap_or(0) >> 16 & 0xffff;
            let end = place as usize + (len as usize).min(DYNAMIC_BYTES as usize);
            let bytes = record.bytes().get(place as usize..end);
            many(bytes.unwrap_or_default(), size, is_signed)
        }
    }
}

fn one(bytes: &[u8], is_signed: bool) -> Value {
    match (number(bytes, is_signed), is_signed) {
        (Some(number), true) => json!(number.cast_signed()),
        (Some(number), false) => json!(number),
        (None, _) => Value::Null,
    }
}

fn many(bytes: &[u8], size: u32, is_signed: bool) -> Value {
    let each = bytes.chunks_exact(size.max(1) as usize);
    each.map(|bytes| one(bytes, is_signed)).collect()
}
