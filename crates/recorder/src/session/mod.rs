//! A recording, from its plan to its ledger.

mod drain;
mod filters;
mod judge;
mod ledger;
mod repair;
mod scope;
mod state;
pub mod tables;

use std::path::{Path, PathBuf};
use std::time::Duration;

use marey_ctf::schema::Uuid;
use marey_ctf::tsdl::{self, Style};
use marey_filter::check;
use marey_filter::check::typed::{Condition, Statement};

use crate::btf::Btf;
use crate::ctf::{About, Contents, schema};
use crate::error::{Error, ErrorKind};
use crate::kernel::program::{FILTERS_MAX, LOST, Maps, Request, program};
use crate::kernel::record::{COMM_BYTES, Layout};
use crate::sys::{ClockPair, Link, Map, MapKind, Program, Ring};
use crate::sys::{close_elsewhere, monotonic_ns, tracepoint, wait_for_programs};
use crate::tracefs::Format;

use drain::Drain;
use filters::Placed;
pub use ledger::{Ledger, OfEvent, OfFilter};
pub use repair::{Repaired, repair};
use scope::Scope;

/// How often the ring is emptied, at least.
pub const DRAIN_EVERY: Duration = Duration::from_millis(5);
/// How long the ring is where nothing else is said.
pub const RING_BYTES: usize = 32 << 20;
/// How many events a recording may have.
pub const EVENTS_MAX: usize = 20_000;

/// What is recorded.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The events, each with the name that it has in the recording.
    pub events: Vec<(Format, String)>,
    /// What must hold for an event to be recorded, in order.
    pub filters: Vec<Filter>,
    /// Programs that are asked about each event, in order, when filters keep it.
    pub handlers: Vec<Handler>,
    /// Threads to begin with: they are recorded with all that they start. All if there are none.
    pub threads: Option<Vec<u32>>,
    /// The process of the recorder, which is left out, but for its turns on CPUs.
    pub not: Option<u32>,
    /// The threads that there are at the start are in the recording, each as an event.
    pub has_state: bool,
    /// Nothing is discarded: each event says what would be, by what ran in the kernel and by the
    /// machine, which are to agree.
    pub is_shadow: bool,
    /// How long the ring is: a power of two, and whole pages.
    pub ring_bytes: usize,
    /// The trace's, to tell it from others.
    pub uuid: Uuid,
}

/// What must hold for an event to be recorded.
#[derive(Clone, Debug)]
pub struct Filter {
    /// What messages and the ledger call it.
    pub name: String,
    /// What must hold at each of the events, in their order.
    pub conditions: Vec<Condition>,
}

/// A program of blocks, with its state.
#[derive(Clone, Debug)]
pub struct Handler {
    /// What messages and the ledger call it: its file.
    pub name: String,
    /// What it remembers.
    pub layout: check::Layout,
    /// Its blocks, in order.
    pub blocks: Vec<Block>,
}

/// A block of a handler.
#[derive(Clone, Debug)]
pub struct Block {
    /// What the ledger calls it.
    pub name: String,
    /// What it does at each of the events, in their order; nothing where it is not for them.
    pub bodies: Vec<Option<Body>>,
}

/// What a block does at an event.
#[derive(Clone, Debug)]
pub struct Body {
    /// It is for a whole class: it comes before those for events.
    pub is_of_class: bool,
    /// What it does.
    pub statements: Vec<Statement>,
}

/// A recording that runs.
#[derive(Debug)]
pub struct Session {
    events: Vec<Running>,
    counters: Map,
    /// How many counters of what discards each event has in the kernel.
    filters: usize,
    /// What all rules are called.
    rules: Vec<String>,
    handlers: Vec<String>,
    is_shadow: bool,
    has_state: bool,
    scope: Option<Scope>,
    drain: Drain,
    clocks: Vec<ClockPair>,
    folder: PathBuf,
}

/// An event that is recorded.
#[derive(Debug)]
struct Running {
    format: Format,
    recorded: String,
    program: Program,
    link: Option<Link>,
}

impl Session {
    /// Prepares a recording in a directory that is there and is empty. Nothing is recorded before
    /// [`begin`](Self::begin).
    ///
    /// # Errors
    /// What the kernel does not allow or take, and what cannot be written.
    pub fn new(plan: Plan, folder: &Path) -> Result<Self, Error> {
        is_possible(&plan)?;
        let layouts = layouts(&plan)?;
        let clocks = ClockPair::read().map_err(|e| Error::of_io("the clocks", &e))?;
        let ring = make("the ring", MapKind::RingBuffer, (0, 0), plan.ring_bytes, "marey_ring")?;
        let counter_bytes = 8 * (LOST + 1 + in_kernel(&plan));
        let sizes = (4, counter_bytes as u32);
        let counters =
            make("the counters", MapKind::PerCpuArray, sizes, plan.events.len(), "marey_counts")?;
        let scope = plan.threads.as_deref().map(Scope::new).transpose()?;
        let placed = filters::place(&plan, &layouts)?;
        let maps = Maps {
            ring: ring.descriptor(),
            counters: counters.descriptor(),
            scope: scope.as_ref().map(Scope::map),
        };
        let programs = load(&plan, &layouts, &placed, maps)?;
        let about = about(&plan, clocks)?;
        write_metadata(&plan, &about, folder)?;
        let ring = Ring::map(&ring, plan.ring_bytes)
            .map_err(|e| Error::of_io("the ring of the kernel", &e))?;
        let drain = Drain::new(&plan, (layouts, placed), ring, clocks, folder)?;
        let (filters, rules, is_shadow) = (in_kernel(&plan), rules(&plan), plan.is_shadow);
        let handlers = plan.handlers.into_iter().map(|handler| handler.name).collect();
        let events = plan.events.into_iter().zip(programs);
        let events = events.map(|((format, recorded), program)| Running {
            format,
            recorded,
            program,
            link: None,
        });
        Ok(Session {
            events: events.collect(),
            counters,
            filters,
            rules,
            handlers,
            is_shadow,
            has_state: plan.has_state,
            scope,
            drain,
            clocks: vec![clocks],
            folder: folder.to_owned(),
        })
    }

    /// Begins to record.
    ///
    /// # Errors
    /// What the kernel does not allow.
    pub fn begin(&mut self) -> Result<(), Error> {
        if let Some(scope) = &mut self.scope {
            scope.follow()?;
        }
        for event in &mut self.events {
            let name = format!("{}:{}", event.format.system, event.format.name);
            event.link = Some(attach(&event.program, event.format.id, &name)?);
            // The first ones come already while the last ones are attached.
            self.drain.take();
        }
        if self.has_state {
            let threads = self.scope.as_ref().map(Scope::first);
            let number = u32::try_from(self.events.len()).unwrap_or(u32::MAX);
            self.drain.add(state::records(threads, number));
        }
        Ok(())
    }

    /// Takes what the ring holds and writes what is in order by now. To be called every
    /// [`DRAIN_EVERY`] or more often.
    ///
    /// # Errors
    /// When the recording cannot be written.
    pub fn drain(&mut self) -> Result<(), Error> {
        let now = self.now()?;
        if self.drain.wants_counts(now) {
            let lost = self.lost_of_cpus()?;
            self.drain.lost(&lost);
        }
        self.drain.run(now)
    }

    /// How many events are in the recording so far.
    pub fn delivered(&self) -> u64 {
        self.drain.delivered()
    }

    /// How many bytes they have.
    pub fn bytes(&self) -> u64 {
        self.drain.bytes()
    }

    /// Whether a handler asked to end the recording.
    pub fn is_asked_to_stop(&self) -> bool {
        self.drain.is_asked_to_stop()
    }

    /// How many events were lost so far, as far as it is known.
    pub fn lost(&self) -> u64 {
        self.drain.known_lost()
    }

    /// Ends the recording, and says what became of all events.
    ///
    /// # Errors
    /// When the recording cannot be written.
    pub fn end(mut self) -> Result<Ledger, Error> {
        let links = self.events.iter_mut().filter_map(|event| event.link.take());
        let scope = self.scope.take().map(Scope::into_links).unwrap_or_default();
        let events = Link::detach(links.chain(scope).collect());
        wait_for_programs();
        close_elsewhere(events);
        let skipped = self.events.iter().map(|event| event.program.missed().unwrap_or(0));
        let skipped: Vec<u64> = skipped.collect();
        self.drain()?;
        let now = self.now()?;
        let lost = self.lost_of_cpus()?;
        self.drain.lost(&lost);
        self.clocks.extend(ClockPair::read().ok());
        let names = self.events.iter().map(|event| (&event.format, event.recorded.as_str()));
        let names: Vec<_> = names.collect();
        let counted = ledger::counted(&self.counters, names.len(), self.filters)?;
        let (snapshots, disagreements) = (self.drain.snapshots(), self.drain.disagreements());
        let (written, stores, threads) = self.drain.finish(now)?;
        let mut ledger =
            Ledger::new(&names, &self.rules, (counted, written, skipped), self.is_shadow);
        ledger.clocks = self.clocks;
        ledger.snapshots = snapshots;
        ledger.disagreements = disagreements;
        ledger.state = threads;
        ledger.handlers = self.handlers.into_iter().zip(stores).collect();
        ledger.write(&self.folder)?;
        Ok(ledger)
    }

    fn lost_of_cpus(&self) -> Result<Vec<u64>, Error> {
        ledger::lost_of_cpus(&self.counters, self.events.len(), self.filters)
    }

    fn now(&self) -> Result<u64, Error> {
        monotonic_ns().map_err(|e| Error::of_io("the clock", &e))
    }
}

/// How much may discard an event in the kernel: all filters, and a part of its first block.
fn in_kernel(plan: &Plan) -> usize {
    plan.filters.len() + 1
}

/// What filters and the blocks of handlers are called.
fn rules(plan: &Plan) -> Vec<String> {
    let filters = plan.filters.iter().map(|filter| filter.name.clone());
    let blocks = plan.handlers.iter().flat_map(|handler| &handler.blocks);
    filters.chain(blocks.map(|block| block.name.clone())).collect()
}

fn is_possible(plan: &Plan) -> Result<(), Error> {
    if plan.events.is_empty() {
        return Err(Error::misuse("a recording", "it has no events"));
    }
    if plan.events.len() > EVENTS_MAX || plan.filters.len() > FILTERS_MAX {
        let why = format!("at most {EVENTS_MAX} events and {FILTERS_MAX} filters can be recorded");
        return Err(Error::misuse("a recording", why));
    }
    Ok(())
}

fn layouts(plan: &Plan) -> Result<Vec<Layout>, Error> {
    let layout = |(format, _): &(Format, String)| {
        Layout::of(format).ok_or_else(|| {
            let what = format!("{}:{}", format.system, format.name);
            let why = "it is longer than 8 KiB, or has more than 16 fields of any length";
            Error { kind: ErrorKind::Unsupported, what, why: why.to_owned(), help: None }
        })
    };
    plan.events.iter().map(layout).collect()
}

fn make(
    what: &str,
    kind: MapKind,
    (key, value): (u32, u32),
    entries: usize,
    name: &str,
) -> Result<Map, Error> {
    let entries =
        u32::try_from(entries).map_err(|_| Error::misuse(what, "it is longer than 4 GiB"))?;
    Map::create(kind, key, value, entries, name)
        .map_err(|e| Error::of_io(format!("{what} of the recording (bpf(2))"), &e))
}

fn load(
    plan: &Plan,
    layouts: &[Layout],
    placed: &[Placed],
    maps: Maps,
) -> Result<Vec<Program>, Error> {
    let all = plan.events.iter().zip(layouts).zip(placed).zip(0..);
    let comm = comm();
    all.map(|((((format, _), layout), placed), index)| {
        let filters = &placed.in_kernel;
        let not = plan.not;
        let request =
            Request { format, layout, index, maps, not, filters, comm, is_shadow: plan.is_shadow };
        let what = format!("{}:{}", format.system, format.name);
        let insns = program(&request).map_err(|e| Error {
            kind: ErrorKind::Bug,
            what: what.clone(),
            why: e.to_string(),
            help: None,
        })?;
        Program::load(&insns, &format.name).map_err(|e| refused(what, &e))
    })
    .collect()
}

/// Where this kernel has the name of a thread; not known where it does not describe itself.
fn comm() -> Option<u32> {
    let member = Btf::of_kernel().ok()?.member("task_struct", "comm")?;
    (member.size as usize == COMM_BYTES && member.offset.is_multiple_of(8)).then_some(member.offset)
}

/// A program that is refused is a bug, unless nothing at all is allowed.
fn refused(what: String, refused: &crate::sys::Refused) -> Error {
    match refused.log.is_empty() {
        true => Error::of_io(format!("{what}: a program for it (bpf(2))"), &refused.error),
        false => Error { kind: ErrorKind::Bug, what, why: refused.to_string(), help: None },
    }
}

fn attach(program: &Program, id: u64, name: &str) -> Result<Link, Error> {
    let event =
        tracepoint(id).map_err(|e| Error::of_io(format!("{name}: perf_event_open(2)"), &e))?;
    Link::create(program, event).map_err(|e| Error::of_io(format!("{name}: its program"), &e))
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

/// Under another name at first, so that there is never half of it.
fn write_metadata(plan: &Plan, about: &About, folder: &Path) -> Result<(), Error> {
    let kernel = folder.join("kernel");
    let events = plan.events.iter().map(|(format, recorded)| (format, recorded.as_str()));
    let contents = Contents {
        has_marks: !plan.handlers.is_empty(),
        // A recording can have it, whether it is asked for or not: so marks have one number.
        state: state::format().map(|format| (format, state::RECORDED)),
        shadowed: plan.is_shadow.then(|| rules(plan)),
    };
    let text = tsdl::write(&schema(about, events, &contents), Style::Marey).map_err(|found| {
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
