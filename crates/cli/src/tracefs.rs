//! Which events the kernel has, or why nobody knows.

use std::io::{self, ErrorKind};
use std::path::PathBuf;

use clap::Args as ClapArgs;
use marey_recorder::sat;
use marey_recorder::select::{self, Pattern, Selected};
use marey_recorder::tracefs::Tracefs;

use crate::exit::{self, Exit};

/// Where the kernel says what it has.
#[derive(Debug, ClapArgs)]
pub struct Place {
    /// Ask this copy of /sys/kernel/tracing, of another machine perhaps, what the kernel has
    #[arg(long, value_name = "DIR")]
    pub tracefs: Option<PathBuf>,
}

/// The events that patterns and classes of SAT stand for, or what is wrong with one of them. It is
/// told already.
pub fn select(
    patterns: &[String],
    classes: &[String],
    names: &[(String, String)],
) -> Result<Vec<Selected>, Exit> {
    let parsed: Result<Vec<Pattern>, _> = patterns.iter().map(|text| text.parse()).collect();
    let parsed = parsed.map_err(|why| {
        let why: select::Malformed = why;
        usage(&why.to_string(), "Write it as sched:sched_switch, sched:*, irq or syscall:openat.")
    })?;
    let mut selected = select::select(&parsed, names)
        .map_err(|why| usage(&why.to_string(), "marey events lists all that there are."))?;
    for name in classes {
        let class = sat::class(name)
            .map_err(|why| usage(&why.to_string(), "marey events --sat lists all classes."))?;
        selected.extend(class.select(names));
    }
    selected.sort();
    selected.dedup();
    Ok(selected)
}

/// Says what is wrong with the command line, and what to do.
fn usage(what: &str, help: &str) -> Exit {
    exit::explain(what, &[help]);
    Exit { usage: true, ..Exit::default() }
}

/// What the kernel has.
pub struct Kernel {
    /// Where it says so.
    pub tracefs: Tracefs,
    /// System and name of each event, in their order.
    pub names: Vec<(String, String)>,
}

impl Place {
    /// Looks what there is.
    pub fn open(&self) -> io::Result<Kernel> {
        let tracefs = match &self.tracefs {
            Some(folder) => Tracefs::at(folder),
            None => Tracefs::open()?,
        };
        let names = tracefs.names().map_err(|e| match &self.tracefs {
            Some(folder) => io::Error::new(e.kind(), format!("{}: {e}", folder.display())),
            None => e,
        })?;
        Ok(Kernel { tracefs, names })
    }

    /// Says why nobody knows, and what to do.
    pub fn refuse(&self, why: &io::Error) -> Exit {
        exit::explain(&why.to_string(), &[self.remedy(why)]);
        match self.tracefs {
            // A copy is an input like any other.
            Some(_) => Exit { input: true, ..Exit::default() },
            None => Exit { denied: true, ..Exit::default() },
        }
    }

    /// What to do about it.
    pub fn remedy(&self, why: &io::Error) -> &'static str {
        match (&self.tracefs, why.kind()) {
            (Some(_), _) => "Check the name: it is of a folder with a folder `events`.",
            (None, ErrorKind::NotFound) => {
                "Mount it: mount -t tracefs tracefs /sys/kernel/tracing; marey doctor says more."
            }
            (None, _) => "Only root may read it as a rule; marey doctor says what else helps.",
        }
    }
}
