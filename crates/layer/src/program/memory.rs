//! Files that are made, and mapped.

use core::ffi::CStr;
use core::ptr;
use core::sync::atomic::{AtomicU8, AtomicU32, AtomicU64};

/// Memory that is shared with a file, for as long as the process lives: it is never given back, so
/// a thread or a signal handler that still has its address can do no harm.
#[derive(Clone, Copy)]
pub(super) struct Shared {
    start: *mut u8,
    len: usize,
}

impl Shared {
    /// Makes the file, gives it its space, and maps it. `None` where there is a file with this
    /// name, or no space: then no file stays behind.
    pub(super) fn create(path: &CStr, len: usize) -> Option<Self> {
        let file = Descriptor::create(path)?;
        let shared = file.allocate(len).and_then(|()| file.map(len));
        if shared.is_none() {
            remove_file(path);
        }
        shared
    }

    /// Where it begins.
    pub(super) fn start(self) -> *mut u8 {
        self.start
    }

    /// The word of 8 bytes at a multiple of 8; a word of nobody's where it would be outside.
    pub(super) fn u64(self, offset: usize) -> &'static AtomicU64 {
        static NOWHERE: AtomicU64 = AtomicU64::new(0);
        match self.place(offset, 8) {
            // SAFETY: `place` checked that the word is inside and aligned; it is mapped for ever;
            // what others write there meanwhile is read as an atomic.
            Some(at) => unsafe { AtomicU64::from_ptr(at.cast()) },
            None => &NOWHERE,
        }
    }

    /// The word of 4 bytes, as [`u64`](Self::u64).
    pub(super) fn u32(self, offset: usize) -> &'static AtomicU32 {
        static NOWHERE: AtomicU32 = AtomicU32::new(0);
        match self.place(offset, 4) {
            // SAFETY: as in `u64`.
            Some(at) => unsafe { AtomicU32::from_ptr(at.cast()) },
            None => &NOWHERE,
        }
    }

    /// The byte, as [`u64`](Self::u64).
    pub(super) fn u8(self, offset: usize) -> &'static AtomicU8 {
        static NOWHERE: AtomicU8 = AtomicU8::new(0);
        match self.place(offset, 1) {
            // SAFETY: as in `u64`.
            Some(at) => unsafe { AtomicU8::from_ptr(at) },
            None => &NOWHERE,
        }
    }

    /// Writes bytes where nobody else writes, if that is inside.
    pub(super) fn write(self, offset: usize, bytes: &[u8]) {
        if let Some(at) = self.place_of(offset, bytes.len()) {
            // SAFETY: inside, by `place_of`; what is copied is no part of a mapping.
            unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), at, bytes.len()) };
        }
    }

    fn place(self, offset: usize, len: usize) -> Option<*mut u8> {
        self.place_of(offset, len).filter(|_| offset.is_multiple_of(len))
    }

    fn place_of(self, offset: usize, len: usize) -> Option<*mut u8> {
        let is_inside = offset.checked_add(len).is_some_and(|end| end <= self.len);
        // SAFETY: inside of one mapping.
        is_inside.then(|| unsafe { self.start.add(offset) })
    }
}

/// A file that is open as long as this value is there.
pub(super) struct Descriptor(libc::c_int);

impl Descriptor {
    /// Makes a file; there must be none with its name.
    pub(super) fn create(path: &CStr) -> Option<Self> {
        Self::open(path, libc::O_RDWR | libc::O_CREAT | libc::O_EXCL)
    }

    /// Opens what is there, without following a link.
    pub(super) fn open(path: &CStr, flags: libc::c_int) -> Option<Self> {
        let flags = flags | libc::O_CLOEXEC | libc::O_NOFOLLOW;
        let mode: libc::c_uint = 0o600;
        // SAFETY: the path ends with a zero.
        let descriptor = unsafe { libc::open(path.as_ptr(), flags, mode) };
        (descriptor >= 0).then_some(Descriptor(descriptor))
    }

    /// What kind of file it is, and whose.
    pub(super) fn status(&self) -> Option<libc::stat> {
        // SAFETY: a `stat` is numbers, for which 0 is fine.
        let mut status: libc::stat = unsafe { core::mem::zeroed() };
        // SAFETY: the kernel writes into `status`, which is ours.
        (unsafe { libc::fstat(self.0, &mut status) } == 0).then_some(status)
    }

    /// Reads from the start, as much as there is or fits.
    pub(super) fn read<'a>(&self, into: &'a mut [u8]) -> &'a [u8] {
        // SAFETY: the kernel writes into `into`, at most its length.
        let len = unsafe { libc::read(self.0, into.as_mut_ptr().cast(), into.len()) };
        into.get(..usize::try_from(len).unwrap_or(0)).unwrap_or_default()
    }

    /// Writes all of it at this place, or says no.
    pub(super) fn write_at(&self, bytes: &[u8], offset: usize) -> bool {
        if !is_allowed(offset + bytes.len()) {
            return false;
        }
        let (start, len) = (bytes.as_ptr().cast(), bytes.len());
        // SAFETY: the kernel reads `len` bytes of `bytes`.
        let written = unsafe { libc::pwrite(self.0, start, len, offset as libc::off_t) };
        usize::try_from(written) == Ok(len)
    }

    /// The number, for the name that the kernel gives it.
    pub(super) fn number(&self) -> libc::c_int {
        self.0
    }

    fn allocate(&self, len: usize) -> Option<()> {
        // SAFETY: it touches no memory.
        let is_done =
            is_allowed(len) && unsafe { libc::posix_fallocate(self.0, 0, len as libc::off_t) } == 0;
        is_done.then_some(())
    }

    fn map(&self, len: usize) -> Option<Shared> {
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: the kernel chooses the place, so nothing of ours is replaced.
        let at =
            unsafe { libc::mmap(ptr::null_mut(), len, protection, libc::MAP_SHARED, self.0, 0) };
        (at != libc::MAP_FAILED).then_some(Shared { start: at.cast(), len })
    }
}

impl Drop for Descriptor {
    fn drop(&mut self) {
        // SAFETY: it is ours, and this is the only place that closes it.
        unsafe { libc::close(self.0) };
    }
}

/// Whether a file may be so long: to ask the kernel for more would end the program by a signal.
fn is_allowed(len: usize) -> bool {
    // SAFETY: the limits are numbers.
    let mut limit: libc::rlimit = unsafe { core::mem::zeroed() };
    // SAFETY: the kernel writes into `limit`, which is ours.
    let is_known = unsafe { libc::getrlimit(libc::RLIMIT_FSIZE, &mut limit) } == 0;
    is_known && len as u64 <= limit.rlim_cur
}

pub(super) fn remove_file(path: &CStr) {
    // SAFETY: the path ends with a zero.
    unsafe { libc::unlink(path.as_ptr()) };
}

pub(super) fn remove_directory(path: &CStr) {
    // SAFETY: the path ends with a zero.
    unsafe { libc::rmdir(path.as_ptr()) };
}

/// Makes a directory of this user's alone; whether it is new.
pub(super) fn make_directory(path: &CStr) -> bool {
    // SAFETY: the path ends with a zero.
    unsafe { libc::mkdir(path.as_ptr(), 0o700) == 0 }
}

/// Memory of this process alone, all 0.
pub(super) fn private(len: usize) -> Option<*mut u8> {
    let protection = libc::PROT_READ | libc::PROT_WRITE;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // SAFETY: the kernel chooses the place.
    let at = unsafe { libc::mmap(ptr::null_mut(), len, protection, flags, -1, 0) };
    (at != libc::MAP_FAILED).then_some(at.cast())
}

/// The same, which is 0 again in each child.
pub(super) fn wiped_in_children(len: usize) -> Option<*mut u8> {
    let at: *mut libc::c_void = private(len)?.cast();
    // SAFETY: the memory is ours, of this length.
    if unsafe { libc::madvise(at, len, libc::MADV_WIPEONFORK) } == 0 {
        return Some(at.cast());
    }
    // SAFETY: as above, and nobody else knows it.
    unsafe { libc::munmap(at, len) };
    None
}
