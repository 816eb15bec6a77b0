//! The directory of a recording.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};

use marey_recorder::session::{LEDGER, REPAIRED, is_recording};
use marey_recorder::{control, packets, programs, snapshot};

use crate::exit::Exit;
use crate::target;

/// Whether this is a part of a recording, by its name: nothing else is ever removed.
fn is_part(name: &str) -> bool {
    let shown = name.strip_prefix('.').unwrap_or(name);
    let snapshot = shown.strip_prefix(snapshot::PREFIX);
    ["kernel", programs::FOLDER, programs::OWN].contains(&name)
        || [control::FILE, REPAIRED].contains(&name)
        || shown == LEDGER
        || packets::is_file(shown)
        || snapshot.is_some_and(|number| number.parse::<u64>().is_ok())
}

/// A directory that is empty, and is gone if nothing becomes of the recording.
pub struct Folder {
    path: PathBuf,
    is_ours: Cell<bool>,
}

impl Folder {
    /// Makes it; with `force` it takes the place of the recording that is there.
    pub fn make(path: &Path, force: bool) -> Result<Self, Exit> {
        let wrong = |why: &str| target::wrong(path.as_os_str(), why);
        let is_ours = match fs::read_dir(path) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                fs::create_dir_all(path).map_err(|e| failed(path, &e))?;
                true
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotADirectory => {
                return Err(wrong("it is no directory; name another one with -o"));
            }
            Err(e) => return Err(failed(path, &e)),
            Ok(mut entries) => {
                let is_empty = entries.next().is_none();
                if !is_empty && !force {
                    return Err(wrong(
                        "it is there already; -o names another one, --force overwrites",
                    ));
                }
                if control::is_served(path) {
                    return Err(wrong("it is being recorded; `marey record stop` ends that"));
                }
                if !is_empty && !is_recording(path) {
                    return Err(wrong("it is no recording, so it is not overwritten"));
                }
                false
            }
        };
        let folder = Folder { path: path.to_owned(), is_ours: Cell::new(is_ours) };
        folder.clear().map_err(|e| failed(path, &e))?;
        Ok(folder)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Something is in it that is to stay.
    pub fn keep(&self) {
        self.is_ours.set(false);
    }

    /// Nothing became of the recording.
    pub fn remove(&self) {
        // What is left behind is empty, and told by the next recording.
        let _ = self.clear();
        if self.is_ours.get() {
            let _ = fs::remove_dir(&self.path);
        }
    }

    /// Removes the parts of a recording, and nothing else.
    fn clear(&self) -> std::io::Result<()> {
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            if entry.file_name().to_str().is_some_and(is_part) {
                let path = entry.path();
                match entry.file_type()?.is_dir() {
                    true => fs::remove_dir_all(&path)?,
                    false => fs::remove_file(&path)?,
                }
            }
        }
        Ok(())
    }
}

fn failed(path: &Path, error: &std::io::Error) -> Exit {
    target::failed(path.as_os_str(), error)
}
