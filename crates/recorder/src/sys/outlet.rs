//! Descriptors that are written to without waiting.

use std::ffi::OsStr;
use std::io;
use std::mem;
use std::os::fd::{AsRawFd as _, BorrowedFd, FromRawFd as _, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::time::Duration;

use super::checked;

/// Another descriptor of what this one of the process stands for.
///
/// # Errors
/// When it is not open.
pub fn duplicate(number: i32) -> io::Result<OwnedFd> {
    // SAFETY: it has no addresses.
    let copy = checked(unsafe { libc::fcntl(number, libc::F_DUPFD_CLOEXEC, 3) }.into())?;
    // SAFETY: the kernel has just returned this descriptor, and nobody else has it.
    Ok(unsafe { OwnedFd::from_raw_fd(copy) })
}

/// Whether something can be written, now or within this time. Also if that will fail.
///
/// # Errors
/// What the kernel says.
pub fn is_writable(descriptor: BorrowedFd<'_>, within: Duration) -> io::Result<bool> {
    let mut asked = libc::pollfd { fd: descriptor.as_raw_fd(), events: libc::POLLOUT, revents: 0 };
    let within = libc::c_int::try_from(within.as_millis()).unwrap_or(libc::c_int::MAX);
    // SAFETY: there is one structure, which lives over the call.
    match checked(unsafe { libc::poll(&mut asked, 1, within) }.into()) {
        Err(e) if e.kind() == io::ErrorKind::Interrupted => Ok(false),
        result => result.map(|count| count > 0),
    }
}

/// Connects to a socket of the Unix domain, if somebody listens and has place for one more.
///
/// # Errors
/// What the kernel says; [`io::ErrorKind::InvalidInput`] if the path is longer than such addresses.
pub fn connect_now(path: &Path) -> io::Result<OwnedFd> {
    let kind = libc::SOCK_STREAM | libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK;
    // SAFETY: it has no addresses.
    let socket = checked(unsafe { libc::socket(libc::AF_UNIX, kind, 0) }.into())?;
    // SAFETY: the kernel has just returned this descriptor, and nobody else has it.
    let socket = unsafe { OwnedFd::from_raw_fd(socket) };
    // SAFETY: all of its bytes may be 0.
    let mut address: libc::sockaddr_un = unsafe { mem::zeroed() };
    address.sun_family = libc::AF_UNIX as libc::sa_family_t;
    let name: &OsStr = path.as_os_str();
    if name.len() >= address.sun_path.len() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    for (to, from) in address.sun_path.iter_mut().zip(name.as_bytes()) {
        *to = from.cast_signed() as libc::c_char;
    }
    let len = mem::size_of::<libc::sockaddr_un>() as libc::socklen_t;
    let at = (&raw const address).cast::<libc::sockaddr>();
    // SAFETY: the address is as long as said, lives over the call, and its path ends with a 0.
    checked(unsafe { libc::connect(socket.as_raw_fd(), at, len) }.into())?;
    Ok(socket)
}
