//! The ring of this thread.

use core::cell::Cell;
use core::ptr;
use core::sync::atomic::AtomicU32;
use core::sync::atomic::Ordering::{Relaxed, Release};

use super::memory::Shared;
use super::own::{Locked, Made, Own, own};
use super::ring::Level;
use super::thread_id;
use crate::layout::ring::{
    HEADER_BYTES, LOST_NESTED, MAGIC, NESTED_BYTES_MAX, OWNER, RING_BYTES_MIN,
};
use crate::layout::{RING_FILE, RINGS_MAX, VERSION, control};

/// After an attempt that failed, so many events are counted as lost before the next.
const EVENTS_BETWEEN_ATTEMPTS: u32 = 4096;

/// A ring, and the thread that has it. All zeros is none.
#[repr(align(128))]
pub(super) struct Slot {
    /// How many events of the thread are being written: one, and one that interrupted it.
    pub(super) depth: AtomicU32,
    owner: AtomicU32,
    file: Cell<Shared>,
    pub(super) levels: [Level; 2],
}

thread_local! {
    static MINE: Cell<*const Slot> = const { Cell::new(ptr::null()) };
    static EVENTS_TO_ATTEMPT: Cell<u32> = const { Cell::new(0) };
}

/// The slot of this thread, if it was ever given one.
#[inline(always)]
pub(super) fn mine() -> Option<&'static Slot> {
    // SAFETY: null, or a slot of `Own`, which is never given back.
    unsafe { MINE.get().as_ref() }
}

/// Gives this thread a ring; where there is none, the event is counted as lost.
#[cold]
pub(super) fn attach() -> Option<&'static Slot> {
    let own = own()?;
    if EVENTS_TO_ATTEMPT.get() > 0 {
        EVENTS_TO_ATTEMPT.set(EVENTS_TO_ATTEMPT.get() - 1);
        own.count_lost(control::LOST_NO_RING);
        return None;
    }
    let Some(slot) = own.with(find) else {
        own.count_lost(control::LOST_NESTED);
        return None;
    };
    match slot {
        Some(slot) => MINE.set(slot),
        None => {
            EVENTS_TO_ATTEMPT.set(EVENTS_BETWEEN_ATTEMPTS);
            own.count_lost(control::LOST_NO_RING);
        }
    }
    slot
}

fn find(own: &'static Own, locked: &mut Locked) -> Option<&'static Slot> {
    let made = own.start()?;
    let thread = thread_id();
    let has_recorder = made.has_recorder();
    let who = (made.process(), thread);
    let slot = ended(own, locked, who, |slot| !has_recorder || slot.is_read())
        .or_else(|| make(own, made, locked))
        .or_else(|| ended(own, locked, who, |_| true))?;
    slot.owner.store(thread, Relaxed);
    slot.depth.store(0, Relaxed);
    slot.file.get().u32(OWNER).store(thread, Relaxed);
    slot.levels.iter().for_each(|level| level.hand_to(thread));
    Some(slot)
}

/// A ring of a thread that is no more.
fn ended(
    own: &'static Own,
    locked: &mut Locked,
    who: (u32, u32),
    is_right: impl Fn(&Slot) -> bool,
) -> Option<&'static Slot> {
    let count = locked.rings.max(1);
    for _ in 0..locked.rings {
        let nth = locked.next_ring % count;
        locked.next_ring = nth + 1;
        let slot = own.slots.get(nth)?;
        if !is_alive(slot.owner.load(Relaxed), who) && is_right(slot) {
            return Some(slot);
        }
    }
    None
}

/// Whether a thread of this process still is, other than the one that asks: if the owner has its
/// number, that was another thread. The process is the one that made the rings: another one that
/// shares its memory, between `vfork` and `exec`, has another number.
fn is_alive(owner: u32, (process, asking): (u32, u32)) -> bool {
    let (process, owner) = (process as libc::pid_t, owner as libc::pid_t);
    // SAFETY: signal 0 is not sent.
    owner as u32 != asking && unsafe { libc::syscall(libc::SYS_tgkill, process, owner, 0) } == 0
}

/// A new ring, in a file of its own.
fn make(own: &'static Own, made: &Made, locked: &mut Locked) -> Option<&'static Slot> {
    let nth = locked.rings;
    let slot = own.slots.get(nth).filter(|_| nth < RINGS_MAX)?;
    let data_bytes = made.ring_bytes();
    let nested_bytes = (data_bytes / 4).clamp(RING_BYTES_MIN, NESTED_BYTES_MAX);
    let path = made.file(format_args!("{RING_FILE}{nth}"))?;
    let file = Shared::create(path.c_str(), HEADER_BYTES + data_bytes + nested_bytes)?;
    file.u32(8).store(VERSION, Relaxed);
    let shared = (file, made.control);
    let [level, nested] = &slot.levels;
    level.make(shared, 0, (HEADER_BYTES, data_bytes));
    nested.make(shared, 1, (HEADER_BYTES + data_bytes, nested_bytes));
    file.write(0, &MAGIC);
    slot.file.set(file);
    locked.rings = nth + 1;
    made.control.u32(control::RINGS).store(locked.rings as u32, Release);
    Some(slot)
}

impl Slot {
    /// Whether it is this process' own: a child finds its parent's slots empty.
    pub(super) fn is_ours(&self) -> bool {
        self.owner.load(Relaxed) != 0
    }

    /// Counts an event that interrupted one of level 1.
    #[cold]
    pub(super) fn count_nested(&self) {
        self.file.get().u64(LOST_NESTED).fetch_add(1, Relaxed);
    }

    fn is_read(&self) -> bool {
        self.levels.iter().all(Level::is_read)
    }
}
