//! From the command line to what is recorded.

use std::sync::Arc;

use marey_diagnostic::Problems;
use marey_diagnostic::source::Sources;
use marey_recorder::packets;
use marey_recorder::programs::Handlers as OfPrograms;
use marey_recorder::select::Selected;
use marey_recorder::session::{Filter, Plan, RING_BYTES};
use marey_recorder::texts::{self, Asked};
use marey_recorder::tracefs::Format;
use marey_recorder::uprobe::Found;
use serde_json::Map;

use super::args::Record;
use super::handlers::Handlers;
use super::programs;
use super::rules;
use super::sources::Plans;
use crate::args::Common;
use crate::exit::{self, Exit};
use crate::generate::problems::Teller;
use crate::tracefs::{self, Kernel, Place};
use crate::uprobes;

/// What is recorded; `me` is the process that filters call so. Of programs it is what these
/// patterns name.
pub fn plans(
    verb: &Record,
    me: Option<u32>,
    (handlers, patterns): (Handlers, Vec<String>),
    common: &Common,
) -> Result<Plans, Exit> {
    let has_packets = !verb.interfaces.is_empty();
    let events = programs::others(&verb.events);
    let has_events = !(events.is_empty() && verb.classes.is_empty())
        || handlers.name_kernel()
        || !handlers.is_empty() && patterns.is_empty();
    let uuid = *uuid::Uuid::new_v4().as_bytes();
    let programs = programs::plan(verb, me, (uuid, patterns), common)?;
    if has_packets && !has_events && programs.is_none() && !verb.filters.is_empty() {
        return Err(misuse("-f is for events, and there are none: packets cannot be filtered yet"));
    }
    let has_rules = !(verb.rules.is_empty() && verb.rule_files.is_empty());
    if has_rules && !has_events {
        return Err(misuse("rules are for events of the kernel, and there are none"));
    }
    if !verb.contexts.is_empty() && !has_events {
        return Err(misuse("--context is for events of the kernel, and there are none"));
    }
    let packets = has_packets.then(|| packets::Plan {
        interfaces: verb.interfaces.clone(),
        options: packets::Options {
            snaplen: verb.snaplen,
            promiscuous: verb.promiscuous,
            ring_bytes: verb.buffer.unwrap_or(RING_BYTES),
        },
        queues: verb.queues,
        mode: verb.mode(),
        application: concat!("marey ", env!("CARGO_PKG_VERSION")).to_owned(),
    });
    let mut plans = Plans { kernel: None, programs, packets };
    let handlers = if has_events {
        let (kernel, handlers) =
            plan(verb, (me, uuid), handlers, plans.programs.is_some(), common)?;
        plans.kernel = Some(kernel);
        handlers
    } else {
        let mut asked = Asked::new(&[], &[], &verb.sinks, me);
        asked.has_others = plans.programs.is_some();
        handlers.check(&asked, verb, common)?.1
    };
    if let Some(programs) = &mut plans.programs {
        programs.handlers = Arc::new(handlers);
        programs.has_session = plans.kernel.is_some();
    }
    Ok(plans)
}

/// Which events are recorded.
fn plan(
    verb: &Record,
    (me, uuid): (Option<u32>, [u8; 16]),
    mut handlers: Handlers,
    has_programs: bool,
    common: &Common,
) -> Result<(Plan, OfPrograms), Exit> {
    let events = events(verb, &mut handlers, common)?;
    let rules = rules::read(verb, &events, common)?;
    let mut asked = Asked::new(&events, &rules.states, &verb.sinks, me);
    asked.has_others = has_programs;
    let (handlers, of_programs) = handlers.check(&asked, verb, common)?;
    let filters = verb.filters.iter().map(|text| filter(text, &asked, common));
    let filters = filters.collect::<Result<_, _>>()?;
    let threads = threads(verb, me)?;
    let plan = Plan {
        events,
        rules: rules.rules,
        filters,
        handlers,
        sinks: verb.sinks.clone(),
        contexts: verb.contexts.clone(),
        threads,
        left_out: (!verb.own).then(std::process::id),
        has_state: !verb.no_state,
        is_shadow: verb.shadow,
        mode: verb.mode(),
        ring_bytes: verb.buffer.unwrap_or(RING_BYTES),
        uuid,
        version: verb.ctf,
        names: verb.names(),
        through: verb.through,
    };
    Ok((plan, of_programs))
}

/// The events that are recorded: what the command line names, and what handlers name.
fn events(
    verb: &Record,
    handlers: &mut Handlers,
    common: &Common,
) -> Result<Vec<(Format, String)>, Exit> {
    let place = Place { tracefs: None };
    let Kernel { tracefs, mut names } = place.open().map_err(|e| place.refuse(&e))?;
    let named = programs::others(&verb.events);
    let (places, patterns) = uprobes::split(&named);
    let mut selected = tracefs::select(&patterns, &verb.classes, &names)?;
    let found = uprobes::find(&places)?;
    let is_found = |event: &Selected| {
        let same = |format: &Format| (&format.system, &format.name) == (&event.system, &event.name);
        found.iter().any(|found| same(&found.format))
    };
    // Handlers may name them as well.
    let name_of = |found: &Found| (found.format.system.clone(), found.format.name.clone());
    names.extend(found.iter().map(name_of));
    selected.extend(handlers.events(&names).into_iter().filter(|event| !is_found(event)));
    selected.sort();
    selected.dedup();
    if selected.is_empty() && found.is_empty() {
        handlers.tell(common)?;
        return Err(misuse(
            "no events of the kernel: name them with -e, or in a handler; -u is for programs",
        ));
    }
    let mut events = Vec::new();
    for event in selected {
        let format = tracefs.format(&event.system, &event.name);
        events.push((format.map_err(|e| place.refuse(&e))?, event.recorded));
    }
    events.extend(found.into_iter().map(|found| (found.format, found.recorded)));
    Ok(events)
}

/// Says what is wrong with filters and handlers; it ends there, if that is more than a warning.
pub fn tell(problems: &Problems, sources: &Sources, common: &Common) -> Result<(), Exit> {
    tell_and(problems, sources, "nothing is recorded with this", common)
}

/// The same, with what comes of mistakes.
pub fn tell_and(
    problems: &Problems,
    sources: &Sources,
    so: &str,
    common: &Common,
) -> Result<(), Exit> {
    let mut teller = Teller::new(common);
    teller.tell(problems, sources, so);
    if !problems.has_errors() {
        return Ok(());
    }
    let mut exit = Exit { usage: true, ..Exit::default() };
    teller.finish(problems, Map::new(), &mut exit);
    Err(exit)
}

/// What a filter means at each of the events.
fn filter(text: &str, asked: &Asked<'_>, common: &Common) -> Result<Filter, Exit> {
    let (mut sources, mut problems) = (Sources::default(), Problems::default());
    let filter = texts::filter(text, asked, (&mut sources, &mut problems));
    tell(&problems, &sources, common)?;
    Ok(filter)
}

/// The threads to begin with; none where all are recorded.
fn threads(verb: &Record, me: Option<u32>) -> Result<Option<Vec<u32>>, Exit> {
    if verb.all || (verb.command.is_empty() && verb.processes.is_empty()) {
        return Ok(None);
    }
    let mut threads = Vec::new();
    if !verb.command.is_empty() {
        threads.extend(me);
    }
    for pid in &verb.processes {
        let tasks = std::fs::read_dir(format!("/proc/{pid}/task"));
        let tasks = tasks.map_err(|_| misuse(&format!("there is no process {pid}")))?;
        let names = tasks.flatten().filter_map(|task| task.file_name().into_string().ok());
        threads.extend(names.filter_map(|name| name.parse::<u32>().ok()));
    }
    Ok(Some(threads))
}

/// Says what makes no sense.
pub fn misuse(why: &str) -> Exit {
    exit::explain(why, &[]);
    Exit { usage: true, ..Exit::default() }
}
