//! Events of programs that wait, so that one observer decides about them in the order of time.
//!
//! What a look into the rings finds waits until the next one, and is decided about if it is older
//! than the look before: what is older than that has come by then, as a rule. What comes later is
//! late: it is counted, and is decided about when it comes. Rings keep their events until it is
//! decided about them and they are written.

use std::collections::BTreeMap;
use std::sync::Arc;

use marey_layer::drain::Record;

use super::class::Asked;
use super::program::Traced;
use super::{Beside, LOOK_EVERY, Recording, Which, now};
use crate::error::Error;
use crate::held::InOrder;
use crate::session::judge::Ready;
use crate::session::observer::Observer;

/// What is asked about the events of each program.
#[derive(Debug, Default)]
pub struct Bound(BTreeMap<u32, Arc<Vec<Asked>>>);

/// Events that are being decided about.
pub struct Deciding<'r> {
    recording: &'r mut Recording,
    events: InOrder<Beside>,
    bound: &'r Bound,
    /// What runs, by program and class.
    ready: BTreeMap<(u32, u32), Vec<Ready<'r>>>,
}

impl Recording {
    /// Looks for new programs, and takes what all of them wrote by now.
    ///
    /// # Errors
    /// When the recording cannot be written.
    pub(crate) fn take(&mut self, now: u64) -> Result<(), Error> {
        let is_time = now.saturating_sub(self.looked) >= LOOK_EVERY || self.is_ending;
        if self.plan.has_own {
            self.look(Which::Own)?;
        }
        if is_time {
            self.looked = now;
            self.look(Which::Others)?;
        }
        for program in &mut self.programs {
            let is_over = is_time && !program.is_alive();
            program.take(now, &mut self.held)?;
            program.set_over(is_over);
        }
        Ok(())
    }

    /// What is asked about all events that were taken.
    pub(crate) fn bound(&self) -> Bound {
        let all = self.programs.iter();
        Bound(all.map(|program| (program.number(), Arc::clone(program.asked()))).collect())
    }

    /// Decides about what was taken and is older than this.
    pub(crate) fn deciding<'r>(&'r mut self, bound: &'r Bound, before: u64) -> Deciding<'r> {
        let events = self.held.take(before);
        Deciding { recording: self, events, bound, ready: BTreeMap::new() }
    }

    /// Decides about all that came by now. Where a [session](crate::session::Session) decides, that
    /// does it.
    ///
    /// # Errors
    /// When the recording cannot be written.
    pub fn decide_all(&mut self) -> Result<(), Error> {
        if self.is_drained_elsewhere() {
            return Ok(());
        }
        // What the first look finds is decided about at the second one.
        for _ in 0..2 {
            let now = now()?;
            let before = std::mem::replace(&mut self.copied, now);
            self.take_and_decide(now, before)?;
        }
        Ok(())
    }

    /// Takes what came by now, and decides about what is older than this.
    pub(super) fn take_and_decide(&mut self, now: u64, before: u64) -> Result<(), Error> {
        self.take(now)?;
        let (bound, mut observer) = (self.bound(), std::mem::take(&mut self.observer));
        let decided = self.deciding(&bound, before).end(&mut observer);
        self.observer = observer;
        decided?;
        self.settle()
    }

    /// Makes all that it was decided about a part of the recording, and ends the traces of programs
    /// that have ended: their files are gone then.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn settle(&mut self) -> Result<(), Error> {
        let now = now()?;
        let part = self.filling.number();
        self.programs.iter_mut().try_for_each(|program| program.settle(now, part))?;
        let all = std::mem::take(&mut self.programs);
        let (done, others): (Vec<_>, Vec<_>) = all.into_iter().partition(Traced::is_done);
        self.programs = others;
        for program in done {
            self.bury_one(program, now)?;
        }
        self.turn(now)
    }
}

impl Deciding<'_> {
    /// Decides about those that are older than this.
    ///
    /// # Errors
    /// When the recording cannot be written.
    pub(crate) fn up_to(&mut self, before: u64, observer: &mut Observer) -> Result<(), Error> {
        let Deciding { recording, events, bound, ready } = self;
        events.up_to(before, &mut |_, beside: Beside, payload: &[u8]| {
            let Beside { program: number, ring, class, time_ns, thread } = beside;
            let Recording { programs, filling, .. } = &mut **recording;
            let place = programs.binary_search_by_key(&number, Traced::number);
            let Some(program) = place.ok().and_then(|place| programs.get_mut(place)) else {
                return Ok(());
            };
            let steps = ready.entry((number, class)).or_insert_with(|| bound.ready(number, class));
            let record = Record { class, time_ns, thread, sequence: 0, payload };
            program.event((ring, &record), steps, observer, filling)?;
            if filling.is_full(0) { recording.next_part(now()?) } else { Ok(()) }
        })
    }

    /// Decides about all others.
    ///
    /// # Errors
    /// When the recording cannot be written.
    pub(crate) fn end(&mut self, observer: &mut Observer) -> Result<(), Error> {
        self.up_to(u64::MAX, observer)
    }
}

impl Bound {
    fn ready(&self, program: u32, class: u32) -> Vec<Ready<'_>> {
        let asked = self.0.get(&program);
        let place = (class as usize).wrapping_sub(1);
        asked.and_then(|all| all.get(place)).map(Asked::ready).unwrap_or_default()
    }
}
