//! The ring of pieces in flight: blocks are taken in order, and what is left of a piece is
//! reported in order. With the gates and the turns, this is all there is of concurrency.

use std::sync::{Arc, PoisonError};

use super::desk::{Desk, Turn};
use super::sync::{Mutex, MutexGuard};

/// Pieces in flight: a source that gives blocks, and a slot for what each piece leaves.
pub(crate) struct Ring<S, T> {
    desk: Arc<Desk>,
    source: Mutex<S>,
    slots: Vec<Mutex<Option<(T, u64)>>>,
}

/// What a worker got.
pub(crate) enum Took<L> {
    /// A block, and its ticket.
    Block(u64, L),
    /// All handlers are to be told of a pause; then the desk.
    Pause,
    /// All handlers are to be told that it goes on; then the desk.
    Resume,
    /// There are no more.
    End,
}

impl<S, T> Ring<S, T> {
    /// A ring for so many pieces, whose results may weigh so much before they are reported.
    pub fn new(desk: Arc<Desk>, source: S, in_flight_max: usize, weight_max: u64) -> Self {
        desk.begin(in_flight_max, weight_max);
        let slots = (0..in_flight_max).map(|_| Mutex::new(None)).collect();
        Ring { desk, source: Mutex::new(source), slots }
    }

    /// Takes the next block with `take`, which says whether the input ends there.
    pub fn take<L>(&self, take: impl FnOnce(&mut S) -> (L, bool)) -> Took<L> {
        let mut source = self.source.lock().unwrap_or_else(PoisonError::into_inner);
        match self.desk.wait() {
            Turn::Take(ticket) => {
                let (load, last) = take(&mut source);
                self.desk.took(last);
                Took::Block(ticket, load)
            }
            Turn::Pause => Took::Pause,
            Turn::Resume => Took::Resume,
            Turn::End => Took::End,
        }
    }

    fn slot(&self, ticket: u64) -> MutexGuard<'_, Option<(T, u64)>> {
        let slot = &self.slots[(ticket % self.slots.len() as u64) as usize];
        slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands over what a piece leaves, and what that weighs.
    pub fn retire(&self, ticket: u64, value: T, weight: u64) {
        *self.slot(ticket) = Some((value, weight));
        self.desk.handled(ticket, weight);
    }

    /// What the next piece left, in order; `None` after the last, or after an abort, or, unless it
    /// shall `wait`, if it was not handled yet.
    pub fn next_retired(&self, wait: bool) -> Option<T> {
        let ticket = self.desk.next_handled(wait)?;
        let retired = self.slot(ticket).take();
        let (value, weight) = retired?;
        self.desk.reported(weight);
        Some(value)
    }
}
