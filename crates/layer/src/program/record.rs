//! An event, from its fields to its place in the ring.

use core::cell::Cell;
use core::sync::atomic::Ordering::{Relaxed, SeqCst};
use core::sync::atomic::compiler_fence;

use super::class::Class;
use super::ring::{Level, put_header};
use super::slot::{Slot, attach, mine};
use super::value::Fields;
use super::{classes, filters, now_ns, own};
use crate::handler::{self, Asked, At};
use crate::layout::ring::RECORD_HEADER_BYTES;

/// Records an event of a class that [is on](Class::is_on).
#[inline]
pub fn record<F: Fields>(class: &'static Class, fields: &F) {
    let id = match class.id.load(Relaxed) {
        0 | classes::NO_PLACE => match class.ask::<F>() {
            Some(id) => id,
            None => return,
        },
        id => id,
    };
    let size = (RECORD_HEADER_BYTES + fields.size()).next_multiple_of(8);
    match mine() {
        Some(slot) => record_in::<F>(slot, class, (id, size), fields),
        None => record_first::<F>(class, (id, size), fields),
    }
}

/// The first event of a thread.
#[cold]
fn record_first<F: Fields>(class: &'static Class, (id, size): (u32, usize), fields: &F) {
    if let Some(slot) = attach() {
        record_in::<F>(slot, class, (id, size), fields);
    }
}

#[inline(always)]
fn record_in<F: Fields>(slot: &Slot, class: &'static Class, (id, size): (u32, usize), fields: &F) {
    let depth = slot.depth.load(Relaxed);
    let Some(level) = slot.levels.get(depth as usize) else { return slot.count_nested() };
    // From here on a signal handler writes to the next level.
    slot.depth.store(depth + 1, Relaxed);
    compiler_fence(SeqCst);
    if level.room() >= size || level_is_ready(slot, level, size) {
        // What interrupts an event may be in a signal handler: no handler is asked there.
        let has_handlers = depth == 0 && handler::are_there();
        if has_handlers || class.is_filtered() {
            write_asked(level, class, (id, size, has_handlers), fields);
        } else {
            write(level, (id, size), fields);
        }
    } else if !slot.is_ours() {
        // A child of the process that this slot was of.
        return record_in_child::<F>(class, size, fields);
    }
    compiler_fence(SeqCst);
    slot.depth.store(depth, Relaxed);
}

#[cold]
fn level_is_ready(slot: &Slot, level: &Level, size: usize) -> bool {
    slot.is_ours() && level.next_block(size)
}

/// The first event of a child that the C library knows nothing of; others ask about the class
/// first.
#[cold]
#[inline(never)]
fn record_in_child<F: Fields>(class: &'static Class, size: usize, fields: &F) {
    let Some(slot) = attach() else { return };
    if let Some(id) = class.ask::<F>() {
        record_again::<F>(slot, class, (id, size), fields);
    }
}

#[inline(never)]
fn record_again<F: Fields>(slot: &Slot, class: &'static Class, of: (u32, usize), fields: &F) {
    record_in::<F>(slot, class, of, fields);
}

#[inline(always)]
fn write<F: Fields>(level: &Level, (id, size): (u32, usize), fields: &F) {
    let at = level.at.get();
    // SAFETY: there is room for `size` bytes in this block, of which the header and the fields take
    // as many or less; blocks and records are at multiples of 8. No other thread writes here, and a
    // signal handler writes to another level.
    unsafe {
        fields.put(at.add(RECORD_HEADER_BYTES));
        put_header(at, size, id, now_ns());
        level.publish(at.add(size));
    }
    level.count();
}

/// When an event is, as soon as that is asked for.
#[derive(Default)]
pub(super) struct Time(Cell<u64>);

impl Time {
    /// `CLOCK_MONOTONIC` in ns: the same each time.
    pub(super) fn ns(&self) -> u64 {
        if self.0.get() == 0 {
            self.0.set(now_ns());
        }
        self.0.get()
    }
}

/// The same for an event that a filter or handlers may discard: it is there for them to see before
/// it is published.
#[inline(never)]
fn write_asked<F: Fields>(
    level: &Level,
    class: &'static Class,
    (id, size, has_handlers): (u32, usize, bool),
    fields: &F,
) {
    let at = level.at.get();
    let len = fields.size();
    // SAFETY: as in `write`.
    let payload = unsafe {
        let start = at.add(RECORD_HEADER_BYTES);
        fields.put(start);
        // Nobody writes there until it is published: events of a handler go to the other level.
        core::slice::from_raw_parts(start, len)
    };
    // The clock costs more than a filter: it is read when somebody asks for the time.
    let (time, thread) = (Time::default(), level.thread());
    let is_kept = is_kept_by_filter(level, (class, id), payload, (&time, thread))
        && (!has_handlers
            || is_kept_by_handlers(level, class, payload, At { time_ns: time.ns(), thread }));
    if !is_kept {
        return level.count_filtered();
    }
    // SAFETY: as in `write`.
    unsafe {
        put_header(at, size, id, time.ns());
        level.publish(at.add(size));
    }
    level.count();
}

fn is_kept_by_filter(
    level: &Level,
    class: (&Class, u32),
    payload: &[u8],
    at: (&Time, u32),
) -> bool {
    let asked = match own::own() {
        Some(own) if class.0.is_filtered() => filters::ask(own, class, payload, at),
        _ => None,
    };
    asked.inspect(|asked| level.count_filter(*asked)) != Some(Asked::Discarded)
}

fn is_kept_by_handlers(level: &Level, class: &Class, payload: &[u8], at: At) -> bool {
    let bits = class.handlers();
    bits == 0
        || handler::keep(class, bits, payload, at, |nth, asked| level.count_answer(nth, asked))
}
