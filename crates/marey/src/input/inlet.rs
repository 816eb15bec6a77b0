//! An inlet: reads from what may keep its reader waiting, in a thread of its own, so that nobody
//! else has to wait for it.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::supply::{Lent, Supplied, Supply};

/// How much is read at a time, and how many portions may wait to be taken.
const PORTION_BYTES: usize = 128 << 10;
const PORTIONS_MAX: usize = 8;

/// After so long without anything new, a reader is told that there is nothing yet.
const PATIENCE: Duration = Duration::from_millis(100);

/// What is read from the inlet. A read that finds nothing for a while fails with `WouldBlock`.
pub(crate) struct Inlet {
    shared: Arc<Shared>,
    current: Vec<u8>,
    at: usize,
}

/// Something that was read.
#[derive(Debug)]
pub(crate) enum Portion {
    Bytes(Vec<u8>),
    Block(Lent),
}

/// What the thread reads.
pub(crate) enum Source {
    Reader(Box<dyn Read + Send>),
    Supply(Box<dyn Supply>),
}

/// What the inlet's thread and its reader share.
#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    full: VecDeque<Portion>,
    spare: Vec<Vec<u8>>,
    end: Option<io::Result<()>>,
    /// Nobody reads any longer.
    closed: bool,
    /// Whoever waits shall not.
    hurry: bool,
}

/// Has the inlet's reader stop waiting.
#[derive(Clone)]
pub(crate) struct Hurry(Arc<Shared>);

impl Hurry {
    /// From now on, a read that finds nothing fails at once.
    pub fn now(&self) {
        self.0.lock().hurry = true;
        self.0.changed.notify_all();
    }
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
    pub fn start(source: Source) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let of_thread = Arc::clone(&shared);
        let name = "marey-inlet".to_owned();
        std::thread::Builder::new().name(name).spawn(move || fill(&of_thread, source))?;
        Ok(Inlet { shared, current: Vec::new(), at: 0 })
    }

    /// What makes its reader stop waiting.
    pub fn hurry(&self) -> Hurry {
        Hurry(Arc::clone(&self.shared))
    }

    /// Takes the next portion; nothing at the end.
    pub fn take(&mut self) -> io::Result<Option<Portion>> {
        let mut state = self.shared.lock();
        if self.current.capacity() > 0 {
            state.spare.push(std::mem::take(&mut self.current));
        }
        self.at = 0;
        loop {
            if let Some(portion) = state.full.pop_front() {
                self.shared.changed.notify_all();
                return Ok(Some(portion));
            }
            match state.end.take() {
                Some(Ok(())) => {
                    state.end = Some(Ok(()));
                    return Ok(None);
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
        if self.at == self.current.len() {
            match self.take()? {
                Some(Portion::Bytes(bytes)) => self.current = bytes,
                // A reader hands over no blocks.
                Some(Portion::Block(_)) | None => return Ok(0),
            }
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
fn fill(shared: &Shared, mut source: Source) {
    loop {
        let mut state = shared.lock();
        while state.full.len() >= PORTIONS_MAX && !state.closed {
            state = shared.wait(state);
        }
        if state.closed {
            return;
        }
        let spare = state.spare.pop().unwrap_or_default();
        drop(state);
        let portions = source.next(spare);
        let mut state = shared.lock();
        match portions {
            Ok(portions) if portions.is_empty() => state.end = Some(Ok(())),
            // To wake a thread costs more than to take a block: several are one step.
            Ok(portions) => state.full.extend(portions),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => state.end = Some(Err(e)),
        }
        shared.changed.notify_all();
        if state.end.is_some() {
            return;
        }
    }
}

impl Source {
    /// The next portions, in `spare` if they need memory; none at the end.
    fn next(&mut self, mut spare: Vec<u8>) -> io::Result<Vec<Portion>> {
        match self {
            Source::Reader(reader) => {
                spare.resize(PORTION_BYTES, 0);
                let len = reader.read(&mut spare)?;
                spare.truncate(len);
                Ok(if len > 0 { vec![Portion::Bytes(spare)] } else { Vec::new() })
            }
            Source::Supply(supply) => Ok(match supply.next()? {
                Supplied::Bytes(bytes) => vec![Portion::Bytes(bytes)],
                Supplied::Blocks(blocks) => blocks.into_iter().map(Portion::Block).collect(),
                Supplied::End => Vec::new(),
            }),
        }
    }
}
