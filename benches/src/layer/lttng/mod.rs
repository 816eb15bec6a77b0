//! LTTng-UST beside marey, where it is installed (Debian: `lttng-tools` and `liblttng-ust-dev`).
//!
//! A daemon of its own, which ends with the benchmark, holds the session. Events go into rings that
//! are overwritten and that nobody reads, as marey's. That all of them are recorded is looked at
//! once, in a session that keeps them.

use std::fs;
use std::io::{self, Error};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{FIGURES, TIMED_H, figures};
use crate::child::said;

const EVENTS_C: &str = include_str!("events.c");
const EVENTS_H: &str = include_str!("events.h");
/// How many events are looked for, of each kind that is recorded.
const CHECKED: usize = 1000;
/// The daemon is given so long to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A session that runs, and the program with its events.
pub struct Lttng {
    folder: PathBuf,
    daemon: Child,
}

impl Lttng {
    /// Begins, where it is installed; else why not.
    ///
    /// # Errors
    /// When it is there and does not work.
    pub fn start(folder: &Path) -> io::Result<Result<Self, String>> {
        let folder = folder.join("lttng");
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("events.c"), EVENTS_C)?;
        fs::write(folder.join("events.h"), EVENTS_H)?;
        fs::write(folder.join("timed.h"), TIMED_H)?;
        let mut gcc = Command::new("gcc");
        gcc.current_dir(&folder).args(["-O2", "-I.", "-o", "events", "events.c"]);
        if said(gcc.args(["-llttng-ust", "-ldl"])).is_err() {
            return Ok(Err("liblttng-ust-dev is not installed".to_owned()));
        }
        let mut daemon = Command::new("lttng-sessiond");
        daemon.arg("--no-kernel").env("LTTNG_HOME", &folder);
        let daemon = daemon.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let Ok(daemon) = daemon else {
            return Ok(Err("lttng-tools is not installed".to_owned()));
        };
        let mut own = Lttng { folder, daemon };
        if !own.answers()? {
            return Ok(Err("lttng-sessiond ends at once: is there another one?".to_owned()));
        }
        own.check()?;
        own.session(&["--snapshot"])?;
        Ok(Ok(own))
    }

    /// What its program says of so many events.
    ///
    /// # Errors
    /// When it fails.
    pub fn measure(&self, events: u32) -> io::Result<[f64; FIGURES]> {
        let mut program = Command::new(self.folder.join("events"));
        program.env("LTTNG_HOME", &self.folder).env("LTTNG_UST_REGISTER_TIMEOUT", "-1");
        figures(&said(program.arg(events.to_string()))?)
    }

    /// Whether the daemon runs and takes commands.
    fn answers(&mut self) -> io::Result<bool> {
        let begin = Instant::now();
        while self.daemon.try_wait()?.is_none() && begin.elapsed() < PATIENCE {
            if self.lttng(&["list"]).is_ok() {
                return Ok(self.daemon.try_wait()?.is_none());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(false)
    }

    fn lttng(&self, words: &[&str]) -> io::Result<String> {
        let mut command = Command::new("lttng");
        said(command.env("LTTNG_HOME", &self.folder).arg("-n").args(words))
    }

    /// A session that records the events of the rows, from now on.
    fn session(&self, options: &[&str]) -> io::Result<()> {
        let channel = ["-u", "ring", "--num-subbuf=4", "--subbuf-size=1M", "--overwrite"];
        let rejected = ["-u", "bench:rejected", "--filter", "a == 4294967295", "-c", "ring"];
        self.lttng(&[&["create", "bench"], options].concat())?;
        self.lttng(&[&["enable-channel"], &channel[..]].concat())?;
        self.lttng(&["enable-event", "-u", "bench:four,bench:six", "-c", "ring"])?;
        self.lttng(&[&["enable-event"], &rejected[..]].concat())?;
        self.lttng(&["start"]).map(drop)
    }

    /// Whether a trace has the events, those that are rejected and off not.
    fn check(&self) -> io::Result<()> {
        let trace = self.folder.join("trace");
        self.session(&[&format!("--output={}", trace.display())])?;
        self.measure(CHECKED as u32)?;
        self.lttng(&["destroy", "bench"])?;
        let text = said(Command::new("babeltrace2").arg(&trace))?;
        let of = |name: &str| text.lines().filter(|line| line.contains(name)).count();
        let counts = ["bench:four:", "bench:six:", "bench:rejected:", "bench:off:"].map(of);
        match counts == [CHECKED, CHECKED, 0, 0] {
            true => Ok(()),
            false => Err(Error::other(format!("LTTng-UST recorded {counts:?} of {CHECKED}"))),
        }
    }
}

impl Drop for Lttng {
    fn drop(&mut self) {
        // A daemon that is gone has no session.
        let _ = self.lttng(&["destroy", "bench"]);
        let pid = self.daemon.id().to_string();
        let _ = Command::new("kill").arg(pid).status();
        let _ = self.daemon.wait();
    }
}
