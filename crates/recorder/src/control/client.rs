//! Who asks.

use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use super::{FILE, LINE_BYTES_MAX, Reply, Request, in_folder};

/// Asks the recording that is made in a directory, and waits for its answer, but not for longer
/// than this.
///
/// # Errors
/// * [`io::ErrorKind::NotFound`], [`io::ErrorKind::ConnectionRefused`]: nobody records there;
/// * [`io::ErrorKind::UnexpectedEof`]: the recorder ended before it answered;
/// * [`io::ErrorKind::TimedOut`]: it does not answer;
/// * [`io::ErrorKind::InvalidData`]: it said something that is no answer;
/// * what else the kernel says.
pub fn ask(folder: &Path, request: &Request, patience: Option<Duration>) -> io::Result<Reply> {
    let mut stream = connect(folder)?;
    stream.set_read_timeout(patience)?;
    stream.set_write_timeout(patience)?;
    let mut line = request.to_value().to_string().into_bytes();
    line.push(b'\n');
    stream.write_all(&line).map_err(|e| of_stream(&e))?;
    let line = read_line(&mut stream).map_err(|e| of_stream(&e))?;
    Reply::parse(&line).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// Whether a recording is being made in a directory.
pub fn is_served(folder: &Path) -> bool {
    connect(folder).is_ok()
}

fn connect(folder: &Path) -> io::Result<UnixStream> {
    let (_open, path) = in_folder(folder, FILE)?;
    UnixStream::connect(path)
}

/// A line without its end.
fn read_line(stream: &mut UnixStream) -> io::Result<Vec<u8>> {
    let (mut line, mut bytes) = (Vec::new(), [0; 4096]);
    while line.len() <= LINE_BYTES_MAX {
        let read = match stream.read(&mut bytes) {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        let new = bytes.get(..read).unwrap_or_default();
        if new.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if let Some(end) = new.iter().position(|byte| *byte == b'\n') {
            line.extend(new.iter().take(end));
            return Ok(line);
        }
        line.extend(new);
    }
    Err(io::ErrorKind::InvalidData.into())
}

/// What it means that a stream failed.
fn of_stream(error: &io::Error) -> io::Error {
    use io::ErrorKind::{BrokenPipe, ConnectionReset, TimedOut, UnexpectedEof, WouldBlock};
    match error.kind() {
        WouldBlock => TimedOut.into(),
        BrokenPipe | ConnectionReset => UnexpectedEof.into(),
        kind => kind.into(),
    }
}
