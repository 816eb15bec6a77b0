//! A process that ends a file well when its writer is killed.
//!
//! What no single system call does at once can be cut short by a kill. A guard is a small process
//! in a session of its own that holds the file and waits for the end of its writer; then it cuts
//! off what the writer had begun. It holds nothing else, makes no use of memory, and is gone when
//! the writer is.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::{AsRawFd as _, RawFd};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicI64, Ordering};

/// Nothing is begun.
const WHOLE: i64 = -1;
const SHARED_BYTES: usize = 4096;

/// A guard of a file.
#[derive(Debug)]
pub struct Guard {
    /// How long the file was when something was begun: shared with the guard.
    begun: NonNull<AtomicI64>,
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
        let begun = shared()?;
        // SAFETY: what the child does needs no lock and no heap: see `watch`.
        match unsafe { libc::fork() } {
            // SAFETY: this is the child; the number is shared, and stays mapped in it.
            0 => unsafe { watch(over.as_raw_fd(), file.as_raw_fd(), begun) },
            -1 => {
                let error = io::Error::last_os_error();
                unmap(begun);
                Err(error)
            }
            pid => Ok(Guard { begun, alive, pid }),
        }
    }

    /// Something begins that makes the file longer; it is so long before.
    pub fn begin(&self, len: u64) {
        self.begun().store(len.cast_signed(), Ordering::SeqCst);
    }

    /// It is done.
    pub fn done(&self) {
        self.begun().store(WHOLE, Ordering::SeqCst);
    }

    fn begun(&self) -> &AtomicI64 {
        // SAFETY: the page is mapped as long as this value lives, and both sides use it atomically.
        unsafe { self.begun.as_ref() }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.done();
        // Also other children may hold the pipe for some time: so its end is said, too.
        let _ = self.alive.write_all(&[0]);
        // SAFETY: it is a child of ours that was not waited for yet; it ends, as it was told.
        unsafe { libc::waitpid(self.pid, std::ptr::null_mut(), 0) };
        unmap(self.begun);
    }
}

// SAFETY: the page is used atomically only.
unsafe impl Send for Guard {}

/// A page that a child shares, with the number in it.
fn shared() -> io::Result<NonNull<AtomicI64>> {
    let (any, protection) = (std::ptr::null_mut(), libc::PROT_READ | libc::PROT_WRITE);
    let flags = libc::MAP_SHARED | libc::MAP_ANONYMOUS;
    // SAFETY: the kernel chooses the place, so nothing of ours is replaced.
    let at = unsafe { libc::mmap(any, SHARED_BYTES, protection, flags, -1, 0) };
    let page = NonNull::new(at).filter(|at| at.as_ptr() != libc::MAP_FAILED);
    let number = page.ok_or_else(io::Error::last_os_error)?.cast::<AtomicI64>();
    // SAFETY: it is the start of a page that was just mapped.
    unsafe { number.as_ref() }.store(WHOLE, Ordering::SeqCst);
    Ok(number)
}

fn unmap(number: NonNull<AtomicI64>) {
    // SAFETY: it was mapped with this length, and nothing refers to it any more.
    unsafe { libc::munmap(number.as_ptr().cast(), SHARED_BYTES) };
}

/// Waits for the end of the pipe, and cuts off what was begun.
///
/// # Safety
/// Only in a child that was just forked: all descriptors close. The number is mapped.
unsafe fn watch(over: RawFd, file: RawFd, begun: NonNull<AtomicI64>) -> ! {
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
        let len = begun.as_ref().load(Ordering::SeqCst);
        if len != WHOLE {
            libc::ftruncate(KEPT_FILE, len);
        }
        libc::_exit(0)
    }
}
