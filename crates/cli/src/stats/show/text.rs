//! Pages of 80 columns for a person.

use std::ffi::OsString;

use marey::Timestamp;

use super::columns::{self, Number};
use super::{All, Input, per_second};
use crate::args::Common;
use crate::inputs;
use crate::out::Out;
use crate::page;
use crate::page::layout::{COLUMNS, Column, fit, styled, table, width, wrap};
use crate::page::words::{bytes, counted, duration, grouped, rate, scaled};
use crate::stats::cell::Sum;
use crate::stats::gather::Totals;
use crate::stats::of::Of;
use crate::stats::tables::{Head, Rest, Row};
use crate::style::{PLAIN, Styles};

/// So many rows are laid out at once.
const ROWS_MAX: usize = 1000;
/// How wide the column of labels is.
const LABEL_COLUMNS: usize = 13;
/// How wide numbers are at least that nobody knows yet.
const LIVE_COLUMNS: usize = 9;
/// What is left for a name beside numbers.
const NAME_COLUMNS_MIN: usize = 8;

/// Pages so far.
pub struct Text {
    styles: Styles,
    unicode: bool,
    inputs: u64,
    has_files: bool,
    rows: Vec<(String, Vec<String>)>,
    /// Whether the table that grows has a head already, in lines above.
    has_head: bool,
    /// What intervals were said to be about.
    said: Option<Of>,
    /// Whether rows are shown before all of them are known.
    is_live: bool,
}

impl Text {
    pub fn new(common: &Common) -> Self {
        Text {
            styles: Styles::stdout(common),
            unicode: page::is_utf8(),
            inputs: 0,
            has_files: false,
            rows: Vec::new(),
            has_head: false,
            said: None,
            is_live: false,
        }
    }

    fn line(&self, out: &mut Out, indent: usize, text: &str) {
        out.line(format!("{}{text}", " ".repeat(indent)).trim_end());
    }

    fn title(&mut self, out: &mut Out, name: &str) {
        if self.inputs > 0 {
            out.line("");
        }
        self.inputs += 1;
        out.write(page::title(name, &self.styles, self.unicode).as_bytes());
    }

    fn pair(&self, out: &mut Out, label: &str, value: &str) {
        let mut label = label;
        for line in wrap(value, COLUMNS - 2 - LABEL_COLUMNS) {
            let pad = " ".repeat(LABEL_COLUMNS - width(label));
            let text = format!("{}{pad}{line}", styled(self.styles.dim, label));
            self.line(out, 2, &text);
            label = "";
        }
    }

    pub fn announce(&mut self, out: &mut Out, paths: &[OsString]) {
        self.heading(out, paths);
        self.is_live = true;
    }

    fn heading(&mut self, out: &mut Out, paths: &[OsString]) {
        self.has_files = paths.len() > 1;
        self.said = None;
        let name = match paths {
            [path] => inputs::shown_path(path),
            paths => format!("{} as one", counted(paths.len() as u64, "trace")),
        };
        self.title(out, &name);
    }

    pub fn input(&mut self, out: &mut Out, input: &Input) {
        if std::mem::take(&mut self.is_live) {
            out.line("");
        } else {
            self.heading(out, &input.paths);
        }
        self.totals(out, &input.totals);
        let ledger = &input.ledger;
        if ledger.filtered > 0 {
            self.pair(out, "left out", &counted(ledger.filtered, "packet"));
        }
        if ledger.source_lost > 0 {
            let lost = counted(ledger.source_lost, "packet");
            self.pair(out, "lost", &format!("{lost}, says the trace"));
        }
        if ledger.lost > 0 {
            let lost = format!("{} by marey", counted(ledger.lost, "packet"));
            self.pair(out, "lost", &styled(self.styles.bad, &lost));
        }
        if ledger.is_damaged() {
            let places = counted(ledger.gaps, "place");
            let text = format!("{places}, {}", counted(ledger.damaged_bytes, "byte"));
            self.pair(out, "damaged", &styled(self.styles.bad, &text));
        }
    }

    fn totals(&self, out: &mut Out, totals: &Totals) {
        let Sum { packets, wire_bytes, captured_bytes, .. } = totals.sum;
        self.pair(out, "packets", &grouped(packets));
        if totals.meta > 0 {
            self.pair(out, "meta records", &grouped(totals.meta));
        }
        self.pair(out, "on the wire", &bytes(wire_bytes));
        self.pair(out, "captured", &bytes(captured_bytes));
        if totals.untimed > 0 {
            self.pair(out, "no time", &counted(totals.untimed, "packet"));
        }
        let Some((first, last)) = totals.times.span() else { return };
        let length = totals.duration_ns();
        self.pair(out, "first", &Timestamp::from_ns(first).to_string());
        self.pair(out, "last", &Timestamp::from_ns(last).to_string());
        self.pair(out, "duration", &duration(length, self.unicode));
        let rates = per_second(packets, length).zip(per_second(wire_bytes, length));
        if let Some((packets, bytes)) = rates {
            let bits = scaled(bytes * 8.0, "bit/s");
            self.pair(out, "mean rates", &format!("{} packets/s, {bits}", rate(packets)));
        }
    }

    pub fn begin(&mut self, out: &mut Out, head: &Head<'_>) {
        self.rows.clear();
        // A series goes on where it was.
        self.has_head &= self.is_live && self.said == Some(Of::Whole);
        if self.said != Some(head.of) {
            self.said = Some(head.of);
            out.line("");
            out.line(&styled(self.styles.title, head.of.title()));
            if let (Some(every), Some(origin)) = (head.shown.plan.every_ns, head.shown.origin_ns) {
                let every = duration(every.into(), self.unicode);
                let origin = Timestamp::from_ns(origin);
                let text = format!("every {every}, from the first packet at {origin} on");
                self.line(out, 2, &styled(self.styles.dim, &text));
            }
        }
        if let Some(start) = head.start {
            let start = self.start(start);
            let Sum { packets, wire_bytes, .. } = head.whole;
            let sums = format!("{}, {}", counted(packets, "packet"), counted(wire_bytes, "byte"));
            self.line(out, 2, &format!("{}  {sums}", styled(self.styles.name, &start)));
        }
    }

    fn start(&self, start: Option<Timestamp>) -> String {
        start.map_or_else(|| "without a time".to_owned(), |start| start.to_string())
    }

    pub fn row(&mut self, out: &mut Out, head: &Head<'_>, row: &Row) {
        let name = match row.start {
            Some(start) if head.of == Of::Whole => self.start(start),
            _ => {
                let label = head.of.label(&row.key, head.shown.names, self.has_files);
                fit(&label, 4 * COLUMNS, self.unicode)
            }
        };
        let numbers = columns::of(head).into_iter();
        let least = if self.is_live { LIVE_COLUMNS } else { 0 };
        let text = |number: Number| number.text(head, &row.cell, self.unicode);
        let cells = numbers.map(|number| format!("{:>least$}", text(number))).collect();
        self.rows.push((name, cells));
        if self.rows.len() >= ROWS_MAX {
            self.lay_out(out, head);
        }
    }

    /// Writes the rows so far: names beside their numbers, or above them if they are long.
    fn lay_out(&mut self, out: &mut Out, head: &Head<'_>) {
        let titles: Vec<&str> = columns::of(head).into_iter().map(Number::title).collect();
        let mut columns = vec![Column::words("", self.styles.name)];
        columns.extend(titles.iter().map(|title| {
            Column::number(title, if *title == "share" { self.styles.dim } else { PLAIN })
        }));
        let numbers: usize = (0..titles.len())
            .map(|nth| {
                let cells = self.rows.iter().map(|(_, cells)| width(&cells[nth]));
                cells.max().unwrap_or(0).max(width(titles[nth])) + 2
            })
            .sum();
        let indent = if head.start.is_some() { 4 } else { 2 };
        let room = (COLUMNS - indent).saturating_sub(numbers).max(NAME_COLUMNS_MIN);
        let is_long = |name: &str| width(name) > room;
        let rows: Vec<Vec<String>> = self
            .rows
            .iter()
            .map(|(name, cells)| {
                let name = if is_long(name) { " ".to_owned() } else { name.clone() };
                std::iter::once(name).chain(cells.iter().cloned()).collect()
            })
            .collect();
        let mut lines = table(&columns, &rows, self.styles.dim, COLUMNS - indent).into_iter();
        if let Some(titles) = lines.next().filter(|_| !self.has_head) {
            self.line(out, indent, &titles);
        }
        for ((name, _), line) in self.rows.iter().zip(lines) {
            if is_long(name) {
                for part in wrap(name, COLUMNS - indent) {
                    self.line(out, indent, &styled(self.styles.name, &part));
                }
            }
            self.line(out, indent, &line);
        }
        self.has_head = true;
        self.rows.clear();
    }

    pub fn end(&mut self, out: &mut Out, head: &Head<'_>, rest: &Rest) {
        if !self.rows.is_empty() {
            self.lay_out(out, head);
        }
        let indent = if head.start.is_some() { 4 } else { 2 };
        let sums = |sum: &Sum| {
            format!("{}, {}", counted(sum.packets, "packet"), counted(sum.wire_bytes, "byte"))
        };
        if rest.keys > 0 {
            let text = format!("and {} more: {}", grouped(rest.keys), sums(&rest.cell.sum()));
            self.line(out, indent, &styled(self.styles.dim, &text));
        }
        if let Some(nothing) = &rest.nothing {
            let text = format!("{}: {}", head.of.nothing(), sums(&nothing.sum()));
            self.line(out, indent, &styled(self.styles.dim, &text));
        } else if head.keys == 0 && head.of != Of::Whole && head.start.is_none() {
            self.line(out, indent, &styled(self.styles.dim, "no packets"));
        }
    }

    pub fn jump(&mut self, out: &mut Out, head: &Head<'_>, count: u64) {
        if !self.rows.is_empty() {
            self.lay_out(out, head);
        }
        let from = self.start(head.start.flatten());
        let text = format!("{from}  {}", counted(count, "empty interval"));
        self.line(out, 2, &styled(self.styles.dim, &text));
    }

    pub fn all(&mut self, out: &mut Out, all: &All) {
        if all.inputs > 1 {
            self.title(out, &format!("total of {}", counted(all.inputs, "trace")));
            if all.damaged + all.errors > 0 {
                let text = format!("{} damaged, {} not read", all.damaged, all.errors);
                self.pair(out, "inputs", &text);
            }
            self.totals(out, &all.totals);
        }
        if all.skipped.count == 0 {
            return;
        }
        if self.inputs > 0 {
            out.line("");
        }
        out.write(page::skipped(&all.skipped, &self.styles).as_bytes());
    }
}
