//! What the samples share: a recording from its begin to its end.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use marey_recorder::error::{Error, ErrorKind};
use marey_recorder::session::{DRAIN_EVERY, Session};
use marey_recorder::texts::Draft;

/// So many events are enough, as so many buffers are for `tracelogger -n`.
const EVENTS_MAX: u64 = 100_000;

/// Records what a draft says, into the directory that the first argument names, for as many seconds
/// as the second one says.
pub fn run(draft: Result<Draft, Error>) -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| "recording".to_owned());
    let seconds = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(1.0);
    match record(draft, &folder, Duration::from_secs_f64(seconds)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            let is_denied = matches!(error.kind, ErrorKind::Denied | ErrorKind::Unsupported);
            ExitCode::from(if is_denied { 5 } else { 1 })
        }
    }
}

fn record(draft: Result<Draft, Error>, folder: &str, time: Duration) -> Result<(), Error> {
    let plan = draft?.plan()?;
    std::fs::create_dir_all(folder).map_err(|e| Error::of_io(folder, &e))?;
    let mut session = Session::new(plan, folder.as_ref())?;
    session.begin()?;
    let begin = Instant::now();
    while begin.elapsed() < time && session.delivered() < EVENTS_MAX {
        std::thread::sleep(DRAIN_EVERY / 2);
        session.drain()?;
    }
    let ledger = session.end()?;
    println!("{folder}: {} events, {} lost", ledger.delivered(), ledger.lost());
    ledger.write(folder.as_ref())
}
