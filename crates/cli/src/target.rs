//! A file that is written whole or not at all, and that never is one of the inputs.

use std::ffi::OsStr;
use std::fs::{File, Metadata};
use std::io::{self, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use marey::Source;
use marey::input::Body;

use crate::exit::{self, Exit};
use crate::inputs::shown_path;
use crate::out::Out;

/// How many temporary names are tried for a file.
const TRIES_MAX: u32 = 100;

/// Where an output goes.
pub enum Target {
    /// To the standard output.
    Stdout,
    /// Into a device or a pipe.
    Device(PathBuf),
    /// Into a file of its own, under a temporary name until it is whole.
    File {
        /// Its name.
        path: PathBuf,
        /// Whether it may be there already.
        force: bool,
    },
}

impl Target {
    /// The target of this name, if it can be written to. Nothing is changed yet.
    pub fn of(name: &OsStr, force: bool) -> Result<Self, Exit> {
        if name == "-" {
            return Ok(Target::Stdout);
        }
        let path = PathBuf::from(name);
        let Ok(metadata) = path.metadata() else { return Target::file(path, force) };
        if metadata.is_dir() {
            return Err(wrong(name, "it is a directory; name a file"));
        }
        if !metadata.is_file() {
            return Ok(Target::Device(path));
        }
        if !force {
            return Err(wrong(name, "it is there already; --force overwrites it"));
        }
        // The file is replaced, not a link to it.
        let path = path.canonicalize().unwrap_or(path);
        Target::file(path, force)
    }

    /// Fails at once if it would fail at the end.
    fn file(path: PathBuf, force: bool) -> Result<Self, Exit> {
        let tried = Temporary::beside(&path);
        match tried {
            Ok(_) => Ok(Target::File { path, force }),
            Err(e) => Err(failed(path.as_os_str(), &e)),
        }
    }

    /// Whether this source is the file that is to be written.
    pub fn is_input(&self, source: &Source) -> bool {
        let Target::File { path, .. } = self else { return false };
        let other = match &source.body {
            Body::Path(other) => other.as_path(),
            Body::Stdin => Path::new("/dev/stdin"),
            Body::Live => return false,
        };
        let id = |metadata: Metadata| (metadata.dev(), metadata.ino());
        let same = match (path.metadata(), other.metadata()) {
            (Ok(own), Ok(other)) => id(own) == id(other),
            _ => false,
        };
        // What was found beside others is refused only if it would be read as a trace.
        same && (!source.incidental || marey::open(source.clone()).is_ok())
    }

    /// Writes the output.
    pub fn write(&self, text: &str, out: &mut Out, exit: &mut Exit) {
        let (path, written) = match self {
            Target::Stdout => {
                out.write(text.as_bytes());
                return;
            }
            Target::Device(path) => {
                let device = File::options().write(true).open(path);
                (path, device.and_then(|mut device| device.write_all(text.as_bytes())))
            }
            Target::File { path, force } => (path, write_file(path, text, *force)),
        };
        if let Err(e) = written.or_else(but_closed) {
            exit.output |= failed(path.as_os_str(), &e).output;
        }
    }
}

/// A reader that has enough is no failure.
fn but_closed(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::BrokenPipe { Ok(()) } else { Err(error) }
}

/// A file that is whole, under a temporary name. It is gone when it is dropped.
pub struct Ready {
    temporary: Temporary,
    path: PathBuf,
}

impl Ready {
    /// Writes a file that is to replace what has this name. A link stays a link.
    pub fn write(path: &Path, text: &str) -> io::Result<Self> {
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        if path.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let mut temporary = Temporary::beside(&path)?;
        if let Ok(metadata) = path.metadata() {
            temporary.file.set_permissions(metadata.permissions())?;
        }
        temporary.file.write_all(text.as_bytes())?;
        Ok(Ready { temporary, path })
    }

    /// Gives it its name.
    pub fn rename(self) -> io::Result<()> {
        std::fs::rename(&self.temporary.path, &self.path)
    }
}

fn write_file(path: &Path, text: &str, force: bool) -> io::Result<()> {
    let mut temporary = Temporary::beside(path)?;
    temporary.file.write_all(text.as_bytes())?;
    temporary.file.sync_all()?;
    if force {
        return std::fs::rename(&temporary.path, path);
    }
    // Unlike a renaming, this fails if the file has come to be there meanwhile.
    match std::fs::hard_link(&temporary.path, path) {
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists && !path.exists() => {
            std::fs::rename(&temporary.path, path)
        }
        linked => linked,
    }
}

/// A file that is gone when it is dropped, unless it got another name.
struct Temporary {
    path: PathBuf,
    file: File,
}

impl Temporary {
    fn beside(path: &Path) -> io::Result<Self> {
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        let mut tries = 0;
        loop {
            let mut own = OsStr::new(".").to_owned();
            own.push(name);
            own.push(format!(".{}-{tries}.part", std::process::id()));
            let path = path.with_file_name(own);
            match File::options().write(true).create_new(true).open(&path) {
                Ok(file) => return Ok(Temporary { path, file }),
                // Numbers of processes come again, and a process that was killed left its file.
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists && tries < TRIES_MAX => {
                    tries += 1;
                }
                Err(e) => return Err(e),
            }
        }
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Says why a name makes no sense.
pub fn wrong(name: &OsStr, what: &str) -> Exit {
    exit::say(&format!("marey: {}: {what}\n", shown_path(name)));
    Exit { usage: true, ..Exit::default() }
}

/// Says why writing failed.
pub fn failed(name: &OsStr, error: &io::Error) -> Exit {
    exit::say(&format!("marey: {}: writing it failed: {error}\n", shown_path(name)));
    Exit { output: true, ..Exit::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_process_left_is_no_obstacle() {
        let name = format!("marey-target-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join("x");
        let names = || std::fs::read_dir(&folder).expect("a folder").count();
        std::mem::forget(Temporary::beside(&path).expect("a file"));
        Ready::write(&path, "new").and_then(Ready::rename).expect("it is written");
        assert_eq!(std::fs::read_to_string(&path).expect("text"), "new");
        assert_eq!(names(), 2, "only what was left stays");
        std::fs::remove_dir_all(&folder).expect("it is there");
    }
}
