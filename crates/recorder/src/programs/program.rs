//! A program, and the trace that is made of its events.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use marey_ctf::schema::Uuid;
use marey_layer::drain::{Found, Program, Record};
use marey_layer::layout::control::Lost;

use super::account::{OfClass, OfProgram};
use super::class::Asked;
use super::control::Control;
use super::parts::Filling;
use super::ring::{Batch, Ring};
use super::schema::About;
use super::trace::Trace;
use super::{Beside, Plan, failed};
use crate::error::Error;
use crate::held::Held;
use crate::session::observer::Observer;
use crate::sys::ClockPair;

/// So often what is left is copied at the end: a program that runs may go on writing.
const LAST_COPIES: usize = 4;
/// An event that claims to be later than it can be is held no longer than this, in nanoseconds.
const AHEAD_MAX: u64 = 1_000_000_000;

/// What is known of a program when its recording begins.
#[derive(Clone, Debug)]
pub struct Begin {
    /// Which of the recording's programs it is.
    pub number: u32,
    /// Where its trace will be.
    pub folder: PathBuf,
    /// The trace's.
    pub uuid: Uuid,
    /// The clocks.
    pub clocks: ClockPair,
    /// It was started by the recording: all that it lost, the recording lost.
    pub is_own: bool,
    /// Its events are to be off.
    pub is_paused: bool,
    /// What is recorded already: up to this time, of streams of this name.
    pub recorded: BTreeMap<String, u64>,
}

/// A program that is being recorded.
#[derive(Debug)]
pub struct Traced {
    pub(super) number: u32,
    pub(super) found: Found,
    pub(super) program: Program,
    pub(super) trace: Trace,
    pub(super) control: Control,
    pub(super) plan: Arc<Plan>,
    /// What is asked about the events of each class.
    pub(super) asked: Arc<Vec<Asked>>,
    pub(super) rings: Vec<Ring>,
    pub(super) recorded: BTreeMap<String, u64>,
    pub(super) account: OfProgram,
    /// What it had lost outside of its rings when the recording began.
    pub(super) lost_before: Lost,
    /// Events that are not what their class says.
    pub(super) unreadable: u64,
    /// Nothing was read yet of a program that others started: what it lost before, they lost.
    pub(super) is_first: bool,
    /// It had ended before it was read last.
    pub(super) is_over: bool,
    pub(super) batch: Batch,
    pub(super) encoded: Vec<u8>,
}

impl Traced {
    /// Begins to record a program: its events are on, those of classes that it has not used yet
    /// as well. There is no trace before there is an event.
    pub fn new(plan: &Arc<Plan>, found: Found, program: Program, begin: Begin) -> Self {
        let (name, command) = (found.name, program.control().command());
        let folder = begin.folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let about = About {
            uuid: begin.uuid,
            clocks: begin.clocks,
            name,
            command: command.clone(),
            version: plan.version,
            has_marks: plan.decides_together(),
            shadowed: plan.is_shadow.then(|| plan.rules()),
        };
        let lost_before = if begin.is_own { Lost::default() } else { program.lost() };
        let how = (begin.is_own, begin.is_paused);
        let control = Control::new(&program, plan.patterns.clone(), how, plan.ring_bytes);
        Traced {
            number: begin.number,
            found,
            program,
            trace: Trace::new(about, begin.folder),
            control,
            plan: Arc::clone(plan),
            asked: Arc::default(),
            rings: Vec::new(),
            recorded: begin.recorded,
            account: OfProgram {
                is_shadow: plan.is_shadow,
                ..OfProgram::new(name, command, folder)
            },
            lost_before,
            unreadable: 0,
            is_first: !begin.is_own,
            is_over: false,
            batch: Batch::default(),
            encoded: Vec::new(),
        }
    }

    /// Which of the recording's programs it is.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Whether the process is still there.
    pub fn is_alive(&self) -> bool {
        self.found.is_alive()
    }

    /// Whether it has ended, and it is decided about all that it wrote.
    pub fn is_done(&self) -> bool {
        self.is_over && !self.rings.iter().any(Ring::is_waiting)
    }

    /// Where its trace is, or will be.
    pub fn folder(&self) -> &Path {
        self.trace.folder()
    }

    /// What became of its events so far.
    pub fn account(&self) -> &OfProgram {
        &self.account
    }

    /// The same, to change what became of them.
    pub fn account_mut(&mut self) -> &mut OfProgram {
        &mut self.account
    }

    /// How many bytes the streams have that are being written.
    pub fn open_bytes(&self) -> u64 {
        self.rings.iter().map(Ring::file_bytes).sum()
    }

    /// Ends the files of its streams where their latest events are; they are put to these.
    ///
    /// # Errors
    /// When the trace cannot be written.
    pub fn end_part(&mut self, files: &mut Vec<(PathBuf, u64)>) -> Result<(), Error> {
        for ring in &mut self.rings {
            let ended = ring.end_file(ring.latest());
            let ended = ended.map_err(|e| failed(self.trace.folder(), &e))?;
            files.extend(ended.map(|(name, bytes)| (self.trace.folder().join(name), bytes)));
        }
        Ok(())
    }

    /// Its trace was removed, with all that was in it.
    pub fn trace_is_gone(&mut self) {
        self.trace.is_gone();
    }

    /// What is asked about the events of each class.
    pub fn asked(&self) -> &Arc<Vec<Asked>> {
        &self.asked
    }

    /// Copies what its threads wrote by now.
    ///
    /// # Errors
    /// When the trace cannot be written.
    pub fn copy(
        &mut self,
        now: u64,
        observer: &mut Observer,
        filling: &mut Filling,
    ) -> Result<(), Error> {
        self.read_rings(now, |traced, ring, batch| traced.write((ring, batch), observer, filling))?;
        self.settle(now, filling.number())
    }

    /// Takes what its threads wrote by now: it is decided about later, when that of others is there
    /// as well.
    ///
    /// # Errors
    /// When the trace cannot be written.
    pub fn take(&mut self, now: u64, held: &mut Held<Beside>) -> Result<(), Error> {
        self.read_rings(now, |traced, ring, batch| {
            let Some(from) = traced.rings.get_mut(ring) else { return Ok(()) };
            for record in batch.records() {
                let time = from.hold_time(record.time_ns.min(now.saturating_add(AHEAD_MAX)));
                let Record { class, time_ns, thread, .. } = record;
                let beside = Beside { program: traced.number, ring, class, time_ns, thread };
                held.push((time, 0), beside, [record.payload]);
            }
            Ok(())
        })
    }

    /// It had ended before it was read last, if this is so.
    pub fn set_over(&mut self, is_over: bool) {
        self.is_over |= is_over;
    }

    /// Makes all that it was decided about a part of the trace, and counts what was lost.
    ///
    /// # Errors
    /// When the trace cannot be written.
    pub fn settle(&mut self, now: u64, part: Option<u64>) -> Result<(), Error> {
        self.count();
        self.tell_losses(now, part)?;
        for ring in &mut self.rings {
            ring.commit().map_err(|e| failed(self.trace.folder(), &e))?;
            self.account.is_damaged |= ring.release().is_err();
        }
        Ok(())
    }

    /// Its events are off until they are switched on again.
    pub fn pause(&mut self) {
        self.control.pause(&self.program);
    }

    /// Its events are on again.
    pub fn resume(&mut self) {
        self.control.resume(&self.program, &self.asked);
    }

    /// Switches its events off.
    pub fn switch_off(&mut self) {
        self.control.switch_off(&self.program);
    }

    /// Copies what is left, at the end.
    ///
    /// # Errors
    /// When the trace cannot be written.
    pub fn copy_rest(
        &mut self,
        now: u64,
        observer: &mut Observer,
        filling: &mut Filling,
    ) -> Result<(), Error> {
        for _ in 0..LAST_COPIES {
            // Who ends after this may have written after what is read now: then the files stay.
            self.is_over = !self.is_alive();
            let before = self.account.delivered() + self.account.filtered();
            self.copy(now, observer, filling)?;
            if self.account.delivered() + self.account.filtered() == before {
                break;
            }
        }
        Ok(())
    }

    /// Ends the trace. The files of a program that has ended are removed.
    ///
    /// # Errors
    /// When the trace cannot be written.
    pub fn finish(mut self, now: u64, filling: &mut Filling) -> Result<OfProgram, Error> {
        let is_over = self.is_over;
        if !is_over {
            // Whoever is not told in time finds out by the silence.
            let _ = self.program.beat(0);
        }
        for ring in &mut self.rings {
            let ended = ring.end_file(now).map_err(|e| failed(self.trace.folder(), &e))?;
            let close = |(name, bytes)| filling.close(self.trace.folder().join(name), bytes);
            ended.into_iter().for_each(close);
        }
        if is_over {
            // What is not removed is found by the next one who looks, and is empty by then.
            let _ = self.found.remove();
        }
        Ok(self.account)
    }

    /// Looks for classes and rings that are new.
    fn update(&mut self) -> Result<(), Error> {
        let updated = self.program.update();
        let is_damaged = updated.is_err()
            || self.control.has_failed
            || self.program.are_classes_damaged()
            || self.program.damaged_rings() > 0;
        self.account.is_damaged |= is_damaged;
        let known = self.asked.len();
        let asked = Arc::make_mut(&mut self.asked);
        for class in self.program.classes().iter().skip(known) {
            asked.push(Asked::of(class, &self.plan));
            let discarded = vec![0; self.plan.rules().len()];
            let name = class.full_name();
            self.account.classes.push(OfClass { name, delivered: 0, overwritten: 0, discarded });
        }
        if self.asked.len() > known {
            self.control.classes_are_known(&self.program, &self.asked, known);
            self.trace.describe(self.program.classes())?;
        }
        for stream in self.program.take_streams() {
            let mut ring = Ring::new(stream);
            ring.is_recorded_up_to(self.recorded.get(&ring.name()).copied());
            self.rings.push(ring);
        }
        Ok(())
    }

    /// Reads all rings, and hands over what there is of each.
    fn read_rings(
        &mut self,
        now: u64,
        mut to: impl FnMut(&mut Self, usize, &Batch) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.control.beat(&self.program, now);
        self.update()?;
        let is_first = std::mem::take(&mut self.is_first);
        // Those that are found meanwhile are read the next time.
        for place in 0..self.rings.len() {
            let mut batch = std::mem::take(&mut self.batch);
            let Some(ring) = self.rings.get_mut(place) else { break };
            self.account.is_damaged |= ring.read(&mut batch).is_err();
            ring.hold();
            if is_first {
                ring.begin_here();
            }
            // The class of an event is published before the event.
            let has_new = batch.latest_class() as usize > self.asked.len();
            let updated = if has_new { self.update() } else { Ok(()) };
            let done = updated.and_then(|()| to(self, place, &batch));
            self.batch = batch;
            done?;
        }
        Ok(())
    }
}
