//! From outputs to files: which of them change, and writing those.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use marey_generate::outputs::{Folder, Output};
use serde_json::{Value, json};

use super::args::Generate;
use crate::exit::Exit;
use crate::inputs;
use crate::target::{self, Ready};

/// A file that is to be written.
pub struct File {
    /// Where.
    pub path: PathBuf,
    /// What kind of file it is.
    pub kind: &'static str,
    /// What is in it.
    pub text: String,
    /// What writing it changes.
    pub state: State,
}

/// What writing a file changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// There is no such file.
    New,
    /// It says something else.
    Changed,
    /// Nothing.
    Unchanged,
}

impl State {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            State::New => "new",
            State::Changed => "changed",
            State::Unchanged => "unchanged",
        }
    }
}

impl File {
    /// The file of this name, compared with what is there.
    pub fn new(path: PathBuf, kind: &'static str, text: String) -> Result<Self, Exit> {
        let state = match fs::read(&path) {
            Ok(bytes) if bytes == text.as_bytes() => State::Unchanged,
            Ok(_) => State::Changed,
            Err(e) if e.kind() == io::ErrorKind::NotFound => State::New,
            // It may be write-only: the file is replaced, not written to.
            Err(e) if e.kind() == io::ErrorKind::PermissionDenied => State::Changed,
            Err(e) => return Err(target::failed(path.as_os_str(), &e)),
        };
        Ok(File { path, kind, text, state })
    }

    /// A file that was generated, in the folder that the command line names for it.
    pub fn of(output: Output, verb: &Generate) -> Result<Self, Exit> {
        let (folder, kind) = match output.folder {
            Folder::Code => (verb.code_dir.as_path(), "source"),
            Folder::Headers => (verb.headers_dir.as_path(), "header"),
            Folder::Metadata => (verb.metadata_dir(), "metadata"),
        };
        let name = PathBuf::from(output.name);
        let path = if folder == Path::new(".") { name } else { folder.join(name) };
        File::new(path, kind, output.text)
    }

    /// Whether it is one of these files.
    pub fn is_among(&self, inputs: &[PathBuf]) -> bool {
        let id = |path: &Path| path.metadata().ok().map(|found| (found.dev(), found.ino()));
        let own = id(&self.path);
        own.is_some() && inputs.iter().any(|input| id(input) == own)
    }

    /// What a program is told.
    pub fn json(&self, is_written: bool) -> Value {
        json!({
            "type": "file",
            "kind": self.kind,
            "path": inputs::json_path(self.path.as_os_str()),
            "state": self.state.as_str(),
            "bytes": self.text.len(),
            "written": is_written && self.state != State::Unchanged,
        })
    }
}

/// Writes the files that change: first all of them under temporary names, and when that went well
/// they get their names.
pub fn write(files: &[File]) -> Result<(), Exit> {
    let mut ready = Vec::new();
    for file in files.iter().filter(|file| file.state != State::Unchanged) {
        let failed = |e: io::Error| target::failed(file.path.as_os_str(), &e);
        if let Some(folder) = file.path.parent().filter(|folder| folder.ends_with("ctf2")) {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        ready.push((file, Ready::write(&file.path, &file.text).map_err(failed)?));
    }
    for (file, ready) in ready {
        ready.rename().map_err(|e| target::failed(file.path.as_os_str(), &e))?;
    }
    Ok(())
}
