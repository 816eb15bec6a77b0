//! The desk: what the workers of a run, its reporter and those who control it share.
//!
//! It counts pieces in flight and keeps wishes (pause, stop). It holds nothing of the pieces.

use std::collections::VecDeque;
use std::sync::PoisonError;

use super::sync::{Condvar, Mutex, MutexGuard};

/// How far a pause has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Phase {
    #[default]
    Running,
    /// All pieces were handled; a worker tells the handlers.
    Pausing,
    Paused,
    /// A worker tells the handlers that it goes on.
    Resuming,
}

/// What a worker is to do next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// To take a piece with this ticket.
    Take(u64),
    /// To tell all handlers of a pause, then to call [`Desk::told`].
    Pause,
    /// To tell all handlers that it goes on, then to call [`Desk::told`].
    Resume,
    /// There is nothing left to do.
    End,
}

#[derive(Default)]
pub(crate) struct Desk {
    state: Mutex<State>,
    /// There is room for another piece, or a wish has changed. At most one worker waits for it,
    /// since taking is done by one at a time.
    room: Condvar,
    /// The next piece to be reported is there, or nothing more comes.
    ready: Condvar,
}

#[derive(Default)]
struct State {
    in_flight_max: u64,
    weight_max: u64,
    /// How many pieces were taken, handled and reported.
    taken: u64,
    handled: u64,
    reported: u64,
    /// From the first unreported piece on, whether it was handled.
    done: VecDeque<bool>,
    /// How much the results weigh that were not reported yet.
    weight: u64,
    /// How many pieces there are in all, once that is known.
    ended: Option<u64>,
    aborted: bool,
    phase: Phase,
    pause: bool,
    stop: bool,
}

impl Desk {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a run with so many pieces in flight, whose results may weigh so much.
    pub fn begin(&self, in_flight_max: usize, weight_max: u64) {
        let mut state = self.lock();
        state.in_flight_max = in_flight_max as u64;
        state.weight_max = weight_max;
    }

    /// Waits until there is something to do for a worker. One calls at a time.
    pub fn wait(&self) -> Turn {
        let mut state = self.lock();
        loop {
            if state.aborted || state.ended.is_some() {
                return Turn::End;
            }
            match state.phase {
                Phase::Running if state.stop => {
                    state.ended = Some(state.taken);
                    self.ready.notify_all();
                    return Turn::End;
                }
                Phase::Running if !state.pause && state.has_room() => {
                    return Turn::Take(state.taken);
                }
                Phase::Running if state.pause && state.handled == state.taken => {
                    state.phase = Phase::Pausing;
                    return Turn::Pause;
                }
                Phase::Paused if !state.pause || state.stop => {
                    state.phase = Phase::Resuming;
                    return Turn::Resume;
                }
                _ => state = self.room.wait(state).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    /// Notes that a piece was taken; `last` if the input ends with it.
    pub fn took(&self, last: bool) {
        let mut state = self.lock();
        state.taken += 1;
        state.done.push_back(false);
        if last && state.ended.is_none() {
            state.ended = Some(state.taken);
            self.ready.notify_all();
        }
    }

    /// Notes that all handlers know of the pause, or of its end.
    pub fn told(&self) {
        let mut state = self.lock();
        state.phase = match state.phase {
            Phase::Pausing => Phase::Paused,
            _ => Phase::Running,
        };
        self.room.notify_all();
    }

    /// Notes that the piece with this ticket was handled, and what its results weigh.
    pub fn handled(&self, ticket: u64, weight: u64) {
        let mut state = self.lock();
        state.handled += 1;
        state.weight += weight;
        let at = ticket.saturating_sub(state.reported);
        if let Some(done) = state.done.get_mut(at as usize) {
            *done = true;
        }
        if at == 0 {
            self.ready.notify_all();
        }
        if state.pause {
            self.room.notify_all();
        }
    }

    /// The ticket of the next piece to be reported, when it was handled; `None` if there are no
    /// more, or after an abort, or if it was not handled yet and `wait` is not set.
    pub fn next_handled(&self, wait: bool) -> Option<u64> {
        let mut state = self.lock();
        loop {
            if state.aborted || state.ended.is_some_and(|ended| state.reported >= ended) {
                return None;
            }
            if state.done.front() == Some(&true) {
                return Some(state.reported);
            }
            if !wait {
                return None;
            }
            state = self.ready.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Notes that the next piece was reported, with results of this weight.
    pub fn reported(&self, weight: u64) {
        let mut state = self.lock();
        state.reported += 1;
        state.weight -= weight.min(state.weight);
        state.done.pop_front();
        self.room.notify_all();
    }

    /// The piece with this ticket is the last one.
    pub fn end_after(&self, ticket: u64) {
        let mut state = self.lock();
        state.ended = Some(state.ended.map_or(ticket + 1, |ended| ended.min(ticket + 1)));
        self.ready.notify_all();
        self.room.notify_all();
    }

    /// Ends the run at once: nobody waits any longer.
    pub fn abort(&self) {
        self.lock().aborted = true;
        self.ready.notify_all();
        self.room.notify_all();
    }

    /// Wishes for a pause, or for its end.
    pub fn want_pause(&self, pause: bool) {
        self.lock().pause = pause;
        self.room.notify_all();
    }

    /// Wishes for an end behind what was taken.
    pub fn want_stop(&self) {
        self.lock().stop = true;
        self.room.notify_all();
    }

    /// How far a pause has come.
    pub fn phase(&self) -> Phase {
        self.lock().phase
    }

    /// Whether a stop was wished for, or nobody needs more.
    pub fn is_ending(&self) -> bool {
        let state = self.lock();
        state.stop || state.aborted
    }
}

impl State {
    fn has_room(&self) -> bool {
        let in_flight = self.taken - self.reported;
        in_flight < self.in_flight_max && (self.weight <= self.weight_max || in_flight == 0)
    }
}
