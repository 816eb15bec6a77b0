//! A handler with all that a run keeps beside it, and how it is called.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::control::Control;
use super::handler::{Cx, GO, Handler, MetaTo, Next, Stop};
use super::hasher::FILTERED;
use super::merge::{Batch, Run};
use super::piece::Piece;
use super::tick::{Clockwork, Tick, TickKind, Ticked};
use super::walk::Cursor;
use crate::error::{Error, ErrorKind};
use crate::format::Format;
use crate::record::{Kind, Place};

/// What records bring is numbered from here on, until the results are in order.
pub(crate) const RECORD_BASE: u32 = 1 << 31;

/// A handler of a run.
pub(crate) struct Slot<H: Handler> {
    pub handler: H,
    cx: Cx<H::Out>,
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

    fn tick(&mut self, tick: &Tick) -> Next {
        let seen = match tick.kind {
            TickKind::Records => &mut self.seen.records,
            TickKind::TraceTime => &mut self.seen.time,
            TickKind::WallTime => &mut self.seen_wall,
        };
        let previous = std::mem::replace(seen, tick.number);
        self.handler.on_tick(&Tick { previous, ..*tick }, &mut self.cx)
    }

    fn records(&mut self, batch: &Batch, lanes: &Lanes<'_>, picks: Picks<'_>) -> Next {
        let mut walk = Walk::new(batch, lanes);
        self.cx.base = RECORD_BASE;
        match picks {
            Picks::Some(offsets) => walk.picked(self, offsets)?,
            Picks::All | Picks::Kept => walk.all(self, matches!(picks, Picks::Kept))?,
        }
        walk.ticks_before(self, u64::MAX)?;
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

/// What panics said, if they said so in words.
pub(super) fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or_default()
}

/// What handlers need of a run.
pub(crate) struct Lanes<'a> {
    pub formats: &'a [Arc<dyn Format>],
    pub names: &'a [std::path::PathBuf],
    pub control: &'a Control,
    /// The number of the last tick of the wall clock.
    pub wall: u64,
}

impl Lanes<'_> {
    fn format(&self, piece: &Piece) -> &dyn Format {
        &*self.formats[piece.input as usize]
    }

    /// Says where an error happened, unless it does so itself.
    fn name(&self, error: Error, batch: &Batch, record: u64) -> Error {
        if error.position().record.is_some() {
            return error;
        }
        let Some((piece, index)) = batch.find(record) else { return error.in_record(record) };
        let error = error.in_record(piece.number(index));
        let error = match (&piece.cut, piece.heads.get(index)) {
            (Some(cut), Some(head)) => error.at(cut.offset + u64::from(head.start)),
            _ => error,
        };
        match (&error.position().path, self.names.get(piece.input as usize)) {
            (None, Some(name)) => error.in_path(name),
            _ => error,
        }
    }
}

/// A walk over a batch for one handler.
struct Walk<'b> {
    batch: &'b Batch,
    lanes: &'b Lanes<'b>,
    /// For each piece of the batch, where its scene stands.
    cursors: Vec<Option<Cursor>>,
    /// How many ticks were handed over, and before which record the next one comes.
    ticked: usize,
    next_tick: u64,
}

impl<'b> Walk<'b> {
    fn new(batch: &'b Batch, lanes: &'b Lanes<'b>) -> Self {
        let cursors = batch.pieces.iter().map(|_| None).collect();
        let next_tick = batch.ticks.first().map_or(u64::MAX, |(before, _)| *before);
        Walk { batch, lanes, cursors, ticked: 0, next_tick }
    }

    /// The ticks up to before a record.
    fn ticks_before<H: Handler>(&mut self, slot: &mut Slot<H>, record: u64) -> Next {
        while let Some((before, tick)) = self.batch.ticks.get(self.ticked)
            && *before <= record
        {
            self.ticked += 1;
            (slot.cx.record, slot.cx.base) = (*before, 0);
            slot.tick(tick)?;
        }
        slot.cx.base = RECORD_BASE;
        self.next_tick = self.batch.ticks.get(self.ticked).map_or(u64::MAX, |(before, _)| *before);
        GO
    }

    /// All records, or all that were not filtered out.
    fn all<H: Handler>(&mut self, slot: &mut Slot<H>, kept: bool) -> Next {
        let mut record = self.batch.first;
        for &run in &self.batch.runs {
            let piece = self.batch.piece(run);
            let format = self.lanes.format(piece);
            let mut cursor = self.cursor(run);
            for index in run.from as usize..run.to as usize {
                if record >= self.next_tick {
                    self.ticks_before(slot, record)?;
                }
                slot.cx.record = record;
                record += 1;
                if kept && piece.shards.get(index) == Some(&FILTERED) {
                    continue;
                }
                one(slot, &mut cursor, piece, format, index)?;
            }
            self.cursors[run.piece as usize] = Some(cursor);
        }
        GO
    }

    /// The records at some offsets in the batch.
    fn picked<H: Handler>(&mut self, slot: &mut Slot<H>, offsets: &[u32]) -> Next {
        let mut runs = self.batch.runs.iter();
        let (mut base, mut end) = (0, 0);
        let mut current: Option<(Run, Cursor)> = None;
        for &offset in offsets {
            let record = self.batch.first + u64::from(offset);
            while offset >= end {
                if let Some((run, cursor)) = current.take() {
                    self.cursors[run.piece as usize] = Some(cursor);
                }
                let Some(&run) = runs.next() else { return GO };
                (base, end) = (end, end + run.to - run.from);
                if offset < end {
                    current = Some((run, self.cursor(run)));
                }
            }
            let Some((run, cursor)) = &mut current else { return GO };
            if record >= self.next_tick {
                self.ticks_before(slot, record)?;
            }
            slot.cx.record = record;
            let piece = self.batch.piece(*run);
            let format = self.lanes.format(piece);
            let index = (run.from + (offset - base)) as usize;
            cursor.advance(piece, format, index);
            one(slot, cursor, piece, format, index)?;
        }
        GO
    }

    /// The cursor of a run's piece, at the run's start.
    fn cursor(&mut self, run: Run) -> Cursor {
        let piece = self.batch.piece(run);
        let cursor = self.cursors[run.piece as usize].take();
        let mut cursor = cursor.unwrap_or_else(|| piece.cursor());
        cursor.advance(piece, self.lanes.format(piece), run.from as usize);
        cursor
    }
}

/// Hands over one record.
#[inline]
fn one<H: Handler>(
    slot: &mut Slot<H>,
    cursor: &mut Cursor,
    piece: &Piece,
    format: &dyn Format,
    index: usize,
) -> Next {
    let Some(head) = piece.heads.get(index) else { return GO };
    cursor.patch(piece, index);
    match head.kind {
        Kind::Packet => match cursor.packet(piece, format, index) {
            Some(packet) => slot.handler.on_packet(&packet, &mut slot.cx),
            None => GO,
        },
        Kind::Meta => {
            let meta = cursor.meta(piece, format, index, head);
            slot.handler.on_meta(&meta, &mut slot.cx)
        }
    }
}

/// The offsets in a batch of the records of each shard.
#[derive(Debug, Default)]
pub(crate) struct Picked {
    offsets: Vec<u32>,
    starts: Vec<u32>,
}

impl Picked {
    /// Sorts the records of a batch by their shards, in their order.
    pub fn fill(&mut self, batch: &Batch, shards: usize, meta: MetaTo) {
        let everyone = meta == MetaTo::Broadcast;
        let mut counts = vec![0; shards + 1];
        each_place(batch, everyone, shards, |shard, _| counts[shard + 1] += 1);
        for shard in 0..shards {
            counts[shard + 1] += counts[shard];
        }
        self.starts.clone_from(&counts);
        self.offsets.clear();
        self.offsets.resize(counts[shards] as usize, 0);
        each_place(batch, everyone, shards, |shard, offset| {
            self.offsets[counts[shard] as usize] = offset;
            counts[shard] += 1;
        });
    }

    /// The offsets of a shard's records.
    pub fn of(&self, shard: usize) -> &[u32] {
        &self.offsets[self.starts[shard] as usize..self.starts[shard + 1] as usize]
    }
}

fn each_place(batch: &Batch, everyone: bool, shards: usize, mut place: impl FnMut(usize, u32)) {
    for (offset, (piece, index)) in (0..).zip(batch.indices()) {
        match piece.shards.get(index) {
            Some(&FILTERED) => {}
            Some(_) if everyone && piece.heads[index].kind == Kind::Meta => {
                (0..shards).for_each(|shard| place(shard, offset));
            }
            Some(&shard) => place(usize::from(shard), offset),
            None => place(0, offset),
        }
    }
}
