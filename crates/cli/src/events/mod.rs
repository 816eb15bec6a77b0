//! `marey events`: what the kernel can be asked to record.
//!
//! Read on in [`fields`] (what an event looks like) and [`sat`] (QNX's classes).

use std::io::ErrorKind;

use marey::Error;
use marey::pipeline::Ledger;
use marey_recorder::select::Selected;
use marey_recorder::tracefs::Format;
use serde_json::json;

use crate::args::Common;
use crate::exit::{self, Exit};
use crate::inputs;
use crate::out::Out;
use crate::page::layout::COLUMNS;
use crate::style::Styles;
use crate::tracefs::{self, Kernel};

pub mod args;
mod fields;
mod sat;

use args::Events;

/// Lists events.
pub fn run(verb: &Events, common: &Common) -> Result<Exit, Error> {
    if verb.sat {
        return Ok(sat::run(verb, common));
    }
    let kernel = match verb.place.open() {
        Ok(kernel) => kernel,
        Err(why) => return Ok(verb.place.refuse(&why)),
    };
    let all = ["*".to_owned()];
    let is_all = verb.patterns.is_empty() && verb.classes.is_empty();
    let patterns = if is_all { &all[..] } else { &verb.patterns };
    let selected = match tracefs::select(patterns, &verb.classes, &kernel.names) {
        Ok(selected) => selected,
        Err(exit) => return Ok(exit),
    };
    let mut exit = Exit::default();
    let mut out = Out::new();
    let list = List { verb, common, kernel: &kernel, styles: Styles::stdout(common) };
    list.write(&selected, &mut out, &mut exit);
    if common.json {
        out.json(&json!({
            "type": "end",
            "events": selected.len(),
            "ledger": inputs::json_ledger(&Ledger::default()),
        }));
    }
    out.finish(&mut exit);
    Ok(exit)
}

/// How events are listed.
struct List<'a> {
    verb: &'a Events,
    common: &'a Common,
    kernel: &'a Kernel,
    styles: Styles,
}

impl List<'_> {
    fn write(&self, selected: &[Selected], out: &mut Out, exit: &mut Exit) {
        let renamed = selected.iter().filter(|event| event.name != event.recorded);
        let width = renamed.map(|event| event.system.len() + 1 + event.name.len()).max();
        for event in selected {
            let format = match self.verb.verbose {
                true => self.format(event, exit),
                false => None,
            };
            if self.common.json {
                out.json(&fields::json(event, format.as_ref()));
                continue;
            }
            self.line(event, width.unwrap_or(0), out);
            let lines = format.iter().flat_map(|format| fields::lines(format, &self.styles));
            lines.for_each(|line| {
                out.line(&line);
            });
        }
        if self.verb.verbose && !self.common.json {
            fields::contexts(&self.styles).iter().for_each(|line| {
                out.line(line);
            });
        }
    }

    /// What the event is called, and by which name it is recorded if that is another one.
    fn line(&self, event: &Selected, width: usize, out: &mut Out) {
        let name = format!("{}:{}", event.system, event.name);
        let (style, dim) = (self.styles.name, self.styles.dim);
        match event.name == event.recorded {
            true => out.line(&format!("{style}{name}{style:#}")),
            false => {
                let recorded = &event.recorded;
                let pad = width.saturating_sub(name.len()) + 2;
                // One column less for the very longest.
                let pad = pad.min(COLUMNS.saturating_sub(name.len() + recorded.len())).max(1);
                out.line(&format!("{style}{name}{style:#}{:pad$}{dim}{recorded}{dim:#}", ""))
            }
        };
    }

    /// What the event looks like; it may have gone away since it was found.
    fn format(&self, event: &Selected, exit: &mut Exit) -> Option<Format> {
        match self.kernel.tracefs.format(&event.system, &event.name) {
            Ok(format) => Some(format),
            Err(why) => {
                exit::explain(&why.to_string(), &[]);
                exit.denied |= why.kind() == ErrorKind::PermissionDenied;
                exit.input |= why.kind() != ErrorKind::PermissionDenied;
                None
            }
        }
    }
}
