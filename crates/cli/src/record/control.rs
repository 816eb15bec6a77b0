//! `marey record status` and its like: a recording is asked from another terminal.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args as ClapArgs, Subcommand};
use marey_recorder::control::{Reply, Request, ask};
use marey_recorder::session::{LEDGER, REPAIRED, is_recording};
use serde_json::{Value, json};

use super::rules;
use crate::args::Common;
use crate::escape;
use crate::exit::{self, Exit};
use crate::inputs;
use crate::out::Out;
use crate::page::words::grouped;

/// How long an answer may take. A recording that begins or ends with thousands of events has other
/// things to do for a while.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a recording can be asked for from another terminal.
#[derive(Debug, Subcommand)]
pub enum Ask {
    /// Say how a recording goes
    Status(Of),
    /// Record nothing until `resume`; nothing is lost by that, and a mark says when it was
    Pause(Of),
    /// Go on recording after `pause`
    Resume(Of),
    /// End a recording, as Ctrl-C does, and wait until all is written
    Stop(Of),
    /// Save what there is, and go on
    Snapshot(Of),
    /// Change what is recorded from now on: a mark says when
    Rule(RuleOf),
}

/// Of which recording.
#[derive(Debug, ClapArgs)]
pub struct Of {
    /// The directory of the recording
    #[arg(value_name = "DIR", default_value = "recording")]
    pub folder: PathBuf,
}

/// A static rule, and of which recording.
#[derive(Debug, ClapArgs)]
pub struct RuleOf {
    /// The directory of the recording
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// The rule: `add` or `delete` all events, a class or an event, and others, as for `--rule`
    #[arg(value_name = "RULE")]
    pub rule: String,
}

impl Ask {
    fn request(&self) -> (Request, &Path) {
        match self {
            Ask::Status(of) => (Request::Status, &of.folder),
            Ask::Pause(of) => (Request::Pause, &of.folder),
            Ask::Resume(of) => (Request::Resume, &of.folder),
            Ask::Stop(of) => (Request::Stop, &of.folder),
            Ask::Snapshot(of) => (Request::Snapshot, &of.folder),
            Ask::Rule(of) => (Request::Rule(of.rule.clone()), &of.folder),
        }
    }
}

/// Asks, and says what was answered.
pub fn run(asked: &Ask, common: &Common) -> Exit {
    let (request, folder) = asked.request();
    if let Request::Rule(text) = &request
        && let Err(exit) = rules::check(text, common)
    {
        return exit;
    }
    // A recording ends when it ends.
    let patience = (request != Request::Stop).then_some(PATIENCE);
    let answered = match ask(folder, &request, patience) {
        Ok(Reply::Done(answer)) => Ok(answer),
        Ok(Reply::Refused { why, help }) => {
            let help: Vec<&str> = help.iter().map(String::as_str).collect();
            exit::explain(&format!("{}: {why}", folder.display()), &help);
            Err(Exit { usage: true, ..Exit::default() })
        }
        Err(e) => of_silence(folder, &request, &e),
    };
    match answered {
        Ok(answer) => tell(&request, folder, &answer, common),
        Err(exit) => exit,
    }
}

/// What is known of a recording that does not answer.
fn of_silence(folder: &Path, request: &Request, error: &io::Error) -> Result<Value, Exit> {
    use io::ErrorKind::{
        ConnectionRefused, InvalidData, NotADirectory, NotFound, PermissionDenied, TimedOut,
        UnexpectedEof,
    };
    let help = "marey repair makes it whole.";
    let explain = |why: &str, help: &[&str]| {
        exit::explain(&format!("{}: {why}", folder.display()), help);
        Exit { input: true, ..Exit::default() }
    };
    match error.kind() {
        NotFound | NotADirectory | ConnectionRefused => match (state(folder), request) {
            (Found::Ended(ledger), Request::Status) => Ok(of_ended(&ledger)),
            (Found::Ended(_), _) => Err(explain("this recording has ended", &[])),
            (Found::Killed, Request::Status) => Ok(json!({ "state": "killed" })),
            (Found::Repaired, Request::Status) => Ok(json!({ "state": "repaired" })),
            (Found::Repaired, _) => Err(explain("this recording was killed, and repaired", &[])),
            (Found::Killed, _) => Err(explain("this recording was killed", &[help])),
            (Found::Nothing, _) => Err(explain("there is no recording", &[])),
        },
        UnexpectedEof => Err(explain("the recording ended before it answered", &[])),
        TimedOut => Err(explain("the recording does not answer", &[])),
        InvalidData => Err(explain("what answers there is no marey of this version", &[])),
        PermissionDenied => {
            let exit = explain(&error.to_string(), &["Ask as the user who records, or as root."]);
            Err(Exit { denied: true, input: false, ..exit })
        }
        _ => Err(explain(&error.to_string(), &[])),
    }
}

enum Found {
    Ended(Value),
    Killed,
    Repaired,
    Nothing,
}

/// What there is in a directory where nobody records.
fn state(folder: &Path) -> Found {
    let ledger = std::fs::read(folder.join(LEDGER));
    let ledger = ledger.ok().and_then(|text| serde_json::from_slice(&text).ok());
    match ledger {
        Some(ledger) => Found::Ended(ledger),
        None if !is_recording(folder) => Found::Nothing,
        None if folder.join(REPAIRED).exists() => Found::Repaired,
        None => Found::Killed,
    }
}

fn of_ended(ledger: &Value) -> Value {
    let count = |name: &str| ledger.get(name).cloned().unwrap_or(Value::Null);
    json!({
        "state": "ended",
        "delivered": count("delivered"),
        "filtered": count("filtered"),
        "overwritten": count("overwritten"),
        "lost": count("lost"),
    })
}

fn tell(request: &Request, folder: &Path, answer: &Value, common: &Common) -> Exit {
    let (mut out, mut exit) = (Out::new(), Exit::default());
    exit.input = answer.get("state").is_some_and(|state| state == "killed");
    if common.json {
        let mut line = json!({
            "type": request.name(),
            "directory": folder.to_string_lossy(),
        });
        if let (Value::Object(line), Value::Object(answer)) = (&mut line, answer) {
            line.extend(answer.clone());
        }
        out.json(&line);
        let ledger = inputs::json_ledger(&marey::pipeline::Ledger::default());
        out.json(&json!({ "type": "end", "ledger": ledger }));
    } else {
        let path = escape::terminal(&folder.to_string_lossy());
        out.line(&format!("{path}: {}", words(answer, &path)));
    }
    out.finish(&mut exit);
    exit
}

/// An answer in words.
fn words(answer: &Value, path: &str) -> String {
    let number = |name: &str| answer.get(name).and_then(Value::as_u64);
    let state = answer.get("state").and_then(Value::as_str).unwrap_or("unknown");
    match state {
        "killed" => return format!("killed; `marey repair {path}` makes it whole"),
        "repaired" => return "killed, and repaired: whole, but without an account".to_owned(),
        _ => {}
    }
    let seconds = answer.get("seconds").and_then(Value::as_f64);
    let mut words = escape::terminal(state);
    words.extend(seconds.map(|seconds| format!(", {seconds:.1} s")));
    let counts: Vec<String> = counts(&number).collect();
    if !counts.is_empty() {
        words.push_str(&format!(": {}", counts.join(", ")));
    }
    if let (Some(rule), Some(events)) =
        (answer.get("rule").and_then(Value::as_str), number("events"))
    {
        let kinds = if events == 1 { "kind" } else { "kinds" };
        let (rule, events) = (escape::terminal(rule), grouped(events));
        words.push_str(&format!("; `{rule}`: {events} {kinds} of events"));
    }
    words.extend(number("pid").map(|pid| format!("; process {pid}")));
    if let Some(snapshot) = answer.get("snapshot").and_then(Value::as_str) {
        words.push_str(&format!("; saved in {path}/{}", escape::terminal(snapshot)));
    }
    words
}

/// How many there are of what; without what a ring kept, where there is nothing of that.
fn counts(number: impl Fn(&str) -> Option<u64>) -> impl Iterator<Item = String> {
    const COUNTS: [(&str, &str); 4] = [
        ("delivered", "recorded"),
        ("overwritten", "overwritten"),
        ("filtered", "filtered"),
        ("lost", "lost"),
    ];
    let of = move |(name, what): (&str, &str)| {
        let count = number(name).filter(|count| *count > 0 || name != "overwritten")?;
        Some(format!("{} {what}", grouped(count)))
    };
    COUNTS.into_iter().filter_map(of)
}
