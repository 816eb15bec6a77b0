//! Events of perf_event_open(2): what programs are attached to.

use std::io;
use std::os::fd::{FromRawFd as _, OwnedFd};

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
    /// `disabled`, the first of the flags.
    const DISABLED: u64 = 1;
    let mut attributes = [0_u64; ATTR_BYTES / 8];
    let head = u64::from(TRACEPOINT) | (ATTR_BYTES as u64) << 32;
    #[cfg(target_endian = "big")]
    let head = head.rotate_left(32);
    for (at, value) in [(0, head), (1, id), (5, DISABLED)] {
        if let Some(to) = attributes.get_mut(at) {
            *to = value;
        }
    }
    let (any_process, cpu, no_group): (libc::pid_t, libc::c_int, libc::c_int) = (-1, 0, -1);
    // SAFETY: the attributes are as long as they say, and live over the call.
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
