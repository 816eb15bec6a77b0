//! Control of a run from any thread: pause, resume, stop, messages, how far it has come.

use std::any::Any;
use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::desk::{Desk, Phase};
use super::ledger::Ledger;

/// How many messages may wait for the slowest handler.
pub const MESSAGES_MAX: usize = 4096;

/// A handle on a run. It only requests: nothing here waits, and all of it may be called from
/// anywhere, also from within a handler, before the run, and after it.
///
/// ```
/// # let pcap = b"\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\0\0\x04\0\x01\0\0\0";
/// let trace = marey::open_stream("a trace", pcap.as_slice())?;
/// let control = trace.control();
/// control.stop();
/// let run = trace.run(|_| marey::pipeline::each(|_, _| ()), |_, ()| marey::GO)?;
/// assert_eq!(run.ledger.received, 0);
/// # Ok::<(), marey::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Control(Arc<Shared>);

#[derive(Default)]
pub(super) struct Shared {
    pub desk: Arc<Desk>,
    /// How many messages were sent, for a look without a lock.
    sent: AtomicU64,
    messages: Mutex<Messages>,
    ledger: Mutex<Ledger>,
    /// What wakes those who wait for input.
    wakers: Mutex<Vec<Waker>>,
}

type Waker = Box<dyn Fn() + Send + Sync>;

#[derive(Default)]
struct Messages {
    /// Those that not every handler has seen.
    waiting: VecDeque<(To, Message)>,
    /// The number of the first of them.
    first: u64,
    /// How many each handler has seen; empty before the run.
    seen: Vec<u64>,
}

/// To whom a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// To every handler.
    All,
    /// To the handler with this number.
    One(usize),
}

/// A value of yours for handlers.
#[derive(Clone)]
pub struct Message(Arc<dyn Any + Send + Sync>);

impl Message {
    /// The value, if it is of this type.
    pub fn get<T: 'static>(&self) -> Option<&T> {
        self.0.downcast_ref()
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Message")
    }
}

/// A message was not sent: [`MESSAGES_MAX`] others wait for the slowest handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{MESSAGES_MAX} messages wait for a handler already")
    }
}

impl std::error::Error for Full {}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Control {
    /// Asks for a pause: what was taken from the input is handled, then every handler is told.
    pub fn pause(&self) {
        self.0.desk.want_pause(true);
    }

    /// Asks to go on after a pause.
    pub fn resume(&self) {
        self.0.desk.want_pause(false);
    }

    /// Whether all handlers were told of a pause, and nothing is handled.
    pub fn is_paused(&self) -> bool {
        self.0.desk.phase() == Phase::Paused
    }

    /// Asks for an end: what was taken from the input is handled and reported, no more is taken.
    pub fn stop(&self) {
        self.0.desk.want_stop();
        lock(&self.0.wakers).iter().for_each(|wake| wake());
    }

    /// Sends a value to handlers: each gets it once, before the next records it handles or at the
    /// end of the run. Messages of one sender come in their order.
    ///
    /// # Errors
    ///
    /// [`Full`], rather than to wait.
    pub fn send<T: Send + Sync + 'static>(&self, to: To, value: T) -> Result<(), Full> {
        let mut messages = lock(&self.0.messages);
        if messages.waiting.len() >= MESSAGES_MAX {
            return Err(Full);
        }
        messages.waiting.push_back((to, Message(Arc::new(value))));
        self.0.sent.fetch_add(1, Ordering::Release);
        Ok(())
    }

    /// The account of the run so far: of the pieces that were reported.
    pub fn ledger(&self) -> Ledger {
        lock(&self.0.ledger).clone()
    }

    pub(super) fn shared(&self) -> &Shared {
        &self.0
    }

    pub(super) fn desk(&self) -> &Arc<Desk> {
        &self.0.desk
    }

    /// Has `wake` called at a stop.
    pub(super) fn on_stop(&self, wake: impl Fn() + Send + Sync + 'static) {
        lock(&self.0.wakers).push(Box::new(wake));
        if self.0.desk.is_ending() {
            lock(&self.0.wakers).iter().for_each(|wake| wake());
        }
    }

    /// Waits until this moment, or for a stop.
    pub(super) fn wait_until(&self, moment: Instant) {
        /// How long a stop may go unnoticed.
        const STEP: Duration = Duration::from_millis(20);
        loop {
            let left = moment.saturating_duration_since(Instant::now());
            if left.is_zero() || self.0.desk.is_ending() {
                return;
            }
            std::thread::sleep(left.min(STEP));
        }
    }
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control").field("phase", &self.0.desk.phase()).finish()
    }
}

impl Shared {
    /// Begins a run with so many handlers.
    pub fn begin(&self, handlers: usize) {
        lock(&self.messages).seen = vec![0; handlers];
    }

    /// How many messages were sent.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Acquire)
    }

    /// The messages for a handler that it has not seen.
    pub fn take_messages(&self, handler: usize) -> Vec<Message> {
        let mut messages = lock(&self.messages);
        let Messages { waiting, first, seen } = &mut *messages;
        let Some(of_this) = seen.get_mut(handler) else { return Vec::new() };
        let unseen = waiting.iter().skip((*of_this - *first) as usize);
        let is_for_this = |to: To| to == To::All || to == To::One(handler);
        let mine = unseen.filter(|(to, _)| is_for_this(*to)).map(|(_, message)| message.clone());
        let mine = mine.collect();
        *of_this = *first + waiting.len() as u64;
        let oldest = seen.iter().copied().min().unwrap_or(*first);
        waiting.drain(..(oldest - *first) as usize);
        *first = oldest;
        mine
    }

    /// Enters into the account.
    pub fn account(&self, enter: impl FnOnce(&mut Ledger)) {
        enter(&mut lock(&self.ledger));
    }

    /// The account, once the run is over.
    pub fn take_ledger(&self) -> Ledger {
        lock(&self.ledger).clone()
    }
}
