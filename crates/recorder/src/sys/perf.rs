//! Events of perf_event_open(2): what programs are attached to.

use std::ffi::CString;
use std::io;
use std::os::fd::{FromRawFd as _, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;

use crate::uprobe::Site;

/// `PERF_TYPE_TRACEPOINT`
const TRACEPOINT: u32 = 2;
const CLOEXEC: libc::c_ulong = 8;
/// `struct perf_event_attr` of version 5.
const ATTR_BYTES: usize = 112;

/// Opens an event of a tracepoint, by its number; it stays disabled and samples nothing. A program
/// that is attached to it runs on all CPUs, whichever it is opened for.
///
/// # Errors
/// What the kernel says.
pub fn tracepoint(id: u64) -> io::Result<OwnedFd> {
    open(TRACEPOINT, id, [0, 0])
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
    open(kind, config, [path.as_ptr() as u64, site.offset])
}

/// Opens an event of a kind; `more` are `config1` and `config2`.
fn open(kind: u32, config: u64, more: [u64; 2]) -> io::Result<OwnedFd> {
    /// `disabled`, the first of the flags.
    const DISABLED: u64 = 1;
    let mut attributes = [0_u64; ATTR_BYTES / 8];
    let head = u64::from(kind) | (ATTR_BYTES as u64) << 32;
    #[cfg(target_endian = "big")]
    let head = head.rotate_left(32);
    for (at, value) in [(0, head), (1, config), (5, DISABLED), (7, more[0]), (8, more[1])] {
        if let Some(to) = attributes.get_mut(at) {
            *to = value;
        }
    }
    let (any_process, cpu, no_group): (libc::pid_t, libc::c_int, libc::c_int) = (-1, 0, -1);
    // SAFETY: the attributes are as long as they say, and live over the call; so does the text
    // that `config1` is the address of, if it is one.
    let result = unsafe {
        libc::syscall(
            libc::SYS_perf_event_open,
            attributes.as_ptr(),
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
