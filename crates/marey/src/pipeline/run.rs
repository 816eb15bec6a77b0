//! A run: workers and reporter, from the first record to the last.

use std::thread::ScopedJoinHandle;

use super::Trace;
use super::control::Control;
use super::engine::{Engine, Retired};
use super::handler::{Handler, Next, Stop};
use super::ledger::Ledger;
use super::picked::Picked;
use super::piece::Framing;
use super::slot::{Left, panic_message};
use crate::error::{Error, ErrorKind, Result};
use crate::format::Account;
use crate::record::Place;
use crate::scene::Scene;

/// What a run gives back.
pub struct Run<H> {
    /// The handlers, in the order of their numbers: their states are for merging.
    pub handlers: Vec<H>,
    /// The account of the run.
    pub ledger: Ledger,
    /// The scene at the end of each input.
    pub scenes: Vec<Scene>,
    /// How many bytes of the decompressed inputs were what.
    pub account: Account,
}

impl<H> Run<H> {
    /// The scene at the end of the first input.
    pub fn scene(&self) -> &Scene {
        &self.scenes[0]
    }
}

/// Who gets what is published.
struct Reporter<F> {
    report: F,
    control: Control,
    account: Account,
    last: Option<Place>,
    /// Whether it wants no more.
    is_done: bool,
}

impl<F> Reporter<F> {
    /// Hands results over; whether to go on.
    fn deliver<T>(&mut self, results: Vec<(Place, T)>) -> Result<bool>
    where
        F: FnMut(Place, T) -> Next,
    {
        for (mut place, value) in results {
            place.nth = match self.last {
                Some(last) if last.record == place.record => last.nth + 1,
                _ => 0,
            };
            self.last = Some(place);
            if stops((self.report)(place, value))? {
                self.is_done = true;
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Enters a piece into the account, and hands its results over; whether to go on.
    fn retired<H: Handler>(&mut self, engine: &Engine<H>, retired: Retired<H::Out>) -> Result<bool>
    where
        F: FnMut(Place, H::Out) -> Next,
    {
        let Retired { first, results, next, received, filtered, account, damage } = retired;
        self.control.shared().account(|ledger| ledger.add(received, filtered, &damage));
        self.account.add(&account);
        Ok(self.deliver(engine.take_aside(first))? && self.deliver(results)? && !stops(next)?)
    }
}

/// Whether to stop; an error if that is why.
fn stops(next: Next) -> Result<bool> {
    match next {
        Next::Continue(()) => Ok(false),
        Next::Break(Stop::Here) => Ok(true),
        Next::Break(Stop::Error(error)) => Err(error),
    }
}

/// Runs a trace through handlers.
pub(super) fn run<H: Handler>(
    trace: Trace,
    make: impl Fn(usize) -> H,
    report: impl FnMut(Place, H::Out) -> Next,
) -> Result<Run<H>> {
    let Trace { mut inputs, options, control } = trace;
    let name = inputs[0].1.clone();
    let workers = options.workers;
    for hurry in inputs.iter_mut().filter_map(|(opened, _)| opened.hurry.take()) {
        control.on_stop(hurry);
    }
    let are_recorded: Vec<bool> = inputs.iter().map(|(opened, _)| opened.is_recorded).collect();
    let engine = Engine::new(inputs, &options, control.clone(), make);
    let account = Account::default();
    let mut reporter = Reporter { report, control, account, last: None, is_done: false };
    let result = run_engine(&engine, &mut reporter, workers);
    let named = |e: Error| match &e.position().path {
        Some(_) => e,
        None => e.in_path(name),
    };
    result.map_err(named)?;
    let (framings, handlers) = engine.end();
    let Some(framings) = framings else {
        return Err(Error::new(ErrorKind::Bug("a worker died while framing".to_owned())));
    };
    let mut ledger = reporter.control.shared().take_ledger();
    let cuts = framings.iter().map(|framing: &Framing| &framing.cut);
    ledger.close(cuts.zip(are_recorded));
    let scenes = framings.into_iter().map(|framing| framing.cut.scene).collect();
    Ok(Run { handlers, ledger, scenes, account: reporter.account })
}

fn run_engine<H: Handler, F: FnMut(Place, H::Out) -> Next>(
    engine: &Engine<H>,
    reporter: &mut Reporter<F>,
    workers: usize,
) -> Result<()> {
    let control = reporter.control.clone();
    let start = |slot: &mut super::slot::Slot<H>| slot.call(0, H::on_start);
    engine.tell_each(start, |left: Left<H::Out>| {
        if !reporter.deliver(left.results)? || stops(left.next)? {
            control.stop();
        }
        Ok(())
    })?;
    if workers == 1 {
        run_inline(engine, reporter)?;
    } else {
        run_threads(engine, reporter, workers)?;
    }
    if let Some(error) = engine.take_failure() {
        return Err(error);
    }
    let (record, clockwork) = engine.place();
    reporter.is_done |= !reporter.is_done && !reporter.deliver(engine.take_aside(u64::MAX))?;
    let stop = |slot: &mut super::slot::Slot<H>| slot.stop(record, &clockwork, &control);
    engine.tell_each(stop, |left| {
        stops(left.next)?;
        if !reporter.is_done {
            reporter.deliver(left.results)?;
        }
        Ok(())
    })
}

/// One worker, on the caller's thread.
fn run_inline<H: Handler, F: FnMut(Place, H::Out) -> Next>(
    engine: &Engine<H>,
    reporter: &mut Reporter<F>,
) -> Result<()> {
    let mut picked = Picked::default();
    loop {
        let goes_on = engine.step(0, &mut picked);
        while let Some(retired) = engine.next_retired(false) {
            if !reporter.retired(engine, retired)? {
                return Ok(());
            }
        }
        if !goes_on {
            return Ok(());
        }
    }
}

/// Several workers; results are reported on the caller's thread.
fn run_threads<H: Handler, F: FnMut(Place, H::Out) -> Next>(
    engine: &Engine<H>,
    reporter: &mut Reporter<F>,
    workers: usize,
) -> Result<()> {
    let (reported, workers) = std::thread::scope(|scope| {
        let workers: Vec<_> =
            (0..workers).map(|worker| scope.spawn(move || work(engine, worker))).collect();
        // However this ends, by a panic of the reporter too, the workers must not wait for it.
        let abort = AbortOnDrop(engine);
        let mut reported = Ok(true);
        while let Some(retired) = engine.next_retired(true) {
            reported = reporter.retired(engine, retired);
            if !matches!(reported, Ok(true)) {
                break;
            }
        }
        drop(abort);
        (reported, workers.into_iter().map(ScopedJoinHandle::join).collect::<Vec<_>>())
    });
    reported?;
    let died = workers.into_iter().find_map(std::thread::Result::err);
    died.map_or(Ok(()), |panic| {
        let reason = format!("a worker panicked: {}", panic_message(&*panic));
        Err(Error::new(ErrorKind::Bug(reason)))
    })
}

/// One worker: does piece after piece until there are no more.
fn work<H: Handler>(engine: &Engine<H>, worker: usize) {
    // Outside of the handler only marey's own code runs, so a panic is a bug: it must not leave
    // others waiting.
    let _abort = AbortOnPanic(engine);
    let mut picked = Picked::default();
    while engine.step(worker, &mut picked) {}
}

/// Aborts the run when it goes.
struct AbortOnDrop<'a, H: Handler>(&'a Engine<H>);

impl<H: Handler> Drop for AbortOnDrop<'_, H> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Aborts the run when its thread panics.
struct AbortOnPanic<'a, H: Handler>(&'a Engine<H>);

impl<H: Handler> Drop for AbortOnPanic<'_, H> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.abort();
        }
    }
}
