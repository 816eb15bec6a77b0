//! What belongs to this process and to no child: its directory, its control page, its slots.
//!
//! It is in memory that the kernel gives to children as zeros. So a child finds a slot without
//! space where its thread had one, comes here, and makes a directory of its own; no event of a
//! child comes into a ring of its parent. All zeros is what it starts with, everywhere.

use core::cell::{Cell, UnsafeCell};
use core::ptr;
use core::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use core::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64};

use super::directory::{self, Path};
use super::memory::{Shared, remove_directory, remove_file, wiped_in_children};
use super::slot::Slot;
use super::{classes, filters, now_ns};
use crate::handler;
use crate::layout::{CLASSES_FILE, CONTROL_FILE, RINGS_MAX, VERSION, control, ring};

/// Not yet asked for.
const NEW: u32 = 0;
/// The directory is there.
const READY: u32 = 1;
/// There can be none, or the environment says that there shall be none.
const REFUSED: u32 = 2;

#[repr(C, align(128))]
pub(super) struct Own {
    lock: AtomicU32,
    state: AtomicU32,
    /// Events lost before there was a control page, or since there can be none.
    lost_early: AtomicU64,
    /// How often filters were copied; changed under the lock.
    pub(super) filter_copies: AtomicU32,
    made: UnsafeCell<Made>,
    locked: UnsafeCell<Locked>,
    pub(super) slots: [Slot; RINGS_MAX],
}

/// What is found out when the process is made known, and never changes.
pub(super) struct Made {
    pub(super) control: Shared,
    path: [u8; directory::PATH_BYTES_MAX],
    path_len: usize,
    patterns: [u8; 1024],
    patterns_len: usize,
    ring_bytes: usize,
}

/// What is used under the lock only.
pub(super) struct Locked {
    pub(super) classes_bytes: usize,
    pub(super) classes: u32,
    pub(super) rings: usize,
    /// Where to look first for a ring of a thread that is no more.
    pub(super) next_ring: usize,
}

// SAFETY: `locked` is used by who holds `lock` alone; `made` is written under it before `state` is
// no longer NEW, and read afterwards only. A slot is used by its thread, and handed to another
// under the lock when that one is no more.
unsafe impl Sync for Own {}

thread_local! {
    /// This thread is making something here; a signal handler that comes now must not wait for it.
    static BUSY: Cell<bool> = const { Cell::new(false) };
}

/// The state of this process, made when it is first asked for.
pub(super) fn own() -> Option<&'static Own> {
    static OWN: AtomicPtr<Own> = AtomicPtr::new(ptr::null_mut());
    let mut own = OWN.load(Acquire);
    if own.is_null() {
        let new = wiped_in_children(size_of::<Own>())?.cast();
        own = match OWN.compare_exchange(ptr::null_mut(), new, AcqRel, Acquire) {
            Ok(_) => new,
            // Another thread was first. What we made stays, untouched: no page of it is used.
            Err(other) => other,
        };
    }
    // SAFETY: made by `wiped_in_children` with this size, aligned to a page, and never given back;
    // zeros are a state of all its fields.
    Some(unsafe { &*own })
}

/// Makes this process known to recorders, if the environment does not forbid it.
///
/// The first event does the same. A program that calls this when it starts can be found before
/// there is an event, and keeps the work out of its first one: about 50 µs. It returns whether the
/// process has a directory now.
///
/// The environment: `MAREY_EVENTS` has globs of the events that are on from the start, with commas
/// between them; set to nothing, it makes that this process has no directory and records nothing.
/// `MAREY_DIR` is where the directory is made, and `MAREY_RING_BYTES` how long rings are.
pub fn init() -> bool {
    let Some(own) = own() else { return false };
    own.with(|own, _| own.start().is_some()).unwrap_or(false)
}

/// How many events this process lost that no file counts: it could make none.
pub fn lost() -> u64 {
    own().map_or(0, |own| own.lost_early.load(Relaxed))
}

impl Own {
    /// Runs it under the lock; `None` where this thread has it already, in what the signal handler
    /// interrupted that we are in.
    pub(super) fn with<T>(
        &'static self,
        f: impl FnOnce(&'static Self, &mut Locked) -> T,
    ) -> Option<T> {
        if BUSY.replace(true) {
            return None;
        }
        self.lock();
        // SAFETY: the lock is held.
        let result = f(self, unsafe { &mut *self.locked.get() });
        self.lock.store(0, Release);
        BUSY.set(false);
        Some(result)
    }

    /// Waits until nobody has the lock. Who has it makes a file or two; it sleeps meanwhile, since
    /// a thread of a higher priority would else keep it from that.
    fn lock(&self) {
        while self.lock.compare_exchange(0, 1, Acquire, Relaxed).is_err() {
            let pause = libc::timespec { tv_sec: 0, tv_nsec: 20_000 };
            // SAFETY: the kernel reads `pause`, and writes nothing.
            unsafe { libc::nanosleep(&pause, ptr::null_mut()) };
        }
    }

    /// Whether there is a control page.
    pub(super) fn is_ready(&self) -> bool {
        self.state.load(Acquire) == READY
    }

    /// What was found out when the process was made known; nothing before.
    pub(super) fn made(&self) -> Option<&Made> {
        // SAFETY: it is written before `state` says so, and never again.
        (self.state.load(Acquire) != NEW).then(|| unsafe { &*self.made.get() })
    }

    /// Makes the process known, once; what was found out if it has a directory.
    pub(super) fn start(&'static self) -> Option<&'static Made> {
        if self.state.load(Relaxed) == NEW {
            classes::forget();
            filters::forget();
            // SAFETY: the caller has the lock, and nobody reads it while `state` is NEW.
            let is_made = self.make(unsafe { &mut *self.made.get() }).is_some();
            self.state.store(if is_made { READY } else { REFUSED }, Release);
        }
        self.made().filter(|_| self.is_ready())
    }

    fn make(&self, made: &mut Made) -> Option<()> {
        let events = directory::variable(c"MAREY_EVENTS");
        if let Some(events) = &events {
            let patterns = events.bytes();
            made.patterns.get_mut(..patterns.len())?.copy_from_slice(patterns);
            made.patterns_len = patterns.len();
            (!patterns.is_empty()).then_some(())?;
        }
        made.ring_bytes = ring_bytes();
        // Asked now, since an event in a signal handler must not be the first to ask.
        super::to_realtime(0);
        let (path, name) = directory::make()?;
        let page = Path::of(format_args!("{path}/{CONTROL_FILE}"))
            .and_then(|file| Shared::create(file.c_str(), control::BYTES));
        let Some(page) = page else {
            remove_directory(path.c_str());
            return None;
        };
        page.write(0, &control::MAGIC);
        page.u32(8).store(VERSION, Relaxed);
        page.u32(12).store(control::BYTES as u32, Relaxed);
        page.u32(control::PID).store(name.pid, Relaxed);
        page.u32(control::INSTANCE).store(name.instance, Relaxed);
        page.u64(control::START).store(name.start, Relaxed);
        page.write(control::COMMAND, &command());
        page.u64(control::LOST_NESTED).store(self.lost_early.load(Relaxed), Relaxed);
        made.control = page;
        made.path.get_mut(..path.bytes().len())?.copy_from_slice(path.bytes());
        made.path_len = path.bytes().len();
        // SAFETY: both are functions of this crate's that live as long as it is loaded.
        unsafe {
            libc::atexit(clean_up);
            libc::pthread_atfork(None, None, Some(in_child));
        }
        page.u32(control::CAN_FILTER).store(1, Relaxed);
        made.write_handlers();
        page.u64(control::READY).store(1, Release);
        Some(())
    }

    /// Counts an event that is lost, in a word of the control page.
    pub(super) fn count_lost(&self, cause: usize) {
        match self.made().filter(|_| self.is_ready()) {
            Some(made) => made.control.u64(cause).fetch_add(1, Relaxed),
            None => self.lost_early.fetch_add(1, Relaxed),
        };
    }
}

impl Made {
    /// The path of a file of this process.
    pub(super) fn file(&self, name: core::fmt::Arguments<'_>) -> Option<Path> {
        let folder = str::from_utf8(self.path.get(..self.path_len)?).ok()?;
        Path::of(format_args!("{folder}/{name}"))
    }

    /// The process, as it was when this was made.
    pub(super) fn process(&self) -> u32 {
        self.control.u32(control::PID).load(Relaxed)
    }

    /// The patterns of the environment.
    pub(super) fn patterns(&self) -> &[u8] {
        self.patterns.get(..self.patterns_len).unwrap_or_default()
    }

    /// How long a new ring shall be.
    pub(super) fn ring_bytes(&self) -> usize {
        match self.control.u32(control::WANTED_RING_BYTES).load(Relaxed) {
            0 => self.ring_bytes,
            wanted => right_length(wanted as usize),
        }
    }

    /// Says what the handlers are for.
    pub(super) fn write_handlers(&self) {
        for (nth, name) in handler::names().enumerate() {
            self.control.write(control::HANDLERS + nth * name.len(), &name);
        }
    }

    /// Whether events were lost outside of rings.
    fn has_lost(&self) -> bool {
        let causes = [control::LOST_NO_RING, control::LOST_NO_CLASS, control::LOST_NESTED];
        causes.into_iter().any(|cause| self.control.u64(cause).load(Relaxed) > 0)
    }

    /// Removes the directory and what was in it from the start.
    fn remove(&self) {
        for file in [CLASSES_FILE, CONTROL_FILE] {
            if let Some(path) = self.file(format_args!("{file}")) {
                remove_file(path.c_str());
            }
        }
        if let Some(path) = self.file(format_args!("")) {
            remove_directory(path.c_str());
        }
    }

    /// Whether a recorder looked here lately.
    pub(super) fn has_recorder(&self) -> bool {
        has_recorder(self.control)
    }
}

/// Whether the recorder of this control page looked there lately.
pub(super) fn has_recorder(page: Shared) -> bool {
    let beat = page.u64(control::BEAT).load(Acquire);
    beat != 0 && now_ns().saturating_sub(beat) < control::SILENT_NS
}

fn ring_bytes() -> usize {
    let given = directory::variable(c"MAREY_RING_BYTES");
    let given = given.and_then(|given| str::from_utf8(given.bytes()).ok()?.parse().ok());
    given.map_or(ring::RING_BYTES, right_length)
}

/// The power of 2 from this on, within the limits.
fn right_length(bytes: usize) -> usize {
    bytes.clamp(ring::RING_BYTES_MIN, ring::RING_BYTES_MAX).next_power_of_two()
}

/// The name of this process' command.
fn command() -> [u8; control::COMMAND_BYTES] {
    let mut name = [0; control::COMMAND_BYTES];
    let whole = name.len() - 1;
    if let (Some(file), Some(room)) =
        (super::memory::Descriptor::open(c"/proc/self/comm", libc::O_RDONLY), name.get_mut(..whole))
    {
        let len = file.read(room).len();
        // The kernel ends it with a new line.
        if let Some(last) = len.checked_sub(1).and_then(|last| name.get_mut(last)) {
            *last = 0;
        }
    }
    name
}

/// When the program ends: a directory in which nothing ever happened goes with it.
extern "C" fn clean_up() {
    let Some(own) = own() else { return };
    own.with(|own, locked| {
        if let Some(made) = own.made().filter(|_| own.is_ready() && locked.rings == 0)
            && !made.has_lost()
        {
            made.remove();
            own.state.store(REFUSED, Release);
        }
    });
}

/// In a child, before `fork` returns: its classes are switched by its own page, not its parent's.
extern "C" fn in_child() {
    BUSY.set(false);
    classes::forget();
}
