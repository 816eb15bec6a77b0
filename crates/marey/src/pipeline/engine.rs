//! The engine: what a worker does with a piece, and how a run begins and ends.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::control::Control;
use super::gate::Gate;
use super::handler::{Cx, GO, Handler, Next, Stop};
use super::hasher::{Placing, SHARDS};
use super::lane::{Feed, Lane, Outstanding};
use super::merge::{Batch, Merger};
use super::pace::Pace;
use super::picked::Picked;
use super::piece::{Framing, Piece};
use super::ring::{Ring, Took};
use super::slot::{Left, Picks, Slot};
use super::tick::Clockwork;
use super::turns::Turns;
use super::visit::Lanes;
use super::{Options, RESULT_BYTES_MAX};
use crate::error::{Error, Result};
use crate::format::{Account, Damage, Format};
use crate::input::Opened;
use crate::input::blocks::Load;
use crate::record::Place;

/// A run: everything that its workers share.
pub(crate) struct Engine<H: Handler> {
    lanes: Vec<Lane>,
    formats: Vec<Arc<dyn Format>>,
    names: Vec<PathBuf>,
    control: Control,
    ring: Ring<Feed, Retired<H::Out>>,
    framing: Gate<Vec<Framing>>,
    order: Gate<Merger>,
    slots: Turns<Slot<H>>,
    /// Memory of pieces that were used up.
    pool: Mutex<Vec<Piece>>,
    /// What handlers published when they were told of a pause, and why one of them failed.
    aside: Mutex<Aside<H::Out>>,
    placing: Placing,
    begun: Instant,
    wall: Option<Duration>,
    pace: Option<Mutex<Pace>>,
}

/// Results of a pause, and why a handler failed in it.
type Aside<T> = (Vec<(Place, T)>, Option<Error>);

/// What is left of a piece when it is retired.
pub(crate) struct Retired<T> {
    /// The number of the first record of its batch.
    pub first: u64,
    pub results: Vec<(Place, T)>,
    pub next: Next,
    pub received: u64,
    pub filtered: u64,
    pub account: Account,
    pub damage: Vec<Damage>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<H: Handler> Engine<H> {
    /// An engine for these inputs, with handlers that `make` makes.
    pub fn new(
        inputs: Vec<(Opened, PathBuf)>,
        options: &Options,
        control: Control,
        make: impl Fn(usize) -> H,
    ) -> Self {
        let (opened, names): (Vec<_>, Vec<_>) = inputs.into_iter().unzip();
        let formats: Vec<_> = opened.iter().map(|opened| Arc::clone(&opened.format)).collect();
        let lanes: Vec<_> = opened.into_iter().map(Lane::new).collect();
        let hashed = options.placing.hasher.is_some();
        let handlers = if hashed { SHARDS } else { options.workers };
        control.shared().begin(handlers);
        let in_flight = 2 * options.workers;
        let outstanding = Outstanding::new(lanes.len());
        let feed = Feed::new(outstanding.clone(), options.block_len_of(lanes.len()));
        let desk = Arc::clone(control.desk());
        let framings = formats.iter().map(|format| Framing::new(&**format)).collect();
        let mut placing = options.placing.clone();
        placing.needs_metas = placing.is_needed() || lanes.len() > 1;
        let merger = Merger::new(outstanding, options.clockwork.clone(), options.packets);
        Engine {
            ring: Ring::new(desk, feed, in_flight, RESULT_BYTES_MAX),
            framing: Gate::new(framings, in_flight),
            order: Gate::new(merger, in_flight),
            slots: Turns::new((0..handlers).map(|number| Slot::new(make(number), number))),
            pool: Mutex::default(),
            aside: Mutex::new((Vec::new(), None)),
            begun: Instant::now(),
            wall: options.wall,
            pace: options.replay.map(|speed| Mutex::new(Pace::new(speed))),
            lanes,
            formats,
            names,
            control,
            placing,
        }
    }

    /// Does the next bit of work; whether there may be more.
    pub fn step(&self, worker: usize, picked: &mut Picked) -> bool {
        let took = self.ring.take(|feed| {
            let mut piece = lock(&self.pool).pop().unwrap_or_default();
            let (load, last) = feed.take(&self.lanes, &mut piece);
            ((piece, load), last)
        });
        match took {
            Took::Block(ticket, (piece, load)) => self.piece(ticket, piece, load, worker, picked),
            Took::Pause => self.tell(H::on_pause),
            Took::Resume => self.tell(H::on_resume),
            Took::End => false,
        }
    }

    /// Tells all handlers of a pause, or of its end.
    fn tell(&self, call: impl Fn(&mut H, &mut Cx<H::Out>) -> Next) -> bool {
        let record = self.order.peek(Merger::next).unwrap_or(0);
        for number in 0..self.slots.len() {
            let left = self.slots.with(number, |slot| slot.call(record, &call));
            let mut aside = lock(&self.aside);
            aside.0.extend(left.results);
            match left.next {
                Next::Continue(()) => {}
                Next::Break(Stop::Here) => self.control.stop(),
                Next::Break(Stop::Error(error)) => {
                    aside.1.get_or_insert(error);
                    self.control.stop();
                }
            }
        }
        self.control.desk().told();
        true
    }

    /// All that is done with a piece; whether there may be more.
    fn piece(
        &self,
        ticket: u64,
        mut piece: Piece,
        load: Option<Load>,
        worker: usize,
        picked: &mut Picked,
    ) -> bool {
        let lane = &self.lanes[piece.input as usize];
        let is_loaded = load.is_some();
        if let Some(load) = load {
            piece.load(load);
        }
        let input = piece.input as usize;
        let passed = self.framing.pass(ticket, |framings| {
            lane.frame(&mut piece, is_loaded, &mut framings[input]);
        });
        if passed.is_none() {
            return false;
        }
        piece.decode(&*lane.format, &self.placing);
        let account = piece.framed.account;
        let damage = std::mem::take(&mut piece.framed.damage);
        let passed = self.order.pass(ticket, |merger| self.order(ticket, piece, merger));
        let Some(batch) = passed else { return false };
        let Some(mut left) = self.handle(ticket, &batch, worker, picked) else { return false };
        let received = match left.next {
            Next::Continue(()) => batch.len,
            Next::Break(_) => (left.record + 1).saturating_sub(batch.first).min(batch.len),
        };
        let goes_on = left.next.is_continue();
        let weight = left.results.iter().map(|(_, result)| H::weight(result) as u64).sum();
        let retired = Retired {
            first: batch.first,
            results: std::mem::take(&mut left.results),
            next: left.next,
            received,
            filtered: batch.filtered(received),
            account,
            damage,
        };
        lock(&self.pool).extend(batch.used_up());
        self.ring.retire(ticket, retired, weight);
        goes_on
    }

    /// What comes next in the order of the trace, when it is due.
    fn order(&self, ticket: u64, piece: Piece, merger: &mut Merger) -> Batch {
        let batch = merger.add(Arc::new(piece));
        if batch.is_end {
            self.control.desk().end_after(ticket);
        }
        // The gate is passed in order, so nobody else is at the pace now.
        if let Some(due) = self.pace.as_ref().and_then(|pace| lock(pace).due(&batch)) {
            self.control.wait_until(due);
        }
        batch
    }

    /// Hands a batch to the handler of the worker, or to those of all shards.
    fn handle(
        &self,
        ticket: u64,
        batch: &Batch,
        worker: usize,
        picked: &mut Picked,
    ) -> Option<Left<H::Out>> {
        let lanes = Lanes {
            formats: &self.formats,
            names: &self.names,
            control: &self.control,
            wall: self.wall_ticks(),
        };
        if self.placing.hasher.is_none() {
            let picks = if self.placing.is_needed() { Picks::Kept } else { Picks::All };
            return Some(self.slots.with(worker, |slot| slot.handle(batch, &lanes, picks)));
        }
        picked.fill(batch, SHARDS, H::META);
        let mut all = Left { results: Vec::new(), next: GO, record: u64::MAX };
        let mut publishers = 0;
        for shard in 0..SHARDS {
            let picks = Picks::Some(picked.of(shard));
            let left = self.slots.visit(shard, ticket, |s| s.handle(batch, &lanes, picks))?;
            publishers += usize::from(!left.results.is_empty());
            all.results.extend(left.results);
            if left.next.is_break() && left.record < all.record {
                (all.next, all.record) = (left.next, left.record);
            }
        }
        all.sort(publishers > 1);
        Some(all)
    }

    fn wall_ticks(&self) -> u64 {
        let Some(interval) = self.wall else { return 0 };
        let ticks = self.begun.elapsed().as_nanos() / interval.as_nanos().max(1);
        u64::try_from(ticks).unwrap_or(u64::MAX)
    }

    /// What the next piece left, in order.
    pub fn next_retired(&self, wait: bool) -> Option<Retired<H::Out>> {
        self.ring.next_retired(wait)
    }

    /// What was published aside before a record.
    pub fn take_aside(&self, record: u64) -> Vec<(Place, H::Out)> {
        let results = &mut lock(&self.aside).0;
        let count = results.iter().take_while(|(place, _)| place.record <= record).count();
        results.drain(..count).collect()
    }

    /// Why a handler failed that was told of a pause.
    pub fn take_failure(&self) -> Option<Error> {
        lock(&self.aside).1.take()
    }

    /// Ends the run at once: nobody waits any longer.
    pub fn abort(&self) {
        self.control.desk().abort();
        self.framing.stop();
        self.order.stop();
        self.slots.stop();
    }

    /// Tells the handlers one after the other, on the caller's thread, and hands over what they
    /// publish.
    pub fn tell_each(
        &self,
        call: impl Fn(&mut Slot<H>) -> Left<H::Out>,
        mut deliver: impl FnMut(Left<H::Out>) -> Result<()>,
    ) -> Result<()> {
        (0..self.slots.len()).try_for_each(|number| deliver(self.slots.with(number, &call)))
    }

    /// Where the next record of the run stands, and the clockwork before it.
    pub fn place(&self) -> (u64, Clockwork) {
        self.order.peek(|merger| (merger.next(), merger.clockwork())).unwrap_or_default()
    }

    /// The state of each input; `None` if a worker died in the gate. And the handlers.
    pub fn end(self) -> (Option<Vec<Framing>>, Vec<H>) {
        let handlers = self.slots.into_inner().into_iter().map(|slot| slot.handler).collect();
        (self.framing.into_inner(), handlers)
    }
}

impl<T> Left<T> {
    /// Brings the results of shards into the order of the records, up to the stop.
    fn sort(&mut self, several: bool) {
        use super::slot::RECORD_BASE;
        if several {
            self.results.sort_by_key(|(place, _)| (place.record, place.nth >= RECORD_BASE));
        }
        if self.next.is_break() {
            self.results.retain(|(place, _)| place.record <= self.record);
        }
    }
}
