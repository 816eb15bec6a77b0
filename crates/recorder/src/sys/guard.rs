//! A process that ends a file well when its writer is killed.
//!
//! What no single system call does at once can be cut short by a kill. A guard is a small process
//! in a session of its own that holds the file and waits for the end of its writer; then it cuts
//! off what the writer had begun. It holds nothing else, makes no use of memory, and is gone when
//! the writer is.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::{AsRawFd as _, RawFd};
use std::sync::atomic::{AtomicI64, Ordering};

use super::mapping::Mapping;

/// Nothing is begun.
const WHOLE: i64 = -1;
const SHARED_BYTES: usize = 4096;

/// A guard of a file.
#[derive(Debug)]
pub struct Guard {
    /// How long the file was when something was begun: shared with the guard.
    begun: Mapping,
    /// The guard waits for the end of this pipe.
    alive: io::PipeWriter,
    pid: libc::pid_t,
}

impl Guard {
    /// Starts a guard for this file.
    ///
    /// # Errors
    /// When the kernel has no process or page left.
    pub fn new(file: &File) -> io::Result<Self> {
        let (over, alive) = io::pipe()?;
        let begun = Mapping::anonymous(SHARED_BYTES)?;
        number(&begun).store(WHOLE, Ordering::SeqCst);
        // SAFETY: what the child does needs no lock and no heap: see `watch`.
        match unsafe { libc::fork() } {
            // SAFETY: this is the child.
            0 => unsafe { watch(over.as_raw_fd(), file.as_raw_fd(), number(&begun)) },
            -1 => Err(io::Error::last_os_error()),
            pid => Ok(Guard { begun, alive, pid }),
        }
    }

    /// Something begins that makes the file longer; it is so long before.
    pub fn begin(&self, len: u64) {
        number(&self.begun).store(len.cast_signed(), Ordering::SeqCst);
    }

    /// It is done.
    pub fn done(&self) {
        number(&self.begun).store(WHOLE, Ordering::SeqCst);
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.done();
        // Also other children may hold the pipe for some time: so its end is said, too.
        let _ = self.alive.write_all(&[0]);
        // SAFETY: it is a child of ours that was not waited for yet; it ends, as it was told.
        unsafe { libc::waitpid(self.pid, std::ptr::null_mut(), 0) };
    }
}

/// The number that both sides share.
fn number(page: &Mapping) -> &AtomicI64 {
    // SAFETY: the page is mapped as long as this borrow is, and both sides use its start as this
    // number only.
    unsafe { page.start().cast::<AtomicI64>().as_ref() }
}

/// Waits for the end of the pipe, and cuts off what was begun.
///
/// # Safety
/// Only in a child that was just forked: all descriptors close.
unsafe fn watch(over: RawFd, file: RawFd, begun: &AtomicI64) -> ! {
    const KEPT_PIPE: RawFd = 0;
    const KEPT_FILE: RawFd = 1;
    let mut byte = 0_u8;
    // SAFETY: system calls that touch nothing but the byte, which lives here, and the number.
    unsafe {
        // No signal of the writer's terminal ends it.
        libc::setsid();
        libc::prctl(libc::PR_SET_NAME, c"marey-guard".as_ptr());
        // The descriptors may be 0 or 1 themselves: they are moved out of the way first.
        let over = libc::fcntl(over, libc::F_DUPFD, 2);
        let file = libc::fcntl(file, libc::F_DUPFD, 2);
        libc::dup2(over, KEPT_PIPE);
        libc::dup2(file, KEPT_FILE);
        if libc::syscall(libc::SYS_close_range, 2_u32, u32::MAX, 0_u32) != 0 {
            for other in 2..1 << 16 {
                libc::close(other);
            }
        }
        while libc::read(KEPT_PIPE, (&raw mut byte).cast(), 1) == -1
            && *libc::__errno_location() == libc::EINTR
        {}
        let len = begun.load(Ordering::SeqCst);
        if len != WHOLE {
            libc::ftruncate(KEPT_FILE, len);
        }
        libc::_exit(0)
    }
}
