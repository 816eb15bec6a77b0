//! From the command line to what is recorded.

use marey_diagnostic::Problems;
use marey_diagnostic::source::Sources;
use marey_filter::check::{self, Environment as _};
use marey_filter::lang;
use marey_recorder::kernel::class::Recorded;
use marey_recorder::packets;
use marey_recorder::rules::State;
use marey_recorder::select::Selected;
use marey_recorder::session::{Filter, Plan, RING_BYTES};
use marey_recorder::sinks::Sink;
use marey_recorder::tracefs::Format;
use marey_recorder::uprobe::Found;
use serde_json::Map;

use super::args::Record;
use super::handlers::Handlers;
use super::programs;
use super::rules;
use super::sources::Plans;
use crate::args::Common;
use crate::check::merge::Merge;
use crate::exit::{self, Exit};
use crate::generate::problems::Teller;
use crate::tracefs::{self, Kernel, Place};
use crate::uprobes;

/// What is recorded; `me` is the process that filters call so.
pub fn plans(verb: &Record, me: Option<u32>, common: &Common) -> Result<Plans, Exit> {
    let has_packets = !verb.interfaces.is_empty();
    let events = programs::others(&verb.events);
    let has_events = !(events.is_empty() && verb.classes.is_empty() && verb.handlers.is_empty());
    let uuid = *uuid::Uuid::new_v4().as_bytes();
    let programs = programs::plan(verb, me, uuid, common)?;
    if has_packets && !has_events && programs.is_none() && !verb.filters.is_empty() {
        return Err(misuse("-f is for events, and there are none: packets cannot be filtered yet"));
    }
    let packets = has_packets.then(|| packets::Plan {
        interfaces: verb.interfaces.clone(),
        options: packets::Options {
            snaplen: verb.snaplen,
            promiscuous: verb.promiscuous,
            ring_bytes: verb.buffer.unwrap_or(RING_BYTES),
        },
        queues: verb.queues,
        application: concat!("marey ", env!("CARGO_PKG_VERSION")).to_owned(),
    });
    let kernel = has_events.then(|| plan(verb, me, uuid, common)).transpose()?;
    Ok(Plans { kernel, programs, packets })
}

/// Which events are recorded.
fn plan(verb: &Record, me: Option<u32>, uuid: [u8; 16], common: &Common) -> Result<Plan, Exit> {
    let mut handlers = Handlers::read(&verb.handlers)?;
    let events = events(verb, &mut handlers, common)?;
    let rules = rules::read(verb, &events, common)?;
    let asked = Asked::new(&events, &rules.states, &verb.sinks, me);
    let handlers = handlers.check(&asked, common)?;
    // Of programs it is known later which classes they have: a filter may be for these alone.
    let is_for_others = programs::are_recorded(verb);
    let filters = verb.filters.iter().map(|text| filter(text, &asked, is_for_others, common));
    let filters = filters.collect::<Result<_, _>>()?;
    let threads = threads(verb, me)?;
    Ok(Plan {
        events,
        rules: rules.rules,
        filters,
        handlers,
        sinks: verb.sinks.clone(),
        threads,
        left_out: (!verb.own).then(std::process::id),
        has_state: !verb.no_state,
        is_shadow: verb.shadow,
        ring_bytes: verb.buffer.unwrap_or(RING_BYTES),
        uuid,
    })
}

/// What filters and handlers are asked about.
pub struct Asked<'e> {
    /// The events, and what names mean there.
    pub events: Vec<(&'e Format, Recorded)>,
    /// The names of the sinks.
    pub sinks: Vec<String>,
}

impl<'e> Asked<'e> {
    /// Events, and what rules come to there at first.
    fn new(
        events: &'e [(Format, String)],
        states: &[State],
        sinks: &[Sink],
        me: Option<u32>,
    ) -> Self {
        let of = |((format, _), state): (&'e (Format, String), &State)| {
            (format, Recorded::new(format, me, state.is_fast))
        };
        let sinks = sinks.iter().map(|sink| sink.name.clone());
        Asked { events: events.iter().zip(states).map(of).collect(), sinks: sinks.collect() }
    }
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
        return Err(misuse("no events are recorded: name them with -e, or in a handler"));
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
    let mut teller = Teller::new(common);
    teller.tell(problems, sources, "nothing is recorded with this");
    if !problems.has_errors() {
        return Ok(());
    }
    let mut exit = Exit { usage: true, ..Exit::default() };
    teller.finish(problems, Map::new(), &mut exit);
    Err(exit)
}

/// What a filter means at each of the events. What they do not have is an error, unless it may be
/// for others as well.
fn filter(
    text: &str,
    asked: &Asked<'_>,
    is_for_others: bool,
    common: &Common,
) -> Result<Filter, Exit> {
    let mut sources = Sources::default();
    let file = sources.add("-f", text.as_bytes().to_vec());
    let file = file.map_err(|found| misuse(&found.what))?;
    let mut problems = Problems::default();
    let tree = lang::filter(&sources, file, &mut problems);
    let (mut conditions, mut merge) = (Vec::new(), Merge::default());
    for (_, names) in &asked.events {
        let (names, mut found) = (names.clone().or_of_others(is_for_others), Problems::default());
        let condition = tree.as_ref().and_then(|tree| check::filter(tree, &names, &mut found));
        merge.add(&names.class(), &found);
        conditions.extend(condition);
    }
    merge.into_problems(asked.events.len(), &mut problems);
    tell(&problems, &sources, common)?;
    Ok(Filter { name: text.to_owned(), conditions })
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
