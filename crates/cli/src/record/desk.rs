//! What others ask of a recording while it runs.

use std::path::Path;
use std::time::{Duration, Instant};

use marey_recorder::control::{ClientId, Reply, Request, Server};
use marey_recorder::error::{Error as Obstacle, ErrorKind};
use marey_recorder::rules::Rule;
use marey_recorder::session::Ledger;
use marey_recorder::snapshot::{SNAPSHOTS_MAX, Snapshot};
use marey_recorder::sys::asked_for_snapshot;
use serde_json::{Value, json};

use super::sources::Sources;
use crate::exit;

/// Snapshots that handlers and signals ask for are so far apart, at least: those that are asked for
/// in between are one, which comes then.
const SNAPSHOT_EVERY: Duration = Duration::from_secs(1);

/// Where requests are answered.
pub struct Desk {
    server: Option<Server>,
    /// Who waits for the end.
    stopping: Vec<ClientId>,
    start: Instant,
    /// A handler or a signal asked for a snapshot, and when that was done last.
    is_triggered: bool,
    triggered: Option<Instant>,
    /// It was said why one is not saved.
    has_refused: bool,
}

impl Desk {
    /// Listens in the directory of a recording. Where that cannot be, it is said, and that is all.
    pub fn open(folder: &Path) -> Self {
        let server = Server::new(folder).inspect_err(|e| {
            exit::explain(&format!("it cannot be controlled from elsewhere: {e}"), &[]);
        });
        let (server, stopping, start) = (server.ok(), Vec::new(), Instant::now());
        let (is_triggered, triggered, has_refused) = (false, None, false);
        Desk { server, stopping, start, is_triggered, triggered, has_refused }
    }

    /// Answers what was asked since it was called last. It does not wait for who asks.
    pub fn serve(&mut self, session: &mut Sources<'_>) -> Result<(), Obstacle> {
        let asked = self.server.as_mut().map(Server::requests).unwrap_or_default();
        for (client, request) in asked {
            match request {
                Request::Status => {}
                Request::Pause => session.pause()?,
                Request::Resume => session.resume()?,
                Request::Rule(text) => {
                    let reply = self.change(&text, session);
                    self.answer(client, &reply);
                    continue;
                }
                Request::Snapshot => {
                    let reply = self.snapshot(session)?;
                    self.answer(client, &reply);
                    continue;
                }
                Request::Stop => {
                    self.stopping.push(client);
                    continue;
                }
            }
            let status = self.status(session);
            self.answer(client, &Reply::Done(status));
        }
        self.triggers(session)
    }

    /// Saves what the ring holds, if a handler or a signal asked for it since that was done last,
    /// also in what nobody has decided about yet: it is the last time.
    pub fn last_wishes(&mut self, session: &mut Sources<'_>) -> Result<(), Obstacle> {
        if session.is_ring() {
            session.settle()?;
            self.triggered = None;
            self.triggers(session)?;
        }
        Ok(())
    }

    /// Saves what the ring holds, if a handler or a signal asked for it.
    fn triggers(&mut self, session: &mut Sources<'_>) -> Result<(), Obstacle> {
        // Both are asked, so that neither is left over for another one.
        self.is_triggered |= session.takes_wish_for_snapshot() | asked_for_snapshot();
        let is_time = self.triggered.is_none_or(|last| last.elapsed() >= SNAPSHOT_EVERY);
        if self.is_triggered && is_time {
            (self.is_triggered, self.triggered) = (false, Some(Instant::now()));
            if let Reply::Refused { why, .. } = self.snapshot(session)? {
                self.refuse(&why);
            }
        }
        Ok(())
    }

    /// Says, once, why nothing is saved though nobody is there to be answered. A handler may ask
    /// for each event.
    fn refuse(&mut self, why: &str) {
        if !std::mem::replace(&mut self.has_refused, true) {
            exit::explain(&format!("no snapshot: {why}"), &[]);
        }
    }

    /// Saves what the ring holds, and says what that is.
    fn snapshot(&mut self, session: &mut Sources<'_>) -> Result<Reply, Obstacle> {
        if !session.is_ring() {
            let why = "there is no ring: all that is recorded is kept";
            let help = Some("Snapshots are of a recording with --ring.".to_owned());
            return Ok(Reply::Refused { why: why.to_owned(), help });
        }
        let taken = match session.snapshot() {
            // The recording itself goes on.
            Err(e) if e.kind == ErrorKind::Snapshot => return Ok(Reply::refused(e.to_string())),
            taken => taken?,
        };
        let Some(Snapshot { path, ledger }) = taken else {
            return Ok(Reply::refused(format!("there are {SNAPSHOTS_MAX} snapshots already")));
        };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Ok(Reply::Done(json!({
            "state": state(session),
            "snapshot": name,
            "delivered": ledger.delivered(),
            "filtered": ledger.filtered(),
            "overwritten": ledger.overwritten(),
            "lost": ledger.lost(),
        })))
    }

    /// Whether somebody asked to end the recording.
    pub fn is_asked_to_stop(&self) -> bool {
        !self.stopping.is_empty()
    }

    /// Tells those who wait for it that all is written.
    pub fn close(mut self, ledger: &Ledger) {
        let told = json!({
            "state": "ended",
            "delivered": ledger.delivered(),
            "filtered": ledger.filtered(),
            "overwritten": ledger.overwritten(),
            "lost": ledger.lost(),
        });
        for client in std::mem::take(&mut self.stopping) {
            self.answer(client, &Reply::Done(told.clone()));
        }
    }

    fn answer(&mut self, client: ClientId, reply: &Reply) {
        self.server.iter_mut().for_each(|server| server.answer(client, reply));
    }

    /// Changes what is recorded. A rule that cannot be done does not end the recording.
    fn change(&self, text: &str, session: &mut Sources<'_>) -> Reply {
        let rule = match text.parse::<Rule>() {
            Ok(rule) => rule,
            Err(why) => return Reply::refused(why.to_string()),
        };
        match session.change(&rule) {
            Ok(events) => {
                let mut status = self.status(session);
                if let Value::Object(status) = &mut status {
                    status.insert("rule".to_owned(), json!(rule.to_string()));
                    status.insert("events".to_owned(), json!(events));
                }
                Reply::Done(status)
            }
            Err(why) => Reply::refused(why.why),
        }
    }

    fn status(&self, session: &Sources<'_>) -> Value {
        json!({
            "state": state(session),
            "pid": std::process::id(),
            "seconds": self.start.elapsed().as_secs_f64(),
            "delivered": session.delivered(),
            "overwritten": session.overwritten(),
            "lost": session.lost(),
            "bytes": session.bytes(),
            "pauses": session.pauses().count,
            "snapshots": session.snapshots(),
        })
    }
}

fn state(session: &Sources<'_>) -> &'static str {
    if session.is_paused() { "paused" } else { "recording" }
}
