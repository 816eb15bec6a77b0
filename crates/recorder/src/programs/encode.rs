//! An event of a program as bytes of its trace.

use marey_ctf::packed::event_head;
use marey_layer::drain::{Class, Record};
use marey_layer::layout::value::{Type, Value};

use super::schema::MARK_ID;
use crate::ctf::NATIVE;

/// What an event begins with that is not of its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    /// Its time.
    pub time: u64,
    /// The process.
    pub pid: u32,
    /// Which rules would discard it, a bit for each, in shadow.
    pub discards: Option<u64>,
}

/// Writes an event behind others. How many of its values were cut by the program;
/// nothing, and nothing is written, if it is not what its class says.
pub fn encode(class: &Class, record: &Record<'_>, start: Start, out: &mut Vec<u8>) -> Option<u64> {
    let before = out.len();
    begin(class.id as u16, record, start, out);
    let (mut values, mut cut) = (0, 0);
    for (field, value) in class.values(record.payload) {
        cut += u64::from(one(field.of, &value, out));
        values += 1;
    }
    if values == class.fields.len() {
        return Some(cut);
    }
    out.truncate(before);
    None
}

/// Writes a mark that a handler made at an event, behind others.
pub fn encode_mark(mark: &[u8], record: &Record<'_>, start: Start, out: &mut Vec<u8>) {
    begin(MARK_ID, record, start, out);
    let end = mark.iter().position(|byte| *byte == 0).unwrap_or(mark.len());
    out.extend(mark.get(..end).unwrap_or_default());
    out.push(0);
}

/// What all events begin with.
fn begin(id: u16, record: &Record<'_>, start: Start, out: &mut Vec<u8>) {
    out.extend(event_head(NATIVE, id, start.time));
    out.extend(start.pid.to_ne_bytes());
    out.extend(record.thread.to_ne_bytes());
    out.extend(start.discards.iter().flat_map(|bits| bits.to_ne_bytes()));
}

/// Writes a value; whether it was cut.
fn one(of: Type, value: &Value<'_>, out: &mut Vec<u8>) -> bool {
    match *value {
        Value::Bool(is) => out.push(is.into()),
        Value::Unsigned(number) => number_of(of, number, out),
        Value::Signed(number) => number_of(of, number.cast_unsigned(), out),
        Value::Float(number) if of == Type::F32 => out.extend((number as f32).to_ne_bytes()),
        Value::Float(number) => out.extend(number.to_ne_bytes()),
        Value::Text { bytes, is_cut } => {
            // A 0 ends a text in a trace.
            let end = bytes.iter().position(|byte| *byte == 0);
            out.extend(bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default());
            out.push(0);
            return is_cut || end.is_some();
        }
        Value::Bytes { bytes, is_cut } => {
            let size = if of == Type::Words { 4 } else { 1 };
            let count = bytes.len() / size;
            out.extend((count as u16).to_ne_bytes());
            out.extend(bytes.get(..count * size).unwrap_or_default());
            return is_cut;
        }
    }
    false
}

/// The lower bytes of a number, as many as its type has.
fn number_of(of: Type, number: u64, out: &mut Vec<u8>) {
    match of {
        Type::U8 | Type::I8 => out.push(number as u8),
        Type::U16 | Type::I16 => out.extend((number as u16).to_ne_bytes()),
        Type::U32 | Type::I32 => out.extend((number as u32).to_ne_bytes()),
        _ => out.extend(number.to_ne_bytes()),
    }
}
