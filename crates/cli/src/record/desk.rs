//! What others ask of a recording while it runs.

use std::path::Path;
use std::time::Instant;

use marey_recorder::control::{ClientId, Reply, Request, Server};
use marey_recorder::error::Error as Obstacle;
use marey_recorder::rules::Rule;
use marey_recorder::session::Ledger;
use serde_json::{Value, json};

use super::sources::Sources;
use crate::exit;

/// Where requests are answered.
pub struct Desk {
    server: Option<Server>,
    /// Who waits for the end.
    stopping: Vec<ClientId>,
    start: Instant,
}

impl Desk {
    /// Listens in the directory of a recording. Where that cannot be, it is said, and that is all.
    pub fn open(folder: &Path) -> Self {
        let server = Server::new(folder).inspect_err(|e| {
            exit::explain(&format!("it cannot be controlled from elsewhere: {e}"), &[]);
        });
        Desk { server: server.ok(), stopping: Vec::new(), start: Instant::now() }
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
                    let why = "all that is recorded is kept: there is nothing to be saved";
                    self.answer(client, &Reply::refused(why));
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
        Ok(())
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
            "state": if session.is_paused() { "paused" } else { "recording" },
            "pid": std::process::id(),
            "seconds": self.start.elapsed().as_secs_f64(),
            "delivered": session.delivered(),
            "lost": session.lost(),
            "bytes": session.bytes(),
            "pauses": session.pauses().count,
        })
    }
}
