//! A process that receives packets, and what it says of them.

use std::fs;
use std::io::{self, Error, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::ENDS;
use crate::child::said;

/// Which program.
#[derive(Clone, Copy, Debug)]
pub enum Program {
    Tcpdump,
    Marey,
}

/// Where it puts packets.
#[derive(Clone, Copy, Debug)]
pub enum Into {
    /// It counts them.
    Nowhere,
    /// It writes them.
    File,
}

/// One that runs. It does not outlive this value.
pub struct Receiver {
    child: Child,
    what: (Program, Into),
}

/// What one said that has ended.
pub struct Ended {
    what: (Program, Into),
    /// Of the standard output and the standard error, that which tells the counts.
    said: String,
}

impl Receiver {
    /// Starts it. A file is of this name.
    pub fn start(program: Program, into: Into, file: &Path) -> io::Result<Self> {
        let mut command = Command::new("taskset");
        command.args(["-c", "1"]);
        match program {
            Program::Tcpdump => {
                command.args(["tcpdump", "-q", "-n", "-Z", "root", "-B", "65536", "-i", ENDS[1]]);
                command.arg("-w").arg(match into {
                    Into::Nowhere => Path::new("/dev/null"),
                    Into::File => file,
                });
            }
            Program::Marey => {
                command.arg(super::super::marey()?);
                match into {
                    Into::Nowhere => {
                        let uri = format!("ring:{}?buffer=64MiB", ENDS[1]);
                        command.args(["stats", "--json", "--workers", "1", &uri]);
                    }
                    Into::File => {
                        command.args(["record", "-i", ENDS[1], "--force", "--allow-loss"]);
                        command.args(["--buffer", "64MiB", "-o"]).arg(file);
                    }
                }
            }
        }
        let (stdout, stderr) = match program {
            Program::Tcpdump => (Stdio::null(), Stdio::piped()),
            Program::Marey => (Stdio::piped(), Stdio::null()),
        };
        let child = command.stdout(stdout).stderr(stderr).spawn()?;
        Ok(Receiver { child, what: (program, into) })
    }

    /// Has it end, as a person would.
    pub fn end(mut self) -> io::Result<Ended> {
        said(Command::new("kill").args(["-INT", &self.child.id().to_string()]))?;
        let start = Instant::now();
        while self.child.try_wait()?.is_none() {
            if start.elapsed() > Duration::from_secs(20) {
                return Err(Error::other("a receiver does not end"));
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        // What they say fits into a pipe.
        let mut said = String::new();
        let (stdout, stderr) = (self.child.stdout.take(), self.child.stderr.take());
        stdout.map_or(Ok(0), |mut pipe| pipe.read_to_string(&mut said))?;
        stderr.map_or(Ok(0), |mut pipe| pipe.read_to_string(&mut said))?;
        Ok(Ended { what: self.what, said })
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        // It ended long ago, unless something failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Ended {
    /// How many packets came, and how many were lost; a file of this name is removed.
    pub fn counts(&self, file: &Path) -> io::Result<(u64, u64)> {
        match self.what {
            (Program::Tcpdump, into) => {
                let number = |behind| before(&self.said, behind);
                let lost = number(" packets dropped by kernel")?;
                match into {
                    Into::Nowhere => Ok((number(" packets captured")?, lost)),
                    Into::File => {
                        let counted = packets(file);
                        fs::remove_file(file)?;
                        Ok((counted?, lost))
                    }
                }
            }
            (Program::Marey, Into::Nowhere) => {
                let end = self.said.lines().last().unwrap_or_default();
                Ok((behind(end, "\"packets\":")?, behind(end, "\"lost\":")?))
            }
            (Program::Marey, Into::File) => {
                let counted = packets(&file.join("packets.pcapng"));
                let ledger = fs::read_to_string(file.join("ledger.json"));
                fs::remove_dir_all(file)?;
                Ok((counted?, behind(&ledger?, "\"ring_full\":")?))
            }
        }
    }
}

/// How many packets are in a file.
fn packets(file: &Path) -> io::Result<u64> {
    let mut reader = marey::open(file).map_err(|e| Error::other(e.to_string()))?.reader();
    let mut count = 0;
    while let Some(record) = reader.next() {
        count += u64::from(matches!(record, marey::Record::Packet(_)));
    }
    Ok(count)
}

/// The number that stands before some words.
fn before(said: &str, words: &str) -> io::Result<u64> {
    let line = said.lines().find_map(|line| line.strip_suffix(words));
    let number = line.and_then(|line| line.trim().parse().ok());
    number.ok_or_else(|| Error::other(format!("nobody says how many{words}: {said}")))
}

/// The number that stands behind some words.
fn behind(said: &str, words: &str) -> io::Result<u64> {
    let rest = said.split_once(words).map_or("", |(_, rest)| rest).trim_start();
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let number = rest.get(..end).and_then(|digits| digits.parse().ok());
    number.ok_or_else(|| Error::other(format!("nobody says {words} {said}")))
}
