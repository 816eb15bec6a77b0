//! All the concurrency there is: a ring of pieces in flight behind one mutex.
//!
//! A worker waits in three places only: for a ticket (while too many pieces are in flight), at the
//! gate (until it is its piece's turn), and the reporter for the next retired piece. Whoever waits
//! is woken by the one that it waits for, or by [`Ring::stop`].
//!
//! It knows nothing of the rest, so that a test can run it alone, under every order of its steps
//! (`tests/ring.rs`).

use std::collections::VecDeque;

use super::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Pieces in flight. Blocks are taken from an `S`, an `F` passes through the gate from piece to
/// piece, and a retired piece leaves a `T`.
pub(super) struct Ring<S, F, T> {
    source: Mutex<Source<S>>,
    state: Mutex<State<F, T>>,
    /// One for each slot: the worker whose turn comes next is woken alone.
    turn: Vec<Condvar>,
    room: Condvar,
    ready: Condvar,
}

struct Source<S> {
    blocks: S,
    next_ticket: u64,
    ended: bool,
}

struct State<F, T> {
    /// The piece whose turn it is at the gate.
    gate: u64,
    /// What passes from piece to piece; not there while a worker is in the gate.
    framing: Option<F>,
    /// The next piece to be reported.
    reported: u64,
    /// Retired pieces from `reported` on, those that are there.
    retired: VecDeque<Option<T>>,
    /// The last piece, once it is known.
    last: Option<u64>,
    stopped: bool,
}

/// A poisoned lock is taken all the same: [`State`] is never left half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn wait<'a, T>(condition: &Condvar, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
    condition.wait(guard).unwrap_or_else(PoisonError::into_inner)
}

impl<S, F, T> Ring<S, F, T> {
    pub fn new(blocks: S, framing: F, in_flight_max: usize) -> Self {
        Ring {
            source: Mutex::new(Source { blocks, next_ticket: 0, ended: false }),
            state: Mutex::new(State {
                gate: 0,
                framing: Some(framing),
                reported: 0,
                retired: VecDeque::new(),
                last: None,
                stopped: false,
            }),
            turn: (0..in_flight_max).map(|_| Condvar::new()).collect(),
            room: Condvar::new(),
            ready: Condvar::new(),
        }
    }

    /// Takes the next block with `take`, which says whether the input ends there, and its ticket;
    /// `None` if there are no more.
    pub fn take<L>(&self, take: impl FnOnce(&mut S) -> (L, bool)) -> Option<(u64, L)> {
        let mut source = lock(&self.source);
        if source.ended {
            return None;
        }
        let ticket = source.next_ticket;
        let mut state = lock(&self.state);
        while !state.stopped && ticket - state.reported >= self.turn.len() as u64 {
            state = wait(&self.room, state);
        }
        if state.stopped || state.last.is_some() {
            return None;
        }
        drop(state);
        let (load, ended) = take(&mut source.blocks);
        source.next_ticket += 1;
        source.ended = ended;
        Some((ticket, load))
    }

    /// Runs `pass` when it is the turn of `ticket`; it says whether the input ends there. Whether
    /// it was run: not after a stop, nor beyond the end.
    pub fn pass_gate(&self, ticket: u64, pass: impl FnOnce(&mut F) -> bool) -> bool {
        let slot = |ticket: u64| &self.turn[(ticket % self.turn.len() as u64) as usize];
        let mut state = lock(&self.state);
        let mut framing = loop {
            if state.stopped || state.last.is_some() {
                return false;
            }
            if state.gate == ticket
                && let Some(framing) = state.framing.take()
            {
                break framing;
            }
            state = wait(slot(ticket), state);
        };
        drop(state);
        let is_last = pass(&mut framing);
        let mut state = lock(&self.state);
        state.framing = Some(framing);
        state.gate = ticket + 1;
        if is_last {
            state.last = Some(ticket);
            self.turn.iter().for_each(Condvar::notify_all);
            self.room.notify_all();
        } else {
            slot(ticket + 1).notify_all();
        }
        true
    }

    /// Hands over what a piece leaves.
    pub fn retire(&self, ticket: u64, value: T, is_last: bool) {
        let mut state = lock(&self.state);
        let Some(at) = ticket.checked_sub(state.reported) else { return };
        let at = at as usize;
        while state.retired.len() <= at {
            state.retired.push_back(None);
        }
        state.retired[at] = Some(value);
        if at == 0 || is_last {
            self.ready.notify_one();
        }
    }

    /// What the next piece left, in order; `None` after the last, or after a stop.
    pub fn next_retired(&self) -> Option<T> {
        let mut state = lock(&self.state);
        loop {
            if state.last.is_some_and(|last| state.reported > last) || state.stopped {
                return None;
            }
            if let Some(Some(_)) = state.retired.front() {
                state.reported += 1;
                self.room.notify_one();
                return state.retired.pop_front().flatten();
            }
            state = wait(&self.ready, state);
        }
    }

    /// Ends the run: nobody waits any longer.
    pub fn stop(&self) {
        lock(&self.state).stopped = true;
        self.turn.iter().for_each(Condvar::notify_all);
        self.room.notify_all();
        self.ready.notify_all();
    }

    /// What passed through the gate last. `None` if a worker died in the gate.
    pub fn into_framing(self) -> Option<F> {
        self.state.into_inner().unwrap_or_else(PoisonError::into_inner).framing
    }
}
