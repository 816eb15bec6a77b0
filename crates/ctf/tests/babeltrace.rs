//! Babeltrace 2 understands the text of CTF 1.8, and reads events with it.

mod support;

use std::path::Path;
use std::process::{Command, Output};

use marey_ctf::schema::Schema;
use marey_ctf::tsdl::{Style, write};
use support::golden::scratch;
use support::schemas::{UUID, rich, with_names};

const MAGIC: u32 = 0xc1fc_1fc1; // CTF 1.8 §5.1
const PACKET_BITS: u64 = 512 * 8;

#[test]
fn babeltrace_reads_an_event_with_each_style() {
    for (style, name) in
        [(Style::Barectf3, "barectf3"), (Style::Barectf2, "barectf2"), (Style::Marey, "marey")]
    {
        let Some(text) = read(name, &rich(), style, &rich_packet()) else { return };
        let small = r#"small "one": { dims = 1 }, { tid = -2 }, { x = 7, "#;
        let rest = r#"s = "hi", kind = ( "b" : container = 2 ), value = { 9 } }"#;
        assert!(text.contains(small) && text.contains(rest), "{text}");
        assert!(text.lines().count() == 2 && text.lines().all(|line| line.contains("small")));
    }
}

#[test]
fn babeltrace_gives_names_back_as_they_were() {
    let Some(text) = read("names", &with_names(), Style::Marey, &names_packet()) else { return };
    let start = r#"names: { int = 1, _x = 2, __s_len = 2, s = "hi", event = ( "#;
    assert!(text.lines().count() == 2 && text.lines().all(|line| line.contains(start)), "{text}");
    assert!(text.contains("value = { 9 }") && text.contains(r#"value = { "yo" }"#), "{text}");
}

/// What Babeltrace prints of a trace with one packet; nothing if there is no Babeltrace.
fn read(test: &str, schema: &Schema, style: Style, packet: &[u8]) -> Option<String> {
    let folder = scratch(&format!("babeltrace-{test}"));
    let metadata = write(schema, style).unwrap_or_else(|errors| panic!("{errors:#?}"));
    std::fs::write(folder.join("metadata"), metadata).expect("the metadata is written");
    std::fs::write(folder.join("stream"), packet).expect("the stream is written");
    let Some(output) = babeltrace(&folder) else {
        println!("skipped: babeltrace2 is not there");
        return None;
    };
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && errors.is_empty(), "{test}: {errors}");
    Some(String::from_utf8(output.stdout).expect("UTF-8"))
}

fn babeltrace(folder: &Path) -> Option<Output> {
    Command::new("babeltrace2").arg(folder).output().ok()
}

fn packet_header(stream_class: u8) -> Vec<u8> {
    let mut bytes = MAGIC.to_le_bytes().to_vec();
    bytes.extend(UUID);
    bytes.push(stream_class);
    bytes
}

/// A packet of `rich` with two events of its first class.
fn rich_packet() -> Vec<u8> {
    let mut body: Vec<u8> = Vec::new();
    for time in [1u64, 2] {
        body.extend(0u16.to_le_bytes());
        body.extend(time.to_le_bytes());
        body.extend((-2i32).to_be_bytes());
        body.extend(*b"\x07\x02hi\x02\x09");
    }
    let mut bytes = packet_header(3);
    let context_bytes = 8 * 4 + 4 + 2 + 1;
    let content_bits = (bytes.len() + context_bytes + body.len()) as u64 * 8;
    for number in [PACKET_BITS, content_bits, 1, 2] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(0u32.to_le_bytes());
    bytes.extend(0u16.to_le_bytes());
    bytes.push(1);
    bytes.extend(body);
    bytes.resize((PACKET_BITS / 8) as usize, 0);
    bytes
}

/// A packet of `with_names` with two events: one has a number as its value, one a text.
fn names_packet() -> Vec<u8> {
    let mut bytes = packet_header(5);
    for value in [b"\x01\x09".as_slice(), b"\x00yo\0"] {
        bytes.extend(b"\x01\x02\x02hi");
        bytes.extend(value);
    }
    bytes
}
