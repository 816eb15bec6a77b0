//! Runs the built `marey`, and keeps what it printed.
#![allow(dead_code, reason = "not every test needs all of it")]

#[path = "../../../ctf/tests/support/golden.rs"]
mod golden;

use std::io::Write as _;
use std::process::{Command, Stdio};

#[allow(unused_imports, reason = "not every test needs all of it")]
pub use golden::{golden, scratch};

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
