//! The traces that engines work on: made before the race, removed after it.

use std::fs::File;
use std::io::{self, Error};
use std::path::{Path, PathBuf};

use marey::testing::large::{self, Answer};

/// The seed of all traces.
const SEED: u64 = 1;

/// A trace in a file that goes away with it.
#[derive(Debug)]
pub struct Trace {
    path: PathBuf,
    /// What there is to say about its packets.
    pub answer: Answer,
    /// How long the file is.
    pub bytes: u64,
}

impl Trace {
    /// Makes a trace of this kind in `folder`, of at least `bytes` bytes, and waits until it is on
    /// the disk: what is written later would disturb the race.
    ///
    /// # Errors
    /// A kind that is none, and what the operating system says.
    pub fn make(folder: &Path, kind: &str, bytes: u64) -> io::Result<Self> {
        let make = match kind {
            "big" => large::big,
            "headers-only" => large::headers_only,
            _ => return Err(Error::other(format!("no trace is called {kind}"))),
        };
        let path = folder.join(format!("marey-bench-{}-{kind}-{bytes}.pcap", std::process::id()));
        let mut file = File::create(&path)?;
        let mut trace = Trace { path, answer: Answer::default(), bytes: 0 };
        trace.answer = make(&mut file, bytes, SEED)?;
        file.sync_all()?;
        trace.bytes = file.metadata()?.len();
        Ok(trace)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Trace {
    fn drop(&mut self) {
        // Nothing can be done about a file that cannot be removed.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Where traces are made: the folder that `MAREY_BENCH_DIR` names, or the system's for temporary
/// files.
pub fn folder() -> PathBuf {
    std::env::var_os("MAREY_BENCH_DIR").map_or_else(std::env::temp_dir, PathBuf::from)
}
