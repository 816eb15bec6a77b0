//! Memory that is shared with the kernel, or with another process.

use std::io;
use std::os::fd::RawFd;
use std::ptr::NonNull;

/// A mapping: it is there as long as this value is.
#[derive(Debug)]
pub struct Mapping {
    at: NonNull<u8>,
    len: usize,
}

impl Mapping {
    /// A part of what a descriptor stands for.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn of(descriptor: RawFd, offset: usize, len: usize, is_writable: bool) -> io::Result<Self> {
        Self::new(descriptor, offset, len, is_writable, libc::MAP_SHARED)
    }

    /// Memory that children of this process share; all of it is 0.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn anonymous(len: usize) -> io::Result<Self> {
        Self::new(-1, 0, len, true, libc::MAP_SHARED | libc::MAP_ANONYMOUS)
    }

    fn new(
        descriptor: RawFd,
        offset: usize,
        len: usize,
        is_writable: bool,
        flags: libc::c_int,
    ) -> io::Result<Self> {
        let writing = if is_writable { libc::PROT_WRITE } else { 0 };
        let (any, offset) = (std::ptr::null_mut(), offset as libc::off_t);
        let protection = libc::PROT_READ | writing;
        // SAFETY: the kernel chooses the place, so nothing of ours is replaced.
        let at = unsafe { libc::mmap(any, len, protection, flags, descriptor, offset) };
        match NonNull::new(at).filter(|at| at.as_ptr() != libc::MAP_FAILED) {
            Some(at) => Ok(Mapping { at: at.cast(), len }),
            None => Err(io::Error::last_os_error()),
        }
    }

    /// Where it begins: at the start of a page.
    pub fn start(&self) -> NonNull<u8> {
        self.at
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: it was mapped with this length, and who has its address has this value, too.
        unsafe { libc::munmap(self.at.as_ptr().cast(), self.len) };
    }
}

// SAFETY: the memory belongs to this value; what is written in it at the same time is the business
// of those who use it, by atomics.
unsafe impl Send for Mapping {}
