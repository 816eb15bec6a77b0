//! JSON Lines. The schema is docs/json/stats.json.

use marey::{Error, Timestamp};
use serde_json::{Map, Value, json};

use super::{All, Input, per_second};
use crate::inputs;
use crate::out::Out;
use crate::stats::cell::{Sum, Times, Wide};
use crate::stats::gather::Totals;
use crate::stats::of::Of;
use crate::stats::tables::{Head, Rest, Row, Start};

/// The lines so far.
#[derive(Default)]
pub struct Json {
    inputs: u64,
    /// Whether the last one is counted already.
    is_announced: bool,
}

impl Json {
    pub fn input(&mut self, out: &mut Out, input: &Input) {
        let mut line = totals(&input.totals);
        let paths: Vec<Value> = input.paths.iter().map(|path| inputs::json_path(path)).collect();
        line.insert("type".to_owned(), "input".into());
        let number = self.inputs - u64::from(self.is_announced);
        line.insert("input".to_owned(), number.into());
        line.insert("paths".to_owned(), paths.into());
        line.insert("format".to_owned(), input.format.into());
        line.insert("compression".to_owned(), input.compression.into());
        line.insert("damaged_bytes".to_owned(), input.ledger.damaged_bytes.into());
        line.insert("gaps".to_owned(), input.ledger.gaps.into());
        line.insert("source_lost".to_owned(), input.ledger.source_lost.into());
        line.insert("filtered".to_owned(), input.ledger.filtered.into());
        self.inputs += u64::from(!std::mem::take(&mut self.is_announced));
        out.json(&Value::Object(line));
    }

    pub fn announce(&mut self) {
        self.inputs += 1;
        self.is_announced = true;
    }

    /// The members that lines about a table have in common.
    fn line(&self, kind: &str, head: &Head<'_>, start: Option<Start>) -> Map<String, Value> {
        let mut line = Map::new();
        line.insert("type".to_owned(), kind.into());
        line.insert("input".to_owned(), (self.inputs.saturating_sub(1)).into());
        line.insert("by".to_owned(), head.of.name().into());
        if let Some(start) = start {
            line.insert("start_ns".to_owned(), start.map(Timestamp::as_ns).map(time).into());
        }
        line
    }

    pub fn begin(&mut self, out: &mut Out, head: &Head<'_>) {
        let mut line = self.line("table", head, head.start);
        if let (Some(every), Some(origin)) = (head.shown.plan.every_ns, head.shown.origin_ns) {
            line.insert("every_ns".to_owned(), every.to_string().into());
            line.insert("origin_ns".to_owned(), time(origin).into());
        }
        if head.of != Of::Whole {
            line.insert("rows".to_owned(), head.keys.into());
        }
        sum(&mut line, &head.whole, Of::Whole);
        out.json(&Value::Object(line));
    }

    pub fn row(&mut self, out: &mut Out, head: &Head<'_>, row: &Row) {
        let mut line = self.line("row", head, row.start);
        let names = head.shown.names;
        let fields = head.of.fields().iter().zip(head.of.values(&row.key, names));
        line.extend(fields.map(|(name, value)| ((*name).to_owned(), value)));
        cell(&mut line, &row.cell, head.of);
        let (first, last) = span(&row.cell.times);
        line.insert("first_ns".to_owned(), first);
        line.insert("last_ns".to_owned(), last);
        out.json(&Value::Object(line));
    }

    pub fn end(&mut self, out: &mut Out, head: &Head<'_>, rest: &Rest) {
        if rest.keys > 0 {
            let mut line = self.line("rest", head, head.start);
            line.insert("rows".to_owned(), rest.keys.into());
            cell(&mut line, &rest.cell, head.of);
            out.json(&Value::Object(line));
        }
        if let Some(nothing) = &rest.nothing {
            let mut line = self.line("without", head, head.start);
            sum(&mut line, &nothing.sum(), Of::Whole);
            out.json(&Value::Object(line));
        }
    }

    pub fn jump(&mut self, out: &mut Out, head: &Head<'_>, count: u64) {
        let mut line = self.line("jump", head, head.start);
        line.insert("intervals".to_owned(), count.into());
        out.json(&Value::Object(line));
    }
}

/// An input that could not be read, or was found and is no trace.
pub fn refused(out: &mut Out, error: &Error, is_skipped: bool) {
    let path = error.position().path.clone().unwrap_or_default();
    let kind = if is_skipped { "skipped" } else { "error" };
    let path = inputs::json_path(path.as_os_str());
    out.json(&json!({ "type": kind, "path": path, "reason": error.reason() }));
}

/// The last line.
pub fn all(out: &mut Out, all: &All) {
    let mut line = totals(&all.totals);
    line.insert("type".to_owned(), "end".into());
    line.insert("inputs".to_owned(), all.inputs.into());
    line.insert("damaged".to_owned(), all.damaged.into());
    line.insert("errors".to_owned(), all.errors.into());
    line.insert("skipped".to_owned(), all.skipped.count.into());
    line.insert("ledger".to_owned(), inputs::json_ledger(&all.ledger));
    out.json(&Value::Object(line));
}

fn totals(totals: &Totals) -> Map<String, Value> {
    let mut line = Map::new();
    sum(&mut line, &totals.sum, Of::Whole);
    let (first, last) = span(&totals.times);
    let duration = totals.duration_ns();
    let rate = |number| per_second(number, duration).map_or(Value::Null, Value::from);
    line.insert("meta".to_owned(), totals.meta.into());
    line.insert("packets_without_time".to_owned(), totals.untimed.into());
    line.insert("first_ns".to_owned(), first);
    line.insert("last_ns".to_owned(), last);
    line.insert("duration_ns".to_owned(), duration.to_string().into());
    line.insert("packets_per_second".to_owned(), rate(totals.sum.packets));
    line.insert("wire_bytes_per_second".to_owned(), rate(totals.sum.wire_bytes));
    line
}

fn cell(line: &mut Map<String, Value>, cell: &Wide, of: Of) {
    sum(line, &cell.sum(), of);
    let names = match of {
        Of::Endpoint => ["sent", "received"],
        Of::Conversation => ["a_to_b", "b_to_a"],
        _ => return,
    };
    for (name, side) in names.into_iter().zip([cell.side(0), cell.side(1)]) {
        let mut object = Map::new();
        sum(&mut object, &side, of);
        line.insert(name.to_owned(), Value::Object(object));
    }
}

fn sum(line: &mut Map<String, Value>, sum: &Sum, of: Of) {
    line.insert("packets".to_owned(), sum.packets.into());
    line.insert("wire_bytes".to_owned(), sum.wire_bytes.into());
    line.insert("captured_bytes".to_owned(), sum.captured_bytes.into());
    if of == Of::Endpoint {
        line.insert("payload_bytes".to_owned(), sum.payload_bytes.into());
    }
}

fn span(times: &Times) -> (Value, Value) {
    let (first, last) = times.span().unzip();
    (first.map(time).into(), last.map(time).into())
}

/// A time: a string, as it may need more digits than a double has.
fn time(ns: i64) -> String {
    ns.to_string()
}
