//! The program of an event: whether it is recorded, and what of it.
//!
//! ```text
//! is there a pause?                that is all
//! r7 = process and thread          not the recorder, but for its turns on CPUs
//! values of a typed event          put together, here or where the next values are
//! in the scope?                    the thread that runs, or the one that the event concerns
//! rules                            one that rejects the event counts one, and that is all
//! values of a place in a program   put together as an event
//! filters and blocks, in order      the first that discards it counts one, and that is all
//! reserve a record of the ring     if there is no room: count one lost, and that is all
//! time, CPU, process, thread, name, fields, dynamic fields
//! ```
//!
//! Where an event can be fast, these and what follows stand there twice: for all fields, and for
//! the fast ones.
//!
//! It always returns 1. Anything else would hide the event from every other tool on the machine.

use marey_filter::ebpf::Unsupported;
use marey_filter::ebpf::{Alu, Assembler, Insn, Jump, Label, Reg, Size, helper};

use super::added::{self, Added};
use super::ask::{self, Ask};
use super::class::{self, Slots};
use super::record::{COMM_BYTES, DYNAMIC_BYTES, FAST, FIELDS_AT, Layout};
use super::rule;
use super::site::REGISTERS;
use super::source::{EVENT, PID_TGID, address_of, copy_fixed, current_process, load, read_text};
use super::tables::Tables;
use super::thread::Thread;
use super::typed::{self, Typed};
use crate::rules::Fast;
use crate::tracefs::{FIRST_OFFSET, Format, Kind};
use crate::uprobe::Site;

/// Which of the counters of an event counts what was lost; those of rules follow.
pub const LOST: usize = 0;
/// The counter of what the first filter or block discarded; one for each of them follows.
pub const FILTERED: usize = rule::UNKNOWN + 1;

/// The record.
const RECORD: Reg = Reg::R6;
/// Where keys stand.
pub(crate) const KEY: i16 = -8;
/// Where verdicts are gathered, where nothing is discarded.
pub(super) const DISCARDS: i16 = -16;

/// The maps of a recording, by their descriptors.
#[derive(Clone, Copy, Debug)]
pub struct Maps {
    /// The ring.
    pub ring: i32,
    /// The counters of each event, for each CPU.
    pub counters: i32,
    /// The threads that are recorded; all if there is none.
    pub scope: Option<i32>,
    /// A number; as long as it is not 0 nothing is recorded, and nothing counted.
    pub switch: i32,
    /// The rules of each event.
    pub rules: i32,
    /// The process of each thread, as far as rules ask for it.
    pub processes: i32,
}

/// What a program is made of.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// What the event looks like.
    pub format: &'a Format,
    /// Which of its places in programs it is for; nothing if it is an event of the kernel.
    pub site: Option<&'a Site>,
    /// How it is put together, where the kernel hands over its values.
    pub typed: Option<&'a Typed>,
    /// What its slots stand for.
    pub slots: &'a Slots,
    /// Where what is in the ring.
    pub layout: &'a Layout,
    /// Which event of the recording it is.
    pub index: u32,
    /// The maps.
    pub maps: Maps,
    /// A process that is left out, but for its turns on CPUs: the recorder.
    pub left_out: Option<u32>,
    /// What is asked, in order.
    pub asks: &'a [Ask],
    /// Where blocks count.
    pub tables: &'a dyn Tables,
    /// The fast form of the event, if it has one, and how many of these are asked there.
    pub fast: Option<(&'a Fast, usize)>,
    /// Which contexts are recorded besides.
    pub contexts: &'a [Added],
    /// Where what is in the kernel's structure of a thread.
    pub thread: Thread,
    /// Nothing is discarded: the record says what would be.
    pub is_shadow: bool,
}

/// Makes the program.
///
/// # Errors
/// When the kernel cannot say what is asked.
pub fn program(request: &Request<'_>) -> Result<Vec<Insn>, Unsupported> {
    let mut code = Assembler::default();
    let out = code.label();
    // Where the number is stands in the program itself: one load, and no call.
    code.extend(Insn::load_map_value(Reg::R2, request.maps.switch));
    code.push(Insn::load(Size::B4, Reg::R2, Reg::R2, 0));
    code.jump(Insn::jump_if_k(Jump::Ne, Reg::R2, 0), out);
    code.push(Insn::mov(EVENT, Reg::R1));
    code.push(Insn::call(helper::PID_TGID));
    code.push(Insn::mov(PID_TGID, Reg::R0));
    // Who runs on a CPU, and who wakes whom, stays whole, or else time would be others'.
    let left_out = request.left_out.filter(|_| class::concerned(request.format).is_none());
    if let Some(own) = left_out {
        current_process(&mut code, Reg::R1);
        code.jump(Insn::jump_if_k(Jump::Eq, Reg::R1, own.cast_signed()), out);
    }
    // Whom the event concerns is asked first; else its values can wait until they are needed.
    let is_first = class::concerned(request.format).is_some();
    let put = |code: &mut Assembler| request.typed.iter().for_each(|typed| typed.values(code));
    if is_first {
        put(&mut code);
    }
    if let Some(scope) = request.maps.scope {
        in_scope(&mut code, request, scope, out)?;
    }
    rule::ask(&mut code, request, out)?;
    if !is_first {
        put(&mut code);
    }
    let mut code = forms(code, request, out)?;
    code.bind(out);
    code.constant(Reg::R0, 1);
    code.push(Insn::exit());
    code.finish()
}

/// What is recorded of an event: with all fields, or with the fast ones.
pub(super) struct Form<'a> {
    /// What its slots stand for.
    pub(super) slots: Slots,
    layout: &'a Layout,
    /// What is asked in this form.
    pub(super) asks: &'a [Ask],
    /// The number of the event, with what its form adds.
    number: u32,
}

/// Decides and records, in the form that rules say.
fn forms(mut code: Assembler, request: &Request<'_>, out: Label) -> Result<Assembler, Unsupported> {
    let slots = request.slots.clone();
    let fast = request.fast.map(|(fast, asks)| Form {
        slots: slots.clone().without(&fast.left_out),
        layout: &fast.layout,
        asks: request.asks.get(..asks).unwrap_or_default(),
        number: request.index | FAST,
    });
    let (layout, asks, number) = (request.layout, request.asks, request.index);
    let wide = Form { slots, layout, asks, number };
    let Some(fast) = fast else { return decided(code, request, &wide, out) };
    let is_fast = code.label();
    rule::if_fast(&mut code, is_fast);
    code = decided(code, request, &wide, out)?;
    code.bind(is_fast);
    decided(code, request, &fast, out)
}

/// Asks filters and blocks, and records what they keep.
fn decided(
    code: Assembler,
    request: &Request<'_>,
    form: &Form<'_>,
    out: Label,
) -> Result<Assembler, Unsupported> {
    let mut code = ask::all(code, request, form, out)?;
    record(&mut code, request, form, out)?;
    code.jump(Insn::jump(), out);
    Ok(code)
}

/// Leads out if neither the thread that runs nor the one that the event concerns is recorded.
fn in_scope(
    code: &mut Assembler,
    request: &Request<'_>,
    scope: i32,
    out: Label,
) -> Result<(), Unsupported> {
    let inside = code.label();
    code.push(Insn::store(Size::B4, Reg::FP, KEY, PID_TGID));
    look_up(code, scope);
    match class::concerned(request.format) {
        None => code.jump(Insn::jump_if_k(Jump::Eq, Reg::R0, 0), out),
        Some(field) => {
            code.jump(Insn::jump_if_k(Jump::Ne, Reg::R0, 0), inside);
            load(code, field.offset, field.size, Reg::R1)?;
            code.push(Insn::store(Size::B4, Reg::FP, KEY, Reg::R1));
            look_up(code, scope);
            code.jump(Insn::jump_if_k(Jump::Eq, Reg::R0, 0), out);
        }
    }
    code.bind(inside);
    Ok(())
}

/// Puts the address of the value whose key is on the stack into register 0.
pub(crate) fn look_up(code: &mut Assembler, map: i32) {
    of_key(code, map, helper::MAP_LOOKUP);
}

/// Calls a function of a map for the key that is on the stack.
pub(crate) fn of_key(code: &mut Assembler, map: i32, function: i32) {
    code.extend(Insn::load_map(Reg::R1, map));
    code.push(Insn::mov(Reg::R2, Reg::FP));
    code.push(Insn::alu_k(Alu::Add, Reg::R2, KEY.into()));
    code.push(Insn::call(function));
}

/// Counts one more. An interrupt on this CPU may come in between: so it is done at once.
pub(super) fn count(code: &mut Assembler, request: &Request<'_>, which: usize) {
    let behind = code.label();
    code.push(Insn::store_k(Size::B4, Reg::FP, KEY, request.index.cast_signed()));
    look_up(code, request.maps.counters);
    code.jump(Insn::jump_if_k(Jump::Eq, Reg::R0, 0), behind);
    code.constant(Reg::R1, 1);
    let place = i16::try_from(8 * which).unwrap_or(i16::MAX);
    code.push(Insn::atomic_add(Size::B8, Reg::R0, place, Reg::R1));
    code.bind(behind);
}

/// Puts the event into the ring.
fn record(
    code: &mut Assembler,
    request: &Request<'_>,
    form: &Form<'_>,
    out: Label,
) -> Result<(), Unsupported> {
    let full = code.label();
    code.extend(Insn::load_map(Reg::R1, request.maps.ring));
    code.constant(Reg::R2, form.layout.bytes.into());
    code.constant(Reg::R3, 0);
    code.push(Insn::call(helper::RING_RESERVE));
    code.jump(Insn::jump_if_k(Jump::Eq, Reg::R0, 0), full);
    code.push(Insn::mov(RECORD, Reg::R0));
    head(code, request, form.number);
    let end = form.layout.fields_end;
    copy_fixed(code, FIRST_OFFSET, (RECORD, FIELDS_AT as i16), end - FIRST_OFFSET);
    for (index, place) in &form.layout.dynamic {
        dynamic(code, request.format, *index, *place);
    }
    let given = match (request.site, request.typed) {
        (Some(_), _) => Insn::mov(Reg::R1, REGISTERS),
        (None, Some(_)) => typed::given(),
        (None, None) => Insn::mov(Reg::R1, EVENT),
    };
    let (record, at, prio) = (RECORD, form.layout.contexts_at, request.thread.prio);
    added::record(code, request.contexts, &added::Places { record, at, given, prio })?;
    code.push(Insn::mov(Reg::R1, RECORD));
    // The reader looks every few milliseconds: waking it for each record would cost the most.
    const NO_WAKE_UP: u64 = 1;
    code.constant(Reg::R2, NO_WAKE_UP);
    code.push(Insn::call(helper::RING_SUBMIT));
    code.jump(Insn::jump(), out);
    code.bind(full);
    count(code, request, LOST);
    Ok(())
}

/// What stands before the fields.
fn head(code: &mut Assembler, request: &Request<'_>, number: u32) {
    // The time is taken when the record has its place: what comes later in the ring on this CPU
    // was either later, or interrupted this one and is whole when this one is.
    code.push(Insn::call(helper::KTIME_NS));
    code.push(Insn::store(Size::B8, RECORD, 0, Reg::R0));
    code.push(Insn::store_k(Size::B4, RECORD, 8, number.cast_signed()));
    code.push(Insn::call(helper::PROCESSOR));
    code.push(Insn::store(Size::B4, RECORD, 12, Reg::R0));
    code.push(Insn::store(Size::B8, RECORD, 16, PID_TGID));
    if request.is_shadow {
        code.push(Insn::load(Size::B8, Reg::R1, Reg::FP, DISCARDS));
        code.push(Insn::store(Size::B8, RECORD, 24, Reg::R1));
    } else {
        code.push(Insn::store_k(Size::B8, RECORD, 24, 0));
    }
    match request.thread.comm.and_then(|comm| i16::try_from(comm).ok()) {
        // Two loads take less than half of what the call takes.
        Some(comm) => {
            code.push(Insn::call(helper::TASK_BTF));
            for at in [0, 8] {
                code.push(Insn::load(Size::B8, Reg::R1, Reg::R0, comm + at));
                code.push(Insn::store(Size::B8, RECORD, 32 + at, Reg::R1));
            }
        }
        None => {
            code.push(Insn::mov(Reg::R1, RECORD));
            code.push(Insn::alu_k(Alu::Add, Reg::R1, 32));
            code.constant(Reg::R2, COMM_BYTES as u64);
            code.push(Insn::call(helper::COMM));
        }
    }
}

/// Copies a field from elsewhere, as much as there is place for.
fn dynamic(code: &mut Assembler, format: &Format, index: usize, place: u32) {
    let Some(field) = format.fields.get(index) else { return };
    let to = i16::try_from(place).unwrap_or(i16::MAX);
    let Kind::DynamicNumbers { base, .. } = field.kind else {
        return read_text(code, field, (RECORD, to), DYNAMIC_BYTES);
    };
    let fits = code.label();
    address_of(code, field, base);
    // The lower half of the word was the place, the upper is the length.
    let offset = i16::try_from(field.offset).unwrap_or(i16::MAX);
    code.push(Insn::load(Size::B4, Reg::R2, EVENT, offset));
    code.push(Insn::alu_k(Alu::Rsh, Reg::R2, 16));
    code.jump(Insn::jump_if_k(Jump::Le, Reg::R2, DYNAMIC_BYTES.cast_signed()), fits);
    code.constant(Reg::R2, DYNAMIC_BYTES.into());
    code.bind(fits);
    code.push(Insn::mov(Reg::R1, RECORD));
    code.push(Insn::alu_k(Alu::Add, Reg::R1, place.cast_signed()));
    code.push(Insn::call(helper::READ_KERNEL));
}
