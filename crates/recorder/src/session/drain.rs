//! From the ring to the recording: events in the order of their times, in streams.
//!
//! A record's time is taken when its place in the ring is, and an interrupt may come in between.
//! So records are put in order here: what a look into the ring finds waits until the next one, and
//! is written if it is older than the look before. What comes with an older time than that is
//! late: it is counted, and has the time of the event before it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use marey_filter::store::Store;

use super::class::{Class, Written, classes};
use super::filters::Placed;
use super::judge::{OfRule, Ready, Said, Step, ready};
use super::observer::Observer;
use super::plan::Plan;
use super::samples::Admitted;
use super::source::Source;
use super::streams::Streams;
use crate::ctf::{Start, encode_mark};
use crate::error::Error;
use crate::held::Held;
use crate::kernel::added::{self, Added};
use crate::kernel::record::{self, Layout, Record, Seen};
use crate::parts::Parts;
use crate::programs::Recording;
use crate::sinks::OfSink;
use crate::sys::ClockPair;

/// Counters are read so often, in nanoseconds.
const COUNTS_EVERY: u64 = 1_000_000_000;
/// The same when the ring was nearly full.
const LOSSES_EVERY: u64 = 100_000_000;

/// What a recording came to, besides its streams.
#[derive(Clone, Debug, Default)]
pub struct Drained {
    /// What became of the events of each class.
    pub written: Vec<Written>,
    /// The state of each handler.
    pub stores: Vec<Store>,
    /// What was counted here that was counted in the kernel as well, in shadow.
    pub mirrors: Vec<Store>,
    /// How often each rule was asked here, and how many events it had kept in the kernel.
    pub rules: Vec<OfRule>,
    /// What became of the events that were sent.
    pub sinks: Vec<OfSink>,
    /// How many threads there were at the start.
    pub threads: u64,
    /// How often handlers asked to save what the ring holds.
    pub snapshots: u64,
    /// How often, in shadow, the kernel and the machine did not agree.
    pub disagreements: u64,
}

/// What takes records out of the ring and writes them.
#[derive(Debug)]
pub struct Drain {
    pub(super) source: Source,
    pub(super) ring_bytes: usize,
    held: Held<()>,
    /// The events, and behind them that of threads at the start.
    pub(super) classes: Vec<Class>,
    /// What runs for the events of each class.
    steps: Arc<[Vec<Step>]>,
    pub(super) observer: Observer,
    pub(super) streams: Streams,
    pub(super) parts: Parts,
    encoded: Vec<u8>,
    clock_offset: i64,
    contexts: Vec<Added>,
    is_shadow: bool,
    drained: Drained,
    /// When it looked last, and when counters were read last.
    pub(super) looked: u64,
    counted: u64,
    was_nearly_full: bool,
    /// How many bytes the ring held at most, since it was asked last.
    pub(super) fullest: u64,
    pub(super) delivered: u64,
    pub(super) overwritten: u64,
    delivered_bytes: u64,
}

/// What each handler remembers.
fn layouts_of(plan: &Plan) -> impl Iterator<Item = &marey_filter::check::Layout> {
    plan.handlers.iter().map(|handler| &handler.layout)
}

impl Drain {
    /// What writes into this directory.
    ///
    /// # Errors
    /// When it cannot.
    pub fn new(
        plan: &Plan,
        (layouts, placed): (Vec<Layout>, Vec<Placed>),
        source: Source,
        clocks: ClockPair,
        folder: &Path,
    ) -> Result<Self, Error> {
        let classes = classes(plan, layouts, &placed);
        let parts = Parts::new(plan.mode, plan.events.len(), clocks.monotonic);
        let kernel = folder.join("kernel");
        let mut observer = Observer::new(layouts_of(plan), &plan.sinks, plan.is_shadow)?;
        // What a handler remembers of one CPU it knows at another: as it decided is how it is read.
        if placed.iter().flat_map(|placed| &placed.at_drain).any(|step| step.memory.is_some()) {
            observer.join();
        }
        Ok(Drain {
            source,
            ring_bytes: plan.ring_bytes,
            held: Held::default(),
            classes,
            steps: placed.into_iter().map(|placed| placed.at_drain).collect(),
            observer,
            streams: Streams::new(&kernel, plan.uuid, parts.number(), clocks.monotonic)?,
            parts,
            encoded: Vec::new(),
            clock_offset: clocks.offset(),
            contexts: plan.contexts.clone(),
            is_shadow: plan.is_shadow,
            drained: Drained::default(),
            looked: clocks.monotonic,
            counted: clocks.monotonic,
            was_nearly_full: false,
            fullest: 0,
            delivered: 0,
            overwritten: 0,
            delivered_bytes: 0,
        })
    }

    /// How many events are written.
    pub fn delivered(&self) -> u64 {
        self.delivered
    }

    /// How many were in parts that are removed.
    pub fn overwritten(&self) -> u64 {
        self.overwritten
    }

    /// How many bytes those have that were written, also those that are removed.
    pub fn bytes(&self) -> u64 {
        self.delivered_bytes
    }

    /// Whether a handler asked to end the recording.
    pub fn is_asked_to_stop(&self) -> bool {
        self.observer.is_asked_to_stop()
    }

    /// How many were lost, as far as it was told.
    pub fn known_lost(&self) -> u64 {
        self.streams.known_lost()
    }

    /// Whether it is time to read what was lost.
    pub fn wants_counts(&mut self, now: u64) -> bool {
        let every = if self.was_nearly_full { LOSSES_EVERY } else { COUNTS_EVERY };
        let wants = now.saturating_sub(self.counted) > every;
        if wants {
            self.counted = now;
        }
        wants
    }

    /// How many events each CPU lost so far.
    pub fn lost(&mut self, lost: &[u64]) {
        self.streams.lost(lost);
    }

    /// Looks into the ring, and writes what is in order by now. Programs are those about whose
    /// events the same observer decides.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn run(&mut self, now: u64, mut programs: Option<&mut Recording>) -> Result<(), Error> {
        self.take(now, programs.as_deref_mut())?;
        let before = std::mem::replace(&mut self.looked, now);
        self.write(before, programs.as_deref_mut())?;
        programs.map_or(Ok(()), Recording::settle)?;
        self.streams.commit(now)?;
        self.turn(now)
    }

    /// Decides about all events up to now, where that was not done in the kernel, and writes them.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn decide_all(&mut self, mut programs: Option<&mut Recording>) -> Result<(), Error> {
        if self.source.samples().is_some() {
            // What the first look finds is written after the second one.
            self.run(super::now()?, programs.as_deref_mut())?;
            self.run(super::now()?, programs)?;
        }
        Ok(())
    }

    /// Writes all that is left, and ends the streams at this time.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(
        &mut self,
        now: u64,
        mut programs: Option<&mut Recording>,
    ) -> Result<Drained, Error> {
        self.take(now, programs.as_deref_mut())?;
        self.write(u64::MAX, programs.as_deref_mut())?;
        programs.map_or(Ok(()), Recording::settle)?;
        self.turn(now)?;
        let drained = self.drained();
        self.streams.finish(now)?;
        Ok(Drained { sinks: self.observer.end_sinks(), ..drained })
    }

    /// What became of all that was taken so far and is not held.
    pub fn drained(&self) -> Drained {
        let mut written: Vec<Written> =
            self.classes.iter().map(|class| class.written.clone()).collect();
        let state = written.split_off(self.steps.len());
        let threads = state.iter().map(|state| state.delivered).sum();
        let disagreements = self.drained.disagreements;
        let snapshots = self.observer.snapshots();
        let (stores, mirrors) = (self.observer.stores().to_vec(), self.observer.mirrors().to_vec());
        let mut rules = self.observer.rules().to_vec();
        self.classes.iter().for_each(|class| class.add_kept(&mut rules));
        // What is on its way to a sink is no part of a trace.
        let sinks = Vec::new();
        Drained { written, stores, mirrors, rules, sinks, threads, snapshots, disagreements }
    }

    /// Adds a record as if it came from the ring.
    pub fn add(&mut self, record: &[u8]) {
        if let Some(time) = Record::new(record).map(|record| record.time()) {
            // Its contexts are 0.
            let contexts = vec![0; added::bytes(&self.contexts) as usize];
            self.held.push((time, 0), (), [record, &contexts]);
        }
    }

    /// Adds a mark of the recorder's own.
    pub fn mark(&mut self, text: &str, time: u64) {
        let number = u32::try_from(self.classes.len()).unwrap_or(u32::MAX);
        let record = record::of_recorder(time, number, text.as_bytes());
        self.add(&record);
    }

    /// Takes what is in the ring, as much as fits in it, and what programs wrote.
    fn take(&mut self, now: u64, programs: Option<&mut Recording>) -> Result<(), Error> {
        let fill = self.source.fill();
        self.fullest = self.fullest.max(fill);
        self.was_nearly_full = fill > self.ring_bytes as u64 / 4 * 3;
        self.source.take(self.ring_bytes, &mut self.held);
        let Some(programs) = programs else { return Ok(()) };
        self.observer.join();
        programs.take(now)
    }

    /// Writes what is older than this, and decides in between about events of programs.
    fn write(&mut self, before: u64, programs: Option<&mut Recording>) -> Result<(), Error> {
        let bound = programs.as_ref().map(|programs| programs.bound()).unwrap_or_default();
        let mut others = programs.map(|programs| programs.deciding(&bound, before));
        let steps = Arc::clone(&self.steps);
        let mut verified: BTreeMap<usize, Vec<Ready<'_>>> = BTreeMap::new();
        let mut held = std::mem::take(&mut self.held);
        let mut source = std::mem::take(&mut self.source);
        let written = held.release(before, |time, (), bytes| {
            if let Some(others) = &mut others {
                others.up_to(time, &mut self.observer)?;
            }
            let Some(record) = Record::new(bytes) else { return Ok(()) };
            let record = match source.admit(record) {
                Admitted::AsItIs => record,
                Admitted::As(record) => record,
                Admitted::No => return Ok(()),
            };
            let own = || ready(steps.get(record.event()).map_or(&[], Vec::as_slice));
            let own = verified.entry(record.event()).or_insert_with(own);
            self.event(record, own)
        });
        (self.held, self.source) = (held, source);
        written?;
        others.map_or(Ok(()), |mut others| others.end(&mut self.observer))
    }

    fn event(&mut self, record: Record<'_>, steps: &[Ready<'_>]) -> Result<(), Error> {
        if record.event() == self.classes.len() {
            return self.put_mark(record);
        }
        let Some(class) = self.classes.get_mut(record.event()) else { return Ok(()) };
        class.has_arrived(record.is_fast());
        let Some(form) = class.form(record.is_fast()) else { return Ok(()) };
        let (format, slots, layout) = (&class.format, &form.slots, &form.layout);
        let seen = Seen { record, format, slots, layout, clock_offset: self.clock_offset };
        let (in_kernel, steps) = (form.in_kernel, steps.get(form.from..).unwrap_or_default());
        let time = record.time().cast_signed().saturating_add(self.clock_offset);
        let line = || form.line.write(&record, time, &self.contexts);
        let said = self.observer.decide((steps, in_kernel), &seen, line);
        class.written.say(&said);
        if self.is_shadow {
            let differ = (record.discards() ^ said.discards) & in_kernel;
            self.drained.disagreements += u64::from(differ != 0);
        }
        let is_kept = said.discarded_by.is_none() || self.is_shadow;
        if !is_kept && said.wishes.marks.is_empty() {
            return Ok(());
        }
        self.put(record, &said, is_kept)
    }

    /// Writes a mark of the recorder's own.
    fn put_mark(&mut self, record: Record<'_>) -> Result<(), Error> {
        let cpu = record.cpu();
        let time = self.streams.time(cpu, self.observer.in_order(record.time()))?;
        let discards = self.is_shadow.then_some([0; 2]);
        let start = Start { time, contexts: &self.contexts, discards };
        self.encoded.clear();
        let (id, text) = (self.classes.len() as u16, record.rest());
        encode_mark(id, &record, start, text, &mut self.encoded);
        self.parts.add_other();
        self.streams.push(cpu, time, &self.encoded)
    }

    /// Writes marks, and the event if it is kept.
    fn put(&mut self, record: Record<'_>, said: &Said, is_kept: bool) -> Result<(), Error> {
        let mark_id = self.classes.len() as u16;
        let Some(class) = self.classes.get_mut(record.event()) else { return Ok(()) };
        let cpu = record.cpu();
        let is_state = record.event() >= self.steps.len();
        let time = match is_state {
            true => record.time(),
            false => self.streams.time(cpu, self.observer.in_order(record.time()))?,
        };
        let discards = self.is_shadow.then(|| [record.discards(), said.discards]);
        let start = Start { time, contexts: &self.contexts, discards };
        for mark in &said.wishes.marks {
            self.encoded.clear();
            encode_mark(mark_id, &record, start, mark, &mut self.encoded);
            self.parts.add_other();
            self.streams.push(cpu, time, &self.encoded)?;
        }
        if !is_kept {
            return self.end_full_part();
        }
        self.encoded.clear();
        let form = class.form(record.is_fast());
        let cut = form.map(|form| form.encoder.encode(&record, start, &mut self.encoded));
        class.written.cut += cut.unwrap_or(0);
        class.written.late += u64::from(record.time() < time);
        class.written.delivered += 1;
        self.delivered_bytes += self.encoded.len() as u64;
        if is_state {
            return self.streams.push_state(time, &self.encoded);
        }
        self.streams.push(cpu, time, &self.encoded)?;
        self.delivered += 1;
        self.parts.add(record.event());
        self.end_full_part()
    }
}
