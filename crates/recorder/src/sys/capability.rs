//! Giving up what a process may do, for good.

use std::io;

/// A capability, by its number (`linux/capability.h`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Capability {
    /// Reads and writes files of others.
    DacOverride = 1,
    /// Reads files of others.
    DacReadSearch = 2,
    /// Does what kernels before 5.8 have no other capability for.
    SysAdmin = 21,
    /// Opens events.
    Perfmon = 38,
    /// Loads programs and changes maps.
    Bpf = 39,
}

/// `struct __user_cap_header_struct`, and the data of version 3: two times effective, permitted and
/// inheritable.
#[repr(C)]
struct Header {
    version: u32,
    pid: libc::c_int,
}

const VERSION_3: u32 = 0x2008_0522;

/// The thread that calls keeps these capabilities, as far as it has them, and no others; and it
/// gets no new ones by programs that it runs. There is no way back. Threads that there are already
/// stay as they are.
///
/// # Errors
/// What the kernel says.
pub fn keep_only(kept: &[Capability]) -> io::Result<()> {
    let mask = kept.iter().fold(0_u64, |mask, capability| mask | 1 << *capability as u8);
    let header = Header { version: VERSION_3, pid: 0 };
    let mut data = [0_u32; 6];
    // SAFETY: these have no addresses but those of the header and the data, which are as long as
    // this version has them, and live over the calls.
    unsafe {
        super::checked(libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0).into())?;
        let all = libc::PR_CAP_AMBIENT_CLEAR_ALL;
        super::checked(libc::prctl(libc::PR_CAP_AMBIENT, all, 0, 0, 0).into())?;
        super::checked(libc::syscall(libc::SYS_capget, &raw const header, data.as_mut_ptr()))?;
        for (half, words) in data.chunks_exact_mut(3).enumerate() {
            let mask = (mask >> (32 * half)) as u32;
            words.iter_mut().for_each(|word| *word &= mask);
        }
        super::checked(libc::syscall(libc::SYS_capset, &raw const header, data.as_ptr()))?;
    }
    Ok(())
}

/// Whether the kernel has capabilities for programs and events alone.
pub fn has_own_for_programs() -> bool {
    let last = std::fs::read_to_string("/proc/sys/kernel/cap_last_cap");
    let last = last.ok().and_then(|last| last.trim().parse::<u8>().ok());
    last.is_some_and(|last| last >= Capability::Bpf as u8)
}
