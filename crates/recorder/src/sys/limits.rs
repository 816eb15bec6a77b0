//! What the kernel allows a process.

/// Raises the number of files that may be open at once to what the system allows.
pub fn let_many_files_be_open() {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the limit lives over both calls.
    unsafe {
        if libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) == 0 {
            limit.rlim_cur = limit.rlim_max;
            // Where it is not allowed, it stays as it is.
            libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit);
        }
    }
}
