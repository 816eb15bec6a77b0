//! Control of a recording from another process.
//!
//! A recording listens at a socket in its directory, [`FILE`]. A client sends a [`Request`] as a
//! line of JSON, and gets a [`Reply`] as a line of JSON; then it may send another one. Only the
//! user who records and root are listened to.
//!
//! ```text
//! {"request":"pause"}
//! {"done":{"state":"paused"}}
//! ```
//!
//! The [`Server`] never waits: it looks what has come, and writes what has place. So a client that
//! is slow, or says nothing, or never reads, costs the recording nothing, and is dropped.

mod client;
mod request;
mod server;

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd as _;
use std::path::{Path, PathBuf};

pub use client::{ask, is_served};
pub use request::{Reply, Request};
pub use server::{ClientId, Server};

/// The socket, in the directory of a recording.
pub const FILE: &str = ".control";

/// A line of either side is at most so long.
pub const LINE_BYTES_MAX: usize = 64 << 10;

/// A directory, and a name for a file in it that is short however long its path is: the address of
/// a socket has 108 bytes (unix(7)). The name is good as long as the directory is open.
fn in_folder(folder: &Path, name: &str) -> io::Result<(File, PathBuf)> {
    let open = File::open(folder)?;
    let path = PathBuf::from(format!("/proc/self/fd/{}/{name}", open.as_raw_fd()));
    Ok((open, path))
}
