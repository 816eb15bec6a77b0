//! What `marey record` takes.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args as ClapArgs;
use marey_recorder::ctf::{Names, Version};
use marey_recorder::kernel::added::Added;
use marey_recorder::parts::{Limit, Mode, RING_BYTES_MAX};
use marey_recorder::session::Through;
use marey_recorder::sinks::Sink;
use marey_recorder::sizes::{buffer, size};

use super::control::Ask;

/// What `marey record` takes.
#[derive(Debug, ClapArgs)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(subcommand_help_heading = "From another terminal", subcommand_value_name = "VERB")]
pub struct Record {
    /// What a recording that runs is asked for
    #[command(subcommand)]
    pub ask: Option<Ask>,
    /// Events: `sched:sched_switch`, `'sched:*'`, `irq`, `syscall:openat`; or places in programs:
    /// `'uprobe:FILE:FUNCTION(n:u64,path:str)'`, `usdt:FILE:PROVIDER:NAME`; or events of programs
    /// that link marey-layer: `user:PROVIDER:EVENT`
    #[arg(short, long = "event", value_name = "GLOB",
          required_unless_present_any = ["classes", "handlers", "interfaces", "user"])]
    pub events: Vec<String>,
    /// Classes of QNX's System Analysis Toolkit: `kercall,thread,interrupt`
    #[arg(long = "class", value_name = "NAME", value_delimiter = ',')]
    pub classes: Vec<String>,
    /// Record all events of programs that link marey-layer
    #[arg(short, long)]
    pub user: bool,
    /// Begin with this static rule: `delete class thread`, `pid 42 event 'sched:*'`, `fast all`
    #[arg(long = "rule", value_name = "RULE")]
    pub rules: Vec<String>,
    /// Begin with the static rules in this file, one a line; those of `--rule` follow
    #[arg(long = "rules", value_name = "FILE")]
    pub rule_files: Vec<PathBuf>,
    /// Keep only events of which this is so: `id == 39 and pid == me`
    #[arg(short, long = "filter", value_name = "EXPR")]
    pub filters: Vec<String>,
    /// Ask the program in this file about each event; its events are recorded as well, those of
    /// programs (`on user PROVIDER:EVENT`) among them
    #[arg(short = 'H', long = "handler", value_name = "FILE")]
    pub handlers: Vec<PathBuf>,
    /// Where `send NAME` of a handler copies events to: `NAME=fifo:PATH`, `NAME=unix:PATH`,
    /// `NAME=tty:PATH` or `NAME=fd:N`
    #[arg(long = "sink", value_name = "SINK", requires = "handlers")]
    pub sinks: Vec<Sink>,
    /// Discard nothing: each event says which filters and blocks would discard it, a bit for each
    /// (`discards_in_kernel`, `discards_by_machine`); those of programs say the latter
    #[arg(long)]
    pub shadow: bool,
    /// Record these with each event of the kernel: `prio` (priority), `cgroup` (its number),
    /// `kstack` and `ustack` (who called whom, in the kernel and in the program)
    #[arg(long = "context", value_name = "NAME", value_delimiter = ',')]
    pub contexts: Vec<Added>,
    /// Record packets of these network interfaces: `eth0,lo`, or `any`
    #[arg(short, long = "interface", value_name = "IFACE", value_delimiter = ',')]
    pub interfaces: Vec<String>,
    /// Store at most so many bytes of each packet
    #[arg(long, value_name = "BYTES", requires = "interfaces", default_value_t = 0,
          hide_default_value = true, value_parser = clap::value_parser!(u32).range(0..))]
    pub snaplen: u32,
    /// Record packets for others, too
    #[arg(long, requires = "interfaces")]
    pub promiscuous: bool,
    /// Receive packets of each interface through so many rings
    #[arg(
        long,
        value_name = "N",
        requires = "interfaces",
        default_value_t = 1,
        hide_default_value = true
    )]
    pub queues: usize,
    /// Record this process, its threads, and what they start
    #[arg(short, long = "pid", value_name = "PID", value_parser = process)]
    pub processes: Vec<u32>,
    /// Record the whole system, also when there is a command
    #[arg(short, long = "all", conflicts_with = "processes")]
    pub all: bool,
    /// The directory that is written
    #[arg(short, long, value_name = "DIR", default_value = "recording")]
    pub output: PathBuf,
    /// Overwrite the recording that is there
    #[arg(long)]
    pub force: bool,
    /// End after so many seconds
    #[arg(short, long, value_name = "SECONDS", value_parser = seconds)]
    pub seconds: Option<Duration>,
    /// End after so many events and packets
    #[arg(short = 'n', long = "records", value_name = "N", value_parser = records)]
    pub records: Option<u64>,
    /// End after so many bytes of events and packets: `64MiB`
    #[arg(short = 'S', long, value_name = "SIZE", value_parser = size)]
    pub size: Option<u64>,
    /// Keep the newest only: `64MiB` of the kernel's events, of those of programs and of packets
    /// each, or `30s`, of at most 1GiB each
    #[arg(long, value_name = "SIZE|TIME", value_parser = ring)]
    pub ring: Option<Limit>,
    /// Begin new files after `64MiB` of events or of packets, or after `30s`
    #[arg(long, value_name = "SIZE|TIME", value_parser = limit, conflicts_with = "ring")]
    pub rotate: Option<Limit>,
    /// How much is held until it is written: of the kernel's events, of packets in each ring, of
    /// events of each thread of a program [default: 32MiB; 1MiB for threads]
    #[arg(long, value_name = "SIZE", value_parser = buffer)]
    pub buffer: Option<usize>,
    /// The version of CTF in which events are described: 1, which all readers know, or 2
    #[arg(long, value_name = "CTF", default_value = "1", hide_default_value = true,
          value_parser = version)]
    pub ctf: Version,
    /// Call events of the kernel and their fields as LTTng does, for Trace Compass
    #[arg(long)]
    pub lttng_names: bool,
    /// How events come from the kernel: `bpf`, or `perf` where BPF is not allowed
    #[arg(long, value_name = "WAY", value_parser = through)]
    pub through: Option<Through>,
    /// Leave out which threads there are at the start
    #[arg(long)]
    pub no_state: bool,
    /// Record what marey itself does as well
    #[arg(long)]
    pub own: bool,
    /// Exit with 0 although events or packets were lost
    #[arg(long)]
    pub allow_loss: bool,
    /// Record this command, and end with it
    #[arg(last = true, value_name = "COMMAND")]
    pub command: Vec<OsString>,
}

impl Record {
    /// What events of the kernel are called.
    pub fn names(&self) -> Names {
        if self.lttng_names { Names::Lttng } else { Names::Kernel }
    }

    /// Whether the recording has parts, and which are kept.
    pub fn mode(&self) -> Mode {
        let ring = self.ring.map(Mode::Ring);
        ring.or(self.rotate.map(Mode::Rotate)).unwrap_or_default()
    }
}

/// How much a ring keeps: a size, a time, or both with `,` between them.
fn ring(text: &str) -> Result<Limit, String> {
    let limit = limit(text)?;
    let bytes = if limit.bytes == u64::MAX { RING_BYTES_MAX } else { limit.bytes };
    Ok(Limit { bytes, ..limit })
}

/// A size, a time, or both with `,` between them.
fn limit(text: &str) -> Result<Limit, String> {
    const UNITS: [(&str, u64); 4] = [
        ("ms", 1_000_000),
        ("s", 1_000_000_000),
        ("min", 60_000_000_000),
        ("h", 3_600_000_000_000),
    ];
    let mut limit = Limit { bytes: u64::MAX, ns: u64::MAX };
    for part in text.split(',') {
        let time = UNITS
            .iter()
            .find_map(|(unit, ns)| part.strip_suffix(unit)?.parse::<u64>().ok()?.checked_mul(*ns));
        match (time, size(part)) {
            (Some(ns), _) if ns > 0 && limit.ns == u64::MAX => limit.ns = ns,
            (None, Ok(bytes)) if bytes > 0 && limit.bytes == u64::MAX => limit.bytes = bytes,
            _ => return Err("write 64MiB, 30s, or 30s,64MiB".to_owned()),
        }
    }
    Ok(limit)
}

fn through(text: &str) -> Result<Through, String> {
    match text {
        "bpf" => Ok(Through::Bpf),
        "perf" => Ok(Through::Perf),
        _ => Err("write bpf or perf".to_owned()),
    }
}

fn version(text: &str) -> Result<Version, String> {
    match text {
        "1" | "1.8" => Ok(Version::V1_8),
        "2" | "2.0" => Ok(Version::V2),
        _ => Err("write 1, for CTF 1.8, or 2".to_owned()),
    }
}

fn process(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| "no number of a process".to_owned())
}

fn records(text: &str) -> Result<u64, String> {
    match text.parse() {
        Ok(0) => Err("it must be 1 or more; without -n there is no such end".to_owned()),
        Ok(records) => Ok(records),
        Err(_) => Err("no number of events".to_owned()),
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let number: f64 = text.parse().map_err(|_| "no number of seconds".to_owned())?;
    Duration::try_from_secs_f64(number).map_err(|_| "no number of seconds from 0 on".to_owned())
}
