//! What a recording does, tried: a map, a ring, a program, an event, and all of them together.

use std::io;

use marey_filter::ebpf::{Assembler, Insn, Reg};

use super::{Answer, Machine, Probe, Purpose, rights_command};
use crate::sys::{Link, Map, MapKind, Program, ProgramKind, Ring, SampleRing, tracepoint, uprobe};
use crate::tracefs::{Tracefs, mounted_at};
use crate::uprobe::Site;
use crate::uprobe::binary::{self, Binary};

/// How long the ring is that is tried.
const RING_BYTES: usize = 1 << 16;
/// An event that is rare: the program that is tried is there for a moment only.
const EVENT: (&str, &str) = ("sched", "sched_process_exec");

/// All that can be tried.
pub fn probes(machine: &Machine) -> Vec<Probe> {
    let tracefs = Tracefs::open();
    let id = tracefs.as_ref().ok().and_then(event);
    let program = program();
    let mut probes = vec![
        of_tracefs(tracefs.as_ref()),
        of_io("BPF maps", "made", Map::create(MapKind::Hash, 4, 8, 1, "marey_probe").map(drop)),
        of_io("BPF ring", "made and mapped", ring()),
    ];
    let loaded = program.as_ref().map(drop).map_err(|e| io::Error::new(e.kind(), e.to_string()));
    probes.push(of_io("BPF programs", "loaded", loaded));
    probes.push(of_event(id, program.ok()));
    probes.push(of_uprobe());
    // A container's root has rights that do not count.
    if !machine.is_whole() {
        for probe in &mut probes {
            let remedy = "run it outside of the container, or give the container --privileged";
            probe.remedy = probe.remedy.take().map(|_| remedy.to_owned());
        }
    }
    probes
}

fn of_tracefs(tracefs: Result<&Tracefs, &io::Error>) -> Probe {
    let probe = |answer, found: String| Probe::new("tracefs", Purpose::Events, answer, found);
    match tracefs {
        Ok(tracefs) => match tracefs.names() {
            Ok(names) => {
                let found = format!("{}: {} events", tracefs.root().display(), names.len());
                probe(Answer::Yes, found)
            }
            Err(why) => probe(Answer::No, why.to_string()).or(rights_command()),
        },
        Err(why) if mounted_at().is_some() => {
            probe(Answer::No, why.to_string()).or(rights_command())
        }
        Err(why) => {
            let remedy = "sudo mount -t tracefs tracefs /sys/kernel/tracing";
            probe(Answer::No, why.to_string()).or(remedy)
        }
    }
}

fn of_io(name: &'static str, done: &str, tried: io::Result<()>) -> Probe {
    match tried {
        Ok(()) => Probe::new(name, Purpose::Programs, Answer::Yes, done),
        Err(why) => {
            let remedy = match why.kind() {
                io::ErrorKind::PermissionDenied => rights_command(),
                _ => "boot a kernel with CONFIG_BPF_SYSCALL and CONFIG_BPF_EVENTS".to_owned(),
            };
            Probe::new(name, Purpose::Programs, Answer::No, why.to_string()).or(remedy)
        }
    }
}

fn ring() -> io::Result<()> {
    let map = Map::create(MapKind::RingBuffer, 0, 0, RING_BYTES as u32, "marey_probe")?;
    Ring::map(&map, RING_BYTES).map(drop)
}

/// A program that does nothing. It returns 1: else other tools would not see the event.
fn program() -> io::Result<Program> {
    let mut code = Assembler::default();
    code.constant(Reg::R0, 1);
    code.push(Insn::exit());
    let insns = code.finish().map_err(|e| io::Error::other(e.to_string()))?;
    Program::load(&insns, ProgramKind::Tracepoint, "marey_probe").map_err(|refused| refused.error)
}

/// Whether a place in a program can be recorded: where this one begins, which is over.
fn of_uprobe() -> Probe {
    let probe =
        |answer, found: String| Probe::new("places in programs", Purpose::Hint, answer, found);
    let tried = std::env::current_exe().and_then(|path| {
        let data = binary::open(&path)?;
        let entry = Binary::new(&data).ok().and_then(|binary| binary.entry());
        let offset = entry.ok_or(io::ErrorKind::InvalidData)?;
        let (counter, is_return, values) = (None, false, Vec::new());
        uprobe(&Site { path, offset, counter, is_return, values })
    });
    match tried {
        Ok(_) => probe(Answer::Yes, "a place in marey was opened (uprobe)".to_owned()),
        Err(why) if why.kind() == io::ErrorKind::Unsupported => {
            let remedy = "boot a kernel with CONFIG_UPROBE_EVENTS";
            probe(Answer::No, "this kernel has no such events".to_owned()).or(remedy)
        }
        Err(why) => probe(Answer::No, format!("perf_event_open(2): {why}"))
            .or("run it as root, with CAP_SYS_ADMIN"),
    }
}

/// The number of the event that is tried.
fn event(tracefs: &Tracefs) -> Option<u64> {
    let (system, name) = EVENT;
    tracefs.format(system, name).ok().map(|format| format.id)
}

/// Whether an event can be recorded without a program: on the first CPU, where it stays off.
fn sampled(id: u64) -> io::Result<()> {
    let ring = SampleRing::open(0, RING_BYTES)?;
    ring.add(id).map(drop)
}

fn of_event(id: Option<u64>, program: Option<Program>) -> Probe {
    const NAME: &str = "events";
    let (system, name) = EVENT;
    let Some(id) = id else {
        let found = format!("the number of {system}:{name} is not known");
        return Probe::new(NAME, Purpose::Events, Answer::Unknown, found);
    };
    let attach = |program: &Program| {
        let link = Link::create(program, tracepoint(id)?)?;
        drop(Link::detach(vec![link]));
        Ok(())
    };
    let (done, tried) = match &program {
        Some(program) => (format!("a program was attached to {system}:{name}"), attach(program)),
        None => (format!("{system}:{name} can be sampled (perf)"), sampled(id)),
    };
    match tried {
        Ok(()) => Probe::new(NAME, Purpose::Events, Answer::Yes, done),
        Err(why) => {
            let found = format!("perf_event_open(2) of {system}:{name}: {why}");
            Probe::new(NAME, Purpose::Events, Answer::No, found).or(rights_command())
        }
    }
}
