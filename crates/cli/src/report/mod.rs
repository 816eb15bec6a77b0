//! `marey report`: what is in here?
//!
//! Read on in [`gather`] (what is counted while a trace runs), then in [`text`], [`json`] and
//! [`html`] (how it is shown). This file only says in which order things happen.

use std::ffi::{OsStr, OsString};

use marey::pipeline::{GO, Ledger};
use marey::{Error, Source};

use crate::args::{Common, Report};
use crate::exit::{self, Exit};
use crate::out::Out;
use crate::target::Target;
use crate::{inputs, progress};

mod chart;
mod gather;
mod html;
mod json;
mod text;
mod words;

pub use gather::interfaces;
use gather::{Counts, Flows, Gather, Talk, Worker};

/// Reports on each input and on all of them.
pub fn run(verb: &Report, common: &Common) -> Result<Exit, Error> {
    let shown = match (&verb.html, common.json) {
        (Some(path), _) => match Target::of(path, verb.force) {
            Ok(target) => Shown::Html(html::Book::default(), target),
            Err(exit) => return Ok(exit),
        },
        (None, true) => Shown::Json,
        (None, false) => Shown::Text(text::Page::stdout(common)),
    };
    let (out, exit, total) = (Out::new(), Exit::default(), Total::default());
    let mut run = Run { common, checks: verb.checksums, out, shown, total, all: None, exit };
    for argument in &verb.inputs {
        let sources = inputs::resolve(argument);
        if verb.inputs.len() > 1 || sources.len() > 1 {
            run.all.get_or_insert_with(|| Flows::of_worker(1, false));
        }
        if !sources.into_iter().all(|source| run.input(argument, source)) {
            break;
        }
    }
    Ok(run.finish())
}

/// How a report is shown.
enum Shown {
    Json,
    Text(text::Page),
    Html(html::Book, Target),
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
    /// Who talked with whom.
    pub talk: Talk,
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
    /// Who talked with whom in all of them, if there are several.
    pub talk: Option<Talk>,
    /// The account of all records.
    pub ledger: Ledger,
    /// Files in directories that are no traces.
    pub skipped: inputs::Skipped,
}

struct Run<'a> {
    common: &'a Common,
    /// Whether checksums are checked.
    checks: bool,
    out: Out,
    shown: Shown,
    total: Total,
    /// The flows of all inputs, if there are several.
    all: Option<Flows>,
    exit: Exit,
}

impl Run<'_> {
    /// Reports on one input; whether more are wanted.
    fn input(&mut self, argument: &OsStr, source: Result<Source, Error>) -> bool {
        let is_found = inputs::is_found(argument, &source);
        if let (Shown::Html(_, target), Ok(source)) = (&self.shown, &source)
            && target.is_input(source)
        {
            return self.refuse(source);
        }
        match source.and_then(|source| self.read(&source)) {
            Ok(mut input) => self.report(&mut input),
            Err(error) if is_found && inputs::is_no_trace(&error) => self.skip(&error),
            Err(error) => self.fail(&error),
        }
        self.out.flush()
    }

    /// Says that an input is also where the page shall go.
    fn refuse(&mut self, source: &Source) -> bool {
        let name = inputs::shown_path(&source.given);
        exit::say(&format!("marey: {name}: it is an input; the page needs another name\n"));
        self.exit.usage = true;
        false
    }

    fn report(&mut self, input: &mut Input) {
        let total = &mut self.total;
        total.files += 1;
        if input.ledger.is_damaged() {
            total.damaged += 1;
            self.exit.input = true;
        }
        self.exit.lost |= input.ledger.lost > 0;
        if let Some(reason) = &input.talk.failed {
            let name = inputs::shown_path(&input.given);
            exit::say(&format!("marey: {name}: conversations are not counted: {reason}\n"));
            self.exit.output = true;
        }
        total.ledger.absorb(&input.ledger);
        match &mut self.shown {
            Shown::Json => self.out.line(&json::file(input)),
            Shown::Text(page) => self.out.write(page.input(input).as_bytes()),
            Shown::Html(book, _) => {
                book.input(input);
                true
            }
        };
        total.counts.merge(&mut input.gather.counts);
    }

    fn skip(&mut self, error: &Error) {
        if matches!(self.shown, Shown::Json) {
            self.out.line(&json::skipped(error));
        }
        self.total.skipped.add(error);
    }

    fn fail(&mut self, error: &Error) {
        self.exit.note(error);
        self.total.errors += 1;
        match &mut self.shown {
            Shown::Json => drop(self.out.line(&json::error(error))),
            Shown::Html(book, _) => book.error(error),
            Shown::Text(_) => {}
        }
        self.out.flush();
        inputs::complain(error);
    }

    fn finish(mut self) -> Exit {
        if let Some(all) = self.all.take().filter(|_| self.total.files > 1) {
            self.total.talk = Some(Talk::of(vec![all], None));
        }
        match &mut self.shown {
            Shown::Json => drop(self.out.line(&json::end(&self.total))),
            Shown::Text(page) => drop(self.out.write(page.total(&mut self.total).as_bytes())),
            Shown::Html(..) if self.exit.usage => {}
            Shown::Html(book, target) => {
                let page = book.finish(&mut self.total);
                target.write(&page, &mut self.out, &mut self.exit);
            }
        }
        self.out.finish(&mut self.exit);
        self.exit
    }

    /// Reads an input to its end.
    fn read(&mut self, source: &Source) -> Result<Input, Error> {
        let trace = inputs::open(source, self.common)?;
        let file_bytes = inputs::file_bytes(source);
        let has_little = inputs::is_small(&trace, file_bytes);
        let small = self.common.block_size.is_none() && has_little;
        let workers = if small { 1 } else { inputs::workers(self.common) };
        let trace = trace.workers(workers);
        let (format, variant) = (trace.format(), trace.variant());
        let compression = trace.compression().name();
        let shown = (!small).then(|| {
            let name = inputs::shown_path(&source.given);
            progress::Shown::start(&trace, name, false)
        });
        let checks = self.checks;
        let run = trace.run(move |_| Worker::new(workers, has_little, checks), |_, ()| GO)?;
        drop(shown);
        let (mut gather, mut flows) = (Gather::default(), Vec::new());
        for worker in run.handlers {
            gather.merge(worker.gather);
            flows.push(worker.flows);
        }
        gather.close(&run.scenes[0]);
        let talk = Talk::of(flows, self.all.as_mut());
        let given = source.given.clone();
        let (ledger, account) = (run.ledger, run.account);
        Ok(Input { given, format, variant, compression, file_bytes, gather, talk, ledger, account })
    }
}
