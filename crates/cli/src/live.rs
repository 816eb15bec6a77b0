//! Inputs that are recorded while they are read: `ring:eth0`.

use std::ffi::OsStr;
use std::io;
use std::path::Path;

use marey::pipeline::Trace;
use marey::{Error, ErrorKind, Source};
use marey_recorder::error::{Error as Obstacle, ErrorKind as Kind};
use marey_recorder::packets::{self, Live, SCHEME};
use marey_recorder::sys::wait_for_signals;

pub use packets::RIGHTS;

/// What the stream says of the program that makes it.
const APPLICATION: &str = concat!("marey ", env!("CARGO_PKG_VERSION"));

/// Whether an argument is a URI of something live. What exists under this name wins.
pub fn is_uri(argument: &OsStr) -> bool {
    let is_uri = argument.to_str().is_some_and(|text| text.starts_with(SCHEME));
    is_uri && Path::new(argument).symlink_metadata().is_err()
}

/// Whether an error is about something live.
pub fn is_of(error: &Error) -> bool {
    error.position().path.as_ref().is_some_and(|path| is_uri(path.as_os_str()))
}

/// Opens something live. It goes on until the process is asked to end, by Ctrl-C or SIGTERM: then
/// the run ends as if it were at the end of a file.
pub fn open(source: &Source) -> Result<Trace, Error> {
    let uri = source.given.to_string_lossy();
    let plan = packets::plan_of(&uri, APPLICATION);
    let live = plan.and_then(|plan| {
        let live = Live::begin(&plan)?;
        wait_for_signals().map_err(|e| Obstacle::of_io("signals", &e))?;
        Ok(live)
    });
    let live = live.map_err(|e| refused(&e).in_path(&source.given))?;
    Ok(marey::open_supply(source.clone(), live))
}

/// What stands in the way, as an error of an input.
fn refused(obstacle: &Obstacle) -> Error {
    let said = obstacle.to_string();
    Error::new(match obstacle.kind {
        Kind::Denied => ErrorKind::Io(io::Error::new(io::ErrorKind::PermissionDenied, said)),
        Kind::Io | Kind::Snapshot => ErrorKind::Io(io::Error::other(said)),
        Kind::Misuse => ErrorKind::Misuse(obstacle.why.clone()),
        Kind::Unsupported => ErrorKind::Unsupported(said),
        Kind::Bug => ErrorKind::Bug(said),
    })
}
