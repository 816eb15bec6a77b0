//! From records of the ring to events of the trace.

use marey_ctf::packed::event_head;

use super::NATIVE;
use crate::kernel::added::{self, Added};
use crate::kernel::record::{DYNAMIC_BYTES, FIELDS_AT, Layout, Record, at, number, text};
use crate::tracefs::{FIRST_OFFSET, Format, Kind};

/// How an event is written.
#[derive(Clone, Debug)]
pub struct Encoder {
    id: u16,
    steps: Vec<Step>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// Bytes as they are.
    Copy { from: u32, len: u32 },
    /// A text from `place` on; its length is in the word at `loc`.
    Text { loc: u32, place: u32 },
    /// A text from `place` on, of a length that is not known.
    ProcessText { place: u32 },
    /// Numbers of so many bytes, and their count before them.
    Numbers { loc: u32, place: u32, size: u32 },
}

impl Encoder {
    /// How events of this class are written, which has this number in the trace.
    pub fn new(id: u16, format: &Format, layout: &Layout) -> Self {
        let mut steps = Vec::new();
        let mut dynamic = layout.dynamic.iter();
        for field in &format.fields {
            let from = at(field.offset.max(FIRST_OFFSET));
            let mut place = || dynamic.next().map_or(FIELDS_AT, |(_, place)| *place);
            let step = match field.kind {
                Kind::DynamicText(_) => Step::Text { loc: from, place: place() },
                Kind::ProcessText => Step::ProcessText { place: place() },
                Kind::DynamicNumbers { size, .. } => {
                    Step::Numbers { loc: from, place: place(), size: size.max(1) }
                }
                Kind::Number { .. } | Kind::Text | Kind::Numbers { .. } => {
                    Step::Copy { from, len: field.size }
                }
            };
            match (steps.last_mut(), step) {
                // Neighbours are copied at once.
                (Some(Step::Copy { from, len }), Step::Copy { from: next, len: more })
                    if *from + *len == next =>
                {
                    *len += more;
                }
                _ => steps.push(step),
            }
        }
        Encoder { id, steps }
    }

    /// Writes an event behind others. Returns how many of its fields are longer than the ring
    /// takes, and were cut.
    pub fn encode(&self, record: &Record<'_>, start: Start<'_>, out: &mut Vec<u8>) -> u64 {
        let bytes = record.bytes();
        let part = |from: u32, len: u32| {
            bytes.get(from as usize..from.saturating_add(len) as usize).unwrap_or_default()
        };
        begin(self.id, record, start, out);
        let mut cut = 0;
        for step in &self.steps {
            match *step {
                Step::Copy { from, len } => out.extend(part(from, len)),
                Step::Text { loc, place } => {
                    let len = length(part(loc, 4));
                    // The length has the 0 at its end in it.
                    cut += u64::from(len > DYNAMIC_BYTES);
                    out.extend(text(part(place, len.min(DYNAMIC_BYTES))));
                    out.push(0);
                }
                Step::ProcessText { place } => {
                    let text = text(part(place, DYNAMIC_BYTES));
                    // As long as it can be: then there was more of it, as a rule.
                    cut += u64::from(text.len() + 1 == DYNAMIC_BYTES as usize);
                    out.extend(text);
                    out.push(0);
                }
                Step::Numbers { loc, place, size } => {
                    let len = length(part(loc, 4));
                    cut += u64::from(len > DYNAMIC_BYTES);
                    let count = len.min(DYNAMIC_BYTES) / size;
                    out.extend((count as u16).to_ne_bytes());
                    out.extend(part(place, count * size));
                }
            }
        }
        cut
    }
}

/// What an event begins with that is not of its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start<'c> {
    /// Its time.
    pub time: u64,
    /// The contexts that it has besides.
    pub contexts: &'c [Added],
    /// Which rules would discard it, by the kernel and by the machine, in shadow.
    pub discards: Option<[u64; 2]>,
}

/// What all events begin with.
fn begin(id: u16, record: &Record<'_>, start: Start<'_>, out: &mut Vec<u8>) {
    out.extend(event_head(NATIVE, id, start.time));
    out.extend(record.pid().to_ne_bytes());
    out.extend(record.tid().to_ne_bytes());
    out.extend(record.comm_bytes());
    for (context, part) in added::parts(start.contexts, record.bytes()) {
        match context {
            Added::Prio => out.extend((number(part, true).unwrap_or(0) as u32).to_ne_bytes()),
            Added::Cgroup => out.extend(part),
            Added::KernelStack | Added::UserStack => {
                let callers = added::callers(part);
                out.extend((callers.len() as u16 / 8).to_ne_bytes());
                out.extend(callers);
            }
        }
    }
    for bits in start.discards.into_iter().flatten() {
        out.extend(bits.to_ne_bytes());
    }
}

/// Writes a mark that a handler made at an event; marks are events of this class.
pub fn encode_mark(id: u16, record: &Record<'_>, start: Start<'_>, mark: &[u8], out: &mut Vec<u8>) {
    begin(id, record, start, out);
    out.extend(text(mark));
    out.push(0);
}

/// The length that the word of a dynamic field says.
fn length(word: &[u8]) -> u32 {
    word.try_into().map_or(0, u32::from_ne_bytes) >> 16
}
