//! How the kernel finds the values of an event.

use std::collections::BTreeMap;

use marey_filter::ebpf::{
    Alu, Assembler, Insn, Jump, Reg, Size, Source, StackText, Unsupported, helper,
};

use super::added;
use super::ask::Ask;
use super::class::{Context, Slot, Slots};
use super::record::{COMM_BYTES, DYNAMIC_BYTES};
use super::texts::Texts;
use super::thread::Thread;
use crate::tracefs::{Base, Field, Format, Kind};

/// The event, as the kernel gives it to the program.
pub const EVENT: Reg = Reg::R9;
/// The process in the upper half, the thread in the lower.
pub const PID_TGID: Reg = Reg::R7;

/// The values of an event of a tracepoint.
pub struct Fields<'f> {
    format: &'f Format,
    slots: Slots,
    texts: BTreeMap<u16, StackText>,
    thread: Thread,
    /// The first free byte of the stack, below 0.
    pub stack: i16,
}

impl<'f> Fields<'f> {
    /// Copies the texts that are asked for to the stack, below `stack`.
    ///
    /// # Errors
    /// When the kernel cannot find one, or they are too long together.
    pub fn prepare(
        (format, slots, thread): (&'f Format, Slots, Thread),
        asks: &[Ask],
        stack: i16,
        code: &mut Assembler,
    ) -> Result<Self, Unsupported> {
        let mut fields = Fields { format, slots, texts: BTreeMap::new(), thread, stack };
        for (slot, longest) in Texts::of(asks).longest {
            let text = fields.copy(slot, longest, code)?;
            fields.texts.insert(slot, text);
        }
        Ok(fields)
    }

    /// Copies as much of a text as a comparison with texts of up to `longest` bytes needs.
    fn copy(
        &mut self,
        slot: u16,
        longest: usize,
        code: &mut Assembler,
    ) -> Result<StackText, Unsupported> {
        let refused = || Unsupported("the kernel has no such text".to_owned());
        match self.slots.get(slot).ok_or_else(refused)? {
            Slot::Context(Context::CurrentComm | Context::Comm) => {
                let at = self.take(COMM_BYTES)?;
                comm(code, at.offset);
                Ok(at)
            }
            Slot::Field(place) => match self.at(place).ok_or_else(refused)? {
                field if field.kind == Kind::Text => {
                    let at = self.take((longest + 1).min(field.size as usize))?;
                    copy_fixed(code, field.offset, (Reg::FP, at.offset), at.len.into());
                    Ok(at)
                }
                field if matches!(field.kind, Kind::DynamicText(_) | Kind::ProcessText) => {
                    // One byte more than the longest, so that a longer one differs from it.
                    let at = self.take(longest + 2)?;
                    read_text(code, field, (Reg::FP, at.offset), at.len.into());
                    Ok(at)
                }
                _ => Err(refused()),
            },
            Slot::Context(_) => Err(refused()),
        }
    }

    /// So many bytes of the stack, at a multiple of 8, all of them written.
    fn take(&mut self, len: usize) -> Result<StackText, Unsupported> {
        /// Conditions need some for themselves.
        const LEAST_LEFT: i16 = 128;
        let too_long = || Unsupported("its texts are longer than the kernel's stack".to_owned());
        let whole = i16::try_from(len.next_multiple_of(8)).map_err(|_| too_long())?;
        let offset = self.stack.checked_sub(whole).ok_or_else(too_long)?;
        if offset < LEAST_LEFT - marey_filter::ebpf::STACK_BYTES {
            return Err(too_long());
        }
        self.stack = offset;
        Ok(StackText { offset, len: len as u16 })
    }

    fn at(&self, place: usize) -> Option<&'f Field> {
        self.format.fields.get(place)
    }

    fn field(&self, place: usize, to: Reg, code: &mut Assembler) -> Result<(), Unsupported> {
        let refused = || Unsupported("the kernel has no such number".to_owned());
        let field = self.at(place).ok_or_else(refused)?;
        let Kind::Number { is_signed, .. } = field.kind else {
            return Err(refused());
        };
        load(code, field.offset, field.size, to)?;
        if is_signed && field.size < 8 {
            let by = 64 - 8 * field.size.cast_signed();
            code.push(Insn::alu_k(Alu::Lsh, to, by));
            code.push(Insn::alu_k(Alu::Arsh, to, by));
        }
        Ok(())
    }
}

impl Source for Fields<'_> {
    fn number(&self, slot: u16, to: Reg, code: &mut Assembler) -> Result<(), Unsupported> {
        let refused = |what: &str| Err(Unsupported(what.to_owned()));
        match self.slots.get(slot) {
            Some(Slot::Field(place)) => self.field(place, to, code),
            Some(Slot::Context(context)) => match (context, self.slots.concerned()) {
                (Context::Cpu, _) => {
                    code.push(Insn::call(helper::PROCESSOR));
                    code.push(Insn::mov(to, Reg::R0));
                    Ok(())
                }
                (Context::Tid, Some(place)) => self.field(place, to, code),
                (Context::Pid, Some(_)) => {
                    refused("the event does not say which process the thread is of")
                }
                (Context::Tid | Context::CurrentTid, _) => {
                    current_thread(code, to);
                    Ok(())
                }
                (Context::Pid | Context::CurrentPid, _) => {
                    current_process(code, to);
                    Ok(())
                }
                (Context::Prio, _) => added::prio(code, self.thread.prio, to),
                (Context::Time, _) => refused("the kernel has no clock that counts from 1970"),
                _ => refused("the kernel has no such number"),
            },
            None => refused("the kernel has no such number"),
        }
    }

    fn text(&self, slot: u16) -> Result<StackText, Unsupported> {
        self.texts.get(&slot).copied().ok_or_else(no_text)
    }

    fn longest(&self, slot: u16) -> Result<usize, Unsupported> {
        match self.slots.get(slot) {
            Some(Slot::Context(Context::CurrentComm | Context::Comm)) => Ok(COMM_BYTES - 1),
            Some(Slot::Field(place)) => match self.at(place).ok_or_else(no_text)? {
                field if field.kind == Kind::Text => Ok(field.size as usize),
                _ => Ok(DYNAMIC_BYTES as usize),
            },
            _ => Err(no_text()),
        }
    }

    fn copy_text(
        &self,
        slot: u16,
        at: i16,
        bytes: u16,
        code: &mut Assembler,
    ) -> Result<(), Unsupported> {
        match self.slots.get(slot) {
            Some(Slot::Context(Context::CurrentComm | Context::Comm)) => comm(code, at),
            Some(Slot::Field(place)) => {
                whole_text(code, self.at(place).ok_or_else(no_text)?, at, bytes);
            }
            _ => return Err(no_text()),
        }
        Ok(())
    }
}

fn no_text() -> Unsupported {
    Unsupported("the kernel has no such text".to_owned())
}

/// Copies the name of the thread that runs to the stack.
fn comm(code: &mut Assembler, at: i16) {
    code.push(Insn::mov(Reg::R1, Reg::FP));
    code.push(Insn::alu_k(Alu::Add, Reg::R1, at.into()));
    code.constant(Reg::R2, COMM_BYTES as u64);
    code.push(Insn::call(helper::COMM));
}

/// Copies a text as the machine would see it into so many bytes of the stack, with a 0 behind it:
/// not more of it than the event says that there is. Registers 0 to 5 are used.
fn whole_text(code: &mut Assembler, field: &Field, at: i16, bytes: u16) {
    let offset = i16::try_from(field.offset).unwrap_or(i16::MAX);
    let reads = match field.kind {
        Kind::DynamicText(base) => {
            address_of(code, field, base);
            // The upper half of the word is the length; a 0 comes behind it in any case.
            let fits = code.label();
            code.push(Insn::load(Size::B4, Reg::R2, EVENT, offset));
            code.push(Insn::alu_k(Alu::Rsh, Reg::R2, 16));
            code.push(Insn::alu_k(Alu::Add, Reg::R2, 1));
            code.jump(Insn::jump_if_k(Jump::Le, Reg::R2, bytes.into()), fits);
            code.constant(Reg::R2, bytes.into());
            code.bind(fits);
            helper::READ_KERNEL_TEXT
        }
        Kind::ProcessText => {
            code.push(Insn::load(Size::B8, Reg::R3, EVENT, offset));
            code.constant(Reg::R2, bytes.into());
            helper::READ_PROCESS_TEXT
        }
        _ => {
            code.push(Insn::mov(Reg::R3, EVENT));
            code.push(Insn::alu_k(Alu::Add, Reg::R3, field.offset.cast_signed()));
            code.constant(Reg::R2, field.size.saturating_add(1).min(bytes.into()).into());
            helper::READ_KERNEL_TEXT
        }
    };
    code.push(Insn::mov(Reg::R1, Reg::FP));
    code.push(Insn::alu_k(Alu::Add, Reg::R1, at.into()));
    code.push(Insn::call(reads));
}

/// The thread that runs.
pub fn current_thread(code: &mut Assembler, to: Reg) {
    code.push(Insn::mov(to, PID_TGID));
    code.push(Insn::alu_k(Alu::Lsh, to, 32));
    code.push(Insn::alu_k(Alu::Rsh, to, 32));
}

/// The process that runs.
pub fn current_process(code: &mut Assembler, to: Reg) {
    code.push(Insn::mov(to, PID_TGID));
    code.push(Insn::alu_k(Alu::Rsh, to, 32));
}

/// Loads what stands in the event: at a multiple of its size, as the kernel wants it.
pub fn load(code: &mut Assembler, offset: u32, size: u32, to: Reg) -> Result<(), Unsupported> {
    let place = i16::try_from(offset).ok().zip(Size::of(size.into()));
    match place {
        Some((offset_16, size_of)) if offset.is_multiple_of(size) => {
            code.push(Insn::load(size_of, to, EVENT, offset_16));
            Ok(())
        }
        _ => Err(Unsupported("the kernel does not load a number from there".to_owned())),
    }
}

/// Copies a text from elsewhere, with a 0 behind it, into so many bytes. Registers 0 to 5 are used.
/// A text that is not there is empty.
pub fn read_text(code: &mut Assembler, field: &Field, (to, offset): (Reg, i16), len: u32) {
    code.push(Insn::store_k(Size::B1, to, offset, 0));
    let reads = match field.kind {
        Kind::DynamicText(base) => {
            address_of(code, field, base);
            helper::READ_KERNEL_TEXT
        }
        _ => {
            let place = i16::try_from(field.offset).unwrap_or(i16::MAX);
            code.push(Insn::load(Size::B8, Reg::R3, EVENT, place));
            helper::READ_PROCESS_TEXT
        }
    };
    code.push(Insn::mov(Reg::R1, to));
    code.push(Insn::alu_k(Alu::Add, Reg::R1, offset.into()));
    code.constant(Reg::R2, len.into());
    code.push(Insn::call(reads));
}

/// Puts the address of a dynamic field into register 3. Register 1 is used on the way.
pub fn address_of(code: &mut Assembler, field: &Field, base: Base) {
    let offset = i16::try_from(field.offset).unwrap_or(i16::MAX);
    code.push(Insn::load(Size::B4, Reg::R1, EVENT, offset));
    code.push(Insn::alu_k(Alu::And, Reg::R1, 0xffff));
    code.push(Insn::mov(Reg::R3, EVENT));
    if base == Base::Field {
        code.push(Insn::alu_k(Alu::Add, Reg::R3, (field.offset + field.size).cast_signed()));
    }
    code.push(Insn::alu(Alu::Add, Reg::R3, Reg::R1));
}

/// Copies bytes of the event, as many at once as can be. Register 1 is used on the way.
pub fn copy_fixed(code: &mut Assembler, from: u32, (to, offset): (Reg, i16), len: u32) {
    let mut done = 0;
    while done < len {
        let (from, left) = (from + done, len - done);
        let whole = |size: &u32| {
            let to = i32::from(offset) + done.cast_signed();
            *size <= left && from.is_multiple_of(*size) && to.rem_euclid(size.cast_signed()) == 0
        };
        let size = [8, 4, 2].into_iter().find(whole).unwrap_or(1);
        let size_of = Size::of(size.into()).unwrap_or(Size::B1);
        let place = offset.saturating_add(i16::try_from(done).unwrap_or(i16::MAX));
        let from = i16::try_from(from).unwrap_or(i16::MAX);
        code.push(Insn::load(size_of, Reg::R1, EVENT, from));
        code.push(Insn::store(size_of, to, place, Reg::R1));
        done += size;
    }
}
