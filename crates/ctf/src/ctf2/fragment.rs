//! Fragments: the objects of the sequence (CTF2-SPEC-2.0).

use super::class::Classes;
use super::json::{Json, Object};
use crate::report::{Inexpressible, Report, event_title, stream_title};
use crate::schema::{
    ClockClass, EventClass, FieldClass, Identity, Integer, Origin, Role, Schema, Scope,
    StreamClass, Structure, Value,
};
use crate::{check, uuid};

/// What each fragment begins with (RFC 7464 §2.2).
const RECORD_SEPARATOR: char = '\u{1e}';

/// Whose attributes the log level and the EMF URI are.
const LTTNG: &str = "lttng.org,2009";

/// The length of a time that replaces all of a clock's value, not just its low bits.
const CLOCK_BITS: u32 = 64;

/// Writes the fragments.
pub(super) struct Fragments<'a> {
    schema: &'a Schema,
    written: String,
    report: Report,
}

impl<'a> Fragments<'a> {
    pub(super) fn new(schema: &'a Schema) -> Self {
        Fragments { schema, written: String::new(), report: Report::default() }
    }

    pub(super) fn write(mut self) -> Result<String, Vec<Inexpressible>> {
        self.preamble();
        self.trace();
        for clock in &self.schema.clocks {
            self.report.enter(format!("clock {:?}", clock.id));
            self.clock(clock);
            self.report.leave();
        }
        for (index, stream) in self.schema.streams.iter().enumerate() {
            self.report.enter(stream_title(self.schema, index, stream));
            self.stream(stream);
            for event in &stream.events {
                self.report.enter(event_title(event));
                self.event(stream, event);
                self.report.leave();
            }
            self.report.leave();
        }
        self.report.finish(self.written)
    }

    fn fragment(&mut self, object: Object) {
        self.written.push(RECORD_SEPARATOR);
        self.written.push_str(&Json::from(object).text());
        self.written.push('\n');
    }

    fn preamble(&mut self) {
        let bytes = |uuid: [u8; 16]| uuid.map(Json::from).to_vec();
        let object = Object::of_type("preamble")
            .with("version", 2u32)
            .with_some("uuid", self.schema.trace.uuid.map(bytes));
        self.fragment(object);
    }

    fn trace(&mut self) {
        let trace = &self.schema.trace;
        self.report.enter("trace");
        let mut environment = Object::default();
        for (name, value) in &trace.environment {
            environment = match value {
                Value::Integer(number) => environment.with(name, *number),
                Value::Text(text) => environment.with(name, text),
            };
        }
        let environment = (!environment.is_empty()).then_some(environment);
        let mut object = with_identity(Object::of_type("trace-class"), &trace.identity)
            .with_some("environment", environment);
        object = self.fields(object, Scope::PacketHeader, trace.packet_header.as_ref(), None);
        self.report.leave();
        self.fragment(object);
    }

    fn clock(&mut self, clock: &ClockClass) {
        check::clock(clock, &mut self.report);
        let object = Object::of_type("clock-class").with("id", &clock.id);
        let mut object = with_identity(object, &clock_identity(clock))
            .with_some("description", clock.description.as_ref())
            .with("frequency", clock.frequency)
            .with_some("precision", clock.precision)
            .with_some("accuracy", clock.accuracy);
        object = match &clock.origin {
            Origin::Unknown => object,
            Origin::UnixEpoch => object.with("origin", "unix-epoch"),
            Origin::Named(identity) => {
                if identity.name.is_none() || identity.uid.is_none() {
                    self.report.add("its origin needs a name and a uid in CTF 2");
                }
                object.with("origin", with_identity(Object::default(), identity))
            }
        };
        let (seconds, cycles) = offset(clock);
        let offset = Object::default().unless(0, "seconds", seconds).unless(0, "cycles", cycles);
        let offset = (!offset.is_empty()).then_some(offset);
        self.fragment(object.with_some("offset-from-origin", offset));
    }

    fn stream(&mut self, stream: &StreamClass) {
        check::stream(self.schema, stream, &mut self.report);
        let clock = stream.default_clock.and_then(|index| self.schema.clocks.get(index));
        let object = Object::of_type("data-stream-class").with("id", stream.id.unwrap_or(0));
        let mut object = with_identity(object, &stream.identity)
            .with_some("default-clock-class-id", clock.map(|clock| &clock.id));
        for (scope, class) in [
            (Scope::PacketContext, &stream.packet_context),
            (Scope::EventHeader, &stream.event_header),
            (Scope::EventCommonContext, &stream.event_common_context),
        ] {
            object = self.fields(object, scope, class.as_ref(), Some(stream));
        }
        self.fragment(object);
    }

    fn event(&mut self, stream: &StreamClass, event: &EventClass) {
        let object = Object::of_type("event-record-class")
            .with("id", event.id)
            .with("data-stream-class-id", stream.id.unwrap_or(0));
        let lttng = Object::default()
            .with_some("log-level", event.log_level)
            .with_some("emf-uri", event.emf_uri.as_ref());
        let attributes = (!lttng.is_empty()).then(|| Object::default().with(LTTNG, lttng));
        let mut object = with_identity(object, &event.identity).with_some("attributes", attributes);
        for (scope, class) in [
            (Scope::EventSpecificContext, &event.specific_context),
            (Scope::EventPayload, &event.payload),
        ] {
            object = self.fields(object, scope, class.as_ref(), Some(stream));
        }
        self.fragment(object);
    }

    /// The object with the fields of a scope, if the schema has them.
    fn fields(
        &mut self,
        object: Object,
        scope: Scope,
        structure: Option<&Structure>,
        stream: Option<&StreamClass>,
    ) -> Object {
        let Some(structure) = structure else { return object };
        let name = property(scope);
        self.report.enter(name.trim_end_matches("-field-class"));
        let is_fine = check::nesting(structure, &mut self.report);
        let mut classes = Classes {
            scope,
            default_clock: stream.and_then(|stream| stream.default_clock),
            sets_time: stream.is_some_and(sets_time),
            report: &mut self.report,
        };
        let object = if is_fine { object.with(name, classes.structure(structure)) } else { object };
        self.report.leave();
        object
    }
}

/// The property that holds the fields of a scope.
fn property(scope: Scope) -> &'static str {
    match scope {
        Scope::PacketHeader => "packet-header-field-class",
        Scope::PacketContext => "packet-context-field-class",
        Scope::EventHeader => "event-record-header-field-class",
        Scope::EventCommonContext => "event-record-common-context-field-class",
        Scope::EventSpecificContext => "specific-context-field-class",
        Scope::EventPayload => "payload-field-class",
    }
}

fn with_identity(object: Object, identity: &Identity) -> Object {
    object
        .with_some("namespace", identity.namespace.as_ref())
        .with_some("name", identity.name.as_ref())
        .with_some("uid", identity.uid.as_ref())
}

/// Two clocks can be compared if their names and uids are there and equal: so a UUID brings both.
fn clock_identity(clock: &ClockClass) -> Identity {
    let mut identity = clock.identity.clone();
    if let (None, Some(uuid)) = (&identity.uid, &clock.uuid) {
        identity.uid = Some(uuid::text(uuid));
        identity.name.get_or_insert_with(|| clock.id.clone());
    }
    identity
}

/// Seconds, and cycles that are less than one.
fn offset(clock: &ClockClass) -> (i128, i128) {
    let (seconds, cycles) = (i128::from(clock.offset_s), i128::from(clock.offset_cycles));
    // A frequency of 0 is reported.
    let frequency = i128::from(clock.frequency.max(1));
    (seconds + cycles.div_euclid(frequency), cycles.rem_euclid(frequency))
}

/// Whether integers elsewhere that have the stream's clock decide on the times of later events: not
/// if each event's header says all of the time.
fn sets_time(stream: &StreamClass) -> bool {
    let is_full = |class: &Integer| class.is(Role::Timestamp) && class.len_bits >= CLOCK_BITS;
    let mut members = stream.event_header.iter().flat_map(|header| &header.members);
    !members.any(|member| matches!(&member.class, FieldClass::Integer(class) if is_full(class)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(frequency: u64, offset_s: i64, offset_cycles: i64) -> ClockClass {
        ClockClass { frequency, offset_s, offset_cycles, ..ClockClass::new("c") }
    }

    #[test]
    fn cycles_are_less_than_a_second() {
        assert_eq!(offset(&clock(1000, 4, 12_345)), (16, 345));
        assert_eq!(offset(&clock(1000, 4, -1)), (3, 999));
        assert_eq!(offset(&clock(u64::MAX, 0, -1)), (-1, i128::from(u64::MAX) - 1));
        let max = i128::from(i64::MAX);
        assert_eq!(offset(&clock(1, i64::MAX, i64::MAX)), (2 * max, 0));
        assert_eq!(offset(&clock(0, 1, 1)), (2, 0));
    }

    #[test]
    fn a_uuid_makes_a_clock_comparable_unless_it_has_a_uid() {
        let mut clock = ClockClass { uuid: Some([0x11; 16]), ..ClockClass::new("beep") };
        let identity = clock_identity(&clock);
        assert_eq!(identity.name.as_deref(), Some("beep"));
        assert_eq!(identity.uid.as_deref(), Some("11111111-1111-1111-1111-111111111111"));
        clock.identity.uid = Some("mine".into());
        assert_eq!(clock_identity(&clock), clock.identity);
    }
}
