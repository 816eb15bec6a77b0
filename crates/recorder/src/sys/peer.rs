//! Who is at the other end of a socket.

use std::io;
use std::os::fd::AsRawFd as _;
use std::os::unix::net::UnixStream;

/// The user whose process connected (`SO_PEERCRED`, unix(7)).
///
/// # Errors
/// What the kernel says.
pub fn peer_user(stream: &UnixStream) -> io::Result<u32> {
    let mut peer = libc::ucred { pid: 0, uid: 0, gid: 0 };
    let mut len = size_of::<libc::ucred>() as libc::socklen_t;
    // SAFETY: the answer is as long as said, and both live over the call.
    let result = unsafe {
        let (level, option) = (libc::SOL_SOCKET, libc::SO_PEERCRED);
        libc::getsockopt(stream.as_raw_fd(), level, option, (&raw mut peer).cast(), &mut len)
    };
    super::checked(result.into())?;
    Ok(peer.uid)
}

/// The user that this process acts for.
pub fn own_user() -> u32 {
    // SAFETY: it has no preconditions.
    unsafe { libc::geteuid() }
}
