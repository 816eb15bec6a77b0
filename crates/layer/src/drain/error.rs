//! What went wrong, and with which file.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why the files of a program can't be read.
#[derive(Debug)]
pub struct Error {
    path: PathBuf,
    source: io::Error,
}

impl Error {
    pub(super) fn new(path: &Path, source: io::Error) -> Self {
        Error { path: path.to_path_buf(), source }
    }

    pub(super) fn wrong(path: &Path, what: &str) -> Self {
        Self::new(path, io::Error::new(io::ErrorKind::InvalidData, what.to_owned()))
    }

    /// What the system says; `InvalidData` where the file is not what it has to be.
    pub fn kind(&self) -> io::ErrorKind {
        self.source.kind()
    }

    /// The file or directory.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.source)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}
