//! Where a field is, and what it is for.

/// What a part of a packet describes: the outermost structures, in the order in which they come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// `trace.packet.header` in CTF 1.8.
    PacketHeader,
    /// `stream.packet.context`.
    PacketContext,
    /// `stream.event.header`.
    EventHeader,
    /// `stream.event.context`.
    EventCommonContext,
    /// `event.context`.
    EventSpecificContext,
    /// `event.fields`.
    EventPayload,
}

/// Where the length of an array or the selector of a variant is (CTF 2).
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct FieldLocation {
    /// The structure from which the path goes; without one, the structure that holds the field
    /// which refers.
    pub origin: Option<Scope>,
    /// The names of members on the way; `None` goes up to the structure around.
    pub path: Vec<Option<String>>,
}

impl FieldLocation {
    /// A member of the structure that holds the field which refers.
    pub fn sibling(name: impl Into<String>) -> Self {
        FieldLocation { origin: None, path: vec![Some(name.into())] }
    }
}

/// What a field is for, beyond its value (CTF 2). In CTF 1.8 names say this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// 0xc1fc1fc1.
    PacketMagicNumber,
    /// The UUID of the metadata.
    MetadataStreamUuid,
    /// [`StreamClass::id`](super::StreamClass::id).
    DataStreamClassId,
    /// Which of the streams of its class.
    DataStreamId,
    /// The length of the packet in bits, with padding.
    PacketTotalLength,
    /// The length of the packet in bits, without padding.
    PacketContentLength,
    /// The packet's number in its stream.
    PacketSequenceNumber,
    /// The clock at the packet's end.
    PacketEndTimestamp,
    /// How many events were discarded so far.
    DiscardedEventCounter,
    /// [`EventClass::id`](super::EventClass::id).
    EventClassId,
    /// The clock: at the packet's start, or at the event.
    Timestamp,
}

impl Role {
    /// The word for it in CTF 2.
    pub fn name(self) -> &'static str {
        match self {
            Role::PacketMagicNumber => "packet-magic-number",
            Role::MetadataStreamUuid => "metadata-stream-uuid",
            Role::DataStreamClassId => "data-stream-class-id",
            Role::DataStreamId => "data-stream-id",
            Role::PacketTotalLength => "packet-total-length",
            Role::PacketContentLength => "packet-content-length",
            Role::PacketSequenceNumber => "packet-sequence-number",
            Role::PacketEndTimestamp => "packet-end-default-clock-timestamp",
            Role::DiscardedEventCounter => "discarded-event-record-counter-snapshot",
            Role::EventClassId => "event-record-class-id",
            Role::Timestamp => "default-clock-timestamp",
        }
    }
}
