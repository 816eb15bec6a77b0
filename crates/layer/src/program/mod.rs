//! What runs in the program: switches, classes, rings.
//!
//! Nothing here allocates, and nothing waits but for other threads of the program that make a class
//! or a ring, so an event may be in a signal handler. All that is `unsafe` in this crate is here:
//! memory that is shared with files, and memory that a thread shares with its signal handlers.
//!
//! In the order in which to read them: [`class`] says whether an event is on; [`record`] writes it
//! into the [`ring`] of the thread, which is in a [`slot`]; slots and all else that belongs to this
//! process and no child is in [`own`]; [`directory`] and [`memory`] make files and map them.

pub mod class;
mod classes;
mod directory;
mod filters;
mod memory;
mod own;
pub mod record;
mod ring;
mod slot;
mod text;
pub mod value;

pub use own::{init, lost};

/// `CLOCK_MONOTONIC` in nanoseconds, from the kernel's page in this process: no system call.
#[inline]
pub(crate) fn now_ns() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the kernel writes into `time`, which is ours; this clock is always there.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut time) };
    (time.tv_sec as u64).wrapping_mul(1_000_000_000).wrapping_add(time.tv_nsec as u64)
}

/// Counts an event that is lost since there is no place for its class.
#[cfg(feature = "tracing")]
pub(crate) fn count_no_class() {
    if let Some(own) = own::own() {
        own.count_lost(crate::layout::control::LOST_NO_CLASS);
    }
}

/// Runs it alone of all threads, with a lock that is free in children, whoever has it in the
/// parent; `None` where it interrupted what has the lock: an event is lost then, and counted.
#[cfg(feature = "tracing")]
pub(crate) fn alone<T>(f: impl FnOnce() -> T) -> Option<T> {
    let own = own::own()?;
    let done = own.with(|_, _| f());
    if done.is_none() {
        own.count_lost(crate::layout::control::LOST_NESTED);
    }
    done
}

/// There is another handler: classes ask for theirs again, and the control page names it.
pub(crate) fn handlers_changed() {
    if let Some(own) = own::own() {
        own.with(|own, _| {
            classes::forget_handlers();
            if let Some(made) = own.made().filter(|_| own.is_ready()) {
                made.write_handlers();
            }
        });
    }
}

/// Counts a handler that was taken away.
pub(crate) fn count_detached() {
    if let Some(own) = own::own() {
        own.count_lost(crate::layout::control::DETACHED);
    }
}

/// The CPU that we are on, or were a moment ago.
pub(crate) fn cpu() -> u32 {
    // SAFETY: it asks for nothing.
    u32::try_from(unsafe { libc::sched_getcpu() }).unwrap_or(0)
}

/// A time of the events' clock as nanoseconds since the Unix epoch, by how both stood to each other
/// when this was first asked.
pub(crate) fn to_realtime(time_ns: u64) -> i64 {
    static OFFSET: std::sync::OnceLock<i64> = std::sync::OnceLock::new();
    let offset = OFFSET.get_or_init(|| {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let now = since.map_or(0, |since| since.as_nanos() as i64);
        now.wrapping_sub(now_ns() as i64)
    });
    (time_ns as i64).wrapping_add(*offset)
}

/// This process, as the kernel numbers it: from its control page, since that is no system call.
pub(crate) fn process() -> u32 {
    let made = own::own().filter(|own| own.is_ready()).and_then(own::Own::made);
    made.map_or_else(std::process::id, own::Made::process)
}

/// This thread, as the kernel numbers it.
fn thread_id() -> u32 {
    // SAFETY: it asks for nothing.
    unsafe { libc::syscall(libc::SYS_gettid) as u32 }
}

/// The address of the place where this is called; 0 on a processor that we know nothing of.
#[doc(hidden)]
#[inline(always)]
pub fn here() -> u64 {
    #[allow(unused_mut, unused_assignments, reason = "there may be no line for the processor")]
    let mut address = 0_u64;
    #[cfg(target_arch = "x86_64")]
    // SAFETY: it computes an address, and touches neither memory nor flags.
    unsafe {
        core::arch::asm!(
            "lea {}, [rip]", out(reg) address, options(nomem, nostack, preserves_flags)
        );
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: as above.
    unsafe {
        core::arch::asm!(
            "adr {}, .", out(reg) address, options(nomem, nostack, preserves_flags)
        );
    }
    address
}
