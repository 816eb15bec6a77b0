//! Shards: each is used by one worker at a time, for one piece after the other.

use std::sync::PoisonError;

use super::sync::{Condvar, Mutex, MutexGuard};

/// Values, each of which the pieces visit in the order of their tickets.
pub(crate) struct Turns<V> {
    shards: Vec<Shard<V>>,
}

struct Shard<V> {
    state: Mutex<Turn<V>>,
    next: Condvar,
}

struct Turn<V> {
    /// Whose turn it is.
    next: u64,
    /// How many workers wait for theirs: telling nobody costs a system call.
    waiting: u32,
    stopped: bool,
    value: V,
}

impl<V> Shard<V> {
    fn lock(&self) -> MutexGuard<'_, Turn<V>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<V> Turns<V> {
    /// A shard for each value.
    pub fn new(values: impl IntoIterator<Item = V>) -> Self {
        let shard = |value| {
            let turn = Turn { next: 0, waiting: 0, stopped: false, value };
            Shard { state: Mutex::new(turn), next: Condvar::new() }
        };
        Turns { shards: values.into_iter().map(shard).collect() }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.shards.len()
    }

    /// Visits the shard of this number when it is the turn of `ticket`, which must visit all of
    /// them, in the order of their numbers. `None` after a stop.
    pub fn visit<R>(
        &self,
        shard: usize,
        ticket: u64,
        visit: impl FnOnce(&mut V) -> R,
    ) -> Option<R> {
        let shard = &self.shards[shard];
        let mut turn = shard.lock();
        while turn.next != ticket && !turn.stopped {
            turn.waiting += 1;
            turn = shard.next.wait(turn).unwrap_or_else(PoisonError::into_inner);
            turn.waiting -= 1;
        }
        if turn.stopped {
            return None;
        }
        let result = visit(&mut turn.value);
        turn.next = ticket + 1;
        if turn.waiting > 0 {
            shard.next.notify_all();
        }
        Some(result)
    }

    /// Uses the shard of this number, whoever's turn it is.
    pub fn with<R>(&self, shard: usize, with: impl FnOnce(&mut V) -> R) -> R {
        with(&mut self.shards[shard].lock().value)
    }

    /// Nobody visits any longer, and nobody waits.
    pub fn stop(&self) {
        for shard in &self.shards {
            shard.lock().stopped = true;
            shard.next.notify_all();
        }
    }

    /// The values.
    pub fn into_inner(self) -> Vec<V> {
        let value = |shard: Shard<V>| {
            shard.state.into_inner().unwrap_or_else(PoisonError::into_inner).value
        };
        self.shards.into_iter().map(value).collect()
    }
}
