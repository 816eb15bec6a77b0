//! Records as JSON Lines. The schema is `docs/json/print.json`.

use std::collections::BTreeMap;

use marey::meta::{Field, Item};
use marey::wire::{self, Layers, LinkType, Network, layers};
use marey::{Meta, Packet};

use super::look::Look;
use super::object::{Object, push_list};
use super::value;
use crate::escape;

/// Appends a packet. `path` is JSON.
pub fn packet(out: &mut String, look: &Look, path: &str, packet: &Packet<'_>) {
    let layers = layers(packet.link_type(), packet.bytes(), packet.wire_len());
    let mut object = Object::new(out);
    object.raw("type", "\"packet\"");
    object.number("record", packet.position().record);
    object.number("offset", packet.position().offset);
    object.raw("path", path);
    object.time("time_ns", packet.time());
    object.number("section", u64::from(packet.section().index));
    object.number("interface", u64::from(packet.interface_id()));
    let name = packet.interface().and_then(|interface| interface.name());
    object.text_or_null("interface_name", name);
    match packet.link_type() {
        LinkType::UNKNOWN => object.raw("link_type", "null"),
        link_type => object.shown("link_type", link_type),
    }
    object.number("captured", u64::from(packet.captured_len()));
    object.number("wire", u64::from(packet.wire_len()));
    protocols(&mut object, &layers);
    ends(&mut object, &layers);
    options(object.member("options"), &packet.options());
    if look.verbose {
        headers(&mut object, &layers);
    }
    if look.hex {
        object.hex("bytes", packet.bytes());
    }
    object.end();
    out.push('\n');
}

fn protocols(object: &mut Object<'_>, layers: &Layers<'_>) {
    push_list(object.member("protocols"), layers.as_slice(), |out, layer| {
        out.push('"');
        out.push_str(layer.protocol.name());
        out.push('"');
    });
}

/// From whom and to whom, as the outermost network has it.
fn ends(object: &mut Object<'_>, layers: &Layers<'_>) {
    let ports = layers.transport().and_then(|transport| transport.ports).unzip();
    let (source, target) = match layers.network() {
        Some(Network::V4 { source, target }) => (Some(source.into()), Some(target.into())),
        Some(Network::V6 { source, target }) => (Some(source.into()), Some(target.into())),
        Some(Network::Arp { source, target }) => (source.map(Into::into), target.map(Into::into)),
        _ => (None, None),
    };
    end(object, "source", source, ports.0);
    end(object, "target", target, ports.1);
}

fn end(object: &mut Object<'_>, name: &str, address: Option<std::net::IpAddr>, port: Option<u16>) {
    let Some(address) = address else { return object.raw(name, "null") };
    let mut end = Object::new(object.member(name));
    end.shown("address", address);
    if let Some(port) = port {
        end.number("port", u64::from(port));
    }
    end.end();
}

/// Options by name. Any may be there more than once: each is a list.
fn options(out: &mut String, fields: &[Field<'_>]) {
    let mut by_name: BTreeMap<String, Vec<&Field<'_>>> = BTreeMap::new();
    for field in fields {
        by_name.entry(value::name(field)).or_default().push(field);
    }
    let mut object = Object::new(out);
    for (name, fields) in &by_name {
        push_list(object.member(name), fields, |out, field| value::push(out, field));
    }
    object.end();
}

fn headers(object: &mut Object<'_>, layers: &Layers<'_>) {
    let out = object.member("headers");
    out.push('[');
    let mut is_first = true;
    wire::headers(layers, &mut |layer, fields| {
        if !std::mem::take(&mut is_first) {
            out.push(',');
        }
        let mut header = Object::new(out);
        header.raw("protocol", &format!("\"{}\"", layer.protocol.name()));
        header.number("offset", u64::from(layer.offset));
        header.number("len", u64::from(layer.header_len));
        header.raw("cut", if layer.cut { "true" } else { "false" });
        push_list(header.member("fields"), fields, |out, field| {
            let mut object = Object::new(out);
            object.text("name", field.name);
            object.text("value", &field.value);
            object.end();
        });
        header.end();
    });
    out.push(']');
    object.shown("stop", layers.stop());
    object.number("payload", u64::from(layers.payload_len()));
}

/// Appends a meta record. `path` is JSON.
pub fn meta(out: &mut String, look: &Look, path: &str, meta: &Meta<'_>) {
    let mut object = Object::new(out);
    object.raw("type", "\"meta\"");
    object.text("kind", meta.kind());
    object.number("record", meta.position().record);
    object.number("offset", meta.position().offset);
    object.raw("path", path);
    object.time("time_ns", meta.time());
    object.number("section", u64::from(meta.scene().section().index));
    push_list(object.member("fields"), &meta.fields(), |out, field| {
        let mut object = Object::new(out);
        object.text("part", field.part);
        escape::push_json(object.member("name"), &value::bare_name(field));
        value::push(object.member("value"), field);
        object.end();
    });
    if look.hex && !has_secrets(meta) {
        object.hex("bytes", meta.bytes());
    }
    object.end();
    out.push('\n');
}

/// Whether a record's bytes must not be shown.
pub fn has_secrets(meta: &Meta<'_>) -> bool {
    meta.items().iter().any(|item| matches!(item, Item::Secrets(_)))
}
