//! `marey events --sat`: QNX's classes, and what of Linux they are.

use marey::pipeline::Ledger;
use marey_recorder::sat::{CLASSES, Class, Event, Fit};
use marey_recorder::select::Pattern;
use serde_json::{Value, json};

use super::args::Events;
use crate::args::Common;
use crate::exit::{self, Exit};
use crate::inputs;
use crate::out::Out;
use crate::page::layout::{COLUMNS, wrap};
use crate::style::Styles;
use crate::tracefs::Kernel;

/// Where the events of Linux stand in a line.
const INDENT: usize = 28;
const LEGEND: &str = "= says the same, ~ about the same, - Linux has no such event; \
                      (not here): this kernel lacks it. --class NAME stands for all of a class.";

/// Lists the classes. What this kernel has is said if it is known.
pub fn run(verb: &Events, common: &Common) -> Exit {
    let kernel = verb.place.open();
    let mut exit = Exit::default();
    let mut out = Out::new();
    if let Err(why) = &kernel {
        exit::explain(
            &format!("what this kernel lacks is not known: {why}"),
            &[verb.place.remedy(why)],
        );
        exit.denied = verb.place.tracefs.is_none();
        exit.input = verb.place.tracefs.is_some();
    }
    let kernel = kernel.ok();
    if common.json {
        let lines = CLASSES.iter().flat_map(|class| json(class, kernel.as_ref()));
        lines.for_each(|line| {
            out.json(&line);
        });
        let ledger = inputs::json_ledger(&Ledger::default());
        out.json(&json!({"type": "end", "classes": CLASSES.len(), "ledger": ledger}));
    } else {
        out.write(text(kernel.as_ref(), &Styles::stdout(common)).as_bytes());
    }
    out.finish(&mut exit);
    exit
}

fn text(kernel: Option<&Kernel>, styles: &Styles) -> String {
    let mut text = String::new();
    let (title, dim) = (styles.title, styles.dim);
    for class in &CLASSES {
        text.push_str(&format!("{title}{}{title:#}: {}\n", class.name, class.what));
        for event in class.events {
            lines(event, kernel, styles, &mut text);
        }
    }
    for line in [""].into_iter().map(str::to_owned).chain(wrap(LEGEND, COLUMNS)) {
        text.push_str(&format!("{dim}{line}{dim:#}\n"));
    }
    text
}

/// An event: its name, how well it fits, what it is, and a note.
fn lines(event: &Event, kernel: Option<&Kernel>, styles: &Styles, text: &mut String) {
    let fit = match event.fit {
        Fit::Same => "=",
        Fit::Near => "~",
        Fit::None => "-",
    };
    let (name, bad, dim) = (styles.name, styles.bad, styles.dim);
    let mut cells: Vec<String> = Vec::new();
    for (written, pattern) in event.linux.iter().zip(event.patterns()) {
        cells.push(match is_here(&pattern, kernel) {
            false => format!("{name}{written}{name:#} {bad}(not here){bad:#}"),
            true => format!("{name}{written}{name:#}"),
        });
    }
    let notes = wrap(event.note, COLUMNS - INDENT).into_iter().filter(|line| !line.is_empty());
    cells.extend(notes.map(|line| format!("{dim}{line}{dim:#}")));
    let first = format!("  {:22} {fit} ", event.name);
    for (index, cell) in cells.iter().enumerate() {
        let before = if index == 0 { first.as_str() } else { "" };
        text.push_str(&format!("{before:INDENT$}{cell}\n"));
    }
    if cells.is_empty() {
        text.push_str(first.trim_end());
        text.push('\n');
    }
}

/// Whether this kernel has an event of the pattern. What is not known is taken for there.
fn is_here(pattern: &Pattern, kernel: Option<&Kernel>) -> bool {
    let Some(kernel) = kernel else { return true };
    kernel.names.iter().any(|(system, name)| pattern.matches(system, name))
}

/// A class, and then its events.
fn json(class: &Class, kernel: Option<&Kernel>) -> Vec<Value> {
    let names = kernel.map(|kernel| class.select(&kernel.names));
    let names = names.map(|names| {
        let names = names.iter().map(|event| format!("{}:{}", event.system, event.name));
        names.collect::<Vec<_>>()
    });
    let mut lines = vec![json!({
        "type": "class",
        "name": class.name,
        "aliases": class.aliases,
        "what": class.what,
        "events": names,
    })];
    lines.extend(class.events.iter().map(|event| {
        let linux = event.linux.iter().zip(event.patterns()).map(|(written, pattern)| {
            json!({
                "pattern": written,
                "here": kernel.map(|_| is_here(&pattern, kernel)),
            })
        });
        json!({
            "type": "mapping",
            "class": class.name,
            "name": event.name,
            "fit": match event.fit {
                Fit::Same => "same",
                Fit::Near => "near",
                Fit::None => "none",
            },
            "linux": linux.collect::<Vec<_>>(),
            "note": event.note,
        })
    }));
    lines
}
