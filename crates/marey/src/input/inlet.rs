//! An inlet: reads from what may keep its reader waiting, in a thread of its own, so that nobody
//! else has to wait for it.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::{Hurry, PATIENCE};

/// How much is read at a time, and how many portions may wait to be taken.
const PORTION_BYTES: usize = 128 << 10;
const PORTIONS_MAX: usize = 8;

/// What is read from the inlet. A read that finds nothing for a while fails with `WouldBlock`.
pub(crate) struct Inlet {
    shared: Arc<Shared>,
    current: Vec<u8>,
    at: usize,
}

/// What the inlet's thread and its reader share.
#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    full: VecDeque<Vec<u8>>,
    spare: Vec<Vec<u8>>,
    end: Option<io::Result<()>>,
    /// Nobody reads any longer.
    closed: bool,
    /// Whoever waits shall not.
    hurry: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        self.changed.wait(state).unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inlet {
    /// Starts to read.
    pub fn start(source: Box<dyn Read + Send>) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let of_thread = Arc::clone(&shared);
        let name = "marey-inlet".to_owned();
        std::thread::Builder::new().name(name).spawn(move || fill(&of_thread, source))?;
        Ok(Inlet { shared, current: Vec::new(), at: 0 })
    }

    /// What makes its reader stop waiting: from then on, a read that finds nothing fails at once.
    pub fn hurry(&self) -> Hurry {
        let shared = Arc::clone(&self.shared);
        Box::new(move || {
            shared.lock().hurry = true;
            shared.changed.notify_all();
        })
    }

    /// Takes the next portion.
    fn refill(&mut self) -> io::Result<bool> {
        let mut state = self.shared.lock();
        if self.current.capacity() > 0 {
            state.spare.push(std::mem::take(&mut self.current));
        }
        self.at = 0;
        loop {
            if let Some(portion) = state.full.pop_front() {
                self.current = portion;
                self.shared.changed.notify_all();
                return Ok(true);
            }
            match state.end.take() {
                Some(Ok(())) => {
                    state.end = Some(Ok(()));
                    return Ok(false);
                }
                Some(Err(e)) => {
                    state.end = Some(Ok(()));
                    return Err(e);
                }
                None if state.hurry => return Err(io::ErrorKind::WouldBlock.into()),
                None => {}
            }
            let waited = self.shared.changed.wait_timeout(state, PATIENCE);
            let (next, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
            state = next;
            if timeout.timed_out() && state.full.is_empty() && state.end.is_none() {
                return Err(io::ErrorKind::WouldBlock.into());
            }
        }
    }
}

impl Read for Inlet {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.at == self.current.len() && !self.refill()? {
            return Ok(0);
        }
        let rest = self.current.get(self.at..).unwrap_or(&[]);
        let len = rest.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..len), rest.get(..len)) {
            to.copy_from_slice(from);
        }
        self.at += len;
        Ok(len)
    }
}

impl Drop for Inlet {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.changed.notify_all();
    }
}

/// The thread: reads until the source ends or nobody wants it.
fn fill(shared: &Shared, mut source: Box<dyn Read + Send>) {
    loop {
        let mut state = shared.lock();
        while state.full.len() >= PORTIONS_MAX && !state.closed {
            state = shared.wait(state);
        }
        if state.closed {
            return;
        }
        let mut portion = state.spare.pop().unwrap_or_default();
        drop(state);
        portion.resize(PORTION_BYTES, 0);
        let read = source.read(&mut portion);
        let mut state = shared.lock();
        match read {
            Ok(0) => state.end = Some(Ok(())),
            Ok(len) => {
                portion.truncate(len);
                state.full.push_back(portion);
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => state.end = Some(Err(e)),
        }
        shared.changed.notify_all();
        if state.end.is_some() {
            return;
        }
    }
}
