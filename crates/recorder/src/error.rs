//! Why something cannot be recorded.

use std::fmt;
use std::io;

/// Why something cannot be recorded, and what to do.
#[derive(Debug)]
pub struct Error {
    /// What kind of thing it is.
    pub kind: ErrorKind,
    /// What was to be done.
    pub what: String,
    /// Why it was not.
    pub why: String,
    /// What to do, if there is something.
    pub help: Option<&'static str>,
}

/// What kind of thing stands in the way of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The kernel, or the one who runs it, does not allow it.
    Denied,
    /// This kernel cannot do it.
    Unsupported,
    /// What was asked for makes no sense.
    Misuse,
    /// A file could not be read or written.
    Io,
    /// A snapshot could not be written; the recording itself goes on.
    Snapshot,
    /// A bug in marey: the kernel refuses a program that it should take.
    Bug,
}

const RIGHTS: &str = "Run it as root, or give the file of the program the capabilities \
    cap_bpf, cap_perfmon and cap_dac_read_search (setcap(8)); marey doctor says more.";

impl Error {
    /// What a system call failed with.
    pub fn of_io(what: impl Into<String>, error: &io::Error) -> Self {
        let is_denied = error.kind() == io::ErrorKind::PermissionDenied;
        Error {
            kind: if is_denied { ErrorKind::Denied } else { ErrorKind::Io },
            what: what.into(),
            why: error.to_string(),
            help: is_denied.then_some(RIGHTS),
        }
    }

    /// Something that makes no sense.
    pub fn misuse(what: impl Into<String>, why: impl Into<String>) -> Self {
        Error { kind: ErrorKind::Misuse, what: what.into(), why: why.into(), help: None }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what, self.why)
    }
}

impl std::error::Error for Error {}
