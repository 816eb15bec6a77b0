//! The events of a program: what is decided about them, what is written, what is lost.

use std::sync::Arc;

use marey_layer::drain::Record;

use super::account::Losses;
use super::class::Seen;
use super::encode::{Start, encode, encode_mark};
use super::failed;
use super::line::line;
use super::parts::Filling;
use super::program::Traced;
use super::ring::Batch;
use crate::error::Error;
use crate::session::judge::Ready;
use crate::session::observer::Observer;

impl Traced {
    /// Decides about what was read of a ring, and writes what is kept.
    ///
    /// # Errors
    /// When the trace cannot be written.
    pub(super) fn write(
        &mut self,
        (ring, batch): (usize, &Batch),
        observer: &mut Observer,
        filling: &mut Filling,
    ) -> Result<(), Error> {
        let asked = Arc::clone(&self.asked);
        let mut ready = Vec::new();
        ready.resize_with(asked.len(), || None);
        for record in batch.records() {
            let place = (record.class as usize).wrapping_sub(1);
            let steps = asked.get(place).zip(ready.get_mut(place));
            let steps = steps.map(|(asked, ready)| ready.get_or_insert_with(|| asked.ready()));
            let steps = steps.map_or(&[][..], |steps| steps.as_slice());
            self.event((ring, &record), steps, observer, filling)?;
        }
        Ok(())
    }

    /// Decides about an event of a ring, and writes it if it is kept: in shadow it is, with what
    /// was decided.
    ///
    /// # Errors
    /// When the trace cannot be written.
    pub fn event(
        &mut self,
        (ring, record): (usize, &Record<'_>),
        steps: &[Ready<'_>],
        observer: &mut Observer,
        filling: &mut Filling,
    ) -> Result<(), Error> {
        let Traced { program, rings, account, encoded, trace, number, plan, .. } = self;
        let Some(ring) = rings.get_mut(ring) else { return Ok(()) };
        ring.is_decided(1);
        let place = (record.class as usize).wrapping_sub(1);
        let known = program.class(record.class).zip(account.classes.get_mut(place));
        let Some((class, counted)) = known else {
            self.unreadable += 1;
            return Ok(());
        };
        let (pid, clock_offset) = (trace.about().name.pid, trace.about().clocks.offset());
        let process = (pid, account.command.as_str());
        let seen = Seen { class, record, process, clock_offset };
        let said = observer.decide((steps, 0), &seen, || line(&seen));
        account.unanswered += said.unanswered;
        said.count_in(&mut counted.discarded);
        let is_kept = said.discarded_by.is_none() || plan.is_shadow;
        if !is_kept && said.wishes.marks.is_empty() {
            return Ok(());
        }
        let time = ring.time(observer.in_order(record.time_ns));
        let start = Start { time, pid, discards: plan.is_shadow.then_some(said.discards) };
        encoded.clear();
        for mark in &said.wishes.marks {
            encode_mark(mark, record, start, encoded);
        }
        let marks = encoded.len();
        let mut cut = None;
        if is_kept {
            cut = encode(class, record, start, encoded);
            self.unreadable += u64::from(cut.is_none());
        }
        if encoded.is_empty() {
            return Ok(());
        }
        trace.make(ring, program.classes(), (time, filling.number()))?;
        ring.push(time, encoded).map_err(|e| failed(trace.folder(), &e))?;
        if let Some(cut) = cut {
            account.late += u64::from(time != record.time_ns);
            account.cut += cut;
            account.bytes += (encoded.len() - marks) as u64;
            counted.delivered += 1;
        }
        filling.add(cut.map(|_| (*number, place)), encoded.len());
        Ok(())
    }

    /// Counts what was lost, and what the program itself discarded.
    pub(super) fn count(&mut self) {
        let mut lost = Losses { unreadable: self.unreadable, ..Losses::default() };
        lost.of_program(&self.lost_before, &self.program.lost());
        self.account.filtered_in_program = 0;
        let by = self.control.given();
        self.account.discarded_in_program = by.map(|by| (by, 0));
        for ring in &mut self.rings {
            // Without filters of ours nobody discards by them: no file is asked, each few ms.
            if let Some((_, discarded)) = &mut self.account.discarded_in_program {
                ring.look_at_filter();
                *discarded += ring.discarded_by_filter();
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
    pub(super) fn tell_losses(&mut self, now: u64, part: Option<u64>) -> Result<(), Error> {
        let mut others = self.account.lost.sum();
        for ring in &self.rings {
            others = others.saturating_sub(ring.lost());
        }
        for ring in &mut self.rings {
            let lost = ring.lost() + std::mem::take(&mut others);
            if ring.is_to_tell(lost) {
                self.trace.make(ring, self.program.classes(), (now, part))?;
                ring.tell_lost(lost);
            }
        }
        Ok(())
    }
}
