//! `marey check`: what is wrong with filters and programs of handlers, and what they come to.
//!
//! Read on in [`program`] and [`filter`] (how they are checked) and [`found`] (what is known then).

use std::io::Read as _;
use std::path::Path;

use marey::Error;
use marey_diagnostic::Problems;
use marey_diagnostic::source::{FILE_BYTES_MAX, Sources};
use marey_recorder::select::Selected;
use serde_json::{Map, json};

use crate::args::Common;
use crate::exit::{self, Exit};
use crate::generate::problems::{Teller, path_of};
use crate::style::Styles;
use crate::tracefs::{self, Kernel};

pub mod args;
pub mod events;
mod filter;
mod found;
mod program;
mod runs;
mod show;

use args::Check;
use events::Events;

/// Checks files and filters.
pub fn run(verb: &Check, common: &Common) -> Result<Exit, Error> {
    let kernel = verb.place.open();
    if let Err(why) = &kernel {
        let what = format!("names of events and fields are not checked: {why}");
        exit::explain(&what, &[verb.place.remedy(why)]);
    }
    let kernel = kernel.ok();
    let selected = match selected(verb, kernel.as_ref()) {
        Ok(selected) => selected,
        Err(exit) => return Ok(exit),
    };
    let mut run = Run {
        verb,
        styles: Styles::stdout(common),
        sources: Sources::default(),
        all: Problems::default(),
        events: kernel.as_ref().map(Events::new),
        teller: Teller::new(common),
        exit: Exit::default(),
    };
    verb.files.iter().for_each(|path| run.file(path));
    run.filters(&selected);
    Ok(run.finish(kernel.is_some()))
}

/// The events that filters are for.
fn selected(verb: &Check, kernel: Option<&Kernel>) -> Result<Vec<Selected>, Exit> {
    let is_named = !verb.events.is_empty() || !verb.classes.is_empty();
    if !verb.filters.is_empty() && !is_named {
        exit::explain("a filter is for events, and none is named", &["Name them: -e sched:*"]);
        return Err(Exit { usage: true, ..Exit::default() });
    }
    match kernel {
        Some(kernel) => tracefs::select(&verb.events, &verb.classes, &kernel.names),
        None => Ok(Vec::new()),
    }
}

/// Reads a file, or a little more of it than is taken.
pub fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(FILE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

struct Run<'a> {
    verb: &'a Check,
    styles: Styles,
    sources: Sources,
    /// All that is wrong, to be counted.
    all: Problems,
    events: Option<Events<'a>>,
    teller: Teller<'a>,
    exit: Exit,
}

impl Run<'_> {
    fn file(&mut self, given: &Path) {
        let path = path_of(given);
        let bytes = match read(path) {
            Ok(bytes) => bytes,
            Err(why) => {
                exit::explain(&format!("{}: {why}", given.display()), &["Check the name."]);
                self.exit.denied |= why.kind() == std::io::ErrorKind::PermissionDenied;
                self.exit.input |= why.kind() != std::io::ErrorKind::PermissionDenied;
                return;
            }
        };
        let mut problems = Problems::default();
        let found = match self.sources.add(given.display().to_string(), bytes) {
            Ok(file) => {
                let events = self.events.as_mut();
                let sinks = self.verb.sinks.iter().map(|sink| sink.name.clone());
                let sinks: Vec<String> = sinks.collect();
                program::check(&self.sources, file, events, &sinks, &mut problems)
            }
            Err(found) => {
                problems.add(found);
                None
            }
        };
        self.tell(&problems);
        let Some(found) = found else { return };
        match self.teller.is_json() {
            true => found.json().iter().for_each(|line| self.teller.json(line)),
            false => {
                let text = show::program(&found, self.verb.verbose, &self.styles);
                self.teller.out.write(text.as_bytes());
            }
        }
    }

    fn filters(&mut self, selected: &[Selected]) {
        let mut events = self.events.take();
        let mut filters = filter::Filters {
            events: events.as_mut().map(|events| (events, selected)),
            drained: Vec::new(),
        };
        for text in &self.verb.filters {
            let mut problems = Problems::default();
            let found = filters.check(text, &mut self.sources, &mut problems);
            self.tell(&problems);
            let Some(found) = found else { continue };
            match self.teller.is_json() {
                true => self.teller.json(&found.json("filter", None)),
                false => {
                    let text = show::filter(&found, self.verb.verbose, &self.styles);
                    self.teller.out.write(text.as_bytes());
                }
            }
        }
    }

    fn tell(&mut self, problems: &Problems) {
        self.teller.tell(problems, &self.sources, "nothing is recorded with this");
        problems.sorted().into_iter().for_each(|found| self.all.add(found.clone()));
    }

    fn finish(mut self, has_kernel: bool) -> Exit {
        let more = Map::from_iter([("kernel_known".to_owned(), json!(has_kernel))]);
        self.teller.finish(&self.all, more, &mut self.exit);
        self.exit
    }
}
