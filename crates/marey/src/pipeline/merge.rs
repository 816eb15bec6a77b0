//! Trace order: the records of all inputs as one sequence, batch by batch.
//!
//! A batch is all that can be proven to come next: with one input a piece as it is. It is the
//! same sequence as if the earliest of the inputs' next records were taken again and again, the
//! one of the first input where times are equal, whether the inputs are sorted or not.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::sync::Arc;

use super::hasher::FILTERED;
use super::lane::Outstanding;
use super::piece::Piece;
use super::tick::{Clockwork, Tick};
use crate::record::Kind;

/// Records that are handled together.
#[derive(Default)]
pub(crate) struct Batch {
    pub pieces: Vec<Arc<Piece>>,
    pub runs: Vec<Run>,
    /// The number of its first record in the run, and how many there are.
    pub first: u64,
    pub len: u64,
    /// The state of the clockwork before it, and its ticks, each before the record of a number.
    pub clockwork: Clockwork,
    pub ticks: Vec<(u64, Tick)>,
    /// Whether nothing after it is wanted.
    pub is_end: bool,
}

/// Neighbours in a piece.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    pub piece: u32,
    pub from: u32,
    pub to: u32,
}

impl Run {
    pub fn len(self) -> u64 {
        u64::from(self.to - self.from)
    }
}

impl Batch {
    /// The memory of its pieces that nobody needs any more; what was lent goes back.
    pub fn used_up(self) -> impl Iterator<Item = Piece> {
        self.pieces.into_iter().filter_map(Arc::into_inner).map(|mut piece| {
            piece.buffer.give_back();
            piece
        })
    }

    /// The piece of a run.
    pub fn piece(&self, run: Run) -> &Arc<Piece> {
        &self.pieces[run.piece as usize]
    }

    /// Its records in order: the run's piece, and the index in it.
    pub fn indices(&self) -> impl Iterator<Item = (&Arc<Piece>, usize)> {
        self.runs.iter().flat_map(|&run| {
            let piece = self.piece(run);
            (run.from..run.to).map(move |index| (piece, index as usize))
        })
    }

    /// The number in the run and the time of each record.
    pub fn times(&self) -> impl Iterator<Item = (u64, i64)> {
        let times = self.indices().map(|(piece, index)| piece.time(index));
        (self.first..).zip(times)
    }

    /// The record with this number in the run.
    pub fn find(&self, number: u64) -> Option<(&Arc<Piece>, usize)> {
        let mut left = number.checked_sub(self.first)?;
        for &run in &self.runs {
            if left < run.len() {
                return Some((self.piece(run), run.from as usize + left as usize));
            }
            left -= run.len();
        }
        None
    }

    /// How many of its first `len` records were filtered out.
    pub fn filtered(&self, len: u64) -> u64 {
        if self.pieces.iter().all(|piece| piece.shards.is_empty()) {
            return 0;
        }
        let records = self.indices().take(usize::try_from(len).unwrap_or(usize::MAX));
        records.filter(|(piece, index)| piece.shards.get(*index) == Some(&FILTERED)).count() as u64
    }
}

/// An input's pieces that wait for their turn.
#[derive(Default)]
struct Queue {
    pieces: VecDeque<Arc<Piece>>,
    /// The next record of the first piece.
    next: u32,
    /// The first piece's number in the current batch.
    in_batch: Option<u32>,
    ended: bool,
}

impl Queue {
    fn front(&self) -> Option<i64> {
        self.pieces.front().map(|piece| piece.time(self.next as usize))
    }
}

/// Makes batches of pieces.
pub(crate) struct Merger {
    queues: Vec<Queue>,
    /// Inputs with a next record, by its time.
    fronts: BinaryHeap<Reverse<(i64, u32)>>,
    /// How many inputs have not ended and have no next record here.
    starved: usize,
    outstanding: Outstanding,
    next: u64,
    clockwork: Clockwork,
    packets_left: Option<u64>,
    ended: bool,
}

impl Merger {
    /// For so many inputs, up to a number of packets.
    pub fn new(outstanding: Outstanding, clockwork: Clockwork, packets: Option<u64>) -> Self {
        let inputs = outstanding.len();
        Merger {
            queues: (0..inputs).map(|_| Queue::default()).collect(),
            fronts: BinaryHeap::new(),
            starved: inputs,
            outstanding,
            next: 0,
            clockwork,
            packets_left: packets,
            ended: packets == Some(0),
        }
    }

    /// Adds a piece of an input, and gives what comes next of all of them.
    pub fn add(&mut self, piece: Arc<Piece>) -> Batch {
        let clockwork = self.clockwork.clone();
        let mut batch = Batch { first: self.next, clockwork, ..Batch::default() };
        batch.is_end = self.ended;
        if self.ended {
            return batch;
        }
        self.enqueue(piece, &mut batch);
        self.queues.iter_mut().for_each(|queue| queue.in_batch = None);
        while self.starved == 0
            && let Some(Reverse((_, input))) = self.fronts.pop()
        {
            self.run(input, &mut batch);
        }
        self.limit(&mut batch);
        batch.len = batch.runs.iter().map(|run| run.len()).sum();
        self.next += batch.len;
        batch.ticks = self.clockwork.ticks(&batch);
        batch
    }

    /// The number of the next record of the run.
    pub fn next(&self) -> u64 {
        self.next
    }

    /// The clockwork before it.
    pub fn clockwork(&self) -> Clockwork {
        self.clockwork.clone()
    }

    fn enqueue(&mut self, piece: Arc<Piece>, batch: &mut Batch) {
        let input = piece.input as usize;
        let Some(queue) = self.queues.get_mut(input) else { return };
        let had_front = queue.front().is_some();
        let was_starved = !had_front && !queue.ended;
        queue.ended |= piece.is_last;
        if piece.len() > 0 {
            queue.pieces.push_back(piece);
        } else {
            // Its memory goes where that of the others goes.
            batch.pieces.push(piece);
            self.outstanding.done(input);
        }
        let front = queue.front();
        if let Some(time) = front.filter(|_| !had_front) {
            self.fronts.push(Reverse((time, input as u32)));
        }
        self.starved -= usize::from(was_starved && (front.is_some() || queue.ended));
    }

    /// Takes records of an input as long as they come before those of all others.
    fn run(&mut self, input: u32, batch: &mut Batch) {
        let before = self.fronts.peek().map_or((i64::MAX, u32::MAX), |front| front.0);
        let queue = &mut self.queues[input as usize];
        let Some(piece) = queue.pieces.front() else { return };
        let from = queue.next as usize;
        let len = piece.len();
        let alone = before == (i64::MAX, u32::MAX);
        let to = if alone {
            len
        } else {
            let mut ahead = from + 1..len;
            ahead.find(|&index| (piece.time(index), input) >= before).unwrap_or(len)
        };
        let number = *queue.in_batch.get_or_insert_with(|| {
            batch.pieces.push(Arc::clone(piece));
            (batch.pieces.len() - 1) as u32
        });
        batch.runs.push(Run { piece: number, from: from as u32, to: to as u32 });
        queue.next = to as u32;
        if to == len {
            queue.pieces.pop_front();
            (queue.next, queue.in_batch) = (0, None);
            self.outstanding.done(input as usize);
        }
        match queue.front() {
            Some(time) => self.fronts.push(Reverse((time, input))),
            None => self.starved += usize::from(!queue.ended),
        }
    }

    /// Cuts a batch behind the last packet that is wanted.
    fn limit(&mut self, batch: &mut Batch) {
        let Some(left) = &mut self.packets_left else { return };
        for at in 0..batch.runs.len() {
            let run = batch.runs[at];
            let piece = batch.piece(run);
            for index in run.from..run.to {
                let is_packet = piece.heads[index as usize].kind == Kind::Packet;
                let is_kept = piece.shards.get(index as usize) != Some(&FILTERED);
                *left -= u64::from(is_packet && is_kept);
                if *left == 0 {
                    batch.runs[at].to = index + 1;
                    batch.runs.truncate(at + 1);
                    batch.is_end = true;
                    self.ended = true;
                    return;
                }
            }
        }
    }
}
