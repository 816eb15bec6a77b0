//! Events that the kernel hands over as values, instead of writing them down first.
//!
//! A program of such an event (`BPF_TRACE_RAW_TP`) runs also where another one was interrupted,
//! and sooner: so the most frequent ones have such programs where the kernel describes itself
//! (BTF). The values are put on the stack as the tracepoint would have written them; all that
//! follows reads them there, as it does for places in programs.
//!
//! What stands in each field is as `TP_fast_assign` of `include/trace/events/` says: `syscalls.h`,
//! `sched.h`, `irq.h`. An event whose fields or values are others has a program of the other kind.

use marey_filter::ebpf::{Alu, Assembler, Insn, Jump, Reg, Size, helper};

use super::program::DISCARDS;
use super::source::EVENT;
use crate::btf::Btf;
use crate::tracefs::{FIRST_OFFSET, Format};

/// Where what the kernel gave to the program is kept.
const GIVEN: i16 = DISCARDS - 8;
/// How long an event may be.
const BYTES_MAX: u32 = 128;

/// The types of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    /// A number.
    Number,
    /// The address of this structure.
    Structure(&'static str),
}

/// Where the value of a field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum From {
    /// It is this one of the values.
    Value(usize),
    /// In the structure that one of the values leads to, by members of structures.
    Member(usize, &'static [(&'static str, &'static str)]),
    /// The six arguments of the system call.
    Arguments,
    /// The number of the system call, an `int`.
    Call,
}

/// An event.
struct Row {
    system: &'static str,
    names: &'static [&'static str],
    values: &'static [Of],
    fields: &'static [(&'static str, From)],
}

const THREAD: Of = Of::Structure("task_struct");
const REGISTERS: Of = Of::Structure("pt_regs");

const ROWS: [Row; 5] = [
    Row {
        system: "raw_syscalls",
        names: &["sys_enter"],
        values: &[REGISTERS, Of::Number],
        fields: &[("id", From::Value(1)), ("args", From::Arguments)],
    },
    Row {
        system: "raw_syscalls",
        names: &["sys_exit"],
        values: &[REGISTERS, Of::Number],
        fields: &[("id", From::Call), ("ret", From::Value(1))],
    },
    Row {
        system: "sched",
        names: &["sched_waking", "sched_wakeup", "sched_wakeup_new"],
        values: &[THREAD],
        fields: &[
            ("comm", From::Member(0, &[("task_struct", "comm")])),
            ("pid", From::Member(0, &[("task_struct", "pid")])),
            ("prio", From::Member(0, &[("task_struct", "prio")])),
            (
                "target_cpu",
                From::Member(0, &[("task_struct", "thread_info"), ("thread_info", "cpu")]),
            ),
        ],
    },
    Row {
        system: "irq",
        names: &["softirq_entry", "softirq_exit", "softirq_raise"],
        values: &[Of::Number],
        fields: &[("vec", From::Value(0))],
    },
    Row {
        system: "irq",
        names: &["irq_handler_exit"],
        values: &[Of::Number, Of::Structure("irqaction"), Of::Number],
        fields: &[("irq", From::Value(0)), ("ret", From::Value(2))],
    },
];

/// The registers that hold the arguments of a system call of 64 bits, and of one of 32
/// (`arch/x86/include/asm/syscall.h`).
const ARGUMENTS: [[&str; 6]; 2] =
    [["di", "si", "dx", "r10", "r8", "r9"], ["bx", "cx", "dx", "si", "di", "bp"]];
/// The bit of a thread's status that says that its call is one of 32 bits (`TS_COMPAT`).
const IS_COMPAT: i32 = 2;

/// How the values of an event are put together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    /// The number of what describes the event in the kernel's BTF.
    pub number: u32,
    parts: Vec<Part>,
    /// How long the fields are.
    bytes: i16,
}

/// Bytes of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// A value, at this place in the event.
    Value { value: usize, size: Size, to: i16 },
    /// So many bytes of what a value leads to.
    Member { value: usize, from: i16, bytes: i16, to: i16 },
    /// The number of the call, widened by its sign.
    Call { from: i16, to: i16 },
    /// The arguments of a call: where the status of a thread is, and where the registers are that
    /// hold them in calls of 64 bits and of 32.
    Arguments { status: i16, registers: [Vec<i16>; 2], to: i16 },
}

impl Typed {
    /// Those of an event; nothing where it is not one of these, or another one in this kernel.
    pub fn of(btf: &Btf, format: &Format) -> Option<Self> {
        let names =
            |row: &&Row| row.system == format.system && row.names.contains(&format.name.as_str());
        let row = ROWS.iter().find(names)?;
        let (number, values) = btf.event(&format.name)?;
        let is_alike = |(own, of): (&Option<String>, &Of)| match of {
            Of::Number => own.is_none(),
            Of::Structure(name) => own.as_deref() == Some(*name),
        };
        if values.len() != row.values.len() || !values.iter().zip(row.values).all(is_alike) {
            return None;
        }
        let parts = format.fields.iter().map(|field| {
            let (_, from) = row.fields.iter().find(|(name, _)| *name == field.name)?;
            let to = i16::try_from(field.offset.checked_sub(FIRST_OFFSET)?).ok()?;
            Part::of(btf, *from, (to, field.size))
        });
        let parts: Vec<Part> = parts.collect::<Option<_>>()?;
        let ends = format.fields.iter().map(|field| field.offset + field.size);
        let bytes = (ends.max()?.checked_sub(FIRST_OFFSET)?).next_multiple_of(8);
        let is_all = format.fields.len() == row.fields.len() && bytes <= BYTES_MAX;
        is_all.then_some(Typed { number, parts, bytes: bytes as i16 })
    }

    /// Where the stack is free below what the event takes there.
    pub fn stack(&self) -> i16 {
        GIVEN - self.bytes
    }

    /// Puts the event on the stack, and lets it begin there. Registers 0 to 5 are used.
    pub fn values(&self, code: &mut Assembler) {
        code.push(Insn::store(Size::B8, Reg::FP, GIVEN, EVENT));
        // No byte between fields is left as it was.
        for at in (self.stack()..GIVEN).step_by(8) {
            code.push(Insn::store_k(Size::B8, Reg::FP, at, 0));
        }
        self.parts.iter().for_each(|part| part.put(self.stack(), code));
        code.push(Insn::mov(EVENT, Reg::FP));
        let first = i32::from(self.stack()) - FIRST_OFFSET.cast_signed();
        code.push(Insn::alu_k(Alu::Add, EVENT, first));
    }
}

/// Puts what the kernel gave to the program into register 1.
pub fn given() -> Insn {
    Insn::load(Size::B8, Reg::R1, Reg::FP, GIVEN)
}

impl Part {
    fn of(btf: &Btf, from: From, (to, size): (i16, u32)) -> Option<Part> {
        match from {
            From::Value(value) => Some(Part::Value { value, size: Size::of(size.into())?, to }),
            From::Member(value, path) => {
                let mut at = 0;
                let mut bytes = 0;
                for (structure, name) in path {
                    let member = btf.member(structure, name)?;
                    (at, bytes) = (at + member.offset, member.size);
                }
                let from = i16::try_from(at).ok()?;
                (bytes == size).then_some(Part::Member { value, from, bytes: size as i16, to })
            }
            From::Call => {
                let (from, is_long) = (register(btf, "orig_ax")?, size == 8);
                is_long.then_some(Part::Call { from, to })
            }
            From::Arguments => {
                let info = btf.member("task_struct", "thread_info")?;
                let status = btf.member("thread_info", "status").filter(|own| own.size == 4)?;
                let status = i16::try_from(info.offset + status.offset).ok()?;
                let own = |names: [&str; 6]| names.map(|name| register(btf, name));
                let [wide, narrow] = ARGUMENTS.map(own);
                let [wide, narrow] = [wide, narrow].map(|all| all.into_iter().collect());
                let registers: [Option<Vec<i16>>; 2] = [wide, narrow];
                let [Some(wide), Some(narrow)] = registers else { return None };
                (size == 48).then_some(Part::Arguments { status, registers: [wide, narrow], to })
            }
        }
    }

    fn put(&self, first: i16, code: &mut Assembler) {
        match self {
            Part::Value { value, size, to } => {
                given_value(*value, code);
                code.push(Insn::store(*size, Reg::FP, first + to, Reg::R1));
            }
            Part::Member { value, from, bytes, to } => {
                given_value(*value, code);
                copy(code, (*from, *bytes), first + to);
            }
            Part::Call { from, to } => {
                given_value(0, code);
                code.push(Insn::load(Size::B8, Reg::R1, Reg::R1, *from));
                code.push(Insn::alu_k(Alu::Lsh, Reg::R1, 32));
                code.push(Insn::alu_k(Alu::Arsh, Reg::R1, 32));
                code.push(Insn::store(Size::B8, Reg::FP, first + to, Reg::R1));
            }
            Part::Arguments { status, registers: [wide, narrow], to } => {
                let (is_narrow, end) = (code.label(), code.label());
                code.push(Insn::call(helper::TASK_BTF));
                code.push(Insn::load(Size::B4, Reg::R2, Reg::R0, *status));
                given_value(0, code);
                code.jump(Insn::jump_if_k(Jump::Set, Reg::R2, IS_COMPAT), is_narrow);
                all(code, wide, first + to);
                code.jump(Insn::jump(), end);
                code.bind(is_narrow);
                all(code, narrow, first + to);
                code.bind(end);
            }
        }
    }
}

/// Puts one of the values into register 1.
fn given_value(value: usize, code: &mut Assembler) {
    code.push(Insn::load(Size::B8, Reg::R1, EVENT, 8 * value as i16));
}

/// Copies bytes from where register 1 leads to, as many at once as can be.
fn copy(code: &mut Assembler, (from, bytes): (i16, i16), to: i16) {
    let mut done = 0;
    while done < bytes {
        let (size, len) = match bytes - done {
            8.. if (from + done) % 8 == 0 && (to + done) % 8 == 0 => (Size::B8, 8),
            4.. if (from + done) % 4 == 0 && (to + done) % 4 == 0 => (Size::B4, 4),
            _ => (Size::B1, 1),
        };
        code.push(Insn::load(size, Reg::R2, Reg::R1, from + done));
        code.push(Insn::store(size, Reg::FP, to + done, Reg::R2));
        done += len;
    }
}

/// Copies registers, 8 bytes each.
fn all(code: &mut Assembler, registers: &[i16], to: i16) {
    for (from, to) in registers.iter().zip((to..).step_by(8)) {
        code.push(Insn::load(Size::B8, Reg::R2, Reg::R1, *from));
        code.push(Insn::store(Size::B8, Reg::FP, to, Reg::R2));
    }
}

/// Where a register of a process is, 8 bytes long.
fn register(btf: &Btf, name: &str) -> Option<i16> {
    let member = btf.member("pt_regs", name).filter(|member| member.size == 8)?;
    i16::try_from(member.offset).ok()
}
