//! What must hold for any packet.
//!
//! The first two bytes are the link type, the third says how many bytes more were on the wire, the
//! rest is what was captured.

use std::fmt::Write;

use marey::wire::checksum::{Verdict, checksum_of};
use marey::wire::{
    Layers, LinkType, checksums, flow_key, headers, inner_flow_key, layers, summary,
};

/// Walks over the packet and calls all there is to call.
pub fn check(data: &[u8]) {
    let [high, low, more, bytes @ ..] = data else { return };
    let link = LinkType(u16::from_be_bytes([*high, *low]));
    let wire_len = bytes.len() as u32 + u32::from(*more);
    let found = layers(link, bytes, wire_len);
    layers_are_in_order(&found);
    ends_are_those_without_a_walk(&found);
    checksums_are_what_they_say(&found);
    shown_as_plain_text(&found);
    payload_is_inside(&found);
}

/// Each layer is behind the one before it and inside the packet; only the last one may be cut.
fn layers_are_in_order(found: &Layers<'_>) {
    let (mut end, last) = (0, found.as_slice().len());
    for (index, layer) in found.as_slice().iter().enumerate() {
        assert!(layer.offset >= end, "layers overlap: {found:?}");
        assert!(layer.header_len > 0, "a layer without a byte: {found:?}");
        assert!(!layer.cut || index + 1 == last, "a cut layer has one behind it: {found:?}");
        end = layer.offset + u32::from(layer.header_len);
    }
    assert!(end as usize <= found.bytes().len(), "a layer is outside the packet: {found:?}");
    assert!(found.payload_offset() >= end, "the payload overlaps a layer: {found:?}");
}

fn ends_are_those_without_a_walk(found: &Layers<'_>) {
    let (link, bytes, wire_len) = (found.link(), found.bytes(), found.wire_len());
    assert_eq!(flow_key(link, bytes, wire_len), found.flow(), "{found:?}");
    assert_eq!(inner_flow_key(link, bytes, wire_len), found.inner_flow(), "{found:?}");
    for flow in [found.flow(), found.inner_flow()].into_iter().flatten() {
        let back = flow.reversed();
        assert_eq!(flow.symmetric().hash(1), back.symmetric().hash(1), "{flow}");
        assert_eq!(flow.canonical().0, flow.symmetric(), "{flow}");
    }
}

fn checksums_are_what_they_say(found: &Layers<'_>) {
    for checksum in checksums(found) {
        let at = checksum.offset as usize;
        let field = &found.bytes()[at..at + usize::from(checksum.len)];
        let held = field.iter().fold(0, |value, byte| value << 8 | u32::from(*byte));
        if let Verdict::Bad { found: seen, expected } = checksum.verdict {
            assert!(seen == held && expected != held, "{checksum:?}");
            mended_is_good(found, checksum.layer, at, field.len(), expected);
        }
    }
}

/// With what was expected in its place, a checksum is right.
fn mended_is_good(found: &Layers<'_>, layer: usize, at: usize, len: usize, expected: u32) {
    let mut bytes = found.bytes().to_vec();
    bytes[at..at + len].copy_from_slice(&expected.to_be_bytes()[4 - len..]);
    let again = layers(found.link(), &bytes, found.wire_len());
    let verdict = checksum_of(&again, layer).map(|checksum| checksum.verdict);
    assert_eq!(verdict, Some(Verdict::Good), "{found:?}");
}

/// The line and all fields are text without control characters.
fn shown_as_plain_text(found: &Layers<'_>) {
    let mut text = summary(found).to_string();
    headers(found, &mut |layer, fields| {
        for field in fields {
            let _ = write!(text, "{} {}: {} ", layer.protocol, field.name, field.value);
        }
    });
    let _ = write!(text, "{:?} {:?} ", found.network(), found.inner_network());
    let _ = write!(text, "{:?} {:?} ", found.transport(), found.inner_transport());
    let _ = write!(text, "{:?} {:?} ", found.fragment(), found.inner_fragment());
    let _ = write!(text, "{:?} {:?} ", found.ip_protocol(), found.inner_ip_protocol());
    let _ = write!(text, "{:?} {:?} {:?} ", found.kind(), found.radio(), found.stop());
    let stripped = found.stripped().map(|stripped| stripped.left_out);
    let _ = write!(text, "{} {} {stripped:?} ", found.vlans().count(), found.labels().count());
    let _ = write!(text, "{:?}", found.macs());
    assert!(!text.chars().any(char::is_control), "{text:?}");
}

fn payload_is_inside(found: &Layers<'_>) {
    assert!(found.payload().len() as u64 <= u64::from(found.payload_len()), "{found:?}");
    let lengths = [found.transport_payload_len(), found.inner_transport_payload_len()];
    assert!(lengths.into_iter().flatten().all(|len| len <= found.wire_len()), "{found:?}");
}
