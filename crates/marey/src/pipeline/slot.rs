//! A handler with all that a run keeps beside it, and how it is called.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::control::Control;
use super::handler::{Cx, GO, Handler, Next, Stop};
use super::merge::Batch;
use super::tick::{Clockwork, Tick, TickKind, Ticked};
use super::visit::{Lanes, Visit};
use crate::error::{Error, ErrorKind};
use crate::record::Place;

/// What records bring is numbered from here on, until the results are in order.
pub(crate) const RECORD_BASE: u32 = 1 << 31;

/// A handler of a run.
pub(crate) struct Slot<H: Handler> {
    pub handler: H,
    pub(super) cx: Cx<H::Out>,
    seen: Ticked,
    seen_wall: u64,
    seen_messages: u64,
    /// Whether it has stopped the run.
    stopped: bool,
}

/// What a handler left behind a batch.
pub(crate) struct Left<T> {
    pub results: Vec<(Place, T)>,
    pub next: Next,
    /// The number of the record that was handled last.
    pub record: u64,
}

/// Which records of a batch a handler gets.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Picks<'a> {
    /// All of them.
    All,
    /// Those that were not filtered out.
    Kept,
    /// Those at these offsets in the batch.
    Some(&'a [u32]),
}

impl<H: Handler> Slot<H> {
    pub fn new(handler: H, number: usize) -> Self {
        let cx = Cx::new(number);
        let seen = Ticked::default();
        Slot { handler, cx, seen, seen_wall: 0, seen_messages: 0, stopped: false }
    }

    /// Calls `call` at the place of a record, unless the handler has stopped the run. A panic
    /// becomes an error.
    pub fn call(
        &mut self,
        record: u64,
        call: impl FnOnce(&mut H, &mut Cx<H::Out>) -> Next,
    ) -> Left<H::Out> {
        self.cx.record = record;
        self.guarded(|slot| call(&mut slot.handler, &mut slot.cx))
    }

    fn guarded(&mut self, call: impl FnOnce(&mut Self) -> Next) -> Left<H::Out> {
        let mut next = GO;
        if !self.stopped {
            let called = catch_unwind(AssertUnwindSafe(|| call(self)));
            next = called.unwrap_or_else(|panic| {
                let reason = format!("the handler panicked: {}", panic_message(&*panic));
                Next::Break(Stop::Error(Error::new(ErrorKind::Handler(reason))))
            });
        }
        self.stopped |= next.is_break();
        Left { results: std::mem::take(&mut self.cx.results), next, record: self.cx.record }
    }

    /// Hands the records of a batch to the handler, with all that comes before them.
    pub fn handle(&mut self, batch: &Batch, lanes: &Lanes<'_>, picks: Picks<'_>) -> Left<H::Out> {
        if self.has_nothing(batch, lanes, picks) {
            return Left { results: Vec::new(), next: GO, record: batch.first };
        }
        (self.cx.record, self.cx.base) = (batch.first, 0);
        let mut left = self.guarded(|slot| {
            let next = match slot.before(batch, lanes) {
                Next::Continue(()) => slot.records(batch, lanes, picks),
                stopped => stopped,
            };
            if !matches!(next, Next::Break(Stop::Error(_))) && picks.has_any(batch) {
                slot.handler.on_piece_end(&mut slot.cx)?;
            }
            next
        });
        if let Next::Break(Stop::Error(error)) = left.next {
            left.next = Next::Break(Stop::Error(lanes.name(error, batch, left.record)));
        }
        left
    }

    /// Whether a batch brings nothing for the handler of a shard.
    fn has_nothing(&self, batch: &Batch, lanes: &Lanes<'_>, picks: Picks<'_>) -> bool {
        matches!(picks, Picks::Some([]))
            && batch.ticks.is_empty()
            && self.seen == batch.clockwork.ticked()
            && lanes.wall == self.seen_wall
            && lanes.control.shared().sent() == self.seen_messages
    }

    /// Ticks in the pieces of others, the wall clock's, messages.
    fn before(&mut self, batch: &Batch, lanes: &Lanes<'_>) -> Next {
        let ticked = batch.clockwork.ticked();
        if self.seen != ticked {
            for tick in batch.clockwork.missed(self.seen) {
                self.handler.on_tick(&tick, &mut self.cx)?;
            }
            self.seen = ticked;
        }
        if lanes.wall > self.seen_wall {
            let previous = std::mem::replace(&mut self.seen_wall, lanes.wall);
            let tick = Tick { kind: TickKind::WallTime, number: lanes.wall, previous, time: None };
            self.handler.on_tick(&tick, &mut self.cx)?;
        }
        self.messages(lanes.control)
    }

    /// Messages that it has not seen.
    fn messages(&mut self, control: &Control) -> Next {
        let sent = control.shared().sent();
        if sent == self.seen_messages {
            return GO;
        }
        self.seen_messages = sent;
        for message in control.shared().take_messages(self.cx.handler) {
            self.handler.on_message(&message, &mut self.cx)?;
        }
        GO
    }

    pub(super) fn tick(&mut self, tick: &Tick) -> Next {
        let seen = match tick.kind {
            TickKind::Records => &mut self.seen.records,
            TickKind::TraceTime => &mut self.seen.time,
            TickKind::WallTime => &mut self.seen_wall,
        };
        let previous = std::mem::replace(seen, tick.number);
        self.handler.on_tick(&Tick { previous, ..*tick }, &mut self.cx)
    }

    fn records(&mut self, batch: &Batch, lanes: &Lanes<'_>, picks: Picks<'_>) -> Next {
        let mut visit = Visit::new(batch, lanes);
        self.cx.base = RECORD_BASE;
        match picks {
            Picks::Some(offsets) => visit.picked(self, offsets)?,
            Picks::All | Picks::Kept => visit.all(self, matches!(picks, Picks::Kept))?,
        }
        visit.ticks_before(self, u64::MAX)?;
        self.cx.record = (batch.first + batch.len).saturating_sub(1).max(batch.first);
        GO
    }

    /// What comes before the end: what it has not been told yet, then that it is over.
    pub fn stop(&mut self, record: u64, clockwork: &Clockwork, control: &Control) -> Left<H::Out> {
        self.stopped = false;
        (self.cx.record, self.cx.base) = (record, 0);
        self.guarded(|slot| {
            for tick in clockwork.missed(slot.seen) {
                slot.handler.on_tick(&tick, &mut slot.cx)?;
            }
            slot.messages(control)?;
            slot.handler.on_stop(&mut slot.cx)
        })
    }
}

impl Picks<'_> {
    fn has_any(self, batch: &Batch) -> bool {
        match self {
            Picks::All | Picks::Kept => batch.len > 0,
            Picks::Some(offsets) => !offsets.is_empty(),
        }
    }
}

/// What a panic said, if they said so in words.
pub(super) fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or_default()
}
