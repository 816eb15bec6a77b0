//! What a recording needs before it begins: maps, programs, metadata.

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use super::filters::Placed;
use super::in_kernel::InKernel;
use super::mechanism::Mechanism;
use super::plan::Plan;
use super::rules::Rules;
use super::samples::{Gate, Samples};
use super::source::Source;
use super::state;
use crate::btf::Btf;
use crate::ctf::{self, About, Contents, schema};
use crate::error::{Error, ErrorKind};
use crate::kernel::added::Added;
use crate::kernel::class::Slots;
use crate::kernel::program::{Maps, Request, program};
use crate::kernel::record::Layout;
use crate::kernel::tables::Tables;
use crate::kernel::thread::Thread;
use crate::kernel::typed::Typed;
use crate::sys::{ClockPair, Link, Map, MapKind, Program, ProgramKind, Refused, Ring};
use crate::sys::{tracepoint, uprobe};
use crate::tracefs::Format;

/// Where what is of each event in the ring.
pub fn layouts(plan: &Plan) -> Result<Vec<Layout>, Error> {
    let layout = |(format, _): &(Format, String)| {
        let layout = Layout::of(format).map(|layout| layout.with(&plan.contexts));
        layout.ok_or_else(|| {
            let what = format!("{}:{}", format.system, format.name);
            let why = "it is longer than 8 KiB, or has more than 16 fields of any length";
            Error { kind: ErrorKind::Unsupported, what, why: why.to_owned(), help: None }
        })
    };
    plan.events.iter().map(layout).collect()
}

/// Programs in the kernel, and the ring that they write to.
pub fn in_kernel(
    plan: &Plan,
    (layouts, placed): (&[Layout], &[Placed]),
    (statics, tables): (&Rules, &dyn Tables),
) -> Result<(Mechanism, Source), Error> {
    let map = ring(plan)?;
    let programs = InKernel::new(plan, (layouts, placed), (statics, tables), &map)?;
    let ring = Ring::map(&map, plan.ring_bytes);
    let ring = ring.map_err(|e| Error::of_io("the ring of the kernel", &e))?;
    Ok((Mechanism::Bpf(Box::new(programs)), Source::Ring(ring)))
}

/// Samples, and who decides about them.
pub fn samples(plan: &Plan, statics: &Rules) -> Result<(Mechanism, Source), Error> {
    let (samples, rings) = Samples::open(plan)?;
    let gate = Gate::new(plan, statics.states());
    Ok((Mechanism::Perf(samples), Source::Samples(Box::new((rings, gate)))))
}

/// The ring that all programs write to.
fn ring(plan: &Plan) -> Result<Map, Error> {
    let bytes = u32::try_from(plan.ring_bytes)
        .map_err(|_| Error::misuse("the ring", "it is longer than 4 GiB"))?;
    Map::create(MapKind::RingBuffer, 0, 0, bytes, "marey_ring")
        .map_err(|e| Error::of_io("the ring of the recording (bpf(2))", &e))
}

/// The programs of each event: one, or one for each of its places in programs.
pub fn programs(
    plan: &Plan,
    layouts: &[Layout],
    placed: &[Placed],
    maps: Maps,
    tables: &dyn Tables,
) -> Result<Vec<Vec<Program>>, Error> {
    let (thread, left_out, is_shadow) = (thread(plan)?, plan.left_out, plan.is_shadow);
    let (contexts, btf) = (&plan.contexts, Btf::of_kernel().ok());
    let all = plan.events.iter().zip(layouts).zip(placed).zip(0..);
    all.map(|((((format, _), layout), placed), index)| {
        let asks = &placed.in_kernel;
        let slots = &Slots::of(format);
        let fast = placed.fast.as_ref().map(|fast| (&fast.form, fast.in_kernel));
        let request = Request {
            format,
            slots,
            site: None,
            typed: None,
            layout,
            index,
            maps,
            left_out,
            asks,
            tables,
            fast,
            contexts,
            thread,
            is_shadow,
        };
        match format.sites.as_slice() {
            [] => match typed(&request, btf.as_ref()) {
                Some(program) => Ok(vec![program]),
                None => Ok(vec![load(&request, ProgramKind::Tracepoint)?]),
            },
            sites => {
                let of_site =
                    |site| load(&Request { site: Some(site), ..request }, ProgramKind::Registers);
                sites.iter().map(of_site).collect()
            }
        }
    })
    .collect()
}

/// The program of an event that the kernel hands over as values. Nothing where it does not, or
/// takes no such program: it takes the other kind then.
fn typed(request: &Request<'_>, btf: Option<&Btf>) -> Option<Program> {
    let typed = Typed::of(btf?, request.format)?;
    let request = Request { typed: Some(&typed), ..*request };
    load(&request, ProgramKind::Values(typed.number)).ok()
}

fn load(request: &Request<'_>, kind: ProgramKind) -> Result<Program, Error> {
    let format = request.format;
    let what = format!("{}:{}", format.system, format.name);
    let insns = program(request).map_err(|e| Error {
        kind: ErrorKind::Bug,
        what: what.clone(),
        why: e.to_string(),
        help: None,
    })?;
    Program::load(&insns, kind, &format.name).map_err(|e| refused(what, &e))
}

/// Where what is of a thread.
fn thread(plan: &Plan) -> Result<Thread, Error> {
    let thread = Thread::of_kernel();
    if plan.contexts.contains(&Added::Prio) && thread.prio.is_none() {
        let why = "the kernel does not say where it is (BTF)".to_owned();
        let (kind, what) = (ErrorKind::Unsupported, "the context prio".to_owned());
        return Err(Error { kind, what, why, help: None });
    }
    Ok(thread)
}

/// A program that is refused is a bug, unless nothing at all is allowed.
pub fn refused(what: String, refused: &Refused) -> Error {
    match refused.log.is_empty() {
        true => Error::of_io(format!("{what}: a program for it (bpf(2))"), &refused.error),
        false => Error { kind: ErrorKind::Bug, what, why: refused.to_string(), help: None },
    }
}

/// Lets the programs of an event run at it.
pub fn attach(programs: &[Program], format: &Format) -> Result<Vec<Link>, Error> {
    let name = format!("{}:{}", format.system, format.name);
    let link = |program: &Program, event: io::Result<OwnedFd>, what: &str| {
        let event = event.map_err(|e| Error::of_io(format!("{name}: {what}"), &e))?;
        Link::create(program, event).map_err(|e| Error::of_io(format!("{name}: its program"), &e))
    };
    match format.sites.as_slice() {
        [] => {
            let attach = |program: &Program| match program.is_of_values() {
                true => Link::of_values(program)
                    .map_err(|e| Error::of_io(format!("{name}: its program"), &e)),
                false => link(program, tracepoint(format.id), "perf_event_open(2)"),
            };
            programs.iter().map(attach).collect()
        }
        sites => {
            let each = programs.iter().zip(sites);
            each.map(|(program, site)| link(program, uprobe(site), "a probe")).collect()
        }
    }
}

/// Writes the metadata of the events of the kernel.
pub fn metadata(
    plan: &Plan,
    placed: &[Placed],
    clocks: ClockPair,
    folder: &Path,
) -> Result<(), Error> {
    let about = about(plan, clocks)?;
    let events = plan.events.iter().map(|(format, recorded)| (format, recorded.as_str()));
    let fast = plan.events.iter().zip(placed).filter_map(|((_, recorded), placed)| {
        let fast = placed.fast.as_ref()?;
        Some((fast.form.format.clone(), recorded.clone()))
    });
    let contents = Contents {
        fast: fast.collect(),
        // A recording can have it, whether it is asked for or not: so marks have one number.
        state: state::format(plan.names),
        shadowed: plan.is_shadow.then(|| plan.rules()),
        contexts: plan.contexts.clone(),
    };
    let schema = schema(&about, events, &contents, plan.names);
    ctf::write(&schema, plan.version, &folder.join("kernel"), "the recording")
}

fn about(plan: &Plan, clocks: ClockPair) -> Result<About, Error> {
    let read = |name: &str| {
        let path = format!("/proc/sys/kernel/{name}");
        let text = std::fs::read_to_string(&path);
        text.map(|text| text.trim().to_owned()).map_err(|e| Error::of_io(path, &e))
    };
    let (host, kernel) = (read("hostname")?, read("osrelease")?);
    Ok(About { uuid: plan.uuid, clocks, host, kernel })
}
