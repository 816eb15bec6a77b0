//! The types of streams.

use std::fmt::Write as _;

use marey_ctf::schema::{ClockClass, FieldClass, Origin, Role, StreamClass};

use super::function::Shared;
use super::packet::{Packet, packet};
use super::types::quoted;
use super::{event, filters};
use crate::definition::Definition;
use crate::extensions::Filters;
use crate::plan::Unsupported;

/// All that is generated for a stream.
pub fn text(
    definition: &Definition,
    shared: &Shared<'_>,
    (index, stream): (usize, &StreamClass),
    name: &str,
) -> Result<String, Vec<Unsupported>> {
    let mut unsupported = Vec::new();
    let packet = match packet(definition, shared, (index, stream), name) {
        Ok(packet) => Some(packet),
        Err(found) => {
            unsupported.extend(found);
            None
        }
    };
    let mut methods = Vec::new();
    for event in stream.events.iter().enumerate() {
        match event::method(definition, shared, (index, stream), event, name) {
            Ok(text) => methods.push(text),
            Err(found) => unsupported.extend(found),
        }
    }
    let Some(packet) = packet.filter(|_| unsupported.is_empty()) else { return Err(unsupported) };
    let clock = stream.default_clock.and_then(|index| definition.schema.clocks.get(index));
    let clock = clock.filter(|_| packet.has_times || has_time(stream));
    let filters = definition.extensions.filters;
    let mut text = declaration(filters, stream, name, &packet, clock);
    text += &methods.join("\n");
    text += "}\n";
    text += &if filters.any() { filters::event_type(stream, name) } else { String::new() };
    Ok(text + &packet.text)
}

/// Whether events say when they occurred.
fn has_time(stream: &StreamClass) -> bool {
    let header = stream.event_header.as_ref().map_or(&[][..], |header| &header.members);
    header.iter().any(
        |member| matches!(&member.class, FieldClass::Integer(class) if class.is(Role::Timestamp)),
    )
}

/// The type of a stream, and the start of its methods.
fn declaration(
    filters: Filters,
    stream: &StreamClass,
    name: &str,
    packet: &Packet,
    clock: Option<&ClockClass>,
) -> String {
    let lifetime = if packet.has_references { "'p, " } else { "" };
    let (parameter, bound, clock_type) = match clock {
        Some(_) => (", C", ", C: marey_tracer::Clock", "C"),
        None => ("", "", "marey_tracer::NoClock"),
    };
    let packet_lifetime = if packet.has_references { "<'p>" } else { "" };
    let mut text = format!("\n/// Stream {}.\n", quoted(crate::scopes::name(&stream.identity)));
    if let Some(clock) = clock {
        let _ = write!(text, "///\n/// {}\n", about_clock(clock));
    }
    let filtered = filters::declared(filters, stream, name);
    let (about, field, predicate) = (filtered.about, &filtered.field, filtered.parameter);
    let _ = write!(
        text,
        "///\n/// Methods for events say whether the event is in the packet. If not, it was \
         discarded, which is\n/// counted, or tracing is disabled.{about}\n\
         #[derive(Clone, Debug)]\n\
         pub struct {name}Stream<{lifetime}B{parameter}{predicate}> {{\n    \
         stream: marey_tracer::Stream<{name}Layout{packet_lifetime}, B, {clock_type}>,\n\
         {field}}}\n\n"
    );
    let (generics, own) =
        (format!("{lifetime}B: marey_tracer::Backend{bound}"), format!("{lifetime}B{parameter}"));
    let _ = writeln!(text, "{LENIENT}impl<{generics}> {name}Stream<{own}> {{");
    constructor(&mut text, name, packet, clock.is_some(), filters.any());
    let (used, bound) = &filtered.used;
    if !used.is_empty() {
        // Who makes a stream without a predicate need not say of which type it is not.
        text += &filters::constructor(filters, name, &own);
        let _ = write!(
            text,
            "}}\n\n{LENIENT}impl<{generics}{bound}>\n    {name}Stream<{own}{used}>\n{{\n"
        );
    }
    if packet.has_fields {
        text += &set_packet(name, packet_lifetime);
    }
    let of_filters = filters::methods(filters, name);
    let methods = METHODS.map(|method| method.map(str::to_owned)).into_iter().chain(of_filters);
    for [about, signature, mut body] in methods {
        if filters.any() && signature.starts_with("set_enabled(") {
            body += "\n        self.filters.set_enabled(is_enabled);";
        }
        let _ =
            write!(text, "    /// {about}\n    pub fn {signature} {{\n        {body}\n    }}\n\n");
    }
    text
}

/// What stands in front of methods.
pub const LENIENT: &str = "\
#[allow(
    dead_code,
    non_snake_case,
    clippy::too_many_arguments,
    reason = \"the configuration says what there is\"
)]
";

/// The method that says something of packets.
fn set_packet(name: &str, packet_lifetime: &str) -> String {
    format!(
        "    /// Says this of the packets that are opened from now on.\n    \
         pub fn set_packet(&mut self, packet: {name}Packet{packet_lifetime}) {{\n        \
         self.stream.layout_mut().packet = packet;\n    }}\n\n"
    )
}

fn constructor(text: &mut String, name: &str, packet: &Packet, has_clock: bool, has_filters: bool) {
    let packet_lifetime = if packet.has_references { "<'p>" } else { "" };
    let packet_type = format!("{name}Packet{packet_lifetime}");
    let mut parameters = "backend: B".to_owned();
    if has_clock {
        parameters += ", clock: C";
    }
    if packet.has_fields {
        let _ = write!(parameters, ", packet: {packet_type}");
    }
    let mut members = Vec::new();
    if packet.has_fields {
        members.push("packet".to_owned());
    }
    if let Some(kept) = packet.kept.checked_sub(1) {
        members.push(format!("kept: [0; {}]", kept + 1));
    }
    let layout = match members.is_empty() {
        true => format!("{name}Layout"),
        false => format!("{name}Layout {{ {} }}", members.join(", ")),
    };
    let clock = if has_clock { "clock" } else { "marey_tracer::NoClock" };
    let (line, filters) = if has_filters { filters::AT_FIRST } else { ("", "") };
    let _ = write!(
        text,
        "    /// A stream with no packet open, and tracing enabled.\n    \
         pub fn new({parameters}) -> Self {{\n        \
         let layout = {layout};\n        {line}\
         Self {{ stream: marey_tracer::Stream::new(layout, backend, {clock}){filters} }}\n    \
         }}\n\n"
    );
}

/// What each method is, its signature, and its body.
const METHODS: [[&str; 3]; 10] = [
    [
        "Opens a packet, if none is open and tracing is enabled. An event does so itself.",
        "open_packet(&mut self)",
        "self.stream.open_packet();",
    ],
    [
        "Closes the packet, if one is open and tracing is enabled. Do so at the end.",
        "close_packet(&mut self)",
        "self.stream.close_packet();",
    ],
    ["Whether a packet is open.", "is_open(&self) -> bool", "self.stream.is_open()"],
    ["Whether no event is in the packet.", "is_empty(&self) -> bool", "self.stream.is_empty()"],
    ["Whether events are recorded.", "is_enabled(&self) -> bool", "self.stream.is_enabled()"],
    [
        "Lets events be recorded, or not: then nothing happens, and nothing is counted.",
        "set_enabled(&mut self, is_enabled: bool)",
        "self.stream.set_enabled(is_enabled);",
    ],
    [
        "How many events were discarded so far.",
        "events_discarded(&self) -> u32",
        "self.stream.events_discarded()",
    ],
    ["The back end.", "backend(&self) -> &B", "self.stream.backend()"],
    [
        "The back end. Whoever changes the bytes of an open packet spoils it.",
        "backend_mut(&mut self) -> &mut B",
        "self.stream.backend_mut()",
    ],
    [
        "The back end, and no stream any more. Close the packet first.",
        "into_backend(self) -> B",
        "self.stream.into_backend()",
    ],
];

/// What a clock shall be.
fn about_clock(clock: &ClockClass) -> String {
    let origin = match &clock.origin {
        Origin::UnixEpoch => "since 1970",
        _ => "since some time",
    };
    let mut text = format!(
        "Its clock is {}: cycles {origin}, {} in a second",
        quoted(&clock.id),
        clock.frequency
    );
    if clock.offset_s != 0 || clock.offset_cycles != 0 {
        let (seconds, cycles) = (clock.offset_s, clock.offset_cycles);
        let _ = write!(text, ", less {seconds} s and {cycles} cycles");
    }
    if let Some(description) = &clock.description {
        let _ = write!(text, "; {}", quoted(description));
    }
    text + "."
}
