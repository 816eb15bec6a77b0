//! A gate: pieces pass it one at a time, in the order of their tickets.

use std::sync::PoisonError;

use super::sync::{Condvar, Mutex};

/// A gate, and what passes through it from piece to piece.
pub(crate) struct Gate<F> {
    state: Mutex<Passing<F>>,
    /// A slot for each piece in flight, where the worker that has it waits for its turn.
    turn: Vec<Condvar>,
}

struct Passing<F> {
    /// Whose turn it is.
    next: u64,
    /// Gone while a piece passes, and for ever if its worker dies there.
    value: Option<F>,
    stopped: bool,
}

impl<F> Gate<F> {
    /// A gate for so many pieces at once at most.
    pub fn new(value: F, in_flight_max: usize) -> Self {
        let turn = (0..in_flight_max).map(|_| Condvar::new()).collect();
        let passing = Passing { next: 0, value: Some(value), stopped: false };
        Gate { state: Mutex::new(passing), turn }
    }

    /// Runs `pass` when it is the turn of `ticket`. `None` after a stop.
    pub fn pass<R>(&self, ticket: u64, pass: impl FnOnce(&mut F) -> R) -> Option<R> {
        let slot = |ticket: u64| &self.turn[(ticket % self.turn.len() as u64) as usize];
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut value = loop {
            if state.stopped {
                return None;
            }
            if state.next == ticket
                && let Some(value) = state.value.take()
            {
                break value;
            }
            state = slot(ticket).wait(state).unwrap_or_else(PoisonError::into_inner);
        };
        drop(state);
        let result = pass(&mut value);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.value = Some(value);
        state.next = ticket + 1;
        slot(ticket + 1).notify_all();
        Some(result)
    }

    /// Looks at what passed last. `None` while a piece passes.
    pub fn peek<R>(&self, look: impl FnOnce(&F) -> R) -> Option<R> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.value.as_ref().map(look)
    }

    /// Nobody passes any longer, and nobody waits.
    pub fn stop(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).stopped = true;
        self.turn.iter().for_each(Condvar::notify_all);
    }

    /// What passed last. `None` if a worker died in the gate.
    pub fn into_inner(self) -> Option<F> {
        self.state.into_inner().unwrap_or_else(PoisonError::into_inner).value
    }
}
