//! Where tracefs is, and which events it has.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::format::{self, Format};

/// How many events the kernel may have.
pub const EVENTS_MAX: usize = 100_000;
/// Where it is by convention, and where older machines have it.
const PLACES: [&str; 2] = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"];

/// The file system in which the kernel says what can be traced.
#[derive(Clone, Debug)]
pub struct Tracefs {
    root: PathBuf,
}

/// Where tracefs is mounted, if it is: where it can be read, if there are several places.
pub fn mounted_at() -> Option<PathBuf> {
    let mounts = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    let mounted = mounts.lines().filter_map(|line| {
        let mut words = line.split(' ');
        let (_, place, kind) = (words.next()?, words.next()?, words.next()?);
        (kind == "tracefs").then(|| PathBuf::from(place))
    });
    let mounted: Vec<PathBuf> = mounted.collect();
    let by_convention = PLACES.iter().map(PathBuf::from);
    let is_readable = |place: &PathBuf| place.join("events").is_dir();
    let readable = mounted.iter().cloned().chain(by_convention).find(is_readable);
    readable.or_else(|| mounted.into_iter().next())
}

impl Tracefs {
    /// The one that is mounted.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] when there is none, [`io::ErrorKind::PermissionDenied`] when it
    /// may not be read.
    pub fn open() -> io::Result<Self> {
        let root = mounted_at().ok_or_else(|| {
            let what = "tracefs is not mounted";
            io::Error::new(io::ErrorKind::NotFound, what)
        })?;
        let events = root.join("events");
        // A directory that cannot be listed is told here, not as one without events.
        fs::read_dir(&events)
            .map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", events.display())))?;
        Ok(Tracefs { root })
    }

    /// A directory that looks like one.
    pub fn at(root: &Path) -> Self {
        Tracefs { root: root.to_owned() }
    }

    /// Where it is.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// All events, by system and name, in their order. The ones of `ftrace` are no tracepoints.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub fn names(&self) -> io::Result<Vec<(String, String)>> {
        let mut names = Vec::new();
        for system in folders(&self.root.join("events"))? {
            if system == "ftrace" {
                continue;
            }
            for event in folders(&self.root.join("events").join(&system))? {
                if names.len() == EVENTS_MAX {
                    return Err(io::Error::other("there are more than 100,000 events"));
                }
                names.push((system.clone(), event));
            }
        }
        names.sort();
        Ok(names)
    }

    /// What an event looks like.
    ///
    /// # Errors
    /// When its file cannot be read, or is not as expected.
    pub fn format(&self, system: &str, event: &str) -> io::Result<Format> {
        let path = self.root.join("events").join(system).join(event).join("format");
        let text = fs::read_to_string(&path)
            .map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", path.display())))?;
        format::parse(system, &text)
            .map_err(|e| io::Error::other(format!("{}: {e}", path.display())))
    }
}

fn folders(path: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            names.extend(entry.file_name().into_string());
        }
    }
    Ok(names)
}
