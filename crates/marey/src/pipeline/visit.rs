//! A visit of a batch: a handler gets the records that are for it, with the ticks between them.

use std::path::PathBuf;
use std::sync::Arc;

use super::control::Control;
use super::handler::{GO, Handler, Next};
use super::hasher::FILTERED;
use super::merge::{Batch, Run};
use super::piece::Piece;
use super::slot::{RECORD_BASE, Slot};
use super::walk::Cursor;
use crate::error::Error;
use crate::format::Format;
use crate::record::{Head, Kind, Packet, Span};

/// What handlers need of a run.
pub(crate) struct Lanes<'a> {
    pub formats: &'a [Arc<dyn Format>],
    pub names: &'a [PathBuf],
    pub control: &'a Control,
    /// The number of the last tick of the wall clock.
    pub wall: u64,
}

impl Lanes<'_> {
    fn format(&self, piece: &Piece) -> &dyn Format {
        &*self.formats[piece.input as usize]
    }

    /// Says where an error happened, unless it does so itself.
    pub(super) fn name(&self, error: Error, batch: &Batch, record: u64) -> Error {
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

/// A visit of a batch for one handler.
pub(super) struct Visit<'b> {
    batch: &'b Batch,
    lanes: &'b Lanes<'b>,
    /// For each piece of the batch, where its scene stands.
    cursors: Vec<Option<Cursor>>,
    /// How many ticks were handed over, and before which record the next one comes.
    ticked: usize,
    next_tick: u64,
}

impl<'b> Visit<'b> {
    pub(super) fn new(batch: &'b Batch, lanes: &'b Lanes<'b>) -> Self {
        let cursors = batch.pieces.iter().map(|_| None).collect();
        let next_tick = batch.ticks.first().map_or(u64::MAX, |(before, _)| *before);
        Visit { batch, lanes, cursors, ticked: 0, next_tick }
    }

    /// The ticks up to before a record.
    pub(super) fn ticks_before<H: Handler>(&mut self, slot: &mut Slot<H>, record: u64) -> Next {
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
    pub(super) fn all<H: Handler>(&mut self, slot: &mut Slot<H>, kept: bool) -> Next {
        let mut record = self.batch.first;
        for &run in &self.batch.runs {
            let piece = self.batch.piece(run);
            let records = Records::new(piece, self.lanes.format(piece));
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
                records.one(slot, &mut cursor, index)?;
            }
            self.cursors[run.piece as usize] = Some(cursor);
        }
        GO
    }

    /// The records at some offsets in the batch.
    pub(super) fn picked<H: Handler>(&mut self, slot: &mut Slot<H>, offsets: &[u32]) -> Next {
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
            Records::new(piece, format).one(slot, cursor, index)?;
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

/// The records of a piece, with what is the same for all of them.
struct Records<'a> {
    piece: &'a Piece,
    format: &'a dyn Format,
    span: Span<'a>,
}

impl<'a> Records<'a> {
    fn new(piece: &'a Piece, format: &'a dyn Format) -> Self {
        Records { piece, format, span: piece.span(format) }
    }

    /// Hands over one of them.
    #[inline(always)]
    fn one<H: Handler>(&self, slot: &mut Slot<H>, cursor: &mut Cursor, index: usize) -> Next {
        let Some(head) = self.piece.heads.get(index) else { return GO };
        cursor.patch(self.piece, index);
        if head.kind == Kind::Meta {
            return self.meta(slot, cursor, (index, head));
        }
        let (span, number) = (self.span, self.piece.number(index));
        let packet = Packet { span, head, scene: cursor.scene(), number };
        slot.handler.on_packet(&packet, &mut slot.cx)
    }

    #[cold]
    #[inline(never)]
    fn meta<H: Handler>(
        &self,
        slot: &mut Slot<H>,
        cursor: &mut Cursor,
        (index, head): (usize, &Head),
    ) -> Next {
        let meta = cursor.meta(self.piece, self.format, index, head);
        slot.handler.on_meta(&meta, &mut slot.cx)
    }
}
