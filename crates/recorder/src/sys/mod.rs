//! System calls, and the memory that the kernel shares: all that is `unsafe`.
#![allow(unsafe_code, reason = "system calls and shared memory; the rest of the crate has none")]

mod bpf;
mod capability;
mod clock;
mod guard;
mod interfaces;
mod limits;
mod mapping;
mod outlet;
mod packet;
mod peer;
mod perf;
mod process;
mod ring;
mod samples;
mod signal;
mod words;

pub use bpf::{
    Link, Map, MapKind, Program, ProgramKind, Refused, close_elsewhere, wait_for_programs,
};
pub use capability::{Capability, has_own_for_programs, keep_only};
pub use clock::{ClockPair, monotonic_ns, realtime_ns};
pub use guard::Guard;
pub use interfaces::{NetInterface, interfaces, speed_of};
pub use limits::let_many_files_be_open;
pub use outlet::{connect_now, duplicate, is_writable};
pub use packet::{Fanout, FilterStep, HANDED_OVER_AFTER_MS, LentBlock, PacketCounts, PacketRing};
pub use peer::{own_user, peer_user};
pub use perf::{tracepoint, uprobe};
pub use process::{Started, Waiting};
pub use ring::{Ring, RingRecord};
pub use samples::{Sample, SampleRing, SampledEvent};
pub use signal::{asked_for_snapshot, asked_to_end, wait_for_signals};
pub use words::Words;

use std::io;

/// What a system call returned, or why it failed.
fn checked(result: libc::c_long) -> io::Result<i32> {
    match i32::try_from(result) {
        Ok(result) if result >= 0 => Ok(result),
        _ => Err(io::Error::last_os_error()),
    }
}

/// How many CPUs the machine may ever have: values of each CPU are that many.
///
/// # Errors
/// When the kernel does not say it.
pub fn possible_cpus() -> io::Result<usize> {
    let text = std::fs::read_to_string("/sys/devices/system/cpu/possible")?;
    let last = text.trim().rsplit(['-', ',']).next().and_then(|last| last.parse::<usize>().ok());
    let last = last.filter(|last| *last < 1 << 16);
    last.map(|last| last + 1).ok_or_else(|| io::Error::other(format!("possible CPUs: {text:?}")))
}
