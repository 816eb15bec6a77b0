//! Runs the built `marey`, and keeps what it printed.
#![allow(dead_code, reason = "not every test needs all of it")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a run came to.
#[derive(Debug, PartialEq, Eq)]
pub struct Ran {
    /// The exit status.
    pub status: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Ran {
    /// What a run printed that went well.
    pub fn ok(self) -> String {
        assert_eq!((self.status, self.stderr.as_str()), (0, ""), "{}", self.stdout);
        self.stdout
    }
}

/// The command, without arguments.
pub fn marey() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_marey"));
    command.env_remove("NO_COLOR").env_remove("COLUMNS").stdin(Stdio::null());
    command
}

/// Runs marey with these arguments.
pub fn run<S: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = S>) -> Ran {
    finish(marey().args(arguments))
}

/// Runs marey with these arguments and this standard input.
pub fn run_with(arguments: &[&str], input: &[u8]) -> Ran {
    let mut command = marey();
    command.args(arguments).stdin(Stdio::piped());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("marey starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let output = std::thread::scope(|scope| {
        scope.spawn(move || {
            // It may have had enough.
            let _ = stdin.write_all(input);
        });
        child.wait_with_output().expect("marey ends")
    });
    ran(output)
}

/// Runs a command to its end.
pub fn finish(command: &mut Command) -> Ran {
    ran(command.output().expect("marey starts"))
}

fn ran(output: std::process::Output) -> Ran {
    Ran {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// An empty directory for one test.
pub fn scratch(test: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).expect("a directory");
    path
}

/// Compares `found` with the golden of this name; `BLESS=1` writes it.
pub fn golden(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("BLESS").is_some() {
        std::fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
        std::fs::write(&path, found).expect("the golden is written");
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = expected.lines().zip(found.lines()).position(|(a, b)| a != b);
    let at = differs.unwrap_or(expected.lines().count().min(found.lines().count()));
    assert!(
        expected == found,
        "{name}, line {}:\n  expected {:?}\n  found    {:?}\nBLESS=1 accepts it.",
        at + 1,
        expected.lines().nth(at),
        found.lines().nth(at)
    );
}
