//! How statistics are shown: as [`text`] for a person, as [`csv`] for a spreadsheet, as [`json`]
//! for a program.

use std::ffi::OsString;

use marey::Error;
use marey::pipeline::Ledger;

mod columns;
mod csv;
mod json;
mod text;

use super::gather::Totals;
use super::tables::{Head, Rest, Row};
use crate::args::Common;
use crate::exit::Exit;
use crate::inputs::Skipped;
use crate::out::Out;

/// What is known of one input, or of several that are one.
pub struct Input {
    /// The names as they were given.
    pub paths: Vec<OsString>,
    /// The name of the format of the first.
    pub format: &'static str,
    /// The name of its compression, `none` if it has none.
    pub compression: &'static str,
    /// The numbers.
    pub totals: Totals,
    /// The account of its records.
    pub ledger: Ledger,
}

/// All inputs together.
#[derive(Default)]
pub struct All {
    /// How many were read.
    pub inputs: u64,
    /// How many of those are damaged.
    pub damaged: u64,
    /// How many could not be read.
    pub errors: u64,
    /// The numbers.
    pub totals: Totals,
    /// The account of all records.
    pub ledger: Ledger,
    /// Files that were found and are no traces.
    pub skipped: Skipped,
}

/// Where statistics are shown.
pub struct Page {
    out: Out,
    form: Form,
}

enum Form {
    Text(text::Text),
    Csv(csv::Csv),
    Json(json::Json),
}

impl Page {
    /// A page on standard output. `has_tables` says whether more than totals is shown.
    pub fn new(common: &Common, csv: bool, has_tables: bool) -> Self {
        let form = match (common.json, csv) {
            (true, _) => Form::Json(json::Json::default()),
            (_, true) => Form::Csv(csv::Csv::new(has_tables)),
            _ => Form::Text(text::Text::new(common)),
        };
        Page { out: Out::new(), form }
    }

    /// Inputs that are shown while they are recorded; what they come to follows.
    pub fn announce(&mut self, paths: &[OsString]) {
        let Page { out, form } = self;
        match form {
            Form::Text(text) => text.announce(out, paths),
            Form::Csv(csv) => csv.announce(paths),
            Form::Json(json) => json.announce(),
        }
        out.flush();
    }

    /// An input.
    pub fn input(&mut self, input: &Input) {
        let Page { out, form } = self;
        match form {
            Form::Text(text) => text.input(out, input),
            Form::Csv(csv) => csv.input(out, input),
            Form::Json(json) => json.input(out, input),
        }
    }

    /// What stands above the rows of a table.
    pub fn begin(&mut self, head: &Head<'_>) {
        let Page { out, form } = self;
        match form {
            Form::Text(text) => text.begin(out, head),
            Form::Csv(csv) => csv.begin(out, head),
            Form::Json(json) => json.begin(out, head),
        }
    }

    /// A row; whether more are wanted.
    pub fn row(&mut self, head: &Head<'_>, row: &Row) -> bool {
        let Page { out, form } = self;
        match form {
            Form::Text(text) => text.row(out, head, row),
            Form::Csv(csv) => csv.row(out, head, row),
            Form::Json(json) => json.row(out, head, row),
        }
        out.write(b"")
    }

    /// What stands below the rows.
    pub fn end(&mut self, head: &Head<'_>, rest: &Rest) {
        let Page { out, form } = self;
        match form {
            Form::Text(text) => text.end(out, head, rest),
            Form::Csv(csv) => csv.end(out, head, rest),
            Form::Json(json) => json.end(out, head, rest),
        }
    }

    /// More intervals without packets than are shown, from `head` on.
    pub fn jump(&mut self, head: &Head<'_>, count: u64) {
        let Page { out, form } = self;
        match form {
            Form::Text(text) => text.jump(out, head, count),
            Form::Csv(_) => csv::jump(out, head, count),
            Form::Json(json) => json.jump(out, head, count),
        }
    }

    /// An input that could not be read, or was found and is no trace.
    pub fn refused(&mut self, error: &Error, is_skipped: bool) {
        if let Form::Json(_) = &self.form {
            json::refused(&mut self.out, error, is_skipped);
        }
        self.out.flush();
    }

    /// Hands on what is there; whether more is wanted.
    pub fn flush(&mut self) -> bool {
        self.out.flush()
    }

    /// All inputs together, and the end.
    pub fn finish(mut self, all: &All, exit: &mut Exit) {
        let Page { out, form } = &mut self;
        match form {
            Form::Text(text) => text.all(out, all),
            Form::Csv(csv) => csv.all(out, all),
            Form::Json(_) => json::all(out, all),
        }
        self.out.finish(exit);
    }
}

/// A number in so many nanoseconds as a rate by second.
fn per_second(number: u64, duration_ns: u128) -> Option<f64> {
    (duration_ns > 0).then(|| number as f64 * 1e9 / duration_ns as f64)
}

impl Totals {
    /// From the earliest to the latest packet.
    pub fn duration_ns(&self) -> u128 {
        let span = self.times.span();
        span.map_or(0, |(first, last)| (i128::from(last) - i128::from(first)).unsigned_abs())
    }
}
