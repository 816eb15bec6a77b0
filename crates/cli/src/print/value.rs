//! The values of options and tags as JSON, each of a shape that its kind always has.

use std::borrow::Cow;
use std::fmt::Write as _;

use marey::meta::{Field, Text, Value};

use super::object::{Object, push_list, push_number};
use crate::escape;

/// The name of an option among all options of its record: with its part, and with its number if
/// it has no name.
pub fn name(field: &Field<'_>) -> String {
    match field.part {
        "" => bare_name(field).into_owned(),
        part => format!("{part}.{}", bare_name(field)),
    }
}

/// The name of an option in its part.
pub fn bare_name<'f>(field: &'f Field<'_>) -> Cow<'f, str> {
    match field.name {
        "unknown" => Cow::Owned(format!("unknown {}", field.code)),
        name => Cow::Borrowed(name),
    }
}

/// The text of a filter in libpcap's language, which is kept behind a type byte of 0.
pub fn filter_text(field: &Field<'_>) -> Option<Text> {
    match (field.name, &field.value) {
        ("filter", Value::Tagged(0, text)) => Some(Text::new(text)),
        _ => None,
    }
}

/// Appends the value of a field.
pub fn push(out: &mut String, field: &Field<'_>) {
    match &field.value {
        Value::U64(number) | Value::Bits(number) => push_number(out, *number),
        Value::I64(number) => push_signed(out, *number),
        Value::F32(number) if number.is_finite() => {
            let _ = write!(out, "{number}");
        }
        Value::F32(number) => {
            let _ = write!(out, "\"{number}\"");
        }
        Value::Text(text) => push_text(out, text),
        Value::Time(time) => {
            let mut object = Object::new(out);
            object.time("time_ns", *time);
            object.end();
        }
        Value::Ipv4Net(address, mask) => {
            let mut object = Object::new(out);
            object.shown("address", address);
            object.shown("mask", mask);
            object.end();
        }
        Value::Ipv6Net(address, prefix) => {
            let mut object = Object::new(out);
            object.shown("address", address);
            object.number("prefix", u64::from(*prefix));
            object.end();
        }
        Value::Named(address, names) => {
            let mut object = Object::new(out);
            object.text("address", address);
            push_list(object.member("names"), names, push_text);
            object.end();
        }
        Value::Tagged(kind, bytes) => {
            let mut object = Object::new(out);
            object.number("type", u64::from(*kind));
            if let Some(text) = filter_text(field) {
                object.text("text", text.as_str());
            }
            object.hex("hex", bytes);
            object.end();
        }
        Value::Custom(enterprise, bytes) => {
            let mut object = Object::new(out);
            object.number("enterprise", u64::from(*enterprise));
            object.hex("hex", bytes);
            object.end();
        }
        Value::Bytes(bytes) => {
            let mut object = Object::new(out);
            object.hex("hex", bytes);
            object.end();
        }
        Value::Malformed(bytes) => {
            let mut object = Object::new(out);
            object.hex("malformed", bytes);
            object.end();
        }
        Value::Secret(len) => {
            let mut object = Object::new(out);
            object.number("secret_bytes", *len as u64);
            object.end();
        }
        // Addresses, and whatever is to come: as a person reads it.
        other => escape::push_json(out, &other.to_string()),
    }
}

fn push_signed(out: &mut String, number: i64) {
    match u64::try_from(number) {
        Ok(number) => push_number(out, number),
        Err(_) => {
            let _ = write!(out, "{number}");
        }
    }
}

/// A text; one that is not UTF-8 as its bytes.
fn push_text(out: &mut String, text: &Text) {
    let shown = text.as_str();
    if shown.as_bytes() == text.as_bytes() {
        return escape::push_json(out, shown);
    }
    let mut object = Object::new(out);
    object.text("text", shown);
    object.hex("hex", text.as_bytes());
    object.end();
}
