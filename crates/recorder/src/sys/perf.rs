//! Events of perf_event_open(2): what programs are attached to.

use std::ffi::CString;
use std::io;
use std::os::fd::{FromRawFd as _, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;

use crate::uprobe::Site;

/// `PERF_TYPE_TRACEPOINT`
pub(super) const TRACEPOINT: u32 = 2;
const CLOEXEC: libc::c_ulong = 8;
/// `struct perf_event_attr` of version 5.
const ATTR_BYTES: usize = 112;

/// Opens an event of a tracepoint, by its number; it stays disabled and samples nothing. A program
/// that is attached to it runs on all CPUs, whichever it is opened for.
///
/// # Errors
/// What the kernel says.
pub fn tracepoint(id: u64) -> io::Result<OwnedFd> {
    program_event(TRACEPOINT, id, [0, 0])
}

/// Opens an event of a place in a program, in the same way; it is for all processes that run it.
///
/// # Errors
/// What the kernel says; [`io::ErrorKind::Unsupported`] if it does not have such events.
pub fn uprobe(site: &Site) -> io::Result<OwnedFd> {
    /// `PERF_UPROBE_REF_CTR_OFFSET_SHIFT`
    const COUNTER_AT: u32 = 32;
    let kind = std::fs::read_to_string("/sys/bus/event_source/devices/uprobe/type");
    let kind = kind.ok().and_then(|kind| kind.trim().parse().ok());
    let kind: u32 = kind.ok_or(io::ErrorKind::Unsupported)?;
    let path = CString::new(site.path.as_os_str().as_bytes())?;
    let counter = site.counter.unwrap_or(0);
    let counter =
        u32::try_from(counter).map_err(|_| io::Error::from(io::ErrorKind::Unsupported))?;
    let config = u64::from(site.is_return) | u64::from(counter) << COUNTER_AT;
    // The kernel reads the path during the call, as long as `path` lives.
    program_event(kind, config, [path.as_ptr() as u64, site.offset])
}

/// Opens an event of a kind; `more` are `config1` and `config2`.
fn program_event(kind: u32, config: u64, more: [u64; 2]) -> io::Result<OwnedFd> {
    /// `disabled`, the first of the flags.
    const DISABLED: u64 = 1;
    open(&Attributes { kind, config, more, flags: DISABLED, ..Attributes::default() }, 0)
}

/// What an event is like (`struct perf_event_attr`).
#[derive(Debug, Default)]
pub(super) struct Attributes {
    pub kind: u32,
    pub config: u64,
    /// One sample for so many events.
    pub period: u64,
    /// What a sample has.
    pub sample: u64,
    /// What is read of its descriptor.
    pub read: u64,
    pub flags: u64,
    /// `config1` and `config2`.
    pub more: [u64; 2],
    /// The clock, if the flags say that there is one.
    pub clock: libc::clockid_t,
}

impl Attributes {
    fn words(&self) -> [u64; ATTR_BYTES / 8] {
        // Two numbers of 32 bits, the first of which stands first.
        let halves = |first: u32, second: u32| match cfg!(target_endian = "little") {
            true => u64::from(first) | u64::from(second) << 32,
            false => u64::from(second) | u64::from(first) << 32,
        };
        let [more, rest] = self.more;
        let mut words = [0; ATTR_BYTES / 8];
        let all = [
            (0, halves(self.kind, ATTR_BYTES as u32)),
            (1, self.config),
            (2, self.period),
            (3, self.sample),
            (4, self.read),
            (5, self.flags),
            (7, more),
            (8, rest),
            (11, halves(0, self.clock.cast_unsigned())),
        ];
        for (at, value) in all {
            if let Some(to) = words.get_mut(at) {
                *to = value;
            }
        }
        words
    }
}

/// Opens an event on a CPU, for all processes.
pub(super) fn open(attributes: &Attributes, cpu: u32) -> io::Result<OwnedFd> {
    let words = attributes.words();
    let (any_process, no_group): (libc::pid_t, libc::c_int) = (-1, -1);
    let cpu = libc::c_int::try_from(cpu).map_err(|_| io::ErrorKind::InvalidInput)?;
    // SAFETY: the attributes are as long as they say, and live over the call; so does, by their
    // caller, the text that `config1` is the address of, if it is one.
    let result = unsafe {
        libc::syscall(
            libc::SYS_perf_event_open,
            words.as_ptr(),
            any_process,
            cpu,
            no_group,
            CLOEXEC,
        )
    };
    let descriptor = super::checked(result)?;
    // SAFETY: the kernel has just returned this descriptor, and nobody else has it.
    Ok(unsafe { OwnedFd::from_raw_fd(descriptor) })
}
