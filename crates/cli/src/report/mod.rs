//! `marey report`: what is in here?
//!
//! Read on in [`gather`] (what is counted while a trace runs), then in [`text`] and [`json`] (how
//! it is shown). This file only says in which order things happen.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use marey::input::source;
use marey::pipeline::{GO, Ledger};
use marey::{Error, Source};

use crate::args::{Common, Report};
use crate::exit::Exit;
use crate::out::Out;
use crate::{inputs, progress};

mod chart;
mod gather;
mod json;
mod text;

pub use gather::interfaces;
use gather::{Counts, Gather};

/// How many files are listed that are no traces; all are counted.
const SKIPPED_LISTED_MAX: usize = 1000;

/// Reports on each input and on all of them.
pub fn run(verb: &Report, common: &Common) -> Result<Exit, Error> {
    let mut run = Run {
        common,
        out: Out::new(),
        shown: if common.json { Shown::Json } else { Shown::Text(text::Page::stdout(common)) },
        total: Total::default(),
        exit: Exit::default(),
    };
    for argument in &verb.inputs {
        let is_wanted = source::resolve(argument).into_iter().all(|s| run.input(argument, s));
        if !is_wanted {
            break;
        }
    }
    Ok(run.finish())
}

/// How a report is shown.
enum Shown {
    Json,
    Text(text::Page),
}

/// What is known of one input.
pub struct Input {
    /// As it was given.
    pub given: OsString,
    /// The name of its format.
    pub format: &'static str,
    /// The variant of its format.
    pub variant: String,
    /// The name of its compression, `none` if it has none.
    pub compression: &'static str,
    /// How many bytes the file has, if it is one.
    pub file_bytes: Option<u64>,
    /// What was counted.
    pub gather: Gather,
    /// The account of its records.
    pub ledger: Ledger,
    /// The account of its bytes.
    pub account: marey::format::Account,
}

/// All inputs together.
#[derive(Default)]
pub struct Total {
    /// How many could be read.
    pub files: u64,
    /// How many of those are damaged.
    pub damaged: u64,
    /// How many could not be read.
    pub errors: u64,
    /// What was counted in all of them.
    pub counts: Counts,
    /// The account of all records.
    pub ledger: Ledger,
    /// Files in directories that are no traces, and what they are: the first of them.
    pub skipped: Vec<(PathBuf, String)>,
    /// How many of them are not listed.
    pub skipped_unlisted: u64,
}

struct Run<'a> {
    common: &'a Common,
    out: Out,
    shown: Shown,
    total: Total,
    exit: Exit,
}

impl Run<'_> {
    /// Reports on one input; whether more are wanted.
    fn input(&mut self, argument: &OsStr, source: Result<Source, Error>) -> bool {
        let is_found = inputs::is_found(argument, &source);
        match source.and_then(|source| read(&source, self.common)) {
            Ok(mut input) => self.report(&mut input),
            Err(error) if is_found && inputs::is_no_trace(&error) => self.skip(&error),
            Err(error) => self.fail(&error),
        }
        self.out.flush()
    }

    fn report(&mut self, input: &mut Input) {
        let total = &mut self.total;
        total.files += 1;
        if input.ledger.is_damaged() {
            total.damaged += 1;
            self.exit.input = true;
        }
        self.exit.lost |= input.ledger.lost > 0;
        total.ledger.absorb(&input.ledger);
        match &mut self.shown {
            Shown::Json => self.out.line(&json::file(input)),
            Shown::Text(page) => self.out.write(page.input(input).as_bytes()),
        };
        total.counts.merge(&mut input.gather.counts);
    }

    fn skip(&mut self, error: &Error) {
        let path = error.position().path.clone().unwrap_or_default();
        if matches!(self.shown, Shown::Json) {
            self.out.line(&json::skipped(&path, &error.reason()));
        }
        if self.total.skipped.len() < SKIPPED_LISTED_MAX {
            self.total.skipped.push((path, error.reason()));
        } else {
            self.total.skipped_unlisted += 1;
        }
    }

    fn fail(&mut self, error: &Error) {
        self.exit.note(error);
        self.total.errors += 1;
        if matches!(self.shown, Shown::Json) {
            self.out.line(&json::error(error));
        }
        self.out.flush();
        inputs::complain(error);
    }

    fn finish(mut self) -> Exit {
        match &mut self.shown {
            Shown::Json => self.out.line(&json::end(&self.total)),
            Shown::Text(page) => self.out.write(page.total(&mut self.total).as_bytes()),
        };
        self.out.finish(&mut self.exit);
        self.exit
    }
}

/// Reads an input to its end.
fn read(source: &Source, common: &Common) -> Result<Input, Error> {
    let trace = inputs::open(source, common)?;
    let file_bytes = inputs::file_bytes(source);
    let small = common.block_size.is_none() && inputs::is_small(&trace, file_bytes);
    let trace = if small { trace.workers(1) } else { trace };
    let (format, variant) = (trace.format(), trace.variant());
    let compression = trace.compression().name();
    let shown = (!small).then(|| {
        let name = inputs::shown_path(&source.given);
        progress::Shown::start(&trace, name, false)
    });
    let run = trace.run(|_| Gather::default(), |_, ()| GO)?;
    drop(shown);
    let mut handlers = run.handlers.into_iter();
    let mut gather = handlers.next().unwrap_or_default();
    handlers.for_each(|other| gather.merge(other));
    gather.close(&run.scenes[0]);
    let given = source.given.clone();
    let (ledger, account) = (run.ledger, run.account);
    Ok(Input { given, format, variant, compression, file_bytes, gather, ledger, account })
}
