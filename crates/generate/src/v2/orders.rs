//! Fields of headers and contexts that barectf 3.1 puts elsewhere, or drops.

use super::access::{alignment, fields, get, number};
use super::convert::OF_PACKET_CONTEXT;
use super::gaps::Gaps;
use crate::yaml::{Map, Node};

/// barectf 3.1 aligns headers and contexts at least to bytes.
const ALIGNMENT_BITS: u32 = 8;
const OF_PACKET_HEADER: [&str; 3] = ["magic", "uuid", "stream_id"];
const OF_EVENT_HEADER: [&str; 2] = ["id", "timestamp"];

/// The header of packets.
pub fn packet_header(gaps: &mut Gaps<'_>, trace: &Node) {
    let Some(header) = get(trace, "packet-header-type") else { return };
    let fields = fields(Some(header));
    for (key, _) in fields.iter().filter(|(key, _)| !OF_PACKET_HEADER.contains(&key.text())) {
        let name = key.text();
        let what = format!("`{name}` is none of the three fields that a tracer writes here");
        let old = format!("a parameter `tph_{name}` of the functions that open packets");
        gaps.add(what, key.span, &old, "dropped");
    }
    let is_kept = |name: &str| OF_PACKET_HEADER.contains(&name);
    order(gaps, "packet-header-type", &fields, &OF_PACKET_HEADER, &is_kept);
    align(gaps, "packet-header-type", header, &is_kept);
}

/// The context of packets.
pub fn packet_context(gaps: &mut Gaps<'_>, stream: &Node) {
    let Some(context) = get(stream, "packet-context-type") else { return };
    let fields = fields(Some(context));
    if let Some(key) = fields.get_key("packet_seq_num") {
        let what = "`packet_seq_num` is no field that both tracers know";
        let old = "a parameter `spc_packet_seq_num` of the function that opens packets";
        gaps.add(what, key.span, old, "dropped");
    }
    let is_kept = |name: &str| name != "packet_seq_num";
    order(gaps, "packet-context-type", &fields, &OF_PACKET_CONTEXT, &is_kept);
    align(gaps, "packet-context-type", context, &is_kept);
}

/// The header of events.
pub fn event_header(gaps: &mut Gaps<'_>, stream: &Node) {
    let Some(header) = get(stream, "event-header-type") else { return };
    let fields = fields(Some(header));
    for (key, _) in fields.iter().filter(|(key, _)| !OF_EVENT_HEADER.contains(&key.text())) {
        let name = key.text();
        let what = format!("`{name}` is neither `id` nor `timestamp`");
        let old = format!("a parameter `seh_{name}` of the functions that trace events");
        gaps.add(what, key.span, &old, "dropped");
    }
    let is_kept = |name: &str| OF_EVENT_HEADER.contains(&name);
    order(gaps, "event-header-type", &fields, &OF_EVENT_HEADER, &is_kept);
    align(gaps, "event-header-type", header, &is_kept);
}

/// barectf 3.1 has a fixed order of the fields that it writes, and puts others behind them.
fn order(
    gaps: &mut Gaps<'_>,
    what: &str,
    fields: &Map,
    fixed: &[&str],
    is_kept: &dyn Fn(&str) -> bool,
) {
    let rank = |name: &str| fixed.iter().position(|other| *other == name).unwrap_or(fixed.len());
    let kept: Vec<_> =
        fields.iter().map(|(key, _)| key).filter(|key| is_kept(key.text())).collect();
    let moved = kept.iter().zip(kept.iter().skip(1));
    let moved = moved.map(|(_, key)| key).zip(&kept);
    let mut moved = moved.filter(|(key, before)| rank(key.text()) < rank(before.text()));
    if let Some((key, before)) = moved.next() {
        let what = format!("`{what}`: `{}` stands behind `{}`", key.text(), before.text());
        gaps.add(what, key.span, "keeps the order", "puts it in front");
    }
}

fn align(gaps: &mut Gaps<'_>, what: &str, node: &Node, is_kept: &dyn Fn(&str) -> bool) {
    let fields = fields(Some(node));
    let kept = fields.iter().filter(|(key, _)| is_kept(key.text()));
    let new = kept.map(|(_, field)| alignment(field)).fold(ALIGNMENT_BITS, u32::max);
    let old = alignment(node);
    if old != new {
        let min = number(node, "min-align");
        let span = node.get("min-align").filter(|_| min == Some(old)).unwrap_or(node).span;
        let what = format!("`min-align` of `{what}`");
        let old = format!("at a multiple of {old} bits");
        gaps.add(what, span, &old, &format!("of {new} bits"));
    }
}
