//! Events of the kernel where no programs of ours may run in it: perf_event_open(2) samples all
//! threads, and what is recorded is decided here.
//!
//! Each sample costs more than a program does, and one that nobody wants costs as much as the
//! others. What had no place in a ring is counted, of whichever thread it was. Arguments of system
//! calls that are texts are empty, and there are no places in programs: a sample has only what the
//! event itself has.

mod gate;
mod rings;
mod threads;

use std::io;

pub use gate::{Admitted, Gate};
pub use rings::Rings;

use super::counters::Counted;
use super::plan::Plan;
use crate::error::{Error, ErrorKind};
use crate::sys::{SampleRing, SampledEvent, let_many_files_be_open, possible_cpus};

/// The shortest ring of a CPU that is tried where longer ones are not allowed.
const LEAST_BYTES: usize = 64 << 10;

/// The events of a recording, on all CPUs.
#[derive(Debug)]
pub struct Samples {
    /// Each event on each CPU that has a ring.
    events: Vec<Vec<SampledEvent>>,
    cpus: Vec<u32>,
    first: Option<Vec<u32>>,
}

impl Samples {
    /// Opens the events of a plan; they are off.
    ///
    /// # Errors
    /// What the kernel does not allow, and what cannot be recorded in this way.
    pub fn open(plan: &Plan) -> Result<(Self, Rings), Error> {
        check(plan)?;
        let_many_files_be_open();
        let rings = rings(plan).map_err(|e| Error::of_io("perf_event_open(2)", &e))?;
        let open = |id: u64| rings.iter().map(|ring| ring.add(id)).collect::<io::Result<Vec<_>>>();
        let events = plan.events.iter().map(|(format, _)| {
            let what = || format!("{}:{}: perf_event_open(2)", format.system, format.name);
            open(format.id).map_err(|e| Error::of_io(what(), &e))
        });
        let events = events.collect::<Result<_, _>>()?;
        let cpus = rings.iter().map(SampleRing::cpu).collect();
        let first = plan.threads.clone();
        Ok((Samples { events, cpus, first }, Rings::new(rings, plan)))
    }

    /// The threads to begin with.
    pub fn first(&self) -> Option<&[u32]> {
        self.first.as_deref()
    }

    /// From now on there are samples.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn enable(&self) -> Result<(), Error> {
        let mut all = self.events.iter().flatten();
        all.try_for_each(SampledEvent::enable).map_err(|e| failed(&e))
    }

    /// From now on there are none.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn disable(&self) -> Result<(), Error> {
        let mut all = self.events.iter().flatten();
        all.try_for_each(SampledEvent::disable).map_err(|e| failed(&e))
    }

    /// How many events each CPU lost.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn lost_of_cpus(&self) -> Result<Vec<u64>, Error> {
        let mut lost = Vec::new();
        for event in &self.events {
            for (cpu, event) in self.cpus.iter().zip(event) {
                let cpu = *cpu as usize;
                lost.resize(lost.len().max(cpu + 1), 0);
                if let Some(sum) = lost.get_mut(cpu) {
                    *sum += event.lost().map_err(|e| failed(&e))?;
                }
            }
        }
        Ok(lost)
    }

    /// What was counted of each event, by the gate and by the kernel.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn counted(&self, (rings, gate): (&Rings, &Gate)) -> Result<Vec<Counted>, Error> {
        let all = self.events.iter().zip(gate.counted()).zip(rings.unreadable());
        all.map(|((event, counted), unreadable)| {
            let lost = event.iter().map(SampledEvent::lost).sum::<io::Result<u64>>();
            let lost = lost.map_err(|e| failed(&e))? + unreadable;
            Ok(Counted { lost, ..counted.clone() })
        })
        .collect()
    }
}

/// Says what cannot be recorded in this way.
fn check(plan: &Plan) -> Result<(), Error> {
    let refuse =
        |kind, what: String, why: &str| Err(Error { kind, what, why: why.to_owned(), help: None });
    if plan.is_shadow {
        let why = "what the kernel decides cannot be compared where it decides nothing";
        return refuse(ErrorKind::Misuse, "a recording through perf".to_owned(), why);
    }
    if let Some(context) = plan.contexts.first() {
        let what = format!("the context {}", context.recorded_as());
        let why = "it needs programs in the kernel (BPF)";
        return refuse(ErrorKind::Unsupported, what, why);
    }
    match plan.events.iter().find(|(format, _)| !format.sites.is_empty()) {
        Some((format, _)) => {
            let what = format!("{}:{}", format.system, format.name);
            refuse(
                ErrorKind::Unsupported,
                what,
                "places in programs need programs in the kernel (BPF)",
            )
        }
        None => Ok(()),
    }
}

/// A ring for each CPU that runs, of the same length: as long as is allowed.
fn rings(plan: &Plan) -> io::Result<Vec<SampleRing>> {
    let cpus = possible_cpus()?;
    let mut bytes = (plan.ring_bytes / cpus.max(1)).max(4096);
    bytes = 1 << bytes.ilog2();
    loop {
        let open = |cpu| match SampleRing::open(cpu, bytes) {
            // It does not run.
            Err(e) if e.raw_os_error() == Some(libc::ENODEV) => None,
            opened => Some(opened),
        };
        let rings: io::Result<Vec<_>> = (0..cpus as u32).filter_map(open).collect();
        match rings {
            Err(e) if e.raw_os_error() == Some(libc::EPERM) && bytes > LEAST_BYTES => bytes /= 2,
            rings => return rings,
        }
    }
}

fn failed(error: &io::Error) -> Error {
    Error::of_io("an event of the kernel (perf)", error)
}
