//! A recorder that is killed: this test again, which runs its test `records_until_it_is_killed`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Where the recorder writes.
const FOLDER: &str = "MAREY_TEST_KILLED";

/// The recorder, which will write into this folder.
pub fn recorder(folder: &Path) -> Command {
    let mut recorder = Command::new(std::env::current_exe().expect("a name"));
    recorder.args(["records_until_it_is_killed", "--exact", "--ignored"]);
    recorder.env(FOLDER, folder).stdout(Stdio::null());
    recorder
}

/// Where to record, if this is the recorder.
pub fn folder() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

/// Records again and again. It ends by itself when nobody kills it.
pub fn until_killed(mut record: impl FnMut()) {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(60) {
        record();
    }
}
