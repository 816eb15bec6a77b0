//! Being asked to end.

use std::sync::atomic::{AtomicBool, Ordering};

use super::checked;

static ASKED: AtomicBool = AtomicBool::new(false);

static SNAPSHOT: AtomicBool = AtomicBool::new(false);

extern "C" fn ask_for_snapshot(_: libc::c_int) {
    SNAPSHOT.store(true, Ordering::Relaxed);
}

extern "C" fn ask(_: libc::c_int) {
    ASKED.store(true, Ordering::Relaxed);
}

/// From now on SIGINT, SIGTERM and SIGHUP do not end the process: they are for
/// [`asked_to_end`]. A second one of them does. SIGUSR1 is for [`asked_for_snapshot`].
///
/// # Errors
/// What the kernel says.
pub fn wait_for_signals() -> std::io::Result<()> {
    for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP] {
        // The second one does what it always does.
        handle(signal, ask, libc::SA_RESETHAND)?;
    }
    handle(libc::SIGUSR1, ask_for_snapshot, libc::SA_RESTART)
}

fn handle(
    signal: libc::c_int,
    handler: extern "C" fn(libc::c_int),
    flags: libc::c_int,
) -> std::io::Result<()> {
    // SAFETY: all bytes 0 are a valid `sigaction`: no flags, and an empty set.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = handler as *const () as usize;
    action.sa_flags = flags;
    // SAFETY: the handlers only store to an atomic, which is safe at any moment; the action lives
    // over the call.
    checked(unsafe { libc::sigaction(signal, &action, std::ptr::null_mut()) }.into())?;
    Ok(())
}

/// Whether a signal asked for a snapshot since this was called last.
pub fn asked_for_snapshot() -> bool {
    SNAPSHOT.swap(false, Ordering::Relaxed)
}

/// Whether a signal asked this process to end, since [`wait_for_signals`].
pub fn asked_to_end() -> bool {
    ASKED.load(Ordering::Relaxed)
}
