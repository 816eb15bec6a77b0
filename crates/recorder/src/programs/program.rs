//! A program, and the trace that is made of its events.

use std::collections::BTreeMap;
use std::path::PathBuf;

use marey_ctf::schema::Uuid;
use marey_filter::code::Machine;
use marey_layer::drain::{Found, Program};
use marey_layer::layout::control::Lost;

use super::account::{Losses, OfClass, OfProgram};
use super::class::{Asked, Seen, ask};
use super::control::Control;
use super::encode::encode;
use super::ring::{Batch, Ring};
use super::schema::{self, About};
use super::{Filter, Plan, failed};
use crate::ctf::{Ended, Stream};
use crate::error::Error;
use crate::sys::ClockPair;

/// So often what is left is copied at the end: a program that runs may go on writing.
const LAST_COPIES: usize = 4;

/// What is known of a program when its recording begins.
#[derive(Clone, Debug)]
pub struct Begin {
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
    found: Found,
    program: Program,
    about: About,
    folder: PathBuf,
    /// The trace is there.
    has_trace: bool,
    control: Control,
    filters: Vec<Filter>,
    me: Option<u32>,
    /// What is asked about the events of each class.
    asked: Vec<Asked>,
    rings: Vec<Ring>,
    recorded: BTreeMap<String, u64>,
    account: OfProgram,
    /// What it had lost outside of its rings when the recording began.
    lost_before: Lost,
    /// Events that are not what their class says.
    unreadable: u64,
    /// Nothing was read yet of a program that others started: what it lost before, they lost.
    is_first: bool,
    machine: Machine,
    batch: Batch,
    encoded: Vec<u8>,
}

impl Traced {
    /// Begins to record a program: its events are on, those of classes that it has not used yet
    /// as well. There is no trace before there is an event.
    pub fn new(plan: &Plan, found: Found, program: Program, begin: Begin) -> Self {
        let (name, command) = (found.name, program.control().command());
        let folder = begin.folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let about =
            About { uuid: begin.uuid, clocks: begin.clocks, name, command: command.clone() };
        let lost_before = if begin.is_own { Lost::default() } else { program.lost() };
        let how = (begin.is_own, begin.is_paused);
        let control = Control::new(&program, plan.patterns.clone(), how, plan.ring_bytes);
        Traced {
            found,
            program,
            about,
            folder: begin.folder,
            has_trace: false,
            control,
            filters: plan.filters.clone(),
            me: plan.me,
            asked: Vec::new(),
            rings: Vec::new(),
            recorded: begin.recorded,
            account: OfProgram::new(name, command, folder),
            lost_before,
            unreadable: 0,
            is_first: !begin.is_own,
            machine: Machine::default(),
            batch: Batch::default(),
            encoded: Vec::new(),
        }
    }

    /// Whether the process is still there.
    pub fn is_alive(&self) -> bool {
        self.found.is_alive()
    }

    /// Where its trace is, or will be.
    pub fn folder(&self) -> &PathBuf {
        &self.folder
    }

    /// What became of its events so far.
    pub fn account(&self) -> &OfProgram {
        &self.account
    }

    /// Copies what its threads wrote by now.
    ///
    /// # Errors
    /// When the trace cannot be written.
    pub fn copy(&mut self, now: u64) -> Result<(), Error> {
        self.control.beat(&self.program, now);
        self.update()?;
        let is_first = std::mem::take(&mut self.is_first);
        let mut rings = std::mem::take(&mut self.rings);
        let copied = rings.iter_mut().try_for_each(|ring| self.copy_ring(ring, is_first, now));
        // Those that were found meanwhile stand behind: what is told of the first stays with it.
        rings.append(&mut self.rings);
        self.rings = rings;
        copied?;
        self.count();
        self.tell_losses(now)?;
        self.commit()
    }

    /// Its events are off until they are switched on again.
    ///
    /// # Errors
    /// When the trace cannot be written.
    pub fn pause(&mut self, now: u64) -> Result<(), Error> {
        self.control.pause(&self.program);
        self.copy(now)
    }

    /// Its events are on again.
    ///
    /// # Errors
    /// When the trace cannot be written.
    pub fn resume(&mut self, now: u64) -> Result<(), Error> {
        self.copy(now)?;
        self.control.resume(&self.program, &self.asked);
        Ok(())
    }

    /// Switches its events off.
    pub fn switch_off(&mut self) {
        self.control.switch_off(&self.program);
    }

    /// Copies what is left, and ends the trace. The files of a program that has ended are removed.
    ///
    /// # Errors
    /// When the trace cannot be written.
    pub fn finish(mut self, now: u64) -> Result<OfProgram, Error> {
        let mut is_dead = false;
        for _ in 0..LAST_COPIES {
            // Who ends after this may have written after what is read now: then the files stay.
            is_dead = !self.is_alive();
            let before = self.account.delivered() + self.account.filtered();
            self.copy(now)?;
            if self.account.delivered() + self.account.filtered() == before {
                break;
            }
        }
        if !is_dead {
            // Whoever is not told in time finds out by the silence.
            let _ = self.program.beat(0);
        }
        for ring in self.rings {
            ring.finish(now).map_err(|e| failed(&self.folder, &e))?;
        }
        if is_dead {
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
        for class in self.program.classes().iter().skip(known) {
            self.asked.push(Asked::of(class, &self.filters, self.me));
            let discarded = vec![0; self.filters.len()];
            let name = class.full_name();
            self.account.classes.push(OfClass { name, delivered: 0, discarded });
        }
        if self.asked.len() > known {
            self.control.classes_are_known(&self.program, &self.asked, known);
            if self.has_trace {
                schema::write(&self.about, self.program.classes(), &self.folder)?;
            }
        }
        for stream in self.program.take_streams() {
            let mut ring = Ring::new(stream);
            ring.is_recorded_up_to(self.recorded.get(&ring.name()).copied());
            self.rings.push(ring);
        }
        Ok(())
    }

    /// Copies what there is in a ring. The class of an event is published before the event.
    fn copy_ring(&mut self, ring: &mut Ring, is_first: bool, now: u64) -> Result<(), Error> {
        self.account.is_damaged |= ring.read(&mut self.batch).is_err();
        if is_first {
            ring.begin_here();
        }
        if self.batch.is_empty() {
            return Ok(());
        }
        if self.batch.latest_class() as usize > self.asked.len() {
            self.update()?;
        }
        let batch = std::mem::take(&mut self.batch);
        let written = self.write(ring, &batch, now);
        self.batch = batch;
        written
    }

    fn write(&mut self, ring: &mut Ring, batch: &Batch, now: u64) -> Result<(), Error> {
        // A stream begins with the recording, or with an event that is older.
        let begin = batch.first_time().unwrap_or(now).min(now);
        self.make_trace(ring, begin)?;
        let Traced { program, asked, account, machine, encoded, about, .. } = self;
        let mut ready = Vec::new();
        ready.resize_with(asked.len(), || None);
        for record in batch.records() {
            let place = (record.class as usize).wrapping_sub(1);
            let (class, asked) = (program.class(record.class), asked.get(place));
            let known =
                class.zip(asked).zip(ready.get_mut(place)).zip(account.classes.get_mut(place));
            let Some((((class, asked), ready), counted)) = known else {
                self.unreadable += 1;
                continue;
            };
            let ready = ready.get_or_insert_with(|| asked.ready());
            if !ready.is_empty() {
                let process = (about.name.pid, about.command.as_str());
                let clock_offset = about.clocks.offset();
                let seen = Seen { class, record: &record, process, clock_offset };
                let said = ask(ready, &seen, machine);
                account.unanswered += said.unanswered;
                if let Some(count) = said.discarded_by.and_then(|by| counted.discarded.get_mut(by))
                {
                    *count += 1;
                    continue;
                }
            }
            encoded.clear();
            let time = ring.time(record.time_ns);
            let Some(cut) = encode(class, &record, (time, about.name.pid), encoded) else {
                self.unreadable += 1;
                continue;
            };
            ring.push(time, encoded).map_err(|e| failed(&self.folder, &e))?;
            account.late += u64::from(time != record.time_ns);
            account.cut += cut;
            account.bytes += encoded.len() as u64;
            counted.delivered += 1;
        }
        Ok(())
    }

    /// Makes the trace if it is not there, with the stream of this ring; and the stream, if that is
    /// not there: it begins at this time. What is half made has a hidden name.
    fn make_trace(&mut self, ring: &mut Ring, begin: u64) -> Result<(), Error> {
        if ring.has_stream() {
            return Ok(());
        }
        let create = |folder: &PathBuf, ring: &mut Ring| {
            let (name, id) = (ring.name(), ring.id(self.about.uuid));
            let stream = Stream::create(folder, &name, id, begin, Ended::default());
            stream.map(|stream| ring.set_stream(stream, begin)).map_err(|e| failed(folder, &e))
        };
        if self.has_trace {
            return create(&self.folder, ring);
        }
        let hidden = self.folder.with_file_name(format!(".{}", self.account.folder));
        let _ = std::fs::remove_dir_all(&hidden);
        std::fs::create_dir(&hidden).map_err(|e| failed(&hidden, &e))?;
        schema::write(&self.about, self.program.classes(), &hidden)?;
        create(&hidden, ring)?;
        std::fs::rename(&hidden, &self.folder).map_err(|e| failed(&self.folder, &e))?;
        self.has_trace = true;
        Ok(())
    }

    /// Counts what was lost, and what the program itself discarded.
    fn count(&mut self) {
        let mut lost = Losses { unreadable: self.unreadable, ..Losses::default() };
        lost.of_program(&self.lost_before, &self.program.lost());
        self.account.filtered_in_program = 0;
        self.account.discarded_in_program = 0;
        for ring in &self.rings {
            // Without filters of ours nobody discards by them: no file is asked, each few ms.
            if !self.filters.is_empty() {
                self.account.discarded_in_program += ring.discarded_by_filter();
            }
            lost.of_stream(ring.before(), &ring.counts());
            let (before, now) = (ring.before().filtered, ring.counts().filtered);
            self.account.filtered_in_program += now.saturating_sub(before);
        }
        self.account.lost = lost;
        self.account.detached = self.program.lost().detached;
    }

    /// Says in the trace what was lost: in the streams of the rings, and in the first one what was
    /// lost elsewhere.
    fn tell_losses(&mut self, now: u64) -> Result<(), Error> {
        let mut others = self.account.lost.sum();
        for ring in &self.rings {
            others = others.saturating_sub(ring.lost());
        }
        let mut rings = std::mem::take(&mut self.rings);
        let mut told = Ok(());
        for ring in &mut rings {
            let lost = ring.lost() + std::mem::take(&mut others);
            if lost > 0 && told.is_ok() {
                told = self.make_trace(ring, now);
                ring.tell_lost(lost);
            }
        }
        self.rings = rings;
        told
    }

    /// Makes all that was copied a part of the trace; then programs may overwrite it.
    fn commit(&mut self) -> Result<(), Error> {
        for ring in &mut self.rings {
            ring.commit().map_err(|e| failed(&self.folder, &e))?;
            self.account.is_damaged |= ring.release().is_err();
        }
        Ok(())
    }
}
