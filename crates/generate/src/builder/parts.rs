//! Clocks, streams and events.

use super::field::Field;
use super::tree::{Object, Twice, bool, int, member, nowhere, structure};
use crate::yaml::Node;

/// A clock that times streams.
#[derive(Clone, Debug)]
pub struct Clock {
    name: String,
    properties: Object,
    offset: Object,
}

impl Clock {
    /// A clock of 1 GHz whose values have the C type `uint32_t` and count from 1970.
    pub fn new(name: &str) -> Self {
        let (properties, offset) = (Object::default(), Object::default());
        Clock { name: name.to_owned(), properties, offset }
    }

    fn with(mut self, property: &str, node: Node) -> Self {
        self.properties.set(property, node);
        self
    }

    /// Counts so many cycles in a second.
    #[must_use]
    pub fn frequency_hz(self, frequency_hz: u64) -> Self {
        self.with("frequency", int(frequency_hz.into()))
    }

    /// Value 0 is so many seconds and cycles after its origin.
    #[must_use]
    pub fn offset(mut self, seconds: u64, cycles: u64) -> Self {
        self.offset.set("seconds", int(seconds.into()));
        self.offset.set("cycles", int(cycles.into()));
        self
    }

    /// Counts from a time that the trace does not say.
    #[must_use]
    pub fn origin_unknown(self) -> Self {
        self.with("origin-is-unix-epoch", bool(false))
    }

    /// Up to so many cycles, a value may be wrong.
    #[must_use]
    pub fn precision_cycles(self, cycles: u64) -> Self {
        self.with("precision", int(cycles.into()))
    }

    /// What it is, in words.
    #[must_use]
    pub fn description(self, description: &str) -> Self {
        self.with("description", Node::text(description, nowhere()))
    }

    /// The C type of its values.
    #[must_use]
    pub fn c_type(self, c_type: &str) -> Self {
        self.with("$c-type", Node::text(c_type, nowhere()))
    }

    pub(super) fn into_parts(mut self) -> (String, Node) {
        self.properties.set_unless_empty("offset", &self.offset);
        (self.name, self.properties.node())
    }
}

/// A field of packet headers that the tracer writes itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TraceFeature {
    /// The number that packets begin with.
    Magic,
    /// The UUID of the trace.
    Uuid,
    /// Which stream a packet is of.
    StreamId,
}

impl TraceFeature {
    pub(super) fn property(self) -> &'static str {
        match self {
            TraceFeature::Magic => "magic-field-type",
            TraceFeature::Uuid => "uuid-field-type",
            TraceFeature::StreamId => "data-stream-type-id-field-type",
        }
    }
}

/// A field of a stream's packets or events that the tracer writes itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StreamFeature {
    /// How long a packet is; it cannot be left out.
    TotalSize,
    /// How long it is without padding; it cannot be left out.
    ContentSize,
    /// When it begins.
    BeginningTime,
    /// When it ends.
    EndTime,
    /// How many events were discarded so far.
    DiscardedEvents,
    /// The packet's number in its stream; left out unless it is asked for.
    SequenceNumber,
    /// Which event it is.
    EventId,
    /// When it was.
    EventTime,
}

impl StreamFeature {
    fn property(self) -> (bool, &'static str) {
        match self {
            StreamFeature::TotalSize => (true, "total-size-field-type"),
            StreamFeature::ContentSize => (true, "content-size-field-type"),
            StreamFeature::BeginningTime => (true, "beginning-timestamp-field-type"),
            StreamFeature::EndTime => (true, "end-timestamp-field-type"),
            StreamFeature::DiscardedEvents => {
                (true, "discarded-event-records-counter-snapshot-field-type")
            }
            StreamFeature::SequenceNumber => (true, "sequence-number-field-type"),
            StreamFeature::EventId => (false, "type-id-field-type"),
            StreamFeature::EventTime => (false, "timestamp-field-type"),
        }
    }
}

/// A stream of events.
#[derive(Clone, Debug)]
pub struct Stream {
    name: String,
    properties: Object,
    of_packets: Object,
    of_events: Object,
    packet_fields: Vec<Node>,
    common_fields: Vec<Node>,
    events: Object,
}

impl Stream {
    /// A stream without events, which it needs yet.
    pub fn new(name: &str) -> Self {
        Stream {
            name: name.to_owned(),
            properties: Object::default(),
            of_packets: Object::default(),
            of_events: Object::default(),
            packet_fields: Vec::new(),
            common_fields: Vec::new(),
            events: Object::default(),
        }
    }

    /// Short names of functions in C are for this stream.
    #[must_use]
    pub fn is_default(mut self) -> Self {
        self.properties.set("$is-default", bool(true));
        self
    }

    /// The clock of this name times it.
    #[must_use]
    pub fn clock(mut self, name: &str) -> Self {
        self.properties.set("$default-clock-type-name", Node::text(name, nowhere()));
        self
    }

    fn set(mut self, feature: StreamFeature, node: Node) -> Self {
        match feature.property() {
            (true, property) => self.of_packets.set(property, node),
            (false, property) => self.of_events.set(property, node),
        }
        self
    }

    /// A field that the tracer writes itself is of this type.
    #[must_use]
    pub fn feature(self, feature: StreamFeature, field: Field) -> Self {
        let node = field.node();
        self.set(feature, node)
    }

    /// A field that the tracer writes itself is left out.
    #[must_use]
    pub fn without(self, feature: StreamFeature) -> Self {
        self.set(feature, bool(false))
    }

    /// Adds a field to each packet: a parameter of the function that opens it.
    #[must_use]
    pub fn packet_field(mut self, name: &str, field: Field) -> Self {
        self.packet_fields.push(member(name, field.node()));
        self
    }

    /// Adds a field to every event.
    #[must_use]
    pub fn common_field(mut self, name: &str, field: Field) -> Self {
        self.common_fields.push(member(name, field.node()));
        self
    }

    /// Adds an event.
    #[must_use]
    pub fn event(mut self, event: Event) -> Self {
        let (name, node) = event.into_parts();
        self.events.add(&name, node);
        self
    }

    pub(super) fn into_parts(mut self) -> (String, (Node, Vec<Twice>)) {
        let mut features = Object::default();
        features.set_unless_empty("packet", &self.of_packets);
        features.set_unless_empty("event-record", &self.of_events);
        self.properties.set_unless_empty("$features", &features);
        if !self.packet_fields.is_empty() {
            let members = Node::list(self.packet_fields, nowhere());
            self.properties.set("packet-context-field-type-extra-members", members);
        }
        if !self.common_fields.is_empty() {
            let fields = structure(self.common_fields);
            self.properties.set("event-record-common-context-field-type", fields);
        }
        self.properties.set("event-record-types", self.events.node());
        (self.name, (self.properties.node(), self.events.twice()))
    }
}

/// An event.
#[derive(Clone, Debug)]
pub struct Event {
    name: String,
    properties: Object,
    context: Vec<Node>,
    payload: Vec<Node>,
}

impl Event {
    /// An event without fields.
    pub fn new(name: &str) -> Self {
        let (context, payload) = (Vec::new(), Vec::new());
        Event { name: name.to_owned(), properties: Object::default(), context, payload }
    }

    /// How grave it is; what the numbers mean is the program's business.
    #[must_use]
    pub fn log_level(mut self, level: u32) -> Self {
        self.properties.set("log-level", int(level.into()));
        self
    }

    /// Adds a field to what it says of where it occurred.
    #[must_use]
    pub fn context_field(mut self, name: &str, field: Field) -> Self {
        self.context.push(member(name, field.node()));
        self
    }

    /// Adds a field to what it says.
    #[must_use]
    pub fn field(mut self, name: &str, field: Field) -> Self {
        self.payload.push(member(name, field.node()));
        self
    }

    pub(super) fn into_parts(mut self) -> (String, Node) {
        if !self.context.is_empty() {
            self.properties.set("specific-context-field-type", structure(self.context));
        }
        if !self.payload.is_empty() {
            self.properties.set("payload-field-type", structure(self.payload));
        }
        (self.name, self.properties.node())
    }
}
