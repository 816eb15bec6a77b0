//! Being asked to end.

use std::sync::atomic::{AtomicBool, Ordering};

use super::checked;

static ASKED: AtomicBool = AtomicBool::new(false);

extern "C" fn ask(_: libc::c_int) {
    ASKED.store(true, Ordering::Relaxed);
}

/// From now on SIGINT, SIGTERM and SIGHUP do not end the process: they are for
/// [`asked_to_end`]. A second one of them does.
///
/// # Errors
/// What the kernel says.
pub fn wait_for_signals() -> std::io::Result<()> {
    for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP] {
        // SAFETY: all bytes 0 are a valid `sigaction`: no flags, and an empty set.
        let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
        action.sa_sigaction = ask as *const () as usize;
        // The second one does what it always does.
        action.sa_flags = libc::SA_RESETHAND;
        // SAFETY: the handler only stores to an atomic, which is safe at any moment; the action
        // lives over the call.
        checked(unsafe { libc::sigaction(signal, &action, std::ptr::null_mut()) }.into())?;
    }
    Ok(())
}

/// Whether a signal asked this process to end, since [`wait_for_signals`].
pub fn asked_to_end() -> bool {
    ASKED.load(Ordering::Relaxed)
}
