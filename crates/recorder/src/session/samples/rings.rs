//! From samples to records as programs in the kernel make them.

use std::collections::HashMap;

use super::threads::{EXITED, FORKED, RENAMED};
use crate::held::Held;
use crate::kernel::record::{DYNAMIC_BYTES, FIELDS_AT, Layout, at, half, word};
use crate::session::plan::Plan;
use crate::sys::{Sample, SampleRing};
use crate::tracefs::{Base, FIRST_OFFSET, Format, Kind};

/// `PERF_RECORD_…`
const COMM: u32 = 3;
const EXIT: u32 = 4;
const FORK: u32 = 7;
const SAMPLE: u32 = 9;
/// Where the event is in a sample, behind who, when, where, what it weighs, and its own length.
const RAW_AT: usize = 36;
/// How long who, when and where are at the end of a record: `sample_id_all`.
const TRAILER: usize = 24;

/// The rings of all CPUs, and what comes out of them.
#[derive(Debug)]
pub struct Rings {
    rings: Vec<SampleRing>,
    /// The events by their numbers in the kernel.
    events: HashMap<u16, Event>,
    record: Vec<u8>,
    /// How many samples of each event are too short for what it is.
    unreadable: Vec<u64>,
    /// How many records are so short that nobody knows what they are of.
    unknown: u64,
}

#[derive(Debug)]
struct Event {
    number: u32,
    format: Format,
    layout: Layout,
}

impl Rings {
    pub(super) fn new(rings: Vec<SampleRing>, plan: &Plan) -> Self {
        let events = plan.events.iter().zip(0..).filter_map(|((format, _), number)| {
            let layout = Layout::of(format)?;
            Some((u16::try_from(format.id).ok()?, Event { number, format: format.clone(), layout }))
        });
        let unreadable = vec![0; plan.events.len()];
        Rings { rings, events: events.collect(), record: Vec::new(), unreadable, unknown: 0 }
    }

    /// From now on threads are followed.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn follow(&self) -> std::io::Result<()> {
        self.rings.iter().try_for_each(|ring| ring.threads().enable())
    }

    /// How many threads came, went, or changed their names that are not known.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn unfollowed(&self) -> std::io::Result<u64> {
        self.rings.iter().map(|ring| ring.threads().lost()).sum()
    }

    /// How many samples of each event could not be read.
    pub fn unreadable(&self) -> &[u64] {
        &self.unreadable
    }

    /// How often there was something that can't be: nobody knows which events, or how many.
    pub fn damaged(&self) -> u64 {
        self.unknown + self.rings.iter().map(SampleRing::damaged).sum::<u64>()
    }

    /// How many bytes wait in them.
    pub fn fill(&self) -> u64 {
        self.rings.iter().map(SampleRing::fill).sum()
    }

    /// Takes what is in the rings, about as much of each as this.
    pub fn take(&mut self, most: usize, held: &mut Held<()>) {
        let Rings { rings, events, record, unreadable: all, unknown } = self;
        for ring in rings {
            let (cpu, mut taken) = (ring.cpu(), 0);
            while taken < most
                && let Some(sample) = ring.take()
            {
                taken += sample.body.len() + 8;
                record.clear();
                if !matches!(sample.kind, SAMPLE | FORK | EXIT | COMM) {
                    continue;
                }
                match put(sample, cpu, events, record) {
                    // A thread is there before its first event, and gone after its last.
                    Some((time, rank)) => held.push((time, rank), (), [record.as_slice()]),
                    None => *unreadable(sample, events, all).unwrap_or(unknown) += 1,
                }
            }
        }
    }
}

/// Where it is counted that a sample is too short for what it is, if that is known.
fn unreadable<'c>(
    sample: Sample<'_>,
    events: &HashMap<u16, Event>,
    all: &'c mut [u64],
) -> Option<&'c mut u64> {
    let of = event(sample.body, events).filter(|_| sample.kind == SAMPLE)?;
    all.get_mut(of.number as usize)
}

/// Makes a record of a sample: when that was, and its rank among others of this time.
fn put(
    sample: Sample<'_>,
    cpu: u32,
    events: &HashMap<u16, Event>,
    record: &mut Vec<u8>,
) -> Option<(u64, usize)> {
    let body = sample.body;
    match sample.kind {
        SAMPLE => {
            let (pid, tid, time) = (half(body, 0)?, half(body, 4)?, word(body, 8)?);
            let raw = body.get(RAW_AT..)?.get(..half(body, RAW_AT - 4)? as usize)?;
            let event = event(body, events)?;
            head(record, (time, event.number), half(body, 16)?, (pid, tid));
            fields(event, raw, record)?;
            Some((time, 1))
        }
        // Process and thread, and then by whom; the name stands behind these.
        FORK | EXIT | COMM => {
            let time = word(body, body.len().checked_sub(TRAILER)? + 8)?;
            let (number, place, rank) = match sample.kind {
                FORK => (FORKED, (half(body, 0)?, half(body, 8)?), 0),
                EXIT => (EXITED, (half(body, 0)?, half(body, 8)?), 2),
                _ => (RENAMED, (half(body, 0)?, half(body, 4)?), 0),
            };
            head(record, (time, number), cpu, place);
            match sample.kind {
                FORK => record.extend_from_slice(body.get(12..16)?),
                COMM => record.extend_from_slice(body.get(8..body.len() - TRAILER)?),
                _ => {}
            }
            Some((time, rank))
        }
        _ => None,
    }
}

/// Of which event a sample is: its number begins what all events have.
fn event<'e>(body: &[u8], events: &'e HashMap<u16, Event>) -> Option<&'e Event> {
    let number = body.get(RAW_AT..RAW_AT + 2)?.try_into().ok()?;
    events.get(&u16::from_ne_bytes(number))
}

/// What stands before the fields; the name of the thread comes later.
fn head(record: &mut Vec<u8>, (time, event): (u64, u32), cpu: u32, (pid, tid): (u32, u32)) {
    record.extend_from_slice(&time.to_ne_bytes());
    record.extend_from_slice(&event.to_ne_bytes());
    record.extend_from_slice(&cpu.to_ne_bytes());
    record.extend_from_slice(&(u64::from(pid) << 32 | u64::from(tid)).to_ne_bytes());
    record.resize(FIELDS_AT as usize, 0);
}

/// The fields, and those that are elsewhere in the sample.
fn fields(event: &Event, raw: &[u8], record: &mut Vec<u8>) -> Option<()> {
    let Event { format, layout, .. } = event;
    record.extend_from_slice(raw.get(FIRST_OFFSET as usize..layout.fields_end as usize)?);
    debug_assert_eq!(record.len(), at(layout.fields_end) as usize);
    record.resize(layout.bytes as usize, 0);
    for (index, place) in &layout.dynamic {
        let field = format.fields.get(*index)?;
        let base = match field.kind {
            Kind::DynamicText(base) | Kind::DynamicNumbers { base, .. } => base,
            // In the memory of the process, which may be another by now.
            _ => continue,
        };
        let word = half(raw, field.offset as usize)?;
        let start = word & 0xffff;
        let start = if base == Base::Field { start + field.offset + field.size } else { start };
        let len = (word >> 16).min(DYNAMIC_BYTES);
        let from = raw.get(start as usize..(start + len) as usize)?;
        record.get_mut(*place as usize..)?.get_mut(..from.len())?.copy_from_slice(from);
    }
    Some(())
}
