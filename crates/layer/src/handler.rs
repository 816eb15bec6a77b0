//! Handlers: code of the program that decides, event by event, whether it is recorded.
//!
//! ```
//! use marey_layer::handler::{self, EventData, Value, Verdict};
//!
//! // One of these is made for each thread, so it may have state without a lock.
//! handler::add("shop:order", || {
//!     let mut count = 0_u64;
//!     move |event: &EventData<'_>| {
//!         count += 1;
//!         let is_dear = matches!(event.value("cents"), Some(Value::Unsigned(1000..)));
//!         if is_dear || count % 100 == 0 { Verdict::Keep } else { Verdict::Discard }
//!     }
//! }).unwrap();
//! marey_layer::event!("shop:order", id = 7_u64, cents = 250_u32);
//! ```
//!
//! Handlers are asked in the order in which they were added, where the event happens, and only if
//! it is on and there is room for it. The first that discards it is the last that is asked. What
//! they discard is counted, by handler and in all.
//!
//! An event within a handler is recorded without asking any, and so is one of a signal handler that
//! interrupts an event or a handler. (One that interrupts neither is asked about: in a program that
//! records in signal handlers, handlers must be fit for that.) A handler that panics keeps the
//! event, and is taken away. So is one that takes longer than [`BUDGET_NS`]: of [`RUNS_A_SAMPLE`]
//! runs one is timed, and it may be too long [`TOO_LONG_MAX`] times in a row, since the kernel may
//! have interrupted it. The control page of the process counts handlers that were taken away.
//!
//! Numbers of events are 64 bits wide here; floats, bytes and words are given as the bits and the
//! bytes that they are.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::OnceLock;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicBool, AtomicU32};

pub use marey_filter::{EventData, Field, Value, Verdict};

use crate::layout::control::{HANDLER_NAME_BYTES, HANDLERS_MAX};
use crate::layout::{FIELDS_MAX, value};
use crate::program::{self, class::Class, now_ns};

/// How long a run may take, in nanoseconds.
pub const BUDGET_NS: u64 = 20_000;
/// Of so many runs in a thread one is timed.
pub const RUNS_A_SAMPLE: u32 = 16;
/// So many timed runs in a row may be too long.
pub const TOO_LONG_MAX: u32 = 2;

/// A handler that one thread has.
type Instance = Box<dyn FnMut(&EventData<'_>) -> Verdict>;

struct Handler {
    patterns: String,
    make: Box<dyn Fn() -> Instance + Send + Sync>,
    is_gone: AtomicBool,
    /// Timed runs in a row that were too long.
    too_long: AtomicU32,
}

static HANDLERS: [OnceLock<Handler>; HANDLERS_MAX] = [const { OnceLock::new() }; HANDLERS_MAX];
static COUNT: AtomicUsize = AtomicUsize::new(0);
static ADDING: Mutex<()> = Mutex::new(());

thread_local! {
    static MINE: RefCell<Mine> = const { RefCell::new(Mine { instances: Vec::new(), runs: 0 }) };
}

/// What a thread has: its handlers, and how many runs there were.
struct Mine {
    instances: Vec<Option<Instance>>,
    runs: u32,
}

/// Why a handler can't be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany;

impl std::fmt::Display for TooMany {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a program has at most {HANDLERS_MAX} handlers")
    }
}

impl std::error::Error for TooMany {}

/// Has events decided by a handler: those whose names `provider:event` these globs name, with
/// commas between them. Each thread makes its own, when it first comes to such an event. It stays
/// for as long as the program runs, unless it is taken away.
///
/// # Errors
/// When there are [`HANDLERS_MAX`] of them.
pub fn add<H>(patterns: &str, make: impl Fn() -> H + Send + Sync + 'static) -> Result<(), TooMany>
where
    H: FnMut(&EventData<'_>) -> Verdict + 'static,
{
    let _adding = ADDING.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let nth = COUNT.load(Relaxed);
    let handler = Handler {
        patterns: patterns.to_owned(),
        make: Box::new(move || Box::new(make())),
        is_gone: AtomicBool::new(false),
        too_long: AtomicU32::new(0),
    };
    HANDLERS.get(nth).and_then(|place| place.set(handler).ok()).ok_or(TooMany)?;
    COUNT.store(nth + 1, Release);
    program::handlers_changed();
    Ok(())
}

/// Whether there is a handler.
#[inline(always)]
pub(crate) fn are_there() -> bool {
    COUNT.load(Relaxed) > 0
}

/// What the control page calls the handlers: the globs, as much as there is room for.
pub(crate) fn names() -> impl Iterator<Item = [u8; HANDLER_NAME_BYTES]> {
    let handlers = HANDLERS.iter().map_while(OnceLock::get);
    handlers.map(|handler| {
        let mut name = [0; HANDLER_NAME_BYTES];
        let kept = handler.patterns.floor_char_boundary(HANDLER_NAME_BYTES - 1);
        let bytes = handler.patterns.bytes().take(kept);
        name.iter_mut().zip(bytes).for_each(|(place, byte)| *place = byte);
        name
    })
}

/// Which handlers a class has, as bits.
pub(crate) fn of(class: &Class) -> u32 {
    let names = |handler: &Handler| class.is_named(handler.patterns.as_bytes());
    let handlers = HANDLERS.iter().take(COUNT.load(Acquire)).enumerate();
    handlers
        .filter(|(_, handler)| handler.get().is_some_and(names))
        .fold(0, |bits, (nth, _)| bits | 1 << nth)
}

/// What becomes of an event, and of the handler that was asked last.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    Kept,
    Discarded,
    Failed,
}

/// Where and when an event is.
#[derive(Clone, Copy)]
pub(crate) struct At {
    pub(crate) time_ns: u64,
    pub(crate) thread: u32,
}

/// Asks the handlers with these bits about an event; whether it is kept. Each answer is noted.
pub(crate) fn keep(
    class: &Class,
    bits: u32,
    payload: &[u8],
    at: At,
    mut note: impl FnMut(usize, Asked),
) -> bool {
    let mut fields = [Field { name: "", value: Value::Unsigned(0) }; FIELDS_MAX];
    let count = decode(class, payload, &mut fields);
    let (provider, event) = class.names();
    let event = EventData {
        class: provider,
        event,
        cpu: program::cpu(),
        time: program::to_realtime(at.time_ns),
        pid: Some(program::process()),
        tid: Some(at.thread),
        fields: fields.get(..count).unwrap_or_default(),
    };
    // Within a handler there is none to ask, and none in a thread that has ended.
    let asked = MINE.try_with(|mine| {
        let Ok(mut mine) = mine.try_borrow_mut() else { return true };
        (0..HANDLERS_MAX).filter(|nth| bits & 1 << nth != 0).all(|nth| {
            let Some(asked) = mine.ask(nth, &event) else { return true };
            note(nth, asked);
            asked != Asked::Discarded
        })
    });
    asked.unwrap_or(true)
}

impl Mine {
    /// Asks one handler; `None` if it was taken away.
    fn ask(&mut self, nth: usize, event: &EventData<'_>) -> Option<Asked> {
        let handler = HANDLERS.get(nth)?.get().filter(|it| !it.is_gone.load(Relaxed))?;
        if self.instances.len() <= nth {
            self.instances.resize_with(nth + 1, || None);
        }
        self.runs = self.runs.wrapping_add(1);
        let start = self.runs.is_multiple_of(RUNS_A_SAMPLE).then(now_ns);
        let place = self.instances.get_mut(nth)?;
        let verdict =
            catch_unwind(AssertUnwindSafe(|| place.get_or_insert_with(|| (handler.make)())(event)));
        if let Some(start) = start {
            handler.note_time(now_ns().saturating_sub(start));
        }
        match verdict {
            Ok(Verdict::Keep) => Some(Asked::Kept),
            Ok(Verdict::Discard) => Some(Asked::Discarded),
            Err(_) => {
                handler.take_away();
                Some(Asked::Failed)
            }
        }
    }
}

impl Handler {
    fn note_time(&self, took_ns: u64) {
        if took_ns <= BUDGET_NS {
            self.too_long.store(0, Relaxed);
        } else if self.too_long.fetch_add(1, Relaxed) >= TOO_LONG_MAX {
            self.take_away();
        }
    }

    /// No thread asks it any more.
    fn take_away(&self) {
        if !self.is_gone.swap(true, Relaxed) {
            program::count_detached();
        }
    }
}

/// The fields of a record; how many there are.
fn decode<'a>(class: &Class, payload: &'a [u8], fields: &mut [Field<'a>; FIELDS_MAX]) -> usize {
    let (mut rest, mut count) = (payload, 0);
    for ((name, of), place) in class.typed_fields().zip(fields) {
        let Some((read, len)) = value::Value::parse(rest, of) else { break };
        let value = match read {
            value::Value::Bool(it) => Value::Unsigned(u64::from(it)),
            value::Value::Unsigned(it) => Value::Unsigned(it),
            value::Value::Signed(it) => Value::Signed(it),
            value::Value::Float(it) => Value::Unsigned(it.to_bits()),
            value::Value::Text { bytes, .. } | value::Value::Bytes { bytes, .. } => {
                Value::Text(bytes)
            }
        };
        *place = Field { name, value };
        rest = rest.get(len..).unwrap_or_default();
        count += 1;
    }
    count
}
