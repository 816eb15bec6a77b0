//! All that is known of a record, under its line: a field a line, nothing cut.

use std::fmt::Write as _;

use marey::meta::Field;
use marey::wire::{self, Layers, Stop};
use marey::{Meta, Packet};

use super::digits::push_blanks;
use super::look::Look;
use super::value;
use crate::escape;

/// How far parts and headers are indented, and fields in them.
const INDENT: usize = 8;
const FIELD_INDENT: usize = 10;

/// Appends the options of a packet, and its headers with their fields.
pub fn packet(out: &mut String, look: &Look, packet: &Packet<'_>, layers: &Layers<'_>) {
    fields(out, look, &packet.options());
    wire::headers(layers, &mut |layer, fields| {
        let end = layer.offset + u32::from(layer.header_len);
        let cut = if layer.cut { ", cut" } else { "" };
        heading(out, look, layer.protocol.name());
        let _ = writeln!(out, ", bytes {} to {end}{cut}", layer.offset);
        for field in fields {
            push_blanks(out, FIELD_INDENT);
            let _ = writeln!(out, "{}: {}", field.name, field.value);
        }
    });
    if layers.payload_len() > 0 || layers.stop() != Stop::Payload {
        heading(out, look, "rest");
        let (len, captured) = (layers.payload_len(), layers.payload().len());
        let _ = writeln!(out, ", {len} bytes, {captured} of them captured: {}", layers.stop());
    }
}

/// Appends all fields of a meta record.
pub fn meta(out: &mut String, look: &Look, meta: &Meta<'_>) {
    fields(out, look, &meta.fields());
}

/// Appends fields, under the names of their parts.
fn fields(out: &mut String, look: &Look, fields: &[Field<'_>]) {
    let mut part = "";
    for field in fields {
        if field.part != part {
            part = field.part;
            heading(out, look, if part.is_empty() { "record" } else { part });
            out.push('\n');
        }
        push_blanks(out, if part.is_empty() { INDENT } else { FIELD_INDENT });
        out.push_str(&value::bare_name(field));
        out.push_str(": ");
        push_value(out, field);
        out.push('\n');
    }
}

fn push_value(out: &mut String, field: &Field<'_>) {
    if let Some(text) = value::filter_text(field) {
        return escape::push_terminal(out, text.as_str());
    }
    let _ = match (field.name, field.value.as_u64()) {
        ("processid_threadid", Some(both)) => {
            write!(out, "process {}, thread {}", both >> 32, both as u32)
        }
        _ => write!(escape::Terminal(out), "{}", field.value),
    };
}

fn heading(out: &mut String, look: &Look, name: &str) {
    push_blanks(out, INDENT);
    look.title.on(out);
    out.push_str(name);
    look.title.off(out);
}
