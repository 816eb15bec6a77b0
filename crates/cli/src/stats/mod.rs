//! `marey stats`: numbers, tables and series of what is in traces.
//!
//! Read on in [`of`] (what tables there are), [`gather`] (what is counted while a trace runs),
//! [`tables`] (from all workers' tables to rows) and [`show`] (how rows are shown). This file only
//! says in which order things happen.

use std::ffi::OsString;
use std::time::Duration;

use marey::input::Body;
use marey::pipeline::{INPUTS_MAX, Trace};
use marey::{Error, ErrorKind, Record, Source};

use crate::args::Common;
use crate::exit::Exit;
use crate::{inputs, progress};

pub mod args;
mod cell;
mod counter;
mod gather;
mod key;
mod label;
mod names;
mod of;
mod rank;
mod series;
mod show;
mod tables;
mod times;

use args::Stats;
use counter::Counter;
use gather::{Gather, Origin, Plan, table_error};
use of::Of;
use series::Series;
use show::{All, Input, Page};
use tables::Shown;

/// How often it is looked whether an interval has passed.
const TICK: Duration = Duration::from_millis(100);

/// Counts each input, or all of them as one.
pub fn run(verb: &Stats, common: &Common) -> Result<Exit, Error> {
    let plan = Plan::new(verb, common);
    let page = Page::new(common, verb.csv, !plan.tables.is_empty());
    let mut run =
        Run { verb, common, plan: &plan, page, all: All::default(), exit: Exit::default() };
    if verb.merge {
        run.merged();
    } else {
        run.each();
    }
    let Run { page, all, mut exit, .. } = run;
    page.finish(&all, &mut exit);
    Ok(exit)
}

struct Run<'a> {
    verb: &'a Stats,
    common: &'a Common,
    plan: &'a Plan,
    page: Page,
    all: All,
    exit: Exit,
}

impl Run<'_> {
    /// Each input for itself.
    fn each(&mut self) {
        let verb = self.verb;
        for argument in &verb.inputs {
            for source in inputs::resolve(argument) {
                let is_found = inputs::is_found(argument, &source);
                let done = source.and_then(|source| {
                    let trace = inputs::open(&source, self.common)?;
                    self.count(trace, &[source])
                });
                done.unwrap_or_else(|error| self.refuse(&error, is_found));
                if !self.page.flush() {
                    return;
                }
            }
        }
    }

    /// All inputs that can be read as one trace.
    fn merged(&mut self) {
        let (mut merged, mut sources): (Option<Trace>, _) = (None, Vec::new());
        let verb = self.verb;
        for argument in &verb.inputs {
            for source in inputs::resolve(argument) {
                let is_found = inputs::is_found(argument, &source);
                let opened = source.and_then(|source| {
                    let trace = inputs::open(&source, self.common)?;
                    if sources.len() == INPUTS_MAX {
                        let reason = format!("more than {INPUTS_MAX} inputs cannot be one trace");
                        return Err(Error::new(ErrorKind::Misuse(reason)).in_path(&source.given));
                    }
                    merged = Some(match merged.take() {
                        Some(merged) => merged.and(trace)?,
                        None => trace,
                    });
                    sources.push(source);
                    Ok(())
                });
                opened.unwrap_or_else(|error| self.refuse(&error, is_found));
            }
        }
        if let Some(trace) = merged {
            let done = self.count(trace, &sources);
            done.unwrap_or_else(|error| self.refuse(&error, false));
        }
    }

    /// Counts a trace and shows what came of it.
    fn count(&mut self, trace: Trace, sources: &[Source]) -> Result<(), Error> {
        let origin = Origin::new();
        let (trace, workers) = self.prepare(trace, sources, &origin)?;
        let (format, compression) = (trace.format(), trace.compression().name());
        let name = sources.first().map(|source| inputs::shown_path(&source.given));
        let shown = progress::Shown::start(&trace, name.unwrap_or_default(), false);
        let plan = self.plan;
        let paths: Vec<OsString> = sources.iter().map(|source| source.given.clone()).collect();
        let is_live = plan.every_ns.is_some() && are_live(sources);
        let mut series = Series::new(plan, &origin, is_live.then_some((&mut self.page, &paths)));
        let make = |_| {
            if is_live { Gather::live(plan, &origin) } else { Gather::new(plan, &origin, workers) }
        };
        let run = trace.run(make, |_, done| series.interval(done))?;
        drop(shown);
        let all = series.end();
        let (mut gather, tables) = gathered(plan, &origin, run.handlers);
        gather.totals.add(&all);
        let ledger = run.ledger;
        let input = Input { paths, format, compression, totals: gather.totals, ledger };
        self.enter(&input);
        self.page.input(&input);
        let shown = Shown {
            plan,
            totals: &input.totals,
            names: &gather.names,
            origin_ns: origin.get().copied(),
            before: None,
        };
        for (of, counters) in tables.into_iter().filter(|_| !is_live) {
            shown.table(of, counters, &mut self.page).map_err(|e| table_error(&e))?;
        }
        Ok(())
    }

    /// The trace as the command line wants it, with how many workers it has.
    fn prepare(
        &self,
        trace: Trace,
        sources: &[Source],
        origin: &Origin,
    ) -> Result<(Trace, usize), Error> {
        let mut trace = limit(trace, self.verb);
        let mut workers = inputs::workers(self.common);
        if self.plan.every_ns.is_some() {
            if sources.iter().all(inputs::is_file) {
                self.look_ahead(sources, origin)?;
            } else {
                // One worker sees the first packet first, and what comes once cannot be read twice.
                workers = 1;
                trace = trace.tick_wall(TICK);
            }
        }
        let is_small = |source: &Source| inputs::is_small(&trace, inputs::file_bytes(source));
        if self.common.block_size.is_none() && sources.iter().all(is_small) {
            workers = 1;
        }
        trace = trace.workers(workers);
        Ok((trace, workers))
    }

    /// Finds the time of the first packet before the trace is run.
    fn look_ahead(&self, sources: &[Source], origin: &Origin) -> Result<(), Error> {
        let trace = marey::open_all(sources.iter().cloned())?;
        let mut reader = limit(trace, self.verb).reader();
        while let Some(record) = reader.next() {
            if let Record::Packet(packet) = record
                && let Some(time) = packet.time()
            {
                let _ = origin.set(time.as_ns());
                break;
            }
        }
        Ok(())
    }

    fn enter(&mut self, input: &Input) {
        self.all.inputs += 1;
        if input.ledger.is_damaged() {
            self.all.damaged += 1;
            self.exit.input = true;
        }
        self.exit.lost |= input.ledger.lost > 0;
        self.all.totals.add(&input.totals);
        self.all.ledger.absorb(&input.ledger);
    }

    /// Says what is wrong with an input, unless it was only found and is no trace.
    fn refuse(&mut self, error: &Error, is_found: bool) {
        let is_skipped = is_found && inputs::is_no_trace(error);
        self.page.refused(error, is_skipped);
        if !is_skipped {
            self.all.errors += 1;
            self.exit.note(error);
            return inputs::complain(error);
        }
        self.all.skipped.add(error);
    }
}

/// Whether all of them are recorded while they are read: intervals are shown when they have passed.
fn are_live(sources: &[Source]) -> bool {
    sources.iter().all(|source| source.body == Body::Live)
}

/// Leaves out what is not asked for.
fn limit(mut trace: Trace, verb: &Stats) -> Trace {
    if let Some(since) = verb.since {
        trace = trace.since(since);
    }
    if let Some(until) = verb.until {
        trace = trace.until(until);
    }
    match verb.packets {
        Some(count) => trace.packets(count),
        None => trace,
    }
}

/// What all workers saw: numbers and names together, tables side by side.
fn gathered<'p>(
    plan: &'p Plan,
    origin: &'p Origin,
    handlers: Vec<Gather<'p>>,
) -> (Gather<'p>, Vec<(Of, Vec<Counter>)>) {
    let mut all = Gather::new(plan, origin, 1);
    let mut tables: Vec<(Of, Vec<Counter>)> =
        plan.tables.iter().map(|of| (*of, Vec::new())).collect();
    for handler in handlers {
        all.totals.add(&handler.totals);
        all.names.merge(handler.names);
        for ((_, counters), (_, counter)) in tables.iter_mut().zip(handler.counters) {
            counters.push(counter);
        }
    }
    (all, tables)
}
