//! What a trace says about its events: trace, stream and event classes, field classes, clocks.
//!
//! All is plain data with public fields, for readers, writers and generators alike. Where the two
//! versions of CTF differ, the more general way to say it is taken, which is mostly that of CTF 2:
//! an enumeration is an integer with mappings, a variant selects by ranges of integers, and fields
//! with a meaning of their own have [roles](Role) rather than reserved names.

mod field;
mod integer;
mod layout;
mod location;

pub use field::{
    Array, Blob, FieldClass, Float, Length, Member, Optional, Str, Structure, Variant,
    VariantOption,
};
pub use integer::{Base, BitOrder, ByteOrder, Integer, Mapping, Meaning, Range, VarInteger};
pub use location::{FieldLocation, Role, Scope};

/// 128 bits that tell traces, clocks or streams apart (RFC 9562).
pub type Uuid = [u8; 16];

/// All that the metadata of a trace says.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Schema {
    /// The trace as a whole.
    pub trace: TraceClass,
    /// The clocks, in the order in which the metadata lists them.
    pub clocks: Vec<ClockClass>,
    /// The classes of streams, in the order in which the metadata lists them.
    pub streams: Vec<StreamClass>,
}

/// What tells an object apart from others of its kind, beyond one trace (CTF 2).
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Identity {
    /// Whose names these are.
    pub namespace: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// What tells objects with one name apart.
    pub uid: Option<String>,
}

/// The trace as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct TraceClass {
    /// Who it is, in CTF 2.
    pub identity: Identity,
    /// Which trace it is, in CTF 1.8; of the metadata stream in CTF 2.
    pub uuid: Option<Uuid>,
    /// The byte order that CTF 1.8 calls native.
    pub byte_order: ByteOrder,
    /// What is known of the place and the program that recorded, in order.
    pub environment: Vec<(String, Value)>,
    /// What each packet begins with.
    pub packet_header: Option<Structure>,
}

/// A value of the environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A number.
    Integer(i128),
    /// A text.
    Text(String),
}

/// A class of streams.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct StreamClass {
    /// The number that packet headers name it by; `None` where there is one stream class and
    /// packets do not name it.
    pub id: Option<u64>,
    /// Who it is. CTF 1.8 cannot say this; its writer makes a comment of the name.
    pub identity: Identity,
    /// Which of [`Schema::clocks`] times it.
    pub default_clock: Option<usize>,
    /// What follows the header of each packet.
    pub packet_context: Option<Structure>,
    /// What each event begins with.
    pub event_header: Option<Structure>,
    /// What each event says of where it occurred, whatever its class.
    pub event_common_context: Option<Structure>,
    /// The classes of its events, in the order in which the metadata lists them.
    pub events: Vec<EventClass>,
}

/// A class of events.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct EventClass {
    /// The number that event headers name it by.
    pub id: u64,
    /// Who it is.
    pub identity: Identity,
    /// How grave it is; what the numbers mean is the tracer's business.
    pub log_level: Option<i64>,
    /// Where its model is described.
    pub emf_uri: Option<String>,
    /// What an event of this class says of where it occurred.
    pub specific_context: Option<Structure>,
    /// What happened.
    pub payload: Option<Structure>,
}

/// A clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockClass {
    /// How the metadata refers to it: the name in CTF 1.8, the id in CTF 2.
    pub id: String,
    /// Who it is, in CTF 2.
    pub identity: Identity,
    /// Which clock it is, in CTF 1.8: clocks with one UUID can be compared.
    pub uuid: Option<Uuid>,
    /// What it is.
    pub description: Option<String>,
    /// Cycles in a second.
    pub frequency: u64,
    /// Up to how many cycles a value may be wrong.
    pub precision: Option<u64>,
    /// Up to how many cycles the origin may be wrong.
    pub accuracy: Option<u64>,
    /// What the time of value 0 is counted from.
    pub origin: Origin,
    /// Seconds from the origin to value 0.
    pub offset_s: i64,
    /// Cycles to be added to that; CTF 1.8 allows any number, CTF 2 less than a second.
    pub offset_cycles: i64,
}

impl ClockClass {
    /// A clock of 1 GHz that counts from an unknown time.
    pub fn new(id: impl Into<String>) -> Self {
        ClockClass {
            id: id.into(),
            identity: Identity::default(),
            uuid: None,
            description: None,
            frequency: 1_000_000_000,
            precision: None,
            accuracy: None,
            origin: Origin::Unknown,
            offset_s: 0,
            offset_cycles: 0,
        }
    }
}

/// What a clock counts from.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Origin {
    /// Something that the trace does not say.
    #[default]
    Unknown,
    /// 1970-01-01T00:00:00Z; `absolute` in CTF 1.8.
    UnixEpoch,
    /// An origin with a name, in CTF 2.
    Named(Identity),
}
