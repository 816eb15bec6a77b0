//! CSV (RFC 4180): one header line for each table, lines end with CR LF.
//!
//! A text that a spreadsheet would take for a formula has an apostrophe in front of it, as OWASP
//! says; what a terminal would obey is escaped.

use std::ffi::OsString;

use marey::Timestamp;
use serde_json::Value;

use super::{All, Input};
use crate::out::Out;
use crate::stats::cell::{Sum, Times, Wide};
use crate::stats::gather::Totals;
use crate::stats::of::Of;
use crate::stats::tables::{Head, Rest, Row, Start};
use crate::{escape, exit, inputs};

/// The lines so far.
pub struct Csv {
    /// Whether totals are left out.
    has_tables: bool,
    /// The header that stands above.
    header: String,
    input: String,
}

impl Csv {
    pub fn new(has_tables: bool) -> Self {
        Csv { has_tables, header: String::new(), input: String::new() }
    }

    pub fn announce(&mut self, paths: &[OsString]) {
        let paths: Vec<String> = paths.iter().map(|p| inputs::shown_path(p)).collect();
        self.input = paths.join(" ");
    }

    pub fn input(&mut self, out: &mut Out, input: &Input) {
        self.announce(&input.paths);
        if !self.has_tables {
            let name = std::mem::take(&mut self.input);
            self.totals(out, &name, &input.totals);
        }
    }

    fn totals(&mut self, out: &mut Out, name: &str, totals: &Totals) {
        self.header(
            out,
            "input,packets,meta,wire_bytes,captured_bytes,packets_without_time,first,last,\
             duration_ns",
        );
        let mut line = Line::default();
        line.text(name);
        line.number(totals.sum.packets);
        line.number(totals.meta);
        line.number(totals.sum.wire_bytes);
        line.number(totals.sum.captured_bytes);
        line.number(totals.untimed);
        line.times(&totals.times);
        line.raw(&totals.duration_ns().to_string());
        line.end(out);
    }

    fn header(&mut self, out: &mut Out, header: &str) {
        if self.header != header {
            header.clone_into(&mut self.header);
            out.write(header.as_bytes());
            out.write(b"\r\n");
        }
    }

    pub fn begin(&mut self, out: &mut Out, head: &Head<'_>) {
        let mut names = vec!["input"];
        if head.start.is_some() || head.of == Of::Whole {
            names.push("start");
        }
        names.extend(head.of.fields());
        names.extend(["packets", "wire_bytes", "captured_bytes"]);
        names.extend(match head.of {
            Of::Endpoint => &[
                "payload_bytes",
                "sent_packets",
                "sent_wire_bytes",
                "sent_payload_bytes",
                "received_packets",
                "received_wire_bytes",
                "received_payload_bytes",
            ][..],
            Of::Conversation => {
                &["a_to_b_packets", "a_to_b_wire_bytes", "b_to_a_packets", "b_to_a_wire_bytes"]
            }
            _ => &[],
        });
        names.extend(["first", "last"]);
        self.header(out, &names.join(","));
    }

    pub fn row(&mut self, out: &mut Out, head: &Head<'_>, row: &Row) {
        let values = head.of.values(&row.key, head.shown.names);
        self.line(out, head, row.start, &values, &row.cell);
    }

    fn line(
        &self,
        out: &mut Out,
        head: &Head<'_>,
        start: Option<Start>,
        values: &[Value],
        cell: &Wide,
    ) {
        let mut line = Line::default();
        line.text(&self.input);
        if let Some(start) = start {
            line.time(start);
        }
        values.iter().for_each(|value| line.value(value));
        let (sum, sides) = (cell.sum(), [cell.side(0), cell.side(1)]);
        let numbers = [sum.packets, sum.wire_bytes, sum.captured_bytes];
        numbers.into_iter().for_each(|number| line.number(number));
        match head.of {
            Of::Endpoint => {
                line.number(sum.payload_bytes);
                let numbers = |side: Sum| [side.packets, side.wire_bytes, side.payload_bytes];
                sides.into_iter().flat_map(numbers).for_each(|number| line.number(number));
            }
            Of::Conversation => {
                let numbers = |side: Sum| [side.packets, side.wire_bytes];
                sides.into_iter().flat_map(numbers).for_each(|number| line.number(number));
            }
            _ => {}
        }
        line.times(&cell.times);
        line.end(out);
    }

    /// Packets without what the table is about have empty cells.
    pub fn end(&mut self, out: &mut Out, head: &Head<'_>, rest: &Rest) {
        if let Some(nothing) = &rest.nothing {
            let values = vec![Value::Null; head.of.fields().len()];
            self.line(out, head, head.start, &values, nothing);
        }
    }

    pub fn all(&mut self, out: &mut Out, all: &All) {
        if !self.has_tables && all.inputs > 1 {
            self.totals(out, "", &all.totals);
        }
    }
}

/// A table has no place for this: it is said.
pub fn jump(out: &mut Out, head: &Head<'_>, count: u64) {
    out.flush();
    let from = head.start.flatten().map(|start| start.to_string()).unwrap_or_default();
    exit::say(&format!("marey: {count} intervals from {from} on are empty and left out\n"));
}

/// A line that grows.
#[derive(Default)]
struct Line(String);

impl Line {
    /// What needs no quotation marks.
    fn raw(&mut self, text: &str) {
        self.0.push_str(text);
        self.0.push(',');
    }

    fn number(&mut self, number: u64) {
        self.raw(&number.to_string());
    }

    fn text(&mut self, text: &str) {
        push_cell(&mut self.0, text);
        self.0.push(',');
    }

    fn time(&mut self, time: Option<Timestamp>) {
        self.raw(&time.map(|time| time.to_string()).unwrap_or_default());
    }

    fn times(&mut self, times: &Times) {
        let (first, last) = times.span().unzip();
        self.time(first.map(Timestamp::from_ns));
        self.time(last.map(Timestamp::from_ns));
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.raw(""),
            Value::String(text) => self.text(text),
            Value::Array(items) => {
                let items: Vec<String> = items
                    .iter()
                    .map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned))
                    .collect();
                self.text(&items.join(" "));
            }
            value => self.raw(&value.to_string()),
        }
    }

    fn end(mut self, out: &mut Out) {
        self.0.pop();
        self.0.push_str("\r\n");
        out.write(self.0.as_bytes());
    }
}

fn push_cell(out: &mut String, text: &str) {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    let mut escaped = String::new();
    if is_formula {
        escaped.push('\'');
    }
    escape::push_terminal(&mut escaped, text);
    if is_formula || escaped.contains([',', '"', '\r', '\n', ';']) {
        out.push('"');
        out.push_str(&escaped.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(&escaped);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_are_no_formulas() {
        let cell = |text: &str| {
            let mut out = String::new();
            push_cell(&mut out, text);
            out
        };
        assert_eq!(cell("lan0"), "lan0");
        assert_eq!(cell(""), "");
        assert_eq!(cell("a,b\"c"), "\"a,b\"\"c\"");
        assert_eq!(cell("=1+1"), "\"'=1+1\"");
        for first in ["+", "-", "@", "\t", "\r", "＝"] {
            assert!(cell(&format!("{first}x")).starts_with("\"'"), "{first:?}");
        }
        assert_eq!(cell("a\r\nb"), "a\\r\\nb");
        assert_eq!(cell("\u{1b}[31m"), "\\u{1b}[31m");
    }
}
