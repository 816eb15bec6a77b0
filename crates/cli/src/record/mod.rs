//! `marey record`: records what the kernel does, what programs do, and packets.

use std::path::Path;
use std::time::{Duration, Instant};

use marey::Error;
use marey_recorder::error::{Error as Obstacle, ErrorKind};
use marey_recorder::session::{DRAIN_EVERY, Ledger};
use marey_recorder::sys::{Started, Waiting, asked_to_end, wait_for_signals};
use serde_json::json;

use crate::args::Common;
use crate::exit::{self, Exit};
use crate::out::Out;

pub mod args;
pub mod control;
mod desk;
mod folder;
mod handlers;
mod losses;
mod plan;
mod programs;
mod progress;
mod rights;
mod rules;
mod sources;
mod tables;
mod words;

use args::Record;
use desk::Desk;
use sources::Sources;

/// How long a recording waits when the ring is to be emptied often.
const WAIT: Duration = Duration::from_millis(2);

/// Records.
pub fn run(verb: &Record, common: &Common) -> Result<Exit, Error> {
    match &verb.ask {
        Some(asked) => Ok(control::run(asked, common)),
        None => Ok(try_run(verb, common).unwrap_or_else(|exit| exit)),
    }
}

fn try_run(verb: &Record, common: &Common) -> Result<Exit, Exit> {
    let handlers = handlers::Handlers::read(&verb.handlers)?;
    let patterns = programs::patterns(verb, &handlers);
    let waiting = match verb.command.as_slice() {
        [] => None,
        words => {
            let environment = programs::environment(verb, &patterns)?;
            let waiting = Waiting::new(words, &environment);
            Some(waiting.map_err(|e| command_failed(words, &e))?)
        }
    };
    let me = waiting.as_ref().map(Waiting::pid).or(verb.processes.first().copied());
    let plans = plan::plans(verb, me, (handlers, patterns), common)?;
    let folder = folder::Folder::make(&verb.output, verb.force)?;
    wait_for_signals().map_err(|e| obstacle(&Obstacle::of_io("signals", &e)))?;
    let (what, has_programs) = (words::what(&plans), plans.programs.is_some());
    let mut desk = Desk::open(folder.path());
    let mut session = Sources::begin(plans, folder.path()).map_err(|e| {
        folder.remove();
        obstacle(&e)
    })?;
    if let Some(why) = session.why_not_better() {
        words::through_perf(why, common);
    }
    let command = waiting.map(Waiting::start).transpose().map_err(|e| {
        folder.remove();
        command_failed(&verb.command, &e)
    })?;
    folder.keep();
    rights::give_up(has_programs, folder.path()).map_err(|e| obstacle(&e))?;
    let watch = words::Watch::new(&what, verb.shadow, common);
    let all = (&mut session, &mut desk);
    let status = go_on(verb, all, command, &watch).map_err(|e| obstacle(&e))?;
    desk.last_wishes(&mut session).map_err(|e| obstacle(&e))?;
    let ledger = session.end().map_err(|e| obstacle(&e))?;
    desk.close(&ledger);
    watch.end(&ledger, status, folder.path());
    Ok(finish(verb, &ledger, common))
}

/// Records until one of its ends is reached; how the command ended, if it did.
fn go_on(
    verb: &Record,
    (session, desk): (&mut Sources<'_>, &mut Desk),
    command: Option<Started>,
    watch: &words::Watch,
) -> Result<Option<std::process::ExitStatus>, Obstacle> {
    let start = Instant::now();
    let status = |command: &Option<Started>| match command {
        Some(command) => {
            command.try_wait().map_err(|e| Obstacle::of_io("waiting for the command", &e))
        }
        None => Ok(None),
    };
    loop {
        std::thread::sleep(WAIT.min(DRAIN_EVERY));
        let ended = status(&command)?;
        session.drain()?;
        desk.serve(session)?;
        watch.show(session);
        let is_over = verb.seconds.is_some_and(|seconds| start.elapsed() >= seconds)
            || verb.records.is_some_and(|records| session.written() >= records)
            || verb.size.is_some_and(|size| session.bytes() >= size)
            || session.is_asked_to_stop()
            || desk.is_asked_to_stop()
            || verb.command.is_empty() && are_gone(&verb.processes);
        if ended.is_some() || is_over || asked_to_end() {
            return Ok(ended);
        }
    }
}

/// Whether all of these processes have ended; not if there are none.
fn are_gone(processes: &[u32]) -> bool {
    !processes.is_empty() && processes.iter().all(is_gone)
}

/// Whether a process has ended, or never was.
fn is_gone(pid: &u32) -> bool {
    !Path::new(&format!("/proc/{pid}")).exists()
}

fn finish(verb: &Record, ledger: &Ledger, common: &Common) -> Exit {
    let has_lost = ledger.lost() > 0 || ledger.unfollowed + ledger.damaged + ledger.left_out > 0;
    let (lost, output) = (has_lost && !verb.allow_loss, ledger.unsaved > 0);
    let mut exit = Exit { lost, output, ..Exit::default() };
    if common.json {
        let mut out = Out::new();
        out.json(&json!({"type": "end", "ledger": ledger.to_value()}));
        out.finish(&mut exit);
    }
    exit
}

/// Says what stands in the way.
fn obstacle(obstacle: &Obstacle) -> Exit {
    let help: Vec<&str> = obstacle.help.into_iter().collect();
    exit::explain(&obstacle.to_string(), &help);
    let of = Exit::default();
    match obstacle.kind {
        ErrorKind::Denied => Exit { denied: true, ..of },
        ErrorKind::Misuse => Exit { usage: true, ..of },
        ErrorKind::Unsupported => Exit { input: true, ..of },
        ErrorKind::Io | ErrorKind::Snapshot => Exit { output: true, ..of },
        ErrorKind::Bug => Exit { bug: true, ..of },
    }
}

fn command_failed(words: &[std::ffi::OsString], error: &std::io::Error) -> Exit {
    let name = words.first().map(|word| word.to_string_lossy()).unwrap_or_default();
    let why = match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such command".to_owned(),
        std::io::ErrorKind::PermissionDenied => "it may not be executed".to_owned(),
        _ => error.to_string(),
    };
    exit::explain(&format!("{name}: {why}"), &[]);
    Exit { usage: true, ..Exit::default() }
}
