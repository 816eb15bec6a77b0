//! An engine as a process of its own: what it cost and what it answered.

use std::io::{self, Error};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use marey::testing::large::Answer;
use nix::sys::resource::{UsageWho, getrusage};

use crate::definition::Work;

/// What a run of an engine cost.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    /// Seconds that it computed, in its own code and in the kernel's, on all cores.
    pub cpu_s: f64,
    /// Seconds that passed.
    pub wall_s: f64,
    /// Seconds that its busiest thread computed, if it says so.
    pub busiest_s: Option<f64>,
}

/// The command for an engine on a trace, and `None` where its program is missing.
pub fn command(work: &Work, trace: &Path) -> io::Result<Option<Command>> {
    let command = match work {
        Work::Own(name) => {
            let mut command = Command::new(std::env::current_exe()?);
            command.args(["engine", name]).arg(trace);
            command
        }
        Work::Command { words, .. } => {
            let (program, arguments) =
                words.split_first().ok_or_else(|| Error::other("no words"))?;
            let probe = Command::new(program).arg("--version").output();
            if probe.is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
                return Ok(None);
            }
            let mut command = Command::new(program);
            for word in arguments {
                if word == "INPUT" {
                    command.arg(trace)
                } else {
                    command.arg(word)
                };
            }
            command
        }
    };
    Ok(Some(command))
}

/// Runs an engine once.
///
/// # Errors
/// When it fails, and when its answer is wrong.
pub fn run(work: &Work, command: &mut Command, answer: &Answer) -> io::Result<Cost> {
    let (before, start) = (children_cpu_s()?, Instant::now());
    let output = command.stdin(Stdio::null()).output()?;
    let wall_s = start.elapsed().as_secs_f64();
    let cpu_s = children_cpu_s()? - before;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        return Err(Error::other(format!("{command:?}: {}\n{said}{words}", output.status)));
    }
    check(work, &said, answer)
        .map_err(|wrong| Error::other(format!("{command:?}: {wrong}, the answer is {answer:?}")))?;
    let busiest_s = said.split_once("busiest: ").and_then(|(_, rest)| rest.trim().parse().ok());
    Ok(Cost { cpu_s, wall_s, busiest_s })
}

/// Seconds that all processes computed which this one has waited for.
///
/// # Errors
/// When the system does not tell.
pub fn children_cpu_s() -> io::Result<f64> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let times = [usage.user_time(), usage.system_time()];
    Ok(times.iter().map(|time| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6).sum())
}

/// Whether the engine has said what the generator knows.
fn check(work: &Work, said: &str, answer: &Answer) -> Result<(), String> {
    let (packets, bytes, wanted) = match work {
        Work::Own(_) => ("packets:", Some("bytes:"), answer.captured_bytes),
        Work::Command { packets, wire_bytes, .. } => {
            (packets.as_str(), wire_bytes.as_deref(), answer.wire_bytes)
        }
    };
    expect(said, packets, answer.packets)?;
    bytes.map_or(Ok(()), |bytes| expect(said, bytes, wanted))
}

fn expect(said: &str, before: &str, wanted: u64) -> Result<(), String> {
    match number(said, before) {
        Some(found) if found == wanted => Ok(()),
        found => Err(format!("{before} {found:?}")),
    }
}

/// The number behind `before`, or at the beginning if that is `^`.
fn number(said: &str, before: &str) -> Option<u64> {
    let rest = if before == "^" { said } else { said.split_once(before)?.1 };
    let digits = rest.trim_start();
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    digits[..end].parse().ok()
}

/// Runs a command, and gives what it says.
///
/// # Errors
/// When it cannot be run, or fails: with what it said of that.
pub fn said(command: &mut Command) -> io::Result<String> {
    let output = command.output().map_err(|e| Error::other(format!("{command:?}: {e}")))?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        return Err(Error::other(format!("{command:?}: {}\n{words}", output.status)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_in_what_programs_print() {
        assert_eq!(number("12 packets\n", "^"), Some(12));
        assert_eq!(number("File: x\nData size:   1234 bytes\n", "Data size:"), Some(1234));
        assert_eq!(number("no\n", "^"), None);
    }

    #[test]
    fn a_wrong_answer_is_no_answer() {
        let answer = Answer { packets: 2, captured_bytes: 20, ..Answer::default() };
        let work = Work::Own("walk".to_owned());
        assert_eq!(check(&work, "packets: 2\nbytes: 20\n", &answer), Ok(()));
        assert!(check(&work, "packets: 2\nbytes: 21\n", &answer).is_err());
        assert!(check(&work, "packets: 3\nbytes: 20\n", &answer).is_err());
    }
}
