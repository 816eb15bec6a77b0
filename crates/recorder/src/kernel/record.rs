//! What a program of the kernel puts into the ring for an event.
//!
//! | offset | what |
//! |---|---|
//! | 0 | the time (`CLOCK_MONOTONIC`), 8 bytes |
//! | 8 | which event of the recording, and [`FAST`], 4 bytes |
//! | 12 | the CPU, 4 bytes |
//! | 16 | the process in the upper half, the thread in the lower, 8 bytes |
//! | 24 | which filters discard it, a bit for each, where nothing is discarded; 8 bytes |
//! | 32 | the name of the thread, 16 bytes |
//! | 48 | the fields, as the kernel has them from its offset 8 on |
//! | then | for each dynamic field [`DYNAMIC_BYTES`] |
//! | then | contexts that were asked for: see [`added`] |

use marey_filter::Data;

use super::added::{self, Added};
use super::class::{Context, Slot, Slots};
use crate::tracefs::{FIRST_OFFSET, Field, Format, Kind};

/// Where the fields begin.
pub const FIELDS_AT: u32 = 48;
/// What is added to the number of an event that is recorded with its fast fields.
pub const FAST: u32 = 1 << 31;
/// How many bytes a dynamic field has in the ring; what is longer is cut.
pub const DYNAMIC_BYTES: u32 = 256;
/// How long the fields of an event may be: what perf allows (`PERF_MAX_TRACE_SIZE`).
pub const FIELDS_BYTES_MAX: u32 = 8192;
/// How many dynamic fields an event may have.
pub const DYNAMIC_MAX: usize = 16;
/// How long the name of a thread is.
pub const COMM_BYTES: usize = 16;

/// Where what is of an event in the ring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Where the fields end, in the event of the kernel.
    pub fields_end: u32,
    /// The dynamic fields, by their places in the format, and where each is in the ring.
    pub dynamic: Vec<(usize, u32)>,
    /// Where contexts are that were asked for.
    pub contexts_at: u32,
    /// Where the priority is, if it was.
    pub prio_at: Option<u32>,
    /// How long a record is.
    pub bytes: u32,
}

impl Layout {
    /// The layout of an event. Nothing if it is too long, or has too many dynamic fields.
    pub fn of(format: &Format) -> Option<Self> {
        let ends = format.fields.iter().map(|field| field.offset + field.size);
        let fields_end = ends.max().unwrap_or(FIRST_OFFSET);
        if fields_end > FIELDS_BYTES_MAX {
            return None;
        }
        let mut bytes = (at(fields_end)).next_multiple_of(8);
        let mut dynamic = Vec::new();
        for (index, field) in format.fields.iter().enumerate() {
            if is_elsewhere(field.kind) {
                dynamic.push((index, bytes));
                bytes += DYNAMIC_BYTES;
            }
        }
        let layout = Layout { fields_end, dynamic, contexts_at: bytes, prio_at: None, bytes };
        (layout.dynamic.len() <= DYNAMIC_MAX).then_some(layout)
    }

    /// The same, with these contexts at its end.
    #[must_use]
    pub fn with(self, contexts: &[Added]) -> Self {
        let before = contexts.iter().position(|context| *context == Added::Prio);
        let before = before.and_then(|place| contexts.get(..place));
        let prio_at = before.map(|before| self.contexts_at + added::bytes(before));
        Layout { prio_at, bytes: self.contexts_at + added::bytes(contexts), ..self }
    }
}

/// Whether a field is not where the format says, but at another place, which it names.
pub fn is_elsewhere(kind: Kind) -> bool {
    matches!(kind, Kind::DynamicText(_) | Kind::DynamicNumbers { .. } | Kind::ProcessText)
}

/// Where an offset of the event is in the record.
pub fn at(offset: u32) -> u32 {
    offset - FIRST_OFFSET + FIELDS_AT
}

/// A record of the ring.
#[derive(Clone, Copy, Debug)]
pub struct Record<'r> {
    bytes: &'r [u8],
}

impl<'r> Record<'r> {
    /// A record. Nothing if it is too short for one.
    pub fn new(bytes: &'r [u8]) -> Option<Self> {
        (bytes.len() >= FIELDS_AT as usize).then_some(Record { bytes })
    }

    /// All of it.
    pub fn bytes(&self) -> &'r [u8] {
        self.bytes
    }

    fn word(&self, at: usize) -> u64 {
        word(self.bytes, at).unwrap_or(0)
    }

    fn half(&self, at: usize) -> u32 {
        half(self.bytes, at).unwrap_or(0)
    }

    /// When, by `CLOCK_MONOTONIC`.
    pub fn time(&self) -> u64 {
        self.word(0)
    }

    /// Which event of the recording.
    pub fn event(&self) -> usize {
        (self.half(8) & !FAST) as usize
    }

    /// Whether it has the fast fields only.
    pub fn is_fast(&self) -> bool {
        self.half(8) & FAST != 0
    }

    /// The CPU.
    pub fn cpu(&self) -> u32 {
        self.half(12)
    }

    /// The process that ran.
    pub fn pid(&self) -> u32 {
        (self.word(16) >> 32) as u32
    }

    /// The thread that ran.
    pub fn tid(&self) -> u32 {
        self.word(16) as u32
    }

    /// Which filters of the kernel would have discarded it, a bit for each.
    pub fn discards(&self) -> u64 {
        self.word(24)
    }

    /// What stands behind the head.
    pub fn rest(&self) -> &'r [u8] {
        self.bytes.get(FIELDS_AT as usize..).unwrap_or_default()
    }

    /// The name of the thread that ran, without what follows it.
    pub fn comm(&self) -> &'r [u8] {
        text(self.comm_bytes())
    }

    /// The name of the thread that ran, with all that follows it.
    pub fn comm_bytes(&self) -> &'r [u8] {
        self.bytes.get(32..32 + COMM_BYTES).unwrap_or_default()
    }

    /// The bytes of a field where it is in the event.
    pub fn field(&self, field: &Field) -> &'r [u8] {
        let start = at(field.offset) as usize;
        self.bytes.get(start..start + field.size as usize).unwrap_or_default()
    }

    /// The number of 8 bytes at a place.
    pub fn own_number(&self, place: u32) -> Option<u64> {
        word(self.bytes, place as usize)
    }

    /// The number of a field, widened by its sign; of a field that has no number, nothing.
    pub fn number(&self, field: &Field) -> Option<u64> {
        let Kind::Number { is_signed, .. } = field.kind else { return None };
        number(self.field(field), is_signed)
    }

    /// The content of a text that stands at `place`.
    pub fn dynamic_text(&self, field: &Field, place: u32) -> &'r [u8] {
        let start = place as usize;
        let len = match field.kind {
            Kind::ProcessText => DYNAMIC_BYTES,
            _ => (number(self.field(field), false).unwrap_or(0) >> 16) as u32 & 0xffff,
        };
        let end = start + len.min(DYNAMIC_BYTES) as usize;
        text(self.bytes.get(start..end).unwrap_or_default())
    }
}

/// A record of the recorder's own, as of its first thread, with this content behind the head.
pub fn of_recorder(time: u64, event: u32, content: &[u8]) -> Vec<u8> {
    let own = u64::from(std::process::id());
    let mut comm = [0; COMM_BYTES];
    comm.iter_mut().zip(b"marey").for_each(|(to, from)| *to = *from);
    let (event, cpu) = (event.to_ne_bytes(), 0_u32.to_ne_bytes());
    let who = (own << 32 | own).to_ne_bytes();
    let parts: [&[u8]; 7] =
        [&time.to_ne_bytes(), &event, &cpu, &who, &0_u64.to_ne_bytes(), &comm, content];
    parts.concat()
}

/// What stands before the 0 that ends a text.
pub fn text(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    bytes.get(..end).unwrap_or_default()
}

/// The number of 8 bytes at a place.
pub fn word(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().copied().map(u64::from_ne_bytes)
}

/// The number of 4 bytes at a place.
pub fn half(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_ne_bytes)
}

/// Writes at a place; nothing where there is no room.
pub fn put(to: &mut [u8], at: usize, from: &[u8]) {
    let to = to.get_mut(at..).and_then(|to| to.get_mut(..from.len()));
    to.into_iter().for_each(|to| to.copy_from_slice(from));
}

/// The number in 1, 2, 4 or 8 bytes, widened by its sign.
pub fn number(bytes: &[u8], is_signed: bool) -> Option<u64> {
    let widened = match (bytes, is_signed) {
        ([a], false) => u64::from(*a),
        ([a], true) => i64::from(a.cast_signed()).cast_unsigned(),
        (&[a, b], false) => u64::from(u16::from_ne_bytes([a, b])),
        (&[a, b], true) => i64::from(i16::from_ne_bytes([a, b])).cast_unsigned(),
        (&[a, b, c, d], false) => u64::from(u32::from_ne_bytes([a, b, c, d])),
        (&[a, b, c, d], true) => i64::from(i32::from_ne_bytes([a, b, c, d])).cast_unsigned(),
        _ => u64::from_ne_bytes(bytes.try_into().ok()?),
    };
    Some(widened)
}

/// A record as filters see it.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'r> {
    /// The record.
    pub record: Record<'r>,
    /// What its event looks like.
    pub format: &'r Format,
    /// What its slots stand for.
    pub slots: &'r Slots,
    /// Where what is in it.
    pub layout: &'r Layout,
    /// What is added to its time for nanoseconds since the Unix epoch.
    pub clock_offset: i64,
}

impl Seen<'_> {
    /// The thread that the event concerns.
    fn tid(&self) -> Option<u64> {
        match self.slots.concerned() {
            Some(place) => self.record.number(self.format.fields.get(place)?),
            None => Some(self.record.tid().into()),
        }
    }
}

impl Data for Seen<'_> {
    fn number(&self, slot: u16) -> Option<u64> {
        let record = &self.record;
        match self.slots.get(slot)? {
            Slot::Field(place) => record.number(self.format.fields.get(place)?),
            Slot::Context(context) => match context {
                Context::Time => Some(record.time().wrapping_add_signed(self.clock_offset)),
                Context::Cpu => Some(record.cpu().into()),
                Context::CurrentPid => Some(record.pid().into()),
                Context::CurrentTid => Some(record.tid().into()),
                Context::Tid => self.tid(),
                // Of another thread, the event does not say which process it is of.
                Context::Pid => {
                    (self.tid()? == u64::from(record.tid())).then(|| record.pid().into())
                }
                Context::Id => Some(self.format.id),
                Context::Prio => record.own_number(self.layout.prio_at?),
                Context::Class | Context::Event | Context::CurrentComm | Context::Comm => None,
            },
        }
    }

    fn text(&self, slot: u16) -> Option<&[u8]> {
        match self.slots.get(slot)? {
            Slot::Context(Context::Class) => Some(self.format.system.as_bytes()),
            Slot::Context(Context::Event) => Some(self.format.name.as_bytes()),
            Slot::Context(Context::CurrentComm | Context::Comm) => Some(self.record.comm()),
            Slot::Context(_) => None,
            Slot::Field(place) => {
                let field = self.format.fields.get(place)?;
                if field.kind == Kind::Text {
                    return Some(text(self.record.field(field)));
                }
                let (_, at) = self.layout.dynamic.iter().find(|(other, _)| *other == place)?;
                Some(self.record.dynamic_text(field, *at))
            }
        }
    }
}
