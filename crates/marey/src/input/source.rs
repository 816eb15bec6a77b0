//! Sources: what a person or a program names as input.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};
use crate::format::{self, Kind};

/// How many files one argument may stand for.
pub const FILES_MAX: usize = 1_000_000;
/// How deep directories are followed.
pub const DEPTH_MAX: usize = 64;

/// An input, as it was named.
#[derive(Clone, Debug)]
pub struct Source {
    /// As it was given, or found by a glob or in a directory.
    pub given: OsString,
    /// Where its bytes come from.
    pub body: Body,
    /// The format that its URI named; `None` to recognise it.
    pub(crate) format: Option<&'static Kind>,
    /// It was found in a directory, so that it may well be of no known format.
    pub incidental: bool,
}

/// Where bytes come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// A file, a pipe, a device.
    Path(PathBuf),
    /// The standard input.
    Stdin,
    /// What is recorded while it is read. Whoever knows its URI makes a reader of it, for
    /// [`open_live`](crate::open_live).
    Live,
}

impl Source {
    /// The file at `path`, of any format.
    pub fn path(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Source {
            given: path.clone().into_os_string(),
            body: Body::Path(path),
            format: None,
            incidental: false,
        }
    }

    /// The standard input, of any format.
    pub fn stdin() -> Self {
        Source { given: "-".into(), body: Body::Stdin, format: None, incidental: false }
    }

    /// What is recorded while it is read, by the URI that names it: what the recording says that it
    /// lost is lost by this run, and so it stands in the ledger.
    ///
    /// ```
    /// let source = marey::Source::live("ring:eth0");
    /// let error = marey::open(source).err().unwrap();
    /// assert!(error.to_string().starts_with("ring:eth0: a live source"));
    /// ```
    pub fn live(uri: impl Into<OsString>) -> Self {
        Source { given: uri.into(), body: Body::Live, format: None, incidental: false }
    }

    /// The same input, read as the format of this name, as a URI may name it, instead of being
    /// recognised.
    ///
    /// ```
    /// let erf = marey::Source::path("trace").of_format("erf")?;
    /// let short = marey::open_stream(erf, &b"any"[..]);
    /// assert!(short.is_err_and(|error| error.reason().starts_with("not erf")));
    /// # Ok::<(), marey::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A name that is no format's.
    pub fn of_format(self, name: &str) -> Result<Self> {
        let Some(kind) = format::by_name(name) else {
            let known: Vec<&str> = format::FORMATS.iter().map(|kind| kind.name).collect();
            let reason = format!("no format is called {name}: there are {}", known.join(", "));
            return Err(Error::new(ErrorKind::Misuse(reason)));
        };
        Ok(Source { format: Some(kind), ..self })
    }
}

impl<T: AsRef<Path>> From<T> for Source {
    fn from(path: T) -> Self {
        Source::path(path.as_ref())
    }
}

/// The sources that one argument stands for: a path, `-`, a URI `format:body`, a glob, a
/// directory (its files, recursively, in sorted order). An existing path wins over glob and URI.
///
/// # Errors
///
/// What does not exist, a glob without matches, a CTF trace's directory.
pub fn resolve(argument: &OsStr) -> Vec<Result<Source>> {
    if argument == "-" {
        return vec![Ok(Source::stdin())];
    }
    let path = Path::new(argument);
    if path.symlink_metadata().is_ok() {
        return resolve_path(path, None);
    }
    if let Some((kind, body)) = uri(argument) {
        return match body {
            "-" => vec![Ok(Source { given: argument.into(), format: kind, ..Source::stdin() })],
            body => resolve_path(Path::new(body), kind)
                .into_iter()
                .map(|s| s.map(|s| Source { given: argument.into(), ..s }))
                .collect(),
        };
    }
    resolve_glob(argument)
}

/// The format and the body of a URI whose format is known.
fn uri(argument: &OsStr) -> Option<(Option<&'static Kind>, &str)> {
    let (name, body) = argument.to_str()?.split_once(':')?;
    Some((Some(format::by_name(name)?), body))
}

/// The error for what looks like a URI of a format that marey does not know.
fn unknown_format(argument: &OsStr) -> Option<Error> {
    let (name, _) = argument.to_str()?.split_once(':')?;
    let is_word = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric());
    let known: Vec<&str> = format::FORMATS.iter().map(|kind| kind.name).collect();
    is_word.then(|| {
        Error::new(ErrorKind::Misuse(format!(
            "no such file, and no format is called {name}; formats are {}",
            known.join(", ")
        )))
    })
}

fn resolve_path(path: &Path, kind: Option<&'static Kind>) -> Vec<Result<Source>> {
    let metadata = match path.metadata() {
        Ok(metadata) => metadata,
        Err(e) => return vec![Err(Error::from(e).in_path(path))],
    };
    if !metadata.is_dir() {
        return vec![Ok(Source { format: kind, ..Source::path(path) })];
    }
    let mut found = Vec::new();
    walk(path, 0, &mut found);
    if found.is_empty() {
        let reason = "a directory without files".to_owned();
        found.push(Err(Error::new(ErrorKind::Unknown(reason)).in_path(path)));
    }
    found
}

/// A directory's files in sorted order; a directory that holds `metadata` is one CTF trace.
fn walk(directory: &Path, depth: usize, found: &mut Vec<Result<Source>>) {
    if directory.join("metadata").is_file() {
        let reason = "a CTF trace (it holds a file named metadata); CTF is not read yet".to_owned();
        return found.push(Err(Error::new(ErrorKind::Unsupported(reason)).in_path(directory)));
    }
    let entries = match std::fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(e) => return found.push(Err(Error::from(e).in_path(directory))),
    };
    let mut paths: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
    paths.sort();
    for path in paths {
        if found.len() >= FILES_MAX || depth >= DEPTH_MAX {
            let reason = format!("more than {FILES_MAX} files or {DEPTH_MAX} levels");
            return found.push(Err(Error::new(ErrorKind::Misuse(reason)).in_path(directory)));
        }
        match path.symlink_metadata() {
            Ok(metadata) if metadata.is_dir() => walk(&path, depth + 1, found),
            Ok(_) if path.is_file() => {
                found.push(Ok(Source { incidental: true, ..Source::path(path) }));
            }
            Ok(_) => {}
            Err(e) => found.push(Err(Error::from(e).in_path(path))),
        }
    }
}

fn resolve_glob(argument: &OsStr) -> Vec<Result<Source>> {
    let missing = || match unknown_format(argument) {
        Some(error) => vec![Err(error.in_path(argument))],
        None => {
            let kind = std::io::ErrorKind::NotFound;
            let not_found = std::io::Error::new(kind, "no such file or directory");
            vec![Err(Error::from(not_found).in_path(argument))]
        }
    };
    let Some(pattern) = argument.to_str().filter(|p| p.contains(['*', '?', '['])) else {
        return missing();
    };
    let paths = match glob::glob(pattern) {
        Ok(paths) => paths,
        Err(e) => {
            let reason = format!("not a pattern: {}", e.msg);
            return vec![Err(Error::new(ErrorKind::Misuse(reason)).in_path(argument))];
        }
    };
    let mut found = Vec::new();
    for path in paths.take(FILES_MAX) {
        match path {
            Ok(path) => found.extend(resolve_path(&path, None)),
            Err(e) => {
                let path = e.path().to_owned();
                found.push(Err(Error::from(std::io::Error::from(e)).in_path(path)));
            }
        }
    }
    if found.is_empty() {
        let reason = "no file matches this pattern".to_owned();
        found.push(Err(Error::new(ErrorKind::Misuse(reason)).in_path(argument)));
    }
    found
}
