//! Of which process each thread is: events name threads, and rules of processes ask for more.
//!
//! It is only kept when such a rule is there. Two programs keep it: one adds a thread when it is
//! started, the other takes it out when the kernel is done with it. Threads that there were before
//! are added when the programs run already, so none is missed.

use std::io;

use marey_filter::ebpf::{Alu, Assembler, Insn, Jump, Reg, Size, Unsupported, helper};

use super::scope::{self, Following, VALUE};
use super::state;
use crate::error::Error;
use crate::kernel::program::KEY;
use crate::kernel::rule::CLONE_THREAD;
use crate::rules::{State, Whom};
use crate::sys::{Link, Map, MapKind};
use crate::tracefs::Format;

/// How many threads are known at most at the same time.
pub const THREADS_MAX: u32 = 1 << 17;
/// Of which process each thread is.
#[derive(Debug)]
pub struct Processes {
    map: Map,
    links: Vec<Link>,
}

impl Processes {
    /// No thread is known yet. Where no event could ask for one, there is no place for any.
    ///
    /// # Errors
    /// What the kernel does not allow.
    pub fn new(is_needed: bool) -> Result<Self, Error> {
        let most = if is_needed { THREADS_MAX } else { 1 };
        let map = Map::create(MapKind::Hash, 4, 4, most, "marey_processes");
        let map = map.map_err(|e| failed(&e))?;
        Ok(Processes { map, links: Vec::new() })
    }

    /// The map's descriptor.
    pub fn map(&self) -> i32 {
        self.map.descriptor()
    }

    /// What keeps it.
    pub fn take_links(&mut self) -> Vec<Link> {
        std::mem::take(&mut self.links)
    }

    /// From now on the process of each thread is known, if that was not so already.
    ///
    /// # Errors
    /// What the kernel does not allow.
    pub fn follow(&mut self) -> Result<(), Error> {
        if !self.links.is_empty() {
            return Ok(());
        }
        let map = self.map();
        let starts = Following { system: "task", event: "task_newtask", fields: &["pid"] };
        let starts = starts.attach(|fields, format| starts_of(map, fields, format))?;
        let ends = Following { system: "sched", event: "sched_process_free", fields: &["pid"] };
        let ends = ends.attach(|fields, _| scope::ends(map, fields))?;
        let threads = state::threads().chain([(0, 0)]);
        for (pid, tid) in threads.take(THREADS_MAX as usize) {
            let added = self.map.add(&tid.to_ne_bytes(), &pid.to_ne_bytes());
            // Those for which there is no place are told by their events.
            if let Err(e) = added.as_ref()
                && e.raw_os_error() != Some(libc::E2BIG)
            {
                return Err(failed(e));
            }
        }
        // Not before all are known: what is followed in part is not followed.
        self.links.extend(starts.into_iter().chain(ends));
        Ok(())
    }
}

/// Whether a rule asks for the process of an event.
pub fn is_asked(state: &State) -> bool {
    matches!(state.whom, Some(Whom::Process(_) | Whom::Thread { pid: Some(_), .. }))
}

fn failed(error: &io::Error) -> Error {
    Error::of_io("the processes of threads (bpf(2))", error)
}

/// A thread was started: it is of the process that runs, or it is the first of its own.
fn starts_of(map: i32, fields: &[i16], format: &Format) -> Result<Vec<Insn>, Unsupported> {
    let flags = format.fields.iter().find(|field| field.name == "clone_flags");
    let flags = flags.filter(|field| field.size == 8 && field.offset.is_multiple_of(8));
    let flags = flags.and_then(|field| i16::try_from(field.offset).ok());
    let (Some(flags), Some(pid)) = (flags, fields.first()) else {
        return Err(Unsupported("a new thread does not say how it was started".to_owned()));
    };
    let mut code = Assembler::default();
    let (own, out) = (code.label(), code.label());
    code.push(Insn::load(Size::B4, Reg::R6, Reg::R1, *pid));
    code.push(Insn::load(Size::B8, Reg::R7, Reg::R1, flags));
    code.push(Insn::store(Size::B4, Reg::FP, KEY, Reg::R6));
    code.push(Insn::alu_k(Alu::And, Reg::R7, CLONE_THREAD));
    code.jump(Insn::jump_if_k(Jump::Eq, Reg::R7, 0), own);
    code.push(Insn::call(helper::PID_TGID));
    code.push(Insn::mov(Reg::R6, Reg::R0));
    code.push(Insn::alu_k(Alu::Rsh, Reg::R6, 32));
    code.bind(own);
    code.push(Insn::store(Size::B4, Reg::FP, VALUE, Reg::R6));
    scope::set(&mut code, map);
    scope::finish(code, out)
}
