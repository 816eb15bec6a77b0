//! What `marey events` takes.

use clap::Args as ClapArgs;

use crate::tracefs::Place;

/// What `marey events` takes.
#[derive(Debug, ClapArgs)]
pub struct Events {
    /// Events: `sched:*`, a system, an event, `syscall:NAME`; globs [default: all]; or what a
    /// program has: `uprobe:FILE:FUNCTION`, `usdt:FILE:NAME`
    #[arg(value_name = "GLOB")]
    pub patterns: Vec<String>,
    /// List events of this class of QNX's System Analysis Toolkit, too
    #[arg(long = "class", value_name = "NAME")]
    pub classes: Vec<String>,
    /// Show the fields of each event
    #[arg(short, long)]
    pub verbose: bool,
    /// List the classes of QNX's System Analysis Toolkit, and what of Linux they are
    #[arg(long, conflicts_with_all = ["patterns", "classes", "verbose"])]
    pub sat: bool,
    #[command(flatten)]
    pub place: Place,
}
