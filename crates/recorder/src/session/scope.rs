//! Which threads are recorded: some to begin with, and all that they start.
//!
//! Two programs keep the map of these threads: one adds a thread when one of them starts it, the
//! other takes it out when the kernel is done with it, after its last event.

use marey_filter::ebpf::{Alu, Assembler, Insn, Jump, Label, Reg, Size, Unsupported, helper};

use super::prepare::{attach, refused};
use crate::error::{Error, ErrorKind};
use crate::kernel::program::{KEY, look_up, of_key};
use crate::sys::{Link, Map, MapKind, Program, ProgramKind};
use crate::tracefs::{Field, Format, Tracefs};

/// How many threads are recorded at most at the same time.
pub const THREADS_MAX: u32 = 1 << 17;
/// No thread has this number: it stands for those for which there was no place.
const UNFOLLOWED: u32 = u32::MAX;
/// Where values stand on the stack of the programs that follow threads: behind their keys.
pub(super) const VALUE: i16 = KEY + 4;

/// The threads that are recorded.
#[derive(Debug)]
pub struct Scope {
    map: Map,
    first: Vec<u32>,
    links: Vec<Link>,
}

impl Scope {
    /// These threads.
    ///
    /// # Errors
    /// What the kernel does not allow.
    pub fn new(threads: &[u32]) -> Result<Self, Error> {
        let failed = |e: &std::io::Error| Error::of_io("the threads to record (bpf(2))", e);
        let map = Map::create(MapKind::Hash, 4, 4, THREADS_MAX, "marey_threads");
        let map = map.map_err(|e| failed(&e))?;
        let threads_in = threads.iter().map(|thread| (*thread, 1_u32));
        for (thread, value) in threads_in.chain([(UNFOLLOWED, 0)]) {
            map.set(&thread.to_ne_bytes(), &value.to_ne_bytes()).map_err(|e| failed(&e))?;
        }
        Ok(Scope { map, first: threads.to_vec(), links: Vec::new() })
    }

    /// The threads to begin with.
    pub fn first(&self) -> &[u32] {
        &self.first
    }

    /// The map's descriptor.
    pub fn map(&self) -> i32 {
        self.map.descriptor()
    }

    /// What keeps it; without it the map stays as it is.
    pub fn take_links(&mut self) -> Vec<Link> {
        std::mem::take(&mut self.links)
    }

    /// How many threads were started for which there was no place.
    ///
    /// # Errors
    /// When the kernel does not say it.
    pub fn unfollowed(&self) -> Result<u64, Error> {
        let count = self.map.get(&UNFOLLOWED.to_ne_bytes());
        let count = count.map_err(|e| Error::of_io("the threads to record (bpf(2))", &e))?;
        Ok(count.as_slice().try_into().map_or(0, u32::from_ne_bytes).into())
    }

    /// From now on threads come and go by themselves.
    ///
    /// # Errors
    /// What the kernel does not allow.
    pub fn follow(&mut self) -> Result<(), Error> {
        let map = self.map();
        let starting =
            Following { system: "sched", event: "sched_process_fork", fields: &["child_pid"] };
        let ending = Following { system: "sched", event: "sched_process_free", fields: &["pid"] };
        self.links.extend(starting.attach(|fields, _| starts(map, fields))?);
        self.links.extend(ending.attach(|fields, _| ends(map, fields))?);
        Ok(())
    }
}

/// An event that tells of threads.
pub(super) struct Following {
    pub system: &'static str,
    pub event: &'static str,
    /// Fields of 4 bytes that it must have.
    pub fields: &'static [&'static str],
}

impl Following {
    /// Lets a program run at it, which is made of where the fields are.
    pub(super) fn attach(
        &self,
        make: impl FnOnce(&[i16], &Format) -> Result<Vec<Insn>, Unsupported>,
    ) -> Result<Vec<Link>, Error> {
        let what = format!("{}:{}", self.system, self.event);
        let tracefs = Tracefs::open().map_err(|e| Error::of_io("tracefs", &e))?;
        let format = tracefs.format(self.system, self.event);
        let format = format.map_err(|e| Error::of_io(what.clone(), &e))?;
        let place =
            |name: &&str| format.fields.iter().find(|other| other.name == **name).and_then(offset);
        let fields: Option<Vec<i16>> = self.fields.iter().map(place).collect();
        let fields = fields.ok_or_else(|| unsupported(&what))?;
        let insns = make(&fields, &format).map_err(|_| unsupported(&what))?;
        let program = Program::load(&insns, ProgramKind::Tracepoint, "marey_scope");
        let program = program.map_err(|e| refused(what.clone(), &e))?;
        attach(&[program], &format)
    }
}

/// Where a number of 4 bytes is.
fn offset(field: &Field) -> Option<i16> {
    (field.size == 4 && field.offset.is_multiple_of(4)).then(|| i16::try_from(field.offset).ok())?
}

fn unsupported(what: &str) -> Error {
    let (what, why) = (what.to_owned(), "it does not look as it did in other kernels".to_owned());
    let help = Some("record the whole system, with -a");
    Error { kind: ErrorKind::Unsupported, what, why, help }
}

/// If the thread that runs is recorded, so is the one that it starts; if there is no place for it,
/// that is counted.
fn starts(map: i32, fields: &[i16]) -> Result<Vec<Insn>, Unsupported> {
    let child = only(fields)?;
    let mut code = Assembler::default();
    let out = code.label();
    code.push(Insn::load(Size::B4, Reg::R6, Reg::R1, child));
    code.push(Insn::call(helper::PID_TGID));
    code.push(Insn::store(Size::B4, Reg::FP, KEY, Reg::R0));
    look_up(&mut code, map);
    code.jump(Insn::jump_if_k(Jump::Eq, Reg::R0, 0), out);
    code.push(Insn::store(Size::B4, Reg::FP, KEY, Reg::R6));
    code.push(Insn::store_k(Size::B4, Reg::FP, VALUE, 1));
    set(&mut code, map);
    code.jump(Insn::jump_if_k(Jump::Eq, Reg::R0, 0), out);
    code.push(Insn::store_k(Size::B4, Reg::FP, KEY, UNFOLLOWED.cast_signed()));
    look_up(&mut code, map);
    code.jump(Insn::jump_if_k(Jump::Eq, Reg::R0, 0), out);
    code.constant(Reg::R1, 1);
    code.push(Insn::atomic_add(Size::B4, Reg::R0, 0, Reg::R1));
    finish(code, out)
}

/// Sets the value of the key that is on the stack to the one that is there, too.
pub(super) fn set(code: &mut Assembler, map: i32) {
    code.push(Insn::mov(Reg::R3, Reg::FP));
    code.push(Insn::alu_k(Alu::Add, Reg::R3, VALUE.into()));
    code.constant(Reg::R4, 0);
    of_key(code, map, helper::MAP_UPDATE);
}

fn only(fields: &[i16]) -> Result<i16, Unsupported> {
    fields.first().copied().ok_or_else(|| Unsupported("it names no thread".to_owned()))
}

/// The thread that the event names is in the map no more.
pub(super) fn ends(map: i32, fields: &[i16]) -> Result<Vec<Insn>, Unsupported> {
    let thread = only(fields)?;
    let mut code = Assembler::default();
    let out = code.label();
    code.push(Insn::load(Size::B4, Reg::R6, Reg::R1, thread));
    code.push(Insn::store(Size::B4, Reg::FP, KEY, Reg::R6));
    of_key(&mut code, map, helper::MAP_DELETE);
    finish(code, out)
}

/// Other tools see the event, too: it always says 1.
pub(super) fn finish(mut code: Assembler, out: Label) -> Result<Vec<Insn>, Unsupported> {
    code.bind(out);
    code.constant(Reg::R0, 1);
    code.push(Insn::exit());
    code.finish()
}
