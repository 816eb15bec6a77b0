//! The one who decides about events, in the order of their times, and does what handlers ask for.
//!
//! There is one for a recording, also where its events are of the kernel and of programs: what a
//! handler remembers of the one it knows at the other.

use marey_filter::Data;
use marey_filter::check::Layout;
use marey_filter::store::Store;

use super::judge::{Judge, OfRule, Ready, Said};
use crate::error::Error;
use crate::sinks::{OfSink, Queue, Sink};

/// Decides about events.
#[derive(Debug, Default)]
pub struct Observer {
    judge: Judge,
    sinks: Vec<Queue>,
    is_asked_to_stop: bool,
    wants_snapshot: bool,
    snapshots: u64,
    /// The time of the latest event that was decided about, where that matters.
    latest: Option<u64>,
}

impl Observer {
    /// With what these handlers remember at first, and where they send events to. In shadow all
    /// filters are asked, also behind one that discards.
    ///
    /// # Errors
    /// When a sink cannot be served.
    pub fn new<'l>(
        layouts: impl IntoIterator<Item = &'l Layout>,
        sinks: &[Sink],
        is_shadow: bool,
    ) -> Result<Self, Error> {
        let sinks = sinks.iter().map(Queue::new).collect::<Result<_, _>>()?;
        Ok(Observer { judge: Judge::new(layouts, is_shadow), sinks, ..Observer::default() })
    }

    /// From now on events of several sources come: an event that comes behind one that is later, or
    /// of the same time, is recorded a nanosecond behind that one.
    pub fn join(&mut self) {
        self.latest = self.latest.or(Some(0));
    }

    /// The time that an event of this time has in the recording. Where there are several sources,
    /// the order of times is that of decisions: no two events have the same.
    pub fn in_order(&mut self, time: u64) -> u64 {
        match &mut self.latest {
            None => time,
            Some(latest) => {
                *latest = time.max(latest.saturating_add(1));
                *latest
            }
        }
    }

    /// Decides about an event, and does what handlers ask for, but for the marks; `line` is what
    /// sinks get of it. What was asked in the kernel already has a bit.
    pub fn decide<D: Data>(
        &mut self,
        (steps, in_kernel): (&[Ready<'_>], u64),
        seen: &D,
        line: impl Fn() -> Vec<u8>,
    ) -> Said {
        let said = self.judge.judge(steps, in_kernel, seen);
        for sink in &said.wishes.sinks {
            if let Some(sink) = self.sinks.get_mut(usize::from(*sink)) {
                sink.send(line());
            }
        }
        self.is_asked_to_stop |= said.wishes.stop;
        self.snapshots += u64::from(said.wishes.snapshot);
        self.wants_snapshot |= said.wishes.snapshot;
        said
    }

    /// Whether a handler asked to end the recording.
    pub fn is_asked_to_stop(&self) -> bool {
        self.is_asked_to_stop
    }

    /// Whether a handler asked for a snapshot since this was asked last.
    pub fn take_wish(&mut self) -> bool {
        std::mem::take(&mut self.wants_snapshot)
    }

    /// How often handlers asked for a snapshot.
    pub fn snapshots(&self) -> u64 {
        self.snapshots
    }

    /// What all handlers remember.
    pub fn stores(&self) -> &[Store] {
        self.judge.stores()
    }

    /// What was counted here that was counted in the kernel as well, in shadow.
    pub fn mirrors(&self) -> &[Store] {
        self.judge.mirrors()
    }

    /// What each rule did here.
    pub fn rules(&self) -> &[OfRule] {
        self.judge.rules()
    }

    /// Ends the sinks: what became of the events that were sent there.
    pub fn end_sinks(&mut self) -> Vec<OfSink> {
        std::mem::take(&mut self.sinks).into_iter().map(Queue::end).collect()
    }
}
