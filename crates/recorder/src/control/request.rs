//! What is asked, and what is answered.

use serde_json::{Value, json};

/// What a recording can be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// To say how it goes.
    Status,
    /// To record nothing until it is resumed.
    Pause,
    /// To go on recording.
    Resume,
    /// To end. The answer comes when all is written.
    Stop,
    /// To save what there is, and go on.
    Snapshot,
    /// To change what is recorded from now on, by a static rule ([`rules`](crate::rules)).
    Rule(String),
}

/// What the request that has a rule is called, and its member with the rule.
const RULE: &str = "rule";

impl Request {
    /// Those that are no more than their names.
    const PLAIN: [(&'static str, Request); 5] = [
        ("status", Request::Status),
        ("pause", Request::Pause),
        ("resume", Request::Resume),
        ("stop", Request::Stop),
        ("snapshot", Request::Snapshot),
    ];

    /// What it is called.
    pub fn name(&self) -> &'static str {
        let plain = Self::PLAIN.iter().find(|(_, request)| request == self);
        plain.map_or(RULE, |(name, _)| name)
    }

    /// As it stands in its line.
    pub fn to_value(&self) -> Value {
        match self {
            Request::Rule(rule) => json!({ "request": RULE, RULE: rule }),
            _ => json!({ "request": self.name() }),
        }
    }

    /// The request of a line, or why it is none.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(line: &[u8]) -> Result<Self, String> {
        let value: Value = serde_json::from_slice(line)
            .map_err(|e| format!("a request is a line of JSON: {e}"))?;
        let Some(name) = value.get("request").and_then(Value::as_str) else {
            return Err("a request is an object with a member `request`".to_owned());
        };
        if name == RULE {
            let rule = value.get(RULE).and_then(Value::as_str);
            let rule = rule.ok_or("a request `rule` has a member `rule` with its text");
            return Ok(Request::Rule(rule?.to_owned()));
        }
        let plain = Self::PLAIN.iter().find(|(other, _)| *other == name);
        plain.map(|(_, request)| request.clone()).ok_or_else(|| {
            let names = Self::PLAIN.iter().map(|(name, _)| *name).chain([RULE]);
            let names: Vec<&str> = names.collect();
            format!("there is no such request; there are {}", names.join(", "))
        })
    }
}

/// What is answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// It is done, and this is what came of it: an object.
    Done(Value),
    /// It is not done.
    Refused {
        /// Why.
        why: String,
        /// What to do, if there is something.
        help: Option<String>,
    },
}

impl Reply {
    /// It is not done, and this is why.
    pub fn refused(why: impl Into<String>) -> Self {
        Reply::Refused { why: why.into(), help: None }
    }

    /// As it stands in its line.
    pub fn to_value(&self) -> Value {
        match self {
            Reply::Done(value) => json!({ "done": value }),
            Reply::Refused { why, help } => json!({ "refused": { "why": why, "help": help } }),
        }
    }

    /// The reply of a line; nothing if it is none.
    pub fn parse(line: &[u8]) -> Option<Self> {
        let value: Value = serde_json::from_slice(line).ok()?;
        if let Some(done) = value.get("done") {
            return Some(Reply::Done(done.clone()));
        }
        let refused = value.get("refused")?;
        let text = |name: &str| refused.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(Reply::Refused { why: text("why")?, help: text("help") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for (name, request) in Request::PLAIN {
            let line = request.to_value().to_string();
            assert_eq!(line, format!("{{\"request\":\"{name}\"}}"));
            assert_eq!(Request::parse(line.as_bytes()), Ok(request));
        }
        let rule = Request::Rule("delete class \"x\"".to_owned());
        assert_eq!(Request::parse(rule.to_value().to_string().as_bytes()), Ok(rule));
        let help = Some("wait".to_owned());
        let replies = [
            Reply::Done(json!({ "state": "paused" })),
            Reply::refused("no"),
            Reply::Refused { why: "no".to_owned(), help },
        ];
        for reply in replies {
            let line = reply.to_value().to_string();
            assert_eq!(Reply::parse(line.as_bytes()), Some(reply));
        }
    }

    #[test]
    fn what_is_no_request_is_said() {
        let said = |line: &[u8]| Request::parse(line).expect_err("it is none");
        assert!(said(b"\xff\x00").contains("a line of JSON"));
        assert!(said(b"[1]").contains("a member `request`"));
        assert!(
            said(br#"{"request":"dance"}"#).contains("status, pause, resume, stop, snapshot, rule")
        );
        assert!(said(br#"{"request":"rule","rule":1}"#).contains("with its text"));
        assert!(said(&[b'['; 10_000]).contains("a line of JSON"));
        assert_eq!(Reply::parse(b"{}"), None);
    }
}
