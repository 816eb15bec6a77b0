//! How a program asks the rules of its event: one word, which user space changes while it runs.
//!
//! It is asked for events that are in the scope, before any filter. An event that a rule rejects is
//! counted by what the rule is: the event is off, of one process only, of one thread only. One of
//! which nobody knows the process is kept, and that is counted, too.

use marey_filter::ebpf::{Alu, Assembler, Insn, Jump, Label, Reg, Size, Unsupported};

use super::class;
use super::program::{KEY, LOST, Request, count, look_up};
use super::source::{current_process, current_thread, load};
use crate::rules::{FAST, IS_ON, NUMBERS_MAX, OF_PROCESS, OF_THREAD, PROCESS_AT, THREAD_AT};
use crate::tracefs::{Field, Format};

/// The counter of events that were off.
pub const OFF: usize = LOST + 1;
/// The counter of events that were to be of another process.
pub const OF_OTHER_PROCESS: usize = OFF + 1;
/// The counter of events that were to be of another thread.
pub const OF_OTHER_THREAD: usize = OF_OTHER_PROCESS + 1;
/// The counter of events whose process nobody knew.
pub const UNKNOWN: usize = OF_OTHER_THREAD + 1;

/// The word of the event.
const WORD: Reg = Reg::R8;
/// The bit of `clone_flags` that says that a new thread is of the same process (clone(2)).
pub const CLONE_THREAD: i32 = 0x0001_0000;

/// Leads out, and counts, if a rule rejects the event.
///
/// # Errors
/// When the event does not say whom it concerns in a way that the kernel can load.
pub fn ask(code: &mut Assembler, request: &Request<'_>, out: Label) -> Result<(), Unsupported> {
    code.push(Insn::store_k(Size::B4, Reg::FP, KEY, request.index.cast_signed()));
    look_up(code, request.maps.rules);
    // It is there: the kernel wants this to be asked.
    code.jump(Insn::jump_if_k(Jump::Eq, Reg::R0, 0), out);
    code.push(Insn::load(Size::B8, WORD, Reg::R0, 0));
    let is_on = code.label();
    code.jump(if_bit(IS_ON), is_on);
    rejected(code, request, OFF, out);
    code.bind(is_on);
    let behind = only_if(code, OF_THREAD);
    thread(code, request)?;
    expected(code, THREAD_AT);
    code.jump(Insn::jump_if(Jump::Eq, Reg::R1, Reg::R2), behind);
    rejected(code, request, OF_OTHER_THREAD, out);
    code.bind(behind);
    let kept = only_if(code, OF_PROCESS);
    process(code, request, kept)?;
    expected(code, PROCESS_AT);
    code.jump(Insn::jump_if(Jump::Eq, Reg::R1, Reg::R2), kept);
    // A rule of a thread may say its process as well.
    let behind = only_if(code, OF_THREAD);
    rejected(code, request, OF_OTHER_THREAD, out);
    code.bind(behind);
    rejected(code, request, OF_OTHER_PROCESS, out);
    code.bind(kept);
    Ok(())
}

/// What follows, up to the label, is for events with this bit.
fn only_if(code: &mut Assembler, bit: u64) -> Label {
    let (inside, behind) = (code.label(), code.label());
    code.jump(if_bit(bit), inside);
    code.jump(Insn::jump(), behind);
    code.bind(inside);
    behind
}

/// Leads to where fast events are recorded, if this one is.
pub fn if_fast(code: &mut Assembler, to: Label) {
    code.jump(if_bit(FAST), to);
}

/// Leads elsewhere if this bit is set, of the lowest ones.
fn if_bit(bit: u64) -> Insn {
    Insn::jump_if_k(Jump::Set, WORD, bit as i32)
}

fn rejected(code: &mut Assembler, request: &Request<'_>, which: usize, out: Label) {
    count(code, request, which);
    code.jump(Insn::jump(), out);
}

/// Puts the number that the rule expects into register 2.
fn expected(code: &mut Assembler, at: u32) {
    const BITS: i32 = NUMBERS_MAX.count_ones().cast_signed();
    code.push(Insn::mov(Reg::R2, WORD));
    code.push(Insn::alu_k(Alu::Lsh, Reg::R2, 64 - BITS - at.cast_signed()));
    code.push(Insn::alu_k(Alu::Rsh, Reg::R2, 64 - BITS));
}

/// Puts the thread that the event concerns into register 1.
fn thread(code: &mut Assembler, request: &Request<'_>) -> Result<(), Unsupported> {
    match class::concerned(request.format) {
        Some(field) => load(code, field.offset, field.size, Reg::R1),
        None => {
            current_thread(code, Reg::R1);
            Ok(())
        }
    }
}

/// Puts the process that the event concerns into register 1. If nobody knows it, that is counted,
/// and it leads to `kept`.
fn process(code: &mut Assembler, request: &Request<'_>, kept: Label) -> Result<(), Unsupported> {
    let (current, found) = (code.label(), code.label());
    if let Some(flags) = flags_of_new(request.format) {
        // The one that is started: it is of this process, or the first of its own.
        load(code, flags.offset, flags.size, Reg::R2)?;
        code.jump(Insn::jump_if_k(Jump::Set, Reg::R2, CLONE_THREAD), current);
        thread(code, request)?;
        code.jump(Insn::jump(), found);
    } else if class::concerned(request.format).is_some() {
        let is_there = code.label();
        thread(code, request)?;
        current_thread(code, Reg::R2);
        code.jump(Insn::jump_if(Jump::Eq, Reg::R1, Reg::R2), current);
        code.push(Insn::store(Size::B4, Reg::FP, KEY, Reg::R1));
        look_up(code, request.maps.processes);
        code.jump(Insn::jump_if_k(Jump::Ne, Reg::R0, 0), is_there);
        count(code, request, UNKNOWN);
        code.jump(Insn::jump(), kept);
        code.bind(is_there);
        code.push(Insn::load(Size::B4, Reg::R1, Reg::R0, 0));
        code.jump(Insn::jump(), found);
    }
    code.bind(current);
    current_process(code, Reg::R1);
    code.bind(found);
    Ok(())
}

/// Where an event that tells of a new thread says how it was started.
pub fn flags_of_new(format: &Format) -> Option<&Field> {
    let is_new = (format.system.as_str(), format.name.as_str()) == ("task", "task_newtask");
    format.fields.iter().find(|field| is_new && field.name == "clone_flags")
}

/// Whether rules of processes need to know the process of a thread other than the one that runs.
pub fn needs_processes(format: &Format) -> bool {
    class::concerned(format).is_some() && flags_of_new(format).is_none()
}
