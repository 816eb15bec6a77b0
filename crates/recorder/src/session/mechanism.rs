//! How events come from the kernel: through programs of ours that run in it, or as samples.

use std::io;

use super::counters::Counted;
use super::drain::Drain;
use super::in_kernel::InKernel;
use super::rules::Rules;
use super::samples::Samples;
use crate::error::Error;
use crate::sys::{Map, MapKind};

/// How events come from the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Through {
    /// A program for each event runs in the kernel, and decides there: bpf(2).
    Bpf,
    /// The kernel samples each event of all threads: perf_event_open(2). It costs more, and what is
    /// not wanted costs as much.
    Perf,
}

impl Through {
    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Through::Bpf => "bpf",
            Through::Perf => "perf",
        }
    }
}

/// The way that a plan asks for, or the best that is allowed here; with it, why not a better one.
pub fn choose(asked: Option<Through>) -> (Through, Option<String>) {
    match (asked, allowed()) {
        (Some(through), _) => (through, None),
        (None, Ok(())) => (Through::Bpf, None),
        (None, Err(why)) => (Through::Perf, Some(format!("bpf(2): {why}"))),
    }
}

/// Whether maps of BPF can be made: all else needs them.
fn allowed() -> io::Result<()> {
    Map::create(MapKind::RingBuffer, 0, 0, 1 << 16, "marey_probe").map(drop)
}

/// What makes events come.
#[derive(Debug)]
pub enum Mechanism {
    /// Programs.
    Bpf(Box<InKernel>),
    /// Samples.
    Perf(Samples),
}

impl Mechanism {
    /// Which it is.
    pub fn through(&self) -> Through {
        match self {
            Mechanism::Bpf(_) => Through::Bpf,
            Mechanism::Perf(_) => Through::Perf,
        }
    }

    /// Lets events come; the drain is run meanwhile.
    ///
    /// # Errors
    /// What the kernel does not allow, and what cannot be written.
    pub fn begin(&mut self, statics: &mut Rules, drain: &mut Drain) -> Result<(), Error> {
        match self {
            Mechanism::Bpf(programs) => programs.begin(statics, || drain.run(super::now()?, None)),
            Mechanism::Perf(samples) => {
                drain.source.follow()?;
                samples.enable()
            }
        }
    }

    /// The threads to begin with; none if all are recorded.
    pub fn first(&self) -> Option<&[u32]> {
        match self {
            Mechanism::Bpf(programs) => programs.first(),
            Mechanism::Perf(samples) => samples.first(),
        }
    }

    /// Nothing is recorded or counted when this returns.
    ///
    /// # Errors
    /// What the kernel does not allow.
    pub fn pause(&mut self) -> Result<(), Error> {
        match self {
            Mechanism::Bpf(programs) => programs.pause(),
            Mechanism::Perf(samples) => samples.disable(),
        }
    }

    /// It is again.
    ///
    /// # Errors
    /// What the kernel does not allow.
    pub fn resume(&mut self) -> Result<(), Error> {
        match self {
            Mechanism::Bpf(programs) => programs.resume(),
            Mechanism::Perf(samples) => samples.enable(),
        }
    }

    /// No event comes any more when this returns.
    ///
    /// # Errors
    /// What the kernel does not allow.
    pub fn end(&mut self, statics: &mut Rules) -> Result<(), Error> {
        match self {
            Mechanism::Bpf(programs) => {
                programs.end(statics);
                Ok(())
            }
            Mechanism::Perf(samples) => samples.disable(),
        }
    }

    /// A pause, if there is one, is over.
    pub fn forget_pause(&mut self) {
        if let Mechanism::Bpf(programs) = self {
            programs.forget_pause();
        }
    }

    /// How many events each CPU lost.
    ///
    /// # Errors
    /// When the kernel does not say it.
    pub fn lost_of_cpus(&self) -> Result<Vec<u64>, Error> {
        match self {
            Mechanism::Bpf(programs) => programs.lost_of_cpus(),
            Mechanism::Perf(samples) => samples.lost_of_cpus(),
        }
    }

    /// What was counted of each event, by so many rules.
    ///
    /// # Errors
    /// When the kernel does not say it.
    pub fn counted(&self, rules: usize, drain: &Drain) -> Result<Vec<Counted>, Error> {
        match self {
            Mechanism::Bpf(programs) => programs.counted(rules),
            Mechanism::Perf(samples) => {
                drain.source.samples().map_or(Ok(Vec::new()), |all| samples.counted(all))
            }
        }
    }

    /// How often the kernel left each of so many events out, since another program ran.
    pub fn skipped(&self, events: usize) -> Vec<u64> {
        match self {
            Mechanism::Bpf(programs) => programs.skipped(),
            Mechanism::Perf(_) => vec![0; events],
        }
    }

    /// How many threads were started of which nobody knows.
    ///
    /// # Errors
    /// When the kernel does not say it.
    pub fn unfollowed(&self, drain: &Drain) -> Result<u64, Error> {
        match self {
            Mechanism::Bpf(programs) => programs.unfollowed(),
            Mechanism::Perf(_) => drain.source.unfollowed(),
        }
    }
}
