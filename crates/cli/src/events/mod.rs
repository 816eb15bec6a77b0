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
use crate::uprobes;

pub mod args;
mod fields;
mod sat;

use args::Events;

/// Lists events.
pub fn run(verb: &Events, common: &Common) -> Result<Exit, Error> {
    if verb.sat {
        return Ok(sat::run(verb, common));
    }
    match events(verb) {
        Ok((kernel, listed)) => Ok(list(verb, common, kernel.as_ref(), &listed)),
        Err(exit) => Ok(exit),
    }
}

/// An event that is listed, and what it looks like if that is known already.
struct Listed {
    event: Selected,
    format: Option<Format>,
}

/// What the kernel has, if it was asked, and the events that are listed.
fn events(verb: &Events) -> Result<(Option<Kernel>, Vec<Listed>), Exit> {
    let (places, mut patterns) = uprobes::split(&verb.patterns);
    let found = uprobes::find(&places)?.into_iter().map(|found| Listed {
        event: Selected {
            system: found.format.system.clone(),
            name: found.format.name.clone(),
            recorded: found.recorded,
        },
        format: Some(found.format),
    });
    if patterns.is_empty() && verb.classes.is_empty() {
        if !places.is_empty() {
            return Ok((None, found.collect()));
        }
        patterns.push("*".to_owned());
    }
    let kernel = verb.place.open().map_err(|why| verb.place.refuse(&why))?;
    let selected = tracefs::select(&patterns, &verb.classes, &kernel.names)?;
    let selected = selected.into_iter().map(|event| Listed { event, format: None });
    let listed = selected.chain(found).collect();
    Ok((Some(kernel), listed))
}

fn list(verb: &Events, common: &Common, kernel: Option<&Kernel>, listed: &[Listed]) -> Exit {
    let mut exit = Exit::default();
    let mut out = Out::new();
    let list = List { verb, common, kernel, styles: Styles::stdout(common) };
    list.write(listed, &mut out, &mut exit);
    if common.json {
        out.json(&json!({
            "type": "end",
            "events": listed.len(),
            "ledger": inputs::json_ledger(&Ledger::default()),
        }));
    }
    out.finish(&mut exit);
    exit
}

/// How events are listed.
struct List<'a> {
    verb: &'a Events,
    common: &'a Common,
    kernel: Option<&'a Kernel>,
    styles: Styles,
}

impl List<'_> {
    fn write(&self, listed: &[Listed], out: &mut Out, exit: &mut Exit) {
        let all = listed.iter().map(|listed| &listed.event);
        let renamed = all.filter(|event| event.name != event.recorded);
        let width = renamed.map(|event| event.system.len() + 1 + event.name.len()).max();
        for Listed { event, format } in listed {
            let format = match (self.verb.verbose, format) {
                (true, Some(format)) => Some(format.clone()),
                (true, None) => self.format(event, exit),
                (false, _) => None,
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
        match self.kernel?.tracefs.format(&event.system, &event.name) {
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
