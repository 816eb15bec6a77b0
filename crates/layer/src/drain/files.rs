//! Opens what another user may have put there.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::Error;

/// A directory that is open: what is opened in it is in this one, even if another one gets its
/// name.
#[derive(Debug)]
pub(super) struct Directory {
    file: File,
    path: PathBuf,
    owner: u32,
}

impl Directory {
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let wrong = |error| Error::new(path, error);
        let flags = libc::O_DIRECTORY | libc::O_NOFOLLOW;
        let file = OpenOptions::new().read(true).custom_flags(flags).open(path).map_err(wrong)?;
        let owner = file.metadata().map_err(wrong)?.uid();
        Ok(Directory { file, path: path.to_path_buf(), owner })
    }

    /// Opens a file in it: a plain one, of the directory's owner, with no other name. Another one
    /// could be a pipe that never ends, or lead to where only we may write.
    pub(super) fn file(&self, name: &str, is_writable: bool) -> Result<File, Error> {
        let path = self.path.join(name);
        let wrong = |error| Error::new(&path, error);
        let inside = format!("/proc/self/fd/{}/{name}", self.file.as_raw_fd());
        let flags = libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_NOCTTY;
        let mut options = OpenOptions::new();
        let file = options.read(true).write(is_writable).custom_flags(flags).open(inside);
        let file = file.map_err(wrong)?;
        let is_ours = |of: Metadata| of.is_file() && of.uid() == self.owner && of.nlink() == 1;
        if is_ours(file.metadata().map_err(wrong)?) {
            return Ok(file);
        }
        Err(Error::wrong(&path, "not a plain file of the owner of its directory"))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

/// Reads as much as there is, or fits.
pub(super) fn read_at(file: &File, into: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut done = 0;
    while let Some(rest) = into.get_mut(done..).filter(|rest| !rest.is_empty()) {
        match file.read_at(rest, offset.saturating_add(done as u64)) {
            Ok(0) => break,
            Ok(more) => done += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

/// Writes a word that the program reads.
pub(super) fn write_at(file: &File, bytes: &[u8], offset: usize) -> io::Result<()> {
    file.write_all_at(bytes, offset as u64)
}
