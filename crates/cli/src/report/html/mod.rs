//! The report as one page for a browser: nothing is fetched, and all is there without scripts.
//!
//! Each file makes one part of the page, in the page's order: [`recorded`] (who recorded, on what),
//! [`traffic`] (packets, sizes, protocols) with [`chart`], [`talk`] (conversations, fragments,
//! checksums), [`said`] (meta records, names, comments) and [`losses`]. [`write`] has what all of
//! them write with. What isn't there has no part.

use marey::Error;

use super::{Input, Total, words};
use crate::inputs;
use crate::page::words::{bytes, counted, duration, grouped, scaled};

mod chart;
mod losses;
mod recorded;
mod said;
mod talk;
mod traffic;
mod write;

use write::{Column, Html, escaped};

/// How long all inputs' own parts may be together; what comes later has its row only.
const PARTS_BYTES_MAX: usize = 32 << 20;
/// How many inputs have a row.
const ROWS_MAX: usize = 1000;

/// Nothing may be fetched, run, framed or sent; the page's own style is all there is.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const STYLE: &str = include_str!("page.css");

/// A page in the making.
#[derive(Default)]
pub struct Book {
    /// What is said of each input for itself.
    parts: String,
    /// The table of inputs.
    rows: Vec<Vec<String>>,
    /// How many inputs there were.
    inputs: u64,
    /// How many have no part of their own.
    without_part: u64,
    /// The name of the latest that was read.
    name: String,
}

impl Book {
    /// Adds the report on an input.
    pub fn input(&mut self, input: &mut Input) {
        self.inputs += 1;
        let name = inputs::shown_path(&input.given);
        let mut cell = escaped(&name);
        if self.parts.len() < PARTS_BYTES_MAX {
            let id = format!("input-{}", self.inputs);
            self.parts.push_str(&article(&id, &name, input));
            cell = format!("<a href=\"#{id}\">{cell}</a>");
        } else {
            self.without_part += 1;
        }
        let traffic = input.gather.counts.traffic;
        let damage = match input.ledger.gaps {
            0 => "whole".to_owned(),
            gaps => bad(&counted(gaps, "damaged place")),
        };
        self.row(vec![
            cell,
            escaped(input.format),
            grouped(traffic.packets),
            grouped(traffic.wire_bytes),
            damage,
        ]);
        self.name = name;
    }

    /// Adds an input that could not be read.
    pub fn error(&mut self, error: &Error) {
        self.inputs += 1;
        let path = error.position().path.clone().unwrap_or_default();
        let name = escaped(&inputs::shown_path(path.as_os_str()));
        let none = String::new;
        self.row(vec![name, none(), none(), none(), bad(&error.reason())]);
    }

    fn row(&mut self, row: Vec<String>) {
        if self.rows.len() < ROWS_MAX {
            self.rows.push(row);
        }
    }

    /// The whole page.
    pub fn finish(&mut self, total: &mut Total) -> String {
        let title = match self.inputs {
            1 if !self.name.is_empty() => self.name.clone(),
            inputs => counted(inputs, "input"),
        };
        let mut html = Html::default();
        html.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        html.raw(&format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n"));
        html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.raw("<meta name=\"color-scheme\" content=\"light dark\">\n");
        html.raw("<meta name=\"referrer\" content=\"no-referrer\">\n");
        html.raw(&format!("<title>{} – marey report</title>\n", escaped(&title)));
        html.raw(&format!("<style>\n{STYLE}</style>\n</head>\n<body>\n"));
        html.raw("<header class=\"page\"><p class=\"brand\">marey report</p>\n");
        html.raw(&format!("<h1>{}</h1></header>\n<main>\n", escaped(&title)));
        self.all(&mut html, total);
        html.raw(&std::mem::take(&mut self.parts));
        skipped(&mut html, total);
        html.raw("</main>\n<footer>Made by marey ");
        html.raw(env!("CARGO_PKG_VERSION"));
        html.raw(". Times are in UTC.</footer>\n</body>\n</html>\n");
        html.into_string()
    }

    /// All inputs together, if there are several or none could be read.
    fn all(&mut self, html: &mut Html, total: &mut Total) {
        if self.inputs < 2 && total.errors == 0 {
            return;
        }
        html.raw("<article id=\"all\">\n<h2>All inputs</h2>\n");
        let columns = [
            Column::words("input"),
            Column::words("format"),
            Column::number("packets"),
            Column::number("bytes on the wire"),
            Column::words("state"),
        ];
        html.section("Inputs");
        html.table("Inputs", &columns, &std::mem::take(&mut self.rows));
        html.and_more(self.inputs.saturating_sub(ROWS_MAX as u64));
        if self.without_part > 0 {
            let inputs = counted(self.without_part, "input");
            html.note(&format!("{inputs} are in this table and in the sums only."));
        }
        html.end_section();
        if total.files > 1 {
            html.traffic(&mut total.counts);
            if let Some(talk) = &total.talk {
                html.talk(talk, &total.counts, &[]);
            }
            html.total_losses(total);
        }
        html.raw("</article>\n");
    }
}

/// The report on one input.
fn article(id: &str, name: &str, input: &mut Input) -> String {
    let mut html = Html::default();
    html.raw(&format!("<article id=\"{id}\">\n<h2>{}</h2>\n", escaped(name)));
    cards(&mut html, input);
    about_file(&mut html, input);
    html.recorded(&input.gather, input.format);
    html.traffic(&mut input.gather.counts);
    let names = input.gather.described.names.in_order();
    let names: Vec<_> = names.iter().map(|(of, name)| (of.to_string(), &**name)).collect();
    html.talk(&input.talk, &input.gather.counts, &names);
    html.said(&input.gather);
    html.losses(input);
    html.raw("</article>\n");
    html.into_string()
}

/// What one wants to know first.
fn cards(html: &mut Html, input: &Input) {
    let traffic = input.gather.counts.traffic;
    let span = traffic.span_ns.map(|(first, last)| u128::from(last.abs_diff(first)));
    let lost = input.ledger.source_lost;
    let cards = [
        ("packets", grouped(traffic.packets), false),
        ("on the wire", scaled(traffic.wire_bytes as f64, "B"), false),
        ("duration", span.map_or_else(|| "none".to_owned(), |ns| duration(ns, true)), false),
        ("lost while recording", grouped(lost), lost > 0),
        ("damaged places", grouped(input.ledger.gaps), input.ledger.gaps > 0),
    ];
    html.raw("<dl class=\"cards\">\n");
    for (what, value, is_bad) in cards {
        let class = if is_bad { " class=\"bad\"" } else { "" };
        let value = escaped(&value);
        html.raw(&format!("<div{class}><dt>{what}</dt><dd>{value}</dd></div>\n"));
    }
    html.raw("</dl>\n");
}

fn about_file(html: &mut Html, input: &Input) {
    html.section("File");
    let mut facts = vec![("format", format!("{}, {}", input.format, input.variant))];
    facts.extend(words::compression(input).map(|compression| ("compression", compression)));
    facts.push(("size", bytes(input.account.sum())));
    html.facts(&facts);
    html.end_section();
}

fn skipped(html: &mut Html, total: &Total) {
    if total.skipped.list.is_empty() {
        return;
    }
    html.raw("<article id=\"skipped\">\n<h2>Not traces</h2>\n");
    let row = |(path, reason): &(std::path::PathBuf, String)| {
        vec![escaped(&inputs::shown_path(path.as_os_str())), escaped(reason)]
    };
    let rows: Vec<_> = total.skipped.list.iter().map(row).collect();
    html.table("Not traces", &[Column::words("file"), Column::long("what it is")], &rows);
    html.and_more(total.skipped.count - rows.len() as u64);
    html.raw("</article>\n");
}

/// A text that shall be seen.
fn bad(text: &str) -> String {
    format!("<strong class=\"bad\">{}</strong>", escaped(text))
}
