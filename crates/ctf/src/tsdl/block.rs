//! The blocks at the top of the text (CTF 1.8), in barectf's order.

use super::Style;
use super::field::Fields;
use super::name::{is_identifier, is_reserved};
use super::number::{byte_order, fits};
use super::place::{Place, Roots};
use super::selectors::Selectors;
use super::text::{Text, comment, literal};
use crate::report::{Inexpressible, Report, event_title, stream_title};
use crate::schema::{
    ClockClass, EventClass, FieldClass, Origin, Schema, Scope, StreamClass, Value,
};
use crate::{check, uuid};

/// What barectf aligns to where it writes an empty structure by itself.
const EMPTY_ALIGNMENT_BITS: u32 = 8;

/// Writes the blocks.
pub(super) struct Blocks<'a> {
    schema: &'a Schema,
    style: Style,
    selectors: Selectors,
    text: Text,
    report: Report,
}

impl<'a> Blocks<'a> {
    pub(super) fn new(schema: &'a Schema, style: Style) -> Self {
        let selectors = match style {
            Style::Marey => Selectors::of(schema),
            Style::Barectf2 | Style::Barectf3 => Selectors::default(),
        };
        Blocks { schema, style, selectors, text: Text::default(), report: Report::default() }
    }

    pub(super) fn write(mut self) -> Result<String, Vec<Inexpressible>> {
        self.text.line("/* CTF 1.8 */");
        self.trace();
        self.environment();
        for clock in &self.schema.clocks {
            self.clock(clock);
        }
        for (index, stream) in self.schema.streams.iter().enumerate() {
            let title = stream_title(self.schema, index, stream);
            self.report.enter(title.as_str());
            self.stream(&title, stream);
            for event in &stream.events {
                self.report.enter(event_title(event));
                self.event(stream, event);
                self.report.leave();
            }
            self.report.leave();
        }
        self.report.finish(self.text.finish())
    }

    fn open(&mut self, block: &str) {
        self.text.line("");
        self.text.open(&format!("{block} {{"));
    }

    fn trace(&mut self) {
        let trace = &self.schema.trace;
        self.report.enter("trace");
        self.open("trace");
        self.text.attribute("major", 1);
        self.text.attribute("minor", 8);
        self.text.attribute("byte_order", byte_order(trace.byte_order));
        if let Some(uuid) = &trace.uuid {
            self.text.attribute("uuid", literal(&uuid::text(uuid)));
        }
        let roots = Roots::of(self.schema, None, None);
        match roots.packet_header {
            None if self.style == Style::Barectf3 => self.empty("packet.header"),
            _ => self.fields("packet.header", Scope::PacketHeader, roots, None),
        }
        self.text.close("};");
        self.report.leave();
    }

    fn environment(&mut self) {
        let environment = &self.schema.trace.environment;
        if environment.is_empty() {
            return;
        }
        self.report.enter("env");
        self.open("env");
        for (name, value) in environment {
            self.report.enter(name);
            self.check_name(name);
            match value {
                Value::Integer(number) if fits(*number) => self.text.attribute(name, number),
                Value::Integer(_) => self.report.add("a number beyond 64 bits"),
                Value::Text(text) => self.text.attribute(name, literal(text)),
            }
            self.report.leave();
        }
        self.text.close("};");
        self.report.leave();
    }

    fn clock(&mut self, clock: &'a ClockClass) {
        self.report.enter(format!("clock {:?}", clock.id));
        self.check_name(&clock.id);
        check::clock(clock, &mut self.report);
        self.open("clock");
        self.text.attribute("name", &clock.id);
        if let Some(description) = &clock.description {
            self.text.attribute("description", literal(description));
        }
        if let Some(uuid) = &clock.uuid {
            self.text.attribute("uuid", literal(&uuid::text(uuid)));
        }
        self.text.attribute("freq", clock.frequency);
        if self.style == Style::Barectf2 {
            self.clock_offset(clock);
            self.clock_precision(clock);
        } else {
            self.clock_precision(clock);
            self.clock_offset(clock);
        }
        self.text.attribute("absolute", clock.origin == Origin::UnixEpoch);
        if let Origin::Named(_) = clock.origin {
            self.report.add("CTF 1.8 has no origin with a name; the Unix epoch is the only one");
        }
        self.text.close("};");
        self.report.leave();
    }

    fn clock_precision(&mut self, clock: &ClockClass) {
        if let Some(precision) = clock.precision {
            self.text.attribute("precision", precision);
        }
    }

    fn clock_offset(&mut self, clock: &ClockClass) {
        self.text.attribute("offset_s", clock.offset_s);
        self.text.attribute("offset", clock.offset_cycles);
    }

    fn stream(&mut self, title: &str, stream: &'a StreamClass) {
        check::stream(self.schema, stream, &mut self.report);
        self.text.line("");
        self.text.line(&comment(title));
        self.text.open("stream {");
        if let Some(id) = stream.id {
            self.text.attribute("id", id);
        }
        let roots = Roots::of(self.schema, Some(stream), None);
        let clock = stream.default_clock;
        self.fields("packet.context", Scope::PacketContext, roots, clock);
        self.fields("event.header", Scope::EventHeader, roots, clock);
        self.fields("event.context", Scope::EventCommonContext, roots, clock);
        self.text.close("};");
    }

    fn event(&mut self, stream: &'a StreamClass, event: &'a EventClass) {
        self.open("event");
        self.event_identity(stream, event);
        if let Some(log_level) = event.log_level {
            self.text.attribute("loglevel", log_level);
        }
        if let Some(uri) = &event.emf_uri {
            self.text.attribute("model.emf.uri", literal(uri));
        }
        let roots = Roots::of(self.schema, Some(stream), Some(event));
        let clock = stream.default_clock;
        self.fields("context", Scope::EventSpecificContext, roots, clock);
        if self.style == Style::Barectf2 && event.payload.is_none() && ends_at_byte(roots) {
            self.empty("fields");
        } else {
            self.fields("fields", Scope::EventPayload, roots, clock);
        }
        self.text.close("};");
    }

    fn event_identity(&mut self, stream: &StreamClass, event: &EventClass) {
        let name = literal(event.identity.name.as_deref().unwrap_or_default());
        let mut attributes = [
            ("stream_id", stream.id.map(|id| id.to_string())),
            ("id", Some(event.id.to_string())),
            ("name", Some(name)),
        ];
        if self.style == Style::Barectf2 {
            attributes.reverse();
        }
        for (attribute, value) in attributes {
            if let Some(value) = value {
                self.text.attribute(attribute, value);
            }
        }
    }

    /// The fields of a scope, if the schema has it.
    fn fields(&mut self, head: &str, scope: Scope, roots: Roots<'a>, clock: Option<usize>) {
        let Some(structure) = roots.get(scope) else { return };
        let fields = Fields {
            schema: self.schema,
            style: self.style,
            selectors: &self.selectors,
            default_clock: clock,
            place: Place { scope, roots, open: Vec::new() },
            text: &mut self.text,
            report: &mut self.report,
        };
        fields.write(head, structure);
    }

    fn empty(&mut self, head: &str) {
        self.text.line(&format!("{head} := struct {{}} align({EMPTY_ALIGNMENT_BITS});"));
    }

    /// The names of clocks and of the environment have no escape.
    fn check_name(&mut self, name: &str) {
        if !is_identifier(name) || is_reserved(name) {
            self.report.add(format!("{name:?} is no name in CTF 1.8, or a reserved word"));
        }
    }
}

/// Whether what comes before the payload surely ends at a whole byte: then an empty payload that is
/// aligned to bytes, as barectf 2 writes it, does not move what follows.
fn ends_at_byte(roots: Roots<'_>) -> bool {
    let before = [roots.event_specific_context, roots.event_common_context, roots.event_header];
    let members = before.into_iter().flatten().find_map(|structure| structure.members.last());
    members.is_none_or(|member| match &member.class {
        FieldClass::Integer(class) => {
            class.len_bits.is_multiple_of(8) && class.alignment_bits.is_multiple_of(8)
        }
        FieldClass::Float(class) => class.alignment_bits.is_multiple_of(8),
        FieldClass::Str(_) | FieldClass::Blob(_) => true,
        _ => false,
    })
}
