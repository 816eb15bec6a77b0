//! What `marey check` takes.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use marey_recorder::sinks::Sink;

use crate::tracefs::Place;

/// What `marey check` takes.
#[derive(Debug, ClapArgs)]
pub struct Check {
    /// Programs of handlers; `-` is the standard input
    #[arg(value_name = "FILE", required_unless_present = "filters")]
    pub files: Vec<PathBuf>,
    /// Check this filter for the events that -e or --class name: `id == 39 and pid == me`
    #[arg(short, long = "filter", value_name = "EXPR")]
    pub filters: Vec<String>,
    /// Events for filters: `sched:sched_switch`, `'sched:*'`, `irq`, `syscall:openat`
    #[arg(short, long = "event", value_name = "GLOB", requires = "filters")]
    pub events: Vec<String>,
    /// Events for filters: a class of QNX's System Analysis Toolkit, as `marey events --sat` has it
    #[arg(long = "class", value_name = "NAME", requires = "filters")]
    pub classes: Vec<String>,
    /// Where `send NAME` copies events to, as for `marey record`: `NAME=fifo:PATH`
    #[arg(long = "sink", value_name = "SINK", requires = "files")]
    pub sinks: Vec<Sink>,
    /// Name all events that a block or a filter is for
    #[arg(short, long)]
    pub verbose: bool,
    #[command(flatten)]
    pub place: Place,
}
