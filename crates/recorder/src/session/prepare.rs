//! What a recording needs before it begins: maps, programs, metadata.

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use marey_ctf::tsdl::{self, Style};

use super::filters::Placed;
use super::plan::Plan;
use super::state;
use crate::btf::Btf;
use crate::ctf::{About, Contents, schema};
use crate::error::{Error, ErrorKind};
use crate::kernel::class::Slots;
use crate::kernel::program::{Maps, Request, program};
use crate::kernel::record::{COMM_BYTES, Layout};
use crate::sys::{ClockPair, Link, Map, MapKind, Program, ProgramKind, Refused};
use crate::sys::{tracepoint, uprobe};
use crate::tracefs::Format;

/// Where what is of each event in the ring.
pub fn layouts(plan: &Plan) -> Result<Vec<Layout>, Error> {
    let layout = |(format, _): &(Format, String)| {
        Layout::of(format).ok_or_else(|| {
            let what = format!("{}:{}", format.system, format.name);
            let why = "it is longer than 8 KiB, or has more than 16 fields of any length";
            Error { kind: ErrorKind::Unsupported, what, why: why.to_owned(), help: None }
        })
    };
    plan.events.iter().map(layout).collect()
}

/// The ring that all programs write to.
pub fn ring(plan: &Plan) -> Result<Map, Error> {
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
) -> Result<Vec<Vec<Program>>, Error> {
    let (comm, left_out, is_shadow) = (comm(), plan.left_out, plan.is_shadow);
    let all = plan.events.iter().zip(layouts).zip(placed).zip(0..);
    all.map(|((((format, _), layout), placed), index)| {
        let asks = &placed.in_kernel;
        let slots = &Slots::of(format);
        let fast = placed.fast.as_ref().map(|fast| (&fast.form, fast.in_kernel));
        let request = Request {
            format,
            slots,
            site: None,
            layout,
            index,
            maps,
            left_out,
            asks,
            fast,
            comm,
            is_shadow,
        };
        match format.sites.as_slice() {
            [] => Ok(vec![load(&request, ProgramKind::Tracepoint)?]),
            sites => {
                let of_site =
                    |site| load(&Request { site: Some(site), ..request }, ProgramKind::Registers);
                sites.iter().map(of_site).collect()
            }
        }
    })
    .collect()
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

/// Where this kernel has the name of a thread; not known where it does not describe itself.
fn comm() -> Option<u32> {
    let member = Btf::of_kernel().ok()?.member("task_struct", "comm")?;
    (member.size as usize == COMM_BYTES && member.offset.is_multiple_of(8)).then_some(member.offset)
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
    let link = |program, event: io::Result<OwnedFd>, what: &str| {
        let event = event.map_err(|e| Error::of_io(format!("{name}: {what}"), &e))?;
        Link::create(program, event).map_err(|e| Error::of_io(format!("{name}: its program"), &e))
    };
    match format.sites.as_slice() {
        [] => {
            let attach = |program| link(program, tracepoint(format.id), "perf_event_open(2)");
            programs.iter().map(attach).collect()
        }
        sites => {
            let each = programs.iter().zip(sites);
            each.map(|(program, site)| link(program, uprobe(site), "a probe")).collect()
        }
    }
}

/// Writes the metadata: under another name at first, so that there is never half of it.
pub fn metadata(
    plan: &Plan,
    placed: &[Placed],
    clocks: ClockPair,
    folder: &Path,
) -> Result<(), Error> {
    let (about, kernel) = (about(plan, clocks)?, folder.join("kernel"));
    let events = plan.events.iter().map(|(format, recorded)| (format, recorded.as_str()));
    let fast = plan.events.iter().zip(placed).filter_map(|((_, recorded), placed)| {
        let fast = placed.fast.as_ref()?;
        Some((fast.form.format.clone(), recorded.clone()))
    });
    let contents = Contents {
        fast: fast.collect(),
        // A recording can have it, whether it is asked for or not: so marks have one number.
        state: state::format().map(|format| (format, state::RECORDED)),
        shadowed: plan.is_shadow.then(|| plan.rules()),
    };
    let text = tsdl::write(&schema(&about, events, &contents), Style::Marey).map_err(|found| {
        let why: Vec<String> = found.iter().map(ToString::to_string).collect();
        let what = "the metadata of the recording".to_owned();
        Error { kind: ErrorKind::Bug, what, why: why.join("; "), help: None }
    })?;
    let hidden = kernel.join(".metadata");
    std::fs::create_dir_all(&kernel)
        .and_then(|()| std::fs::write(&hidden, text))
        .and_then(|()| std::fs::rename(&hidden, kernel.join("metadata")))
        .map_err(|e| Error::of_io(kernel.display().to_string(), &e))
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
