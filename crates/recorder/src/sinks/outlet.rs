//! Where the lines of a sink are written: opened when it can be, and never waited for.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::fs::{FileTypeExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::time::{Duration, Instant};

use super::{Sink, To};
use crate::error::Error;
use crate::sys::{connect_now, duplicate, is_writable};

/// So much is written at once. A pipe that has place for something has place for it (pipe(7)).
const CHUNK_BYTES: usize = 4096;
/// How often it is looked if somebody reads by now.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// The end of a sink where lines are written.
#[derive(Debug)]
pub struct Outlet {
    to: To,
    open: Option<File>,
    /// It cannot be opened again.
    is_over: bool,
}

impl Outlet {
    /// That of a sink. Nobody needs to read it yet.
    ///
    /// # Errors
    /// When there is no such thing, or it is something else.
    pub fn new(sink: &Sink) -> Result<Self, Error> {
        let failed = |e: io::Error| Error::of_io(format!("the sink {sink}"), &e);
        let kind = |path: &Path| fs::metadata(path).map(|found| found.file_type());
        let open = match &sink.to {
            To::Fifo(path) if !kind(path).map_err(failed)?.is_fifo() => {
                Err("it is no named pipe (mkfifo)")
            }
            To::Tty(path) if !kind(path).map_err(failed)?.is_char_device() => {
                Err("it is no terminal")
            }
            To::Tty(path) => Ok(Some(open_now(path).map_err(failed)?)),
            To::Descriptor(number) => Ok(Some(File::from(duplicate(*number).map_err(failed)?))),
            To::Fifo(_) | To::Unix(_) => Ok(None),
        };
        let open = open.map_err(|why| Error::misuse(format!("the sink {sink}"), why))?;
        Ok(Outlet { to: sink.to.clone(), open, is_over: false })
    }

    /// Writes a line, and waits until this moment for somebody who reads it. Whether it was
    /// written wholly; who comes after that begins with a line of its own.
    pub fn write(&mut self, line: &[u8], until: impl Fn() -> Option<Instant>) -> bool {
        let mut rest = line;
        while !rest.is_empty() && !self.is_over {
            if until().is_some_and(|until| Instant::now() >= until) {
                return false;
            }
            let Some(file) = self.opened() else { continue };
            match is_writable(file.as_fd(), LOOK_EVERY) {
                Ok(false) => continue,
                Ok(true) => {}
                Err(_) => break,
            }
            let chunk = rest.get(..CHUNK_BYTES).unwrap_or(rest);
            match file.write(chunk) {
                Ok(count) if count > 0 => rest = rest.get(count..).unwrap_or_default(),
                Err(e) if is_passing(&e) => {}
                Ok(_) | Err(_) => break,
            }
        }
        if !rest.is_empty() {
            self.close();
        }
        rest.is_empty()
    }

    /// The file, if it can be opened by now; else it waits a little.
    fn opened(&mut self) -> Option<&mut File> {
        if self.open.is_none() {
            let opened = match &self.to {
                To::Fifo(path) => open_now(path),
                To::Unix(path) => connect_now(path).map(File::from),
                To::Tty(_) | To::Descriptor(_) => Err(io::ErrorKind::NotFound.into()),
            };
            match opened {
                Ok(file) => self.open = Some(file),
                Err(_) => std::thread::sleep(LOOK_EVERY),
            }
        }
        self.open.as_mut()
    }

    /// Whoever read it is gone.
    fn close(&mut self) {
        self.open = None;
        self.is_over = matches!(self.to, To::Tty(_) | To::Descriptor(_));
    }
}

fn is_passing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock)
}

/// Opens what can be written to now; a named pipe that nobody reads cannot.
fn open_now(path: &Path) -> io::Result<File> {
    let flags = libc::O_NONBLOCK | libc::O_NOCTTY;
    File::options().write(true).custom_flags(flags).open(path)
}
