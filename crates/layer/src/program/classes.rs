//! All classes of the program, and how they get their place in `classes`.

use core::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use core::sync::atomic::{AtomicPtr, AtomicU8, fence};

use super::class::Class;
use super::memory::Descriptor;
use super::own::{Locked, Made, Own};
use crate::layout::value::Type;
use crate::layout::{CLASSES_FILE, CLASSES_MAX, FIELDS_MAX, NAME_BYTES_MAX, class, control};

/// The switch of a class that was never asked about: on, so that the first event asks.
pub(super) static UNKNOWN: AtomicU8 = AtomicU8::new(1);
/// The switch of a class that is on, and has no place: each of its events is counted as lost.
static REFUSED: AtomicU8 = AtomicU8::new(1);
/// The switch of a class that can never be on.
static OFF: AtomicU8 = AtomicU8::new(0);

/// The number of a class that has no place.
pub(super) const NO_PLACE: u32 = u32::MAX;

/// The class that was used last for the first time; from it on they form a list.
static LATEST: AtomicPtr<Class> = AtomicPtr::new(core::ptr::null_mut());

/// All classes are asked about again: this is another process than the one that knew them.
pub(super) fn forget() {
    let mut next = LATEST.load(Acquire);
    // SAFETY: a class in the list is static, and the list has no loops: each is put in once.
    while let Some(class) = unsafe { next.as_ref() } {
        class.id.store(0, Relaxed);
        class.switch.store((&raw const UNKNOWN).cast_mut(), Release);
        next = class.next.load(Relaxed);
    }
}

/// There are other handlers than before: each class asks which it has.
pub(super) fn forget_handlers() {
    let mut next = LATEST.load(Acquire);
    // SAFETY: as in `forget`.
    while let Some(class) = unsafe { next.as_ref() } {
        class.handlers.store(0, Relaxed);
        next = class.next.load(Relaxed);
    }
}

/// Gives a class its place, and its switch.
pub(super) fn register(own: &'static Own, locked: &mut Locked, class: &'static Class) {
    if class.id.load(Relaxed) != 0 {
        return;
    }
    if !class.is_listed.swap(true, Relaxed) {
        class.next.store(LATEST.load(Relaxed), Relaxed);
        LATEST.store((&raw const *class).cast_mut(), Release);
    }
    let made = own.start();
    let placed = made.and_then(|made| Some((made, write_entry(made, locked, class)?)));
    match placed {
        Some((made, id)) => {
            let switch = made.control.u8(control::SWITCHES + id as usize - 1);
            class.id.store(id, Release);
            // Either we see the recorder's patterns, or it sees our class.
            fence(SeqCst);
            switch.fetch_or(wanted(made, class), Relaxed);
            class.switch.store((&raw const *switch).cast_mut(), Release);
        }
        None => {
            class.id.store(NO_PLACE, Release);
            let is_on = own.made().is_some_and(|made| wanted(made, class) != 0);
            let switch = if is_on { &raw const REFUSED } else { &raw const OFF };
            class.switch.store(switch.cast_mut(), Release);
        }
    }
}

/// Writes the entry of a class behind the others, and publishes it.
fn write_entry(made: &Made, locked: &mut Locked, class: &Class) -> Option<u32> {
    let id = locked.classes + 1;
    let mut bytes = [0; class::ENTRY_BYTES_MAX];
    let len = entry(&mut bytes, class, id)?;
    let end = locked.classes_bytes + len;
    if id as usize > CLASSES_MAX || end > class::FILE_BYTES_MAX {
        return None;
    }
    let path = made.file(format_args!("{CLASSES_FILE}"))?;
    let file = Descriptor::open(path.c_str(), libc::O_WRONLY | libc::O_CREAT)?;
    file.write_at(bytes.get(..len)?, locked.classes_bytes).then_some(())?;
    (locked.classes, locked.classes_bytes) = (id, end);
    // Before it is published: afterwards the recorder may write there, too.
    let switch = made.control.u8(control::SWITCHES + id as usize - 1);
    switch.fetch_or(wanted_by_environment(made, class), Relaxed);
    made.control.u32(control::CLASSES).store(id, Relaxed);
    made.control.u64(control::CLASSES_BYTES).store(end as u64, Release);
    Some(id)
}

/// The entry of a class, as [`layout::class`](class) says; how long it is.
fn entry(bytes: &mut [u8], class: &Class, id: u32) -> Option<usize> {
    let fields = class.fields.get(..FIELDS_MAX.min(class.fields.len()))?;
    let mut at = class::FIXED_BYTES;
    let (provider, event) = class.names();
    for name in [provider, event, class.file] {
        at = put_name(bytes, at, name)?;
    }
    for (field, of) in fields.iter().zip(&class.types) {
        *bytes.get_mut(at)? = of.load(Relaxed);
        at = put_name(bytes, at + 1, field.strip_prefix("r#").unwrap_or(field))?;
    }
    let len = at.next_multiple_of(8);
    bytes.get(..len)?;
    for (offset, number) in [(0, len as u32), (4, id), (8, class.line)] {
        bytes.get_mut(offset..offset + 4)?.copy_from_slice(&number.to_ne_bytes());
    }
    *bytes.get_mut(12)? = class.level as u8;
    *bytes.get_mut(13)? = class.meaning as u8;
    bytes.get_mut(14..16)?.copy_from_slice(&(fields.len() as u16).to_ne_bytes());
    Some(len)
}

fn put_name(bytes: &mut [u8], at: usize, name: &str) -> Option<usize> {
    let name = name.get(..name.floor_char_boundary(NAME_BYTES_MAX))?.as_bytes();
    let end = at + 2 + name.len();
    bytes.get_mut(at..at + 2)?.copy_from_slice(&(name.len() as u16).to_ne_bytes());
    bytes.get_mut(at + 2..end)?.copy_from_slice(name);
    Some(end)
}

/// By whom the class is on: bits of a switch.
pub(super) fn wanted(made: &Made, class: &Class) -> u8 {
    let mut switch = wanted_by_environment(made, class);
    let mut patterns = [0; control::PATTERNS_BYTES_MAX];
    if class.is_named(recorders_patterns(made, &mut patterns)) {
        switch |= control::ON_BY_RECORDER;
    }
    switch
}

fn wanted_by_environment(made: &Made, class: &Class) -> u8 {
    if class.is_named(made.patterns()) { control::ON_BY_ENVIRONMENT } else { 0 }
}

/// The patterns that the recorder wrote; none while it writes: then it will see the class itself.
fn recorders_patterns<'a>(made: &Made, into: &'a mut [u8]) -> &'a [u8] {
    let page = made.control;
    let turn = page.u32(control::PATTERNS_TURN).load(Acquire);
    let len = page.u32(control::PATTERNS_LEN).load(Relaxed) as usize;
    let Some(patterns) = into.get_mut(..len) else { return &[] };
    for (offset, byte) in patterns.iter_mut().enumerate() {
        *byte = page.u8(control::PATTERNS + offset).load(Relaxed);
    }
    fence(Acquire);
    let is_whole = turn.is_multiple_of(2) && page.u32(control::PATTERNS_TURN).load(Relaxed) == turn;
    if is_whole { patterns } else { &[] }
}

/// Notes the types of a class' fields, which are known where it is first used.
pub(super) fn note_types(class: &Class, types: impl FnOnce(&mut [Option<Type>; FIELDS_MAX])) {
    let mut known = [None; FIELDS_MAX];
    types(&mut known);
    for (place, of) in class.types.iter().zip(known) {
        if let Some(of) = of {
            place.store(of as u8, Relaxed);
        }
    }
}
