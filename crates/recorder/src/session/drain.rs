//! From the ring to the recording: events in the order of their times, in streams.
//!
//! A record's time is taken when its place in the ring is, and an interrupt may come in between.
//! So records are put in order here: what a look into the ring finds waits until the next one, and
//! is written if it is older than the look before. What comes with an older time than that is
//! late: it is counted, and has the time of the event before it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use marey_filter::store::Store;

use super::Plan;
use super::filters::Placed;
use super::judge::{Judge, Ready, Step, ready};
use super::state;
use crate::ctf::{Encoder, Start, Stream, StreamId, encode_mark};
use crate::error::Error;
use crate::kernel::record::{Layout, Record, Seen};
use crate::sys::{ClockPair, Ring};
use crate::tracefs::Format;

/// Counters are read so often, in nanoseconds, or when the ring was nearly full.
const COUNTS_EVERY: u64 = 1_000_000_000;

/// What became of the events of one class at the drain.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Written {
    /// How many are in the recording.
    pub delivered: u64,
    /// How many each rule discarded.
    pub discarded: Vec<u64>,
    /// How often a filter could not answer.
    pub unanswered: u64,
    /// How many had an older time than those before.
    pub late: u64,
    /// How many fields were cut.
    pub cut: u64,
    /// The block of which a part is asked in the kernel, behind all filters.
    pub early: Option<usize>,
}

#[derive(Debug)]
struct Class {
    format: Format,
    layout: Layout,
    encoder: Encoder,
    written: Written,
}

/// A record that waits for its turn.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    time: u64,
    start: usize,
    len: usize,
}

/// What takes records out of the ring and writes them.
#[derive(Debug)]
pub struct Drain {
    ring: Ring,
    ring_bytes: usize,
    classes: Vec<Class>,
    /// Which of them is that of threads at the start.
    state: usize,
    streams: BTreeMap<u32, Open>,
    folder: PathBuf,
    id: StreamId,
    clock_offset: i64,
    waiting: Vec<Waiting>,
    bytes: Vec<u8>,
    encoded: Vec<u8>,
    /// What runs for the events of each class.
    steps: Arc<[Vec<Step>]>,
    judge: Judge,
    /// How many filters of each class run in the kernel.
    in_kernel: Vec<u32>,
    is_shadow: bool,
    disagreements: u64,
    is_asked_to_stop: bool,
    snapshots: u64,
    /// The class of marks.
    mark_id: u16,
    /// When it looked last.
    looked: u64,
    counted: u64,
    was_nearly_full: bool,
    delivered: u64,
    delivered_bytes: u64,
    lost: BTreeMap<u32, u64>,
}

#[derive(Debug)]
struct Open {
    stream: Stream,
    last: u64,
}

impl Drain {
    /// What writes into this directory.
    ///
    /// # Errors
    /// When it cannot.
    pub fn new(
        plan: &Plan,
        (layouts, placed): (Vec<Layout>, Vec<Placed>),
        ring: Ring,
        clocks: ClockPair,
        folder: &Path,
    ) -> Result<Self, Error> {
        let rules = super::rules(plan).len();
        let all = plan.events.iter().zip(layouts).zip(&placed).zip(0..);
        let classes = all.map(|((((format, _), layout), placed), id)| Class {
            format: format.clone(),
            encoder: Encoder::new(id, format, &layout),
            layout,
            written: Written {
                discarded: vec![0; rules],
                early: placed.early,
                ..Written::default()
            },
        });
        let mut classes: Vec<Class> = classes.collect();
        let state = classes.len();
        classes.extend(state_class(state as u16));
        let mark_id = classes.len() as u16;
        let in_kernel = placed.iter().map(|placed| placed.in_kernel.len() as u32).collect();
        let id = StreamId { uuid: plan.uuid, number: 0, cpu: 0 };
        let mut drain = Drain {
            ring,
            ring_bytes: plan.ring_bytes,
            state,
            classes,
            streams: BTreeMap::new(),
            folder: folder.join("kernel"),
            id,
            clock_offset: clocks.offset(),
            waiting: Vec::new(),
            bytes: Vec::new(),
            encoded: Vec::new(),
            steps: placed.into_iter().map(|placed| placed.at_drain).collect(),
            judge: Judge::new(&plan.handlers, plan.is_shadow),
            in_kernel,
            is_shadow: plan.is_shadow,
            disagreements: 0,
            is_asked_to_stop: false,
            snapshots: 0,
            mark_id,
            looked: clocks.monotonic,
            counted: clocks.monotonic,
            was_nearly_full: false,
            delivered: 0,
            delivered_bytes: 0,
            lost: BTreeMap::new(),
        };
        // A trace without streams is not opened by all.
        drain.stream(0, clocks.monotonic)?;
        Ok(drain)
    }

    /// How many events are written.
    pub fn delivered(&self) -> u64 {
        self.delivered
    }

    /// How many bytes they have.
    pub fn bytes(&self) -> u64 {
        self.delivered_bytes
    }

    /// How often, in shadow, the kernel and the machine did not agree.
    pub fn disagreements(&self) -> u64 {
        self.disagreements
    }

    /// How often handlers asked to save what the ring holds.
    pub fn snapshots(&self) -> u64 {
        self.snapshots
    }

    /// Whether a handler asked to end the recording.
    pub fn is_asked_to_stop(&self) -> bool {
        self.is_asked_to_stop
    }

    /// How many were lost, as far as it was told.
    pub fn known_lost(&self) -> u64 {
        self.lost.values().sum()
    }

    /// Whether it is time to read what was lost.
    pub fn wants_counts(&mut self, now: u64) -> bool {
        let wants = self.was_nearly_full || now.saturating_sub(self.counted) > COUNTS_EVERY;
        if wants {
            self.counted = now;
        }
        wants
    }

    /// How many events each CPU lost so far.
    pub fn lost(&mut self, lost: &[u64]) {
        for (cpu, lost) in (0..).zip(lost) {
            if *lost > 0 {
                self.lost.insert(cpu, *lost);
            }
        }
    }

    /// Looks into the ring, and writes what is in order by now.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn run(&mut self, now: u64) -> Result<(), Error> {
        self.take();
        let before = std::mem::replace(&mut self.looked, now);
        self.write(before)?;
        self.commit()
    }

    /// Writes all that is left, and ends the streams at this time.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self, now: u64) -> Result<(Vec<Written>, Vec<Store>, u64), Error> {
        self.take();
        self.write(u64::MAX)?;
        self.commit()?;
        for (cpu, open) in self.streams {
            open.stream.finish(now).map_err(|e| failed(cpu, &e))?;
        }
        let written = self.classes.into_iter().map(|class| class.written);
        let mut written: Vec<Written> = written.collect();
        let state = written.split_off(self.state);
        let threads = state.iter().map(|state| state.delivered).sum();
        Ok((written, self.judge.into_stores(), threads))
    }

    /// Adds records as if they came from the ring.
    pub fn add(&mut self, records: Vec<Vec<u8>>) {
        for record in records {
            let Some(time) = Record::new(&record).map(|record| record.time()) else { continue };
            self.waiting.push(Waiting { time, start: self.bytes.len(), len: record.len() });
            self.bytes.extend(record);
        }
    }

    /// Takes what is in the ring, as much as fits in it: a fast producer must not keep it here for
    /// ever.
    pub fn take(&mut self) {
        self.was_nearly_full = self.ring.fill() > self.ring_bytes as u64 / 4 * 3;
        let mut taken = 0;
        while taken < self.ring_bytes
            && let Some(record) = self.ring.take()
        {
            taken += record.bytes.len();
            let Some(time) = Record::new(record.bytes).map(|record| record.time()) else {
                continue;
            };
            let (start, len) = (self.bytes.len(), record.bytes.len());
            self.bytes.extend(record.bytes);
            self.waiting.push(Waiting { time, start, len });
        }
    }

    /// Writes what is older than this.
    fn write(&mut self, before: u64) -> Result<(), Error> {
        self.waiting.sort_by_key(|waiting| waiting.time);
        let count = self.waiting.partition_point(|waiting| waiting.time < before);
        let bytes = std::mem::take(&mut self.bytes);
        let waiting = std::mem::take(&mut self.waiting);
        let (in_order, rest) = waiting.split_at(count);
        let steps = Arc::clone(&self.steps);
        let mut verified: BTreeMap<usize, Vec<Ready<'_>>> = BTreeMap::new();
        for waiting in in_order {
            let record = bytes.get(waiting.start..waiting.start + waiting.len);
            if let Some(record) = record.and_then(Record::new) {
                let own = || ready(steps.get(record.event()).map_or(&[], Vec::as_slice));
                let own = verified.entry(record.event()).or_insert_with(own);
                self.event(record, own)?;
            }
        }
        for waiting in rest {
            let start = self.bytes.len();
            self.bytes.extend(bytes.get(waiting.start..waiting.start + waiting.len).unwrap_or(&[]));
            self.waiting.push(Waiting { start, ..*waiting });
        }
        Ok(())
    }

    fn event(&mut self, record: Record<'_>, steps: &[Ready<'_>]) -> Result<(), Error> {
        let (cpu, time) = (record.cpu(), record.time());
        self.stream(cpu, time)?;
        let Some(class) = self.classes.get_mut(record.event()) else { return Ok(()) };
        let (format, layout) = (&class.format, &class.layout);
        let seen = Seen { record, format, layout, clock_offset: self.clock_offset };
        let said = self.judge.judge(steps, &seen);
        class.written.unanswered += said.unanswered;
        self.is_asked_to_stop |= said.wishes.stop;
        self.snapshots += u64::from(said.wishes.snapshot);
        let Some(open) = self.streams.get_mut(&cpu) else { return Ok(()) };
        let late = u64::from(time < open.last);
        open.last = open.last.max(time);
        let discards = self.is_shadow.then(|| [record.discards(), said.discards]);
        let start = Start { time: open.last, discards };
        for mark in &said.wishes.marks {
            self.encoded.clear();
            encode_mark(self.mark_id, &record, start, mark, &mut self.encoded);
            open.stream.push(open.last, &self.encoded).map_err(|e| failed(cpu, &e))?;
        }
        for (rule, count) in class.written.discarded.iter_mut().enumerate() {
            let is_first = said.discarded_by == Some(rule);
            let is_one = rule < 64 && said.discards >> rule & 1 == 1;
            *count += u64::from(is_first || is_one);
        }
        if said.discarded_by.is_some() && !self.is_shadow {
            return Ok(());
        }
        if self.is_shadow {
            let both = self.in_kernel.get(record.event()).map_or(0, |count| low_bits(*count));
            let differ = (record.discards() ^ said.discards) & both;
            self.disagreements += u64::from(differ != 0);
        }
        class.written.late += late;
        self.encoded.clear();
        class.written.cut += class.encoder.encode(&record, start, &mut self.encoded);
        open.stream.push(open.last, &self.encoded).map_err(|e| failed(cpu, &e))?;
        class.written.delivered += 1;
        self.delivered += u64::from(record.event() != self.state);
        self.delivered_bytes += self.encoded.len() as u64;
        Ok(())
    }

    /// Makes all that was written a part of the trace, and what was lost.
    fn commit(&mut self) -> Result<(), Error> {
        for cpu in self.lost.keys().copied().collect::<Vec<_>>() {
            self.stream(cpu, self.looked)?;
        }
        for (cpu, open) in &mut self.streams {
            if let Some(lost) = self.lost.get(cpu) {
                open.stream.lost(*lost);
            }
            open.stream.commit().map_err(|e| failed(*cpu, &e))?;
        }
        Ok(())
    }

    /// Opens the stream of a CPU if it is not open yet: it begins at this time.
    fn stream(&mut self, cpu: u32, begin: u64) -> Result<(), Error> {
        if !self.streams.contains_key(&cpu) {
            let id = StreamId { number: cpu, cpu, ..self.id };
            let stream = Stream::create(&self.folder, &format!("cpu_{cpu}"), id, begin);
            let stream = stream.map_err(|e| failed(cpu, &e))?;
            self.streams.insert(cpu, Open { stream, last: begin });
        }
        Ok(())
    }
}

/// The class of threads at the start.
fn state_class(id: u16) -> Option<Class> {
    let format = state::format()?;
    let layout = Layout::of(&format)?;
    let encoder = Encoder::new(id, &format, &layout);
    Some(Class { format, layout, encoder, written: Written::default() })
}

/// So many bits, from the lowest one on.
fn low_bits(count: u32) -> u64 {
    1_u64.checked_shl(count).map_or(u64::MAX, |bit| bit - 1)
}

fn failed(cpu: u32, error: &std::io::Error) -> Error {
    Error::of_io(format!("the recording's kernel/cpu_{cpu}"), error)
}
