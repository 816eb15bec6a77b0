//! Filters that the recorder gave: each class asks its own before an event is recorded.
//!
//! They are copied out of the control page, verified, and kept, each time when the recorder changed
//! them. A copy is never given back, since another thread may be running it: there are at most
//! [`COPIES_MAX`] of them, and afterwards events are kept.

use core::cell::RefCell;
use core::mem::MaybeUninit;
use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use core::sync::atomic::{AtomicPtr, fence};

use super::class::Class;
use super::memory::private;
use super::own::{Made, Own};
use super::record::Time;
use crate::handler::Asked;
use crate::layout::control::{
    FILTERS, FILTERS_BYTES_MAX, FILTERS_LEN, FILTERS_TURN, REFUSED_FILTERS,
};
use crate::layout::filters::{Entry, FIELDS_AT, FILTERS_MAX, FIXED_BYTES, SLOTS};
use crate::layout::value::Value;
use crate::layout::{CLASSES_MAX, value};
use marey_filter::code::{Limits, Machine, NoMemory, Program};
use marey_filter::{Data, Outcome, Verdict};

/// How often a process takes filters.
pub(super) const COPIES_MAX: u32 = 256;

const WORDS: usize = FILTERS_BYTES_MAX / 8;

/// The filters as they were at one time. All zeros is none.
struct Copy {
    /// Which turn of the recorder's that was.
    turn: u32,
    words: [u64; WORDS],
    /// One more than the place of each class' program.
    places: [u16; CLASSES_MAX],
    programs: [MaybeUninit<Program<'static>>; FILTERS_MAX],
}

/// The latest copy of this process.
static LATEST: AtomicPtr<Copy> = AtomicPtr::new(core::ptr::null_mut());

thread_local! {
    static MACHINE: RefCell<Option<Machine>> = const { RefCell::new(None) };
}

/// There are none of this process: it is another one.
pub(super) fn forget() {
    LATEST.store(core::ptr::null_mut(), Release);
}

/// Asks the filter of a class about an event; `None` where there is none.
pub(super) fn ask(
    own: &'static Own,
    (class, id): (&Class, u32),
    payload: &[u8],
    (time, thread): (&Time, u32),
) -> Option<Asked> {
    let made = own.made()?;
    let turn = made.control.u32(FILTERS_TURN).load(Acquire);
    let mut copy = latest().filter(|copy| copy.turn == turn);
    if copy.is_none() {
        copy = take(own, made, turn);
    }
    let program = copy?.program(id)?;
    let event = Event { class, payload, time, thread };
    let run = |machine: &mut Machine| machine.run(program, &event, &mut NoMemory);
    let outcome = MACHINE.with(|mine| match mine.try_borrow_mut() {
        Ok(mut mine) => run(mine.get_or_insert_default()),
        // A signal handler interrupted the machine of this thread.
        Err(_) => run(&mut Machine::default()),
    });
    Some(match outcome {
        Outcome::Verdict(Verdict::Keep) => Asked::Kept,
        Outcome::Verdict(Verdict::Discard) => Asked::Discarded,
        Outcome::Failed(_) => Asked::Failed,
    })
}

fn latest() -> Option<&'static Copy> {
    // SAFETY: null, or what `take` made, which is never given back nor changed.
    unsafe { LATEST.load(Acquire).as_ref() }
}

/// Copies the filters of this turn, if they are whole, and there were not too many copies.
#[cold]
fn take(own: &'static Own, made: &Made, turn: u32) -> Option<&'static Copy> {
    // Each event comes here where there is nothing to copy: then it needs no lock.
    let may_copy = || own.filter_copies.load(Relaxed) < COPIES_MAX;
    if !turn.is_multiple_of(2) || turn == 0 || !may_copy() {
        return None;
    }
    own.with(|own, _| {
        if latest().is_some_and(|copy| copy.turn == turn) || !may_copy() {
            return;
        }
        let Some(memory) = private(size_of::<Copy>()) else { return };
        own.filter_copies.fetch_add(1, Relaxed);
        // SAFETY: it has the size, begins at a page, and is zeros, which is a state of all fields;
        // nobody else knows it yet.
        let copy: &'static mut Copy = unsafe { &mut *memory.cast() };
        let page = made.control;
        let len = (page.u32(FILTERS_LEN).load(Relaxed) as usize).min(FILTERS_BYTES_MAX);
        for (nth, word) in copy.words.iter_mut().take(len.div_ceil(8)).enumerate() {
            *word = page.u64(FILTERS + 8 * nth).load(Relaxed);
        }
        fence(Acquire);
        if page.u32(FILTERS_TURN).load(Relaxed) == turn {
            copy.turn = turn;
            let refused = copy.verify(len);
            page.u64(REFUSED_FILTERS).fetch_add(refused, Relaxed);
            LATEST.store(memory.cast(), Release);
        }
    })?;
    latest().filter(|copy| copy.turn == turn)
}

impl Copy {
    /// Notes the program of each class; how many of them are none.
    fn verify(&'static mut self, len: usize) -> u64 {
        let Copy { words, places, programs, .. } = self;
        let words: &'static [u64] = words;
        let (start, bytes) = (words.as_ptr().cast::<u8>(), size_of_val(words));
        // SAFETY: the same memory, seen as bytes; it is never changed from here on.
        let bytes: &'static [u8] = unsafe { core::slice::from_raw_parts(start, bytes) };
        let mut rest = bytes.get(..len).unwrap_or_default();
        let (mut refused, mut count) = (0, 0);
        while let Some(entry) = Entry::parse(rest).filter(|_| count < FILTERS_MAX) {
            let first = (len - rest.len() + FIXED_BYTES) / 8;
            let code = words.get(first..first + entry.words).unwrap_or_default();
            let texts = rest.get(FIXED_BYTES + 8 * entry.words..).unwrap_or_default();
            let texts = texts.get(..entry.texts).unwrap_or_default();
            let limits = Limits { slots: SLOTS, ..Limits::default() };
            let place = (entry.class as usize).checked_sub(1).and_then(|nth| places.get_mut(nth));
            match (Program::new(code, texts, &limits), place, programs.get_mut(count)) {
                (Ok(program), Some(place), Some(room)) => {
                    room.write(program);
                    count += 1;
                    *place = count as u16;
                }
                _ => refused += 1,
            }
            rest = rest.get(entry.size..).unwrap_or_default();
        }
        refused + u64::from(!rest.is_empty())
    }

    fn program(&'static self, id: u32) -> Option<&'static Program<'static>> {
        let place = *self.places.get((id as usize).checked_sub(1)?)?;
        let program = self.programs.get(usize::from(place).checked_sub(1)?)?;
        // SAFETY: `verify` wrote it before it noted its place.
        Some(unsafe { program.assume_init_ref() })
    }
}

/// An event that is not published yet, as a filter sees it: what it does not ask for is not
/// decoded.
struct Event<'a> {
    class: &'a Class,
    payload: &'a [u8],
    time: &'a Time,
    thread: u32,
}

impl Event<'_> {
    fn field(&self, nth: u16) -> Option<Value<'_>> {
        let mut rest = self.payload;
        for (before, (_, of)) in self.class.typed_fields().enumerate() {
            let (value, len) = value::Value::parse(rest, of)?;
            if before == usize::from(nth) {
                return Some(value);
            }
            rest = rest.get(len..)?;
        }
        None
    }
}

impl Data for Event<'_> {
    fn number(&self, slot: u16) -> Option<u64> {
        Some(match slot {
            0 => super::to_realtime(self.time.ns()).cast_unsigned(),
            1 => u64::from(super::cpu()),
            2 => u64::from(super::process()),
            3 => u64::from(self.thread),
            _ => match self.field(slot.checked_sub(FIELDS_AT)?)? {
                Value::Bool(it) => u64::from(it),
                Value::Unsigned(it) => it,
                Value::Signed(it) => it.cast_unsigned(),
                Value::Float(it) => it.to_bits(),
                Value::Text { .. } | Value::Bytes { .. } => return None,
            },
        })
    }

    fn text(&self, slot: u16) -> Option<&[u8]> {
        match slot {
            4 => Some(self.class.names().0.as_bytes()),
            5 => Some(self.class.names().1.as_bytes()),
            _ => match self.field(slot.checked_sub(FIELDS_AT)?)? {
                Value::Text { bytes, .. } | Value::Bytes { bytes, .. } => Some(bytes),
                _ => None,
            },
        }
    }
}
