//! The one error type of the library: what, where, why.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// The result of what can fail in this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong and where. Small on the stack; the details are in [`ErrorKind`].
///
/// Damage inside a trace is not an error: it is contained, counted and listed in the
/// [ledger](crate::pipeline::Ledger), and what follows is still read.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    position: Position,
}

/// Where in the input an error was found. What is not known is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// The file, as it was given.
    pub path: Option<PathBuf>,
    /// The offset in bytes, in the decompressed input.
    pub offset: Option<u64>,
    /// The number of the record, from 0.
    pub record: Option<u64>,
}

/// The families of errors.
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The operating system refused or failed.
    Io(io::Error),
    /// The input breaks its format's rules.
    Malformed(String),
    /// The input ends before what it announced.
    Truncated(String),
    /// A known thing that marey does not read.
    Unsupported(String),
    /// The input is of no known kind; the text says what it looks like.
    Unknown(String),
    /// The library was called in a way it does not allow.
    Misuse(String),
    /// A handler stopped the run with an error or a panic.
    Handler(String),
    /// Something that cannot happen did: please report it.
    Bug(String),
}

impl Error {
    /// An error of `kind`, its position not known.
    pub fn new(kind: ErrorKind) -> Self {
        Error(Box::new(Inner { kind, position: Position::default() }))
    }

    /// The same error, found in `path`.
    pub fn in_path(mut self, path: impl Into<PathBuf>) -> Self {
        self.0.position.path = Some(path.into());
        self
    }

    /// The same error, found at `offset` bytes into the decompressed input.
    pub fn at(mut self, offset: u64) -> Self {
        self.0.position.offset = Some(offset);
        self
    }

    /// The same error, found at the record numbered `record`.
    pub fn in_record(mut self, record: u64) -> Self {
        self.0.position.record = Some(record);
        self
    }

    /// Which family the error is of.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// Where it was found.
    pub fn position(&self) -> &Position {
        &self.0.position
    }

    /// What went wrong, without the place: for those who print the path themselves.
    pub fn reason(&self) -> String {
        self.0.kind.to_string()
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ErrorKind::Io(e) => write!(f, "{e}"),
            ErrorKind::Malformed(s)
            | ErrorKind::Truncated(s)
            | ErrorKind::Unsupported(s)
            | ErrorKind::Unknown(s)
            | ErrorKind::Misuse(s)
            | ErrorKind::Handler(s) => f.write_str(s),
            ErrorKind::Bug(s) => write!(f, "a bug in marey: {s}"),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let position = &self.0.position;
        if let Some(path) = &position.path {
            write!(f, "{}: ", path.display())?;
        }
        self.0.kind.fmt(f)?;
        match (position.offset, position.record) {
            (Some(offset), Some(record)) => write!(f, " (record {record}, byte {offset})"),
            (Some(offset), None) => write!(f, " (byte {offset})"),
            (None, Some(record)) => write!(f, " (record {record})"),
            (None, None) => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("position", &self.0.position)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.kind {
            ErrorKind::Io(e) => Some(e),
            _ => None,
        }
    }
}

impl From<io::Error> for Error {
    fn from(e: io::Error) -> Self {
        Error::new(ErrorKind::Io(e))
    }
}
