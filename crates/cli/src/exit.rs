//! How a run ended: exit statuses and their precedence.

use std::io::Write as _;
use std::process::ExitCode;

use marey::{Error, ErrorKind};

use crate::escape;
use crate::page::layout::{COLUMNS, wrap};

/// How a run ended. Several can hold; the one that [`Exit::code`] names first wins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exit {
    /// A bug in marey.
    pub bug: bool,
    /// Writing the output failed.
    pub output: bool,
    /// Something was not permitted.
    pub denied: bool,
    /// marey was called in a way that makes no sense.
    pub usage: bool,
    /// Input was missing, unknown or damaged.
    pub input: bool,
    /// marey itself lost records.
    pub lost: bool,
    /// What was asked for was judged, and there are errors in it.
    pub refused: bool,
}

impl Exit {
    /// The exit status.
    pub fn code(self) -> u8 {
        let statuses = [
            (self.bug, 70),
            (self.output, 6),
            (self.denied, 5),
            (self.usage, 2),
            (self.input, 4),
            (self.lost, 3),
            (self.refused, 1),
        ];
        statuses.into_iter().find(|(holds, _)| *holds).map_or(0, |(_, code)| code)
    }

    /// What an error that ends a run means.
    pub fn of_error(error: &Error) -> Self {
        say(&format!("marey: {}\n", escape::terminal(&error.to_string())));
        let mut exit = Exit::default();
        exit.note(error);
        exit
    }

    /// Takes note of an error in an input.
    pub fn note(&mut self, error: &Error) {
        match error.kind() {
            ErrorKind::Bug(_) | ErrorKind::Handler(_) => self.bug = true,
            ErrorKind::Io(e) if e.kind() == std::io::ErrorKind::PermissionDenied => {
                self.denied = true;
            }
            _ => self.input = true,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}

/// The answer to wrong usage, or to `--help` and `--version`.
pub fn of_usage(error: &clap::Error) -> ExitCode {
    let printed = match error.use_stderr().then(|| narrow(&error.render().to_string())).flatten() {
        Some(text) => {
            say(&text);
            Ok(())
        }
        None => error.print(),
    };
    match (error.use_stderr(), printed) {
        (true, _) => ExitCode::from(2),
        (false, Ok(())) => ExitCode::SUCCESS,
        (false, Err(e)) if e.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        (false, Err(_)) => ExitCode::from(6),
    }
}

/// A text with lines that are too long, in lines that fit, without colours; nothing if all fit.
fn narrow(text: &str) -> Option<String> {
    let is_long = |line: &str| line.chars().count() > COLUMNS;
    let fit = |line: &str| match is_long(line) {
        true => wrap(line, COLUMNS - 2).join("\n  "),
        false => line.to_owned(),
    };
    let lines = || text.lines().map(fit).map(|line| line + "\n").collect();
    text.lines().any(is_long).then(lines)
}

/// A panic is a bug in marey: say so, and exit with the status for it.
pub fn on_panic() {
    std::panic::set_hook(Box::new(|panic| {
        say(&format!("marey: a bug in marey: {panic}\n"));
        say("  Please report it, with the input if you can share it.\n");
        std::process::exit(70);
    }));
}

/// Says something on standard error, if somebody listens there.
pub fn say(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// Says what is wrong, and what to do, in lines that fit, on standard error.
pub fn explain(what: &str, help: &[&str]) {
    let what = wrap(&escape::terminal(what), COLUMNS - "marey: ".len()).join("\n  ");
    let mut text = format!("marey: {what}\n");
    for line in help.iter().flat_map(|help| wrap(help, COLUMNS - 2)) {
        text.push_str(&format!("  {line}\n"));
    }
    say(&text);
}
