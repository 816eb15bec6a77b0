//! The pipeline: pieces of an input through handlers, on all cores, with results in order.
//!
//! There are no queues between threads to fill: each worker pulls a block, loads it, passes the
//! gate where blocks are framed in their order, decodes it, hands its records to its handler, and
//! retires it; results reach the reporter in the order of the records.
//!
//! Read on in [`handler`] (what a program writes), `piece` (what happens to one block), `ring`
//! (all there is of concurrency) and [`ledger`] (the account of a run).

use std::sync::Arc;
use std::thread::ScopedJoinHandle;

pub mod handler;
pub mod ledger;
mod piece;
mod reader;
mod ring;

/// What the ring synchronises with; a test gives it others.
mod sync {
    pub use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
}

pub use handler::{Cx, GO, Handler, Next, STOP, Stop, each};
pub use ledger::Ledger;
pub use reader::Reader;

use crate::error::{Error, ErrorKind, Result};
use crate::format::{Account, Format};
use crate::input::blocks::{Blocks, Load, Progress};
use crate::input::{self, Compression, Opened, Source};
use crate::record::Place;
use crate::scene::Scene;
use piece::{Framing, Piece};
use ring::Ring;

/// How many bytes a block has, unless said otherwise.
pub const BLOCK_LEN: usize = 1 << 20;
/// More workers than this are not started.
pub const WORKERS_MAX: usize = 1024;

/// A trace that was opened and recognised, ready to run or to read.
pub struct Trace {
    opened: Opened,
    source: Source,
    workers: usize,
    block_len: usize,
}

/// Opens a trace: a file, a pipe, the standard input; compressed or not.
///
/// ```no_run
/// use marey::pipeline::each;
///
/// let trace = marey::open("trace.pcapng")?;
/// let run = trace.run(|_| each(|record, _| println!("{:?}", record.time())), |_, ()| marey::GO)?;
/// println!("{} records", run.ledger.received);
/// # Ok::<(), marey::Error>(())
/// ```
///
/// # Errors
///
/// What the operating system refuses, and inputs of no known format: the error says what they
/// look like.
pub fn open(source: impl Into<Source>) -> Result<Trace> {
    let source = source.into();
    Ok(Trace::new(input::open(&source)?, source))
}

/// Opens what a reader gives: bytes in memory, a socket, the output of another program.
///
/// ```
/// let error = marey::open_stream("nothing", std::io::empty()).err().unwrap();
/// assert_eq!(error.to_string(), "nothing: it is empty: 0 bytes");
/// ```
///
/// # Errors
///
/// As [`open`]; `name` is what they call the input.
pub fn open_stream(
    name: impl Into<Source>,
    reader: impl std::io::Read + Send + 'static,
) -> Result<Trace> {
    let source = name.into();
    Ok(Trace::new(input::open_stream(&source, Box::new(reader))?, source))
}

/// What a run gives back.
pub struct Run<H> {
    /// The handlers, one for each worker, in no order: their states are for merging.
    pub handlers: Vec<H>,
    /// The account of the run.
    pub ledger: Ledger,
    /// The scene at the end of the input.
    pub scene: Scene,
    /// How many bytes of the decompressed input were what.
    pub account: Account,
}

impl Trace {
    fn new(opened: Opened, source: Source) -> Self {
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        Trace { opened, source, workers, block_len: BLOCK_LEN }
    }

    /// How many workers there shall be; as many as there are cores unless said otherwise.
    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = workers.clamp(1, WORKERS_MAX);
        self
    }

    /// How many bytes a block has. It changes speed and memory, never an answer.
    pub fn block_len(mut self, bytes: usize) -> Self {
        self.block_len = bytes.max(1);
        self
    }

    /// The name of the format.
    pub fn format(&self) -> &'static str {
        self.opened.format.name()
    }

    /// Which variant of the format, for a person.
    pub fn variant(&self) -> String {
        self.opened.format.variant()
    }

    /// How the input is packed.
    pub fn compression(&self) -> Compression {
        self.opened.compression
    }

    /// How far reading has come, while it runs.
    pub fn progress(&self) -> Arc<Progress> {
        self.opened.blocks.progress()
    }

    /// Reads the trace record after record, without handlers.
    pub fn reader(self) -> Reader {
        Reader::new(self.opened, self.block_len)
    }

    /// Runs the trace through handlers: `make` makes one for each worker, `report` gets what they
    /// publish, in the order of the records, on the caller's thread.
    ///
    /// Damage does not end a run: it is in the [`Ledger`].
    ///
    /// # Errors
    ///
    /// A handler that stops with an error, or panics: the error names the record. A reporter that
    /// stops with an error.
    pub fn run<H: Handler>(
        self,
        make: impl Fn(usize) -> H,
        mut report: impl FnMut(Place, H::Out) -> Next,
    ) -> Result<Run<H>> {
        let Trace { opened, source, workers, block_len } = self;
        let format = Arc::clone(&opened.format);
        let framing = Framing::new(&*format);
        let result = if workers == 1 {
            run_inline(opened, &*format, framing, block_len, make(0), &mut report)
        } else {
            let handlers = (0..workers).map(make).collect();
            run_threads(opened, &*format, framing, block_len, handlers, &mut report)
        };
        result.map_err(|e| match &e.position().path {
            Some(_) => e,
            None => e.in_path(&source.given),
        })
    }
}

/// One worker, on the caller's thread.
fn run_inline<H: Handler>(
    mut opened: Opened,
    format: &dyn Format,
    mut framing: Framing,
    block_len: usize,
    mut handler: H,
    report: &mut dyn FnMut(Place, H::Out) -> Next,
) -> Result<Run<H>> {
    let mut piece = Piece::default();
    let mut ledger = Ledger::default();
    let mut account = Account::default();
    let mut cx = Cx::new();
    loop {
        let load = opened.blocks.take(&mut piece.buffer, block_len);
        piece.load(load);
        piece.frame(format, &mut framing);
        let handled = piece.run(format, &mut handler, &mut cx);
        ledger.add_piece(&piece);
        account.add(&piece.framed.account);
        let stopped = deliver(cx.take_results(), report)?;
        if stop_error(handled)? || stopped || piece.is_last {
            break;
        }
    }
    ledger.close(&framing.cut);
    Ok(Run { handlers: vec![handler], ledger, scene: framing.cut.scene, account })
}

/// Hands results to the reporter; whether it wants no more.
fn deliver<T>(results: Vec<(Place, T)>, report: &mut dyn FnMut(Place, T) -> Next) -> Result<bool> {
    for (place, value) in results {
        if stop_error(report(place, value))? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether to stop; an error if that is why.
fn stop_error(next: Next) -> Result<bool> {
    match next {
        Next::Continue(()) => Ok(false),
        Next::Break(Stop::Here) => Ok(true),
        Next::Break(Stop::Error(error)) => Err(error),
    }
}

/// What a worker did with a piece, on its way to be retired.
struct Retired<T> {
    results: Vec<(Place, T)>,
    next: Next,
    account: Account,
    records: u64,
    damage: Vec<crate::format::Damage>,
}

/// Several workers; results are reported on the caller's thread.
fn run_threads<H: Handler>(
    opened: Opened,
    format: &dyn Format,
    framing: Framing,
    block_len: usize,
    handlers: Vec<H>,
    report: &mut dyn FnMut(Place, H::Out) -> Next,
) -> Result<Run<H>> {
    let ring = Ring::new(opened.blocks, framing, 2 * handlers.len());
    let mut ledger = Ledger::default();
    let mut account = Account::default();
    let (handlers, reported) = std::thread::scope(|scope| {
        let workers: Vec<_> = handlers
            .into_iter()
            .map(|handler| scope.spawn(|| work(&ring, format, block_len, handler)))
            .collect();
        // However this ends, by a panic of the reporter too, the workers must not wait for it.
        let stop = StopOnDrop(&ring);
        let mut reported = Ok(());
        while let Some(retired) = ring.next_retired() {
            ledger.add(retired.records, &retired.damage);
            account.add(&retired.account);
            let stopped = deliver(retired.results, report)
                .and_then(|stopped| Ok(stop_error(retired.next)? || stopped));
            if !matches!(stopped, Ok(false)) {
                reported = stopped.map(|_| ());
                break;
            }
        }
        drop(stop);
        let handlers: Vec<_> = workers.into_iter().map(ScopedJoinHandle::join).collect();
        (handlers, reported)
    });
    reported?;
    let handlers: std::thread::Result<Vec<H>> = handlers.into_iter().collect();
    let handlers = handlers.map_err(|panic| {
        let reason = format!("a worker panicked: {}", piece::panic_message(&*panic));
        Error::new(ErrorKind::Bug(reason))
    })?;
    let Some(framing) = ring.into_framing() else {
        let reason = "a worker died while framing".to_owned();
        return Err(Error::new(ErrorKind::Bug(reason)));
    };
    ledger.close(&framing.cut);
    Ok(Run { handlers, ledger, scene: framing.cut.scene, account })
}

/// One worker: takes piece after piece until there are no more.
fn work<H: Handler>(
    ring: &Ring<Blocks, Framing, Retired<H::Out>>,
    format: &dyn Format,
    block_len: usize,
    mut handler: H,
) -> H {
    let mut piece = Piece::default();
    let mut cx = Cx::new();
    // Outside of the handler only marey's own code runs, so a panic is a bug: it must not leave
    // others waiting.
    let _stop = StopOnPanic(ring);
    let take = |blocks: &mut Blocks, piece: &mut Piece| {
        let load = blocks.take(&mut piece.buffer, block_len);
        let ended = matches!(load, Load::End(_));
        (load, ended)
    };
    while let Some((ticket, load)) = ring.take(|blocks| take(blocks, &mut piece)) {
        piece.load(load);
        let passed = ring.pass_gate(ticket, |framing| {
            piece.frame(format, framing);
            piece.is_last
        });
        if !passed {
            break;
        }
        let next = piece.run(format, &mut handler, &mut cx);
        // What comes after a stop is not reported, so this handler has nothing left to do.
        let ends = piece.is_last || next.is_break();
        let retired = Retired {
            results: cx.take_results(),
            next,
            account: piece.framed.account,
            records: piece.framed.starts.len() as u64,
            damage: std::mem::take(&mut piece.framed.damage),
        };
        ring.retire(ticket, retired, piece.is_last);
        if ends {
            break;
        }
    }
    handler
}

/// Stops the ring when it goes.
struct StopOnDrop<'a, S, F, T>(&'a Ring<S, F, T>);

impl<S, F, T> Drop for StopOnDrop<'_, S, F, T> {
    fn drop(&mut self) {
        self.0.stop();
    }
}

/// Stops the ring when its thread panics.
struct StopOnPanic<'a, S, F, T>(&'a Ring<S, F, T>);

impl<S, F, T> Drop for StopOnPanic<'_, S, F, T> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.stop();
        }
    }
}
