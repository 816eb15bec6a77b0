//! `marey print`: a line for each record.
//!
//! Records become lines on the workers (`show`) and are written in their order by the thread that
//! reads the command line (here). Read on in [`line`] (packets), [`meta`] (meta records),
//! [`verbose`], [`hex`] and [`json`]; [`ends`] is what is said when all inputs were read.

use std::ffi::OsString;

use marey::pipeline::{Ledger, Trace};
use marey::{Error, GO, Source};

use crate::args::{Common, Print};
use crate::exit::Exit;
use crate::inputs;
use crate::out::Out;
use crate::progress;

mod clock;
mod digits;
mod ends;
mod hex;
mod json;
mod line;
mod look;
mod meta;
mod object;
mod show;
mod value;
mod verbose;

use ends::Ends;
use look::Look;
use show::Show;

/// Prints each input.
pub fn run(verb: &Print, common: &Common) -> Result<Exit, Error> {
    let mut printer = Printer {
        look: Look::new(verb, common),
        common,
        out: Out::new(),
        ends: Ends::default(),
        ledger: Ledger::default(),
        exit: Exit::default(),
        headings: None,
    };
    printer.inputs(&verb.inputs);
    Ok(printer.finish())
}

/// A run over all inputs.
struct Printer<'c> {
    look: Look,
    common: &'c Common,
    out: Out,
    ends: Ends,
    ledger: Ledger,
    exit: Exit,
    /// Whether inputs have headings; not known before the first one.
    headings: Option<bool>,
}

impl Printer<'_> {
    fn inputs(&mut self, arguments: &[OsString]) {
        let mut sources = arguments.iter().flat_map(resolve).peekable();
        while let Some((argument, source)) = sources.next() {
            if self.headings.is_none() {
                self.headings = Some(sources.peek().is_some());
            }
            let is_found = inputs::is_found(argument, &source);
            let opened = source.and_then(|s| Ok((inputs::open(&s, self.common)?, s)));
            match opened.and_then(|(trace, source)| self.print(trace, &source)) {
                Ok(()) => {}
                Err(error) if is_found && inputs::is_no_trace(&error) => self.skip(&error),
                Err(error) => self.refuse(&error),
            }
        }
    }

    /// Prints one trace.
    fn print(&mut self, trace: Trace, source: &Source) -> Result<(), Error> {
        self.heading(&trace, source);
        let path = inputs::json_path(&source.given).to_string();
        let is_live = inputs::is_live(source);
        let name = inputs::shown_path(&source.given);
        let shown = progress::Shown::start(&trace, name, true);
        let trace = match self.common.block_size {
            None => trace.block_len(self.look.block_len()),
            Some(_) => trace,
        };
        let Printer { look, out, exit, .. } = self;
        let report = |_, lines: String| {
            if !out.write(lines.as_bytes()) || (is_live && !out.flush()) {
                out.give_up(*exit);
            }
            GO
        };
        let ledger = trace.run(|_| Show::new(look, &path), report)?.ledger;
        drop(shown);
        self.exit.input |= ledger.is_damaged();
        self.exit.lost |= ledger.lost > 0;
        self.ledger.absorb(&ledger);
        if self.look.json {
            ends::damage_json(&mut self.out, &source.given, &ledger);
        }
        self.ends.damage(&source.given, &ledger);
        // The next input may be one that has nothing to read for a while.
        self.flush();
        Ok(())
    }

    /// The line before an input, if there are several.
    fn heading(&mut self, trace: &Trace, source: &Source) {
        if self.look.json || self.headings != Some(true) {
            return;
        }
        let mut line = String::new();
        self.look.title.on(&mut line);
        line.push_str("==> ");
        line.push_str(&inputs::shown_path(&source.given));
        line.push_str(" <==");
        self.look.title.off(&mut line);
        line.push_str(&format!(" {}, {}", trace.format(), trace.variant()));
        if trace.compression() != marey::input::Compression::None {
            line.push_str(&format!(", {}", trace.compression().name()));
        }
        self.out.line(&line);
        self.flush();
    }

    /// Says what is wrong with an input, and goes on.
    fn refuse(&mut self, error: &Error) {
        self.exit.note(error);
        if self.look.json {
            ends::error_json(&mut self.out, "error", error);
        }
        self.flush();
        inputs::complain(error);
    }

    /// Takes note of what was found and is no trace.
    fn skip(&mut self, error: &Error) {
        if self.look.json {
            ends::error_json(&mut self.out, "skipped", error);
        }
        self.ends.skip(error);
    }

    fn flush(&mut self) {
        if !self.out.flush() {
            self.out.give_up(self.exit);
        }
    }

    fn finish(mut self) -> Exit {
        if self.look.json {
            ends::end_json(&mut self.out, &self.ledger);
        }
        self.flush();
        self.ends.say();
        self.out.finish(&mut self.exit);
        self.exit
    }
}

/// The sources that an argument stands for, each with the argument.
fn resolve(argument: &OsString) -> impl Iterator<Item = (&OsString, Result<Source, Error>)> {
    inputs::resolve(argument).into_iter().map(move |source| (argument, source))
}
