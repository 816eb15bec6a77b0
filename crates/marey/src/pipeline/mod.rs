//! The pipeline: traces through handlers, on all cores, with results in the order of the records.
//!
//! # What there is
//!
//! * [`open`] and its like give a [`Trace`]. Its options say how it is run; [`Trace::reader`] reads
//!   it record after record, [`Trace::run`] runs it through handlers.
//! * A [`Handler`] is your code, with a method for each thing that can come: packets, meta records,
//!   ticks, messages, pauses. [`each`] makes one of a closure. What it publishes through its [`Cx`]
//!   reaches the reporter in the order of the records.
//! * Without a hasher each worker has a handler, which sees whole pieces of the trace. With a
//!   [`Hasher`] each of 64 shards has one, which sees all its records in their order.
//! * A [`Tick`] comes every so many records, or every so much time. A [`Control`] pauses, resumes,
//!   stops, sends messages, and tells how far a run is.
//! * [`Run`] is what is left: the handlers with their states, the scene at the end, and the
//!   [`Ledger`], the account of what was received, delivered, filtered, lost and damaged.
//!
//! ```
//! # std::env::set_current_dir("../..")?;
//! use marey::pipeline::{Cx, GO, Handler, Hasher, Next};
//!
//! /// Bytes of the packets of a shard.
//! #[derive(Default)]
//! struct Bytes(u64);
//!
//! impl Handler for Bytes {
//!     type Out = String;
//!
//!     fn on_packet(&mut self, packet: &marey::Packet<'_>, cx: &mut Cx<String>) -> Next {
//!         self.0 += u64::from(packet.wire_len());
//!         packet.comments().into_iter().for_each(|comment| cx.publish(comment));
//!         GO
//!     }
//! }
//!
//! let trace = marey::open("corpus/pcapng/ok/demo.pcapng")?.hasher(Hasher::interface());
//! let mut comments = Vec::new();
//! let run = trace.run(|_shard| Bytes::default(), |_place, text| (comments.push(text), GO).1)?;
//! assert_eq!(run.handlers.iter().map(|shard| shard.0).sum::<u64>(), 39_232);
//! assert_eq!(run.ledger.received, 240);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is promised
//!
//! Results come in the order of the records, as it goes, within a bound of memory. Ticks of records
//! and of the trace's time stand between the same two records at every run. With a hasher any
//! state gives the same answer for any number of workers; without one a state does that merges in
//! any order. Damage and panics end neither the process nor what others have published before.
//! `docs/pipeline.md` in the repository has a program for each of these.
//!
//! # How it works
//!
//! There are no queues between threads to fill: each worker pulls a block, loads it, passes the
//! gate where blocks are framed in their order, decodes it, passes the gate where the inputs become
//! one sequence, hands the records to their handlers, and retires the piece; results reach the
//! reporter in the order of the records.
//!
//! Read on in [`handler`] (what a program writes), [`hasher`] (shards), [`tick`], [`control`],
//! [`ledger`] (the account of a run); then `engine` (what a worker does), `piece`, `merge` (trace
//! order), `slot` and `visit` (how a handler is called); and `desk`, `ring`, `gate`, `turns`, which
//! are all there is of concurrency.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

pub mod control;
mod desk;
mod engine;
mod gate;
pub mod handler;
pub mod hasher;
mod lane;
pub mod ledger;
mod merge;
mod pace;
mod picked;
mod piece;
mod reader;
mod ring;
mod run;
mod slot;
pub mod tick;
mod turns;
mod visit;
mod walk;

/// What the ring synchronises with; a test gives it others.
mod sync {
    pub use std::sync::{Condvar, Mutex, MutexGuard};
}

pub use control::{Control, Full, Message, To};
pub use handler::{Cx, GO, Handler, MetaTo, Next, STOP, Stop, each, go};
pub use hasher::{Hasher, SHARDS};
pub use ledger::Ledger;
pub use reader::Reader;
pub use run::Run;
pub use tick::{Tick, TickKind};

use crate::error::{Error, ErrorKind, Result};
use crate::input::blocks::Progress;
use crate::input::{self, Compression, Opened, Source};
use crate::record::Place;
use crate::time::Timestamp;
use hasher::Placing;
use tick::Clockwork;

/// How many bytes a block has, unless said otherwise.
pub const BLOCK_LEN: usize = 1 << 20;
/// More workers than this are not started.
pub const WORKERS_MAX: usize = 1024;
/// More inputs than this are not made one trace: each is an open file and a block in memory.
pub const INPUTS_MAX: usize = 1000;
/// How many bytes the results may hold that were not reported yet, before new pieces wait.
pub const RESULT_BYTES_MAX: u64 = 32 << 20;
/// How many bytes the blocks of all inputs have together, if there are many.
const BLOCKS_LEN: usize = 32 << 20;
/// No block is shorter because there are many inputs.
const BLOCK_LEN_MIN: usize = 32 << 10;

/// A trace that was opened and recognised, ready to run or to read.
///
/// Several inputs are one trace: their records come in the order of time.
pub struct Trace {
    inputs: Vec<(Opened, PathBuf)>,
    options: Options,
    control: Control,
}

/// How a trace is run.
struct Options {
    workers: usize,
    /// How many bytes a block has; 0 for no more than a record needs.
    block_len: usize,
    placing: Placing,
    clockwork: Clockwork,
    wall: Option<Duration>,
    packets: Option<u64>,
    replay: Option<f64>,
}

impl Options {
    /// How many bytes a block has with so many inputs.
    fn block_len_of(&self, inputs: usize) -> usize {
        if self.replay.is_some() {
            return 0;
        }
        let of_many = (BLOCKS_LEN / inputs.max(1)).max(BLOCK_LEN_MIN);
        self.block_len.min(of_many)
    }
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
    open_all([source])
}

/// Opens several traces as one: their records come in the order of time, those of the first input
/// first where times are equal. A record without a time comes right behind the one before it.
///
/// ```no_run
/// let mut reader = marey::open_all(["eth0.pcap", "eth1.pcapng.zst"])?.reader();
/// while let Some(record) = reader.next() {
///     println!("{:?} from input {}", record.time(), record.position().input);
/// }
/// # Ok::<(), marey::Error>(())
/// ```
///
/// # Errors
///
/// As [`open`]; no input at all, or more than [`INPUTS_MAX`].
pub fn open_all(sources: impl IntoIterator<Item = impl Into<Source>>) -> Result<Trace> {
    let mut inputs = Vec::new();
    let progress = Arc::new(Progress::default());
    for source in sources {
        if inputs.len() == INPUTS_MAX {
            let reason = format!("more than {INPUTS_MAX} inputs cannot be one trace");
            return Err(Error::new(ErrorKind::Misuse(reason)));
        }
        let source = source.into();
        inputs.push((input::open(&source, &progress)?, PathBuf::from(&source.given)));
    }
    if inputs.is_empty() {
        return Err(Error::new(ErrorKind::Misuse("no input".to_owned())));
    }
    Ok(Trace::new(inputs))
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
    let opened = input::open_stream(&source, Box::new(reader))?;
    Ok(Trace::new(vec![(opened, PathBuf::from(&source.given))]))
}

/// As [`open_stream`], for what may keep its reader waiting, as a socket or a pipe does: a thread
/// of its own reads it, so that a [stop](Control::stop) and ticks of the wall clock need not wait
/// for it. That thread ends with its reader's next answer.
///
/// # Errors
///
/// As [`open_stream`], and if there can be no thread.
pub fn open_live(
    name: impl Into<Source>,
    reader: impl std::io::Read + Send + 'static,
) -> Result<Trace> {
    let source = name.into();
    let opened = input::open_live(&source, Box::new(reader), &Arc::default())?;
    Ok(Trace::new(vec![(opened, PathBuf::from(&source.given))]))
}

/// As [`open_live`], for a source that hands over blocks of a ring: the workers look for them
/// themselves.
pub fn open_supply(name: impl Into<Source>, supply: impl input::Supply + 'static) -> Trace {
    let source = name.into();
    let opened = input::open_supply(&source, Box::new(supply));
    Trace::new(vec![(opened, PathBuf::from(&source.given))])
}

impl Trace {
    fn new(inputs: Vec<(Opened, PathBuf)>) -> Self {
        let options = Options {
            workers: std::thread::available_parallelism().map_or(1, usize::from),
            block_len: BLOCK_LEN,
            placing: Placing::default(),
            clockwork: Clockwork::default(),
            wall: None,
            packets: None,
            replay: None,
        };
        Trace { inputs, options, control: Control::default() }
    }

    /// This trace and another as one, as [`open_all`] makes it of files. How it runs, and who
    /// controls it, is this trace's; what was said of the other has no effect.
    ///
    /// # Errors
    ///
    /// More than [`INPUTS_MAX`] inputs.
    pub fn and(mut self, other: Trace) -> Result<Trace> {
        self.inputs.extend(other.inputs);
        if self.inputs.len() > INPUTS_MAX {
            let reason = format!("more than {INPUTS_MAX} inputs cannot be one trace");
            return Err(Error::new(ErrorKind::Misuse(reason)));
        }
        Ok(self)
    }

    /// How many workers there shall be; as many as there are cores unless said otherwise.
    pub fn workers(mut self, workers: usize) -> Self {
        self.options.workers = workers.clamp(1, WORKERS_MAX);
        self
    }

    /// How many bytes a block has. It changes speed and memory, never an answer.
    pub fn block_len(mut self, bytes: usize) -> Self {
        self.options.block_len = bytes.max(1);
        self
    }

    /// Has each piece hold no more than one record, or as little as its format allows: for those
    /// who need each record at once, and for tests.
    pub fn record_by_record(mut self) -> Self {
        self.options.block_len = 0;
        self
    }

    /// Keeps a state for each of 64 shards: each handler sees the records of one shard, in order.
    pub fn hasher(mut self, hasher: Hasher) -> Self {
        self.options.placing.hasher = Some(hasher);
        self
    }

    /// A [tick](Handler::on_tick) every so many records, counted over all inputs.
    pub fn tick_every(mut self, records: u64) -> Self {
        self.options.clockwork.every = Some(records.max(1));
        self
    }

    /// A tick every so much of the trace's time: it comes when the latest time so far has passed a
    /// multiple of the interval, counted from the first record that has a time. See [`Tick`] for
    /// where several are due at once.
    pub fn tick_interval(mut self, interval: Duration) -> Self {
        self.options.clockwork.interval = Some(interval.max(Duration::from_nanos(1)));
        self
    }

    /// A tick every so much of the time that passes while it runs, between two pieces. If several
    /// are due for a handler, only the last one comes.
    pub fn tick_wall(mut self, interval: Duration) -> Self {
        self.options.wall = Some(interval.max(Duration::from_millis(1)));
        self
    }

    /// Leaves out packets before `time`, and those without a time. Meta records are not left out.
    pub fn since(mut self, time: Timestamp) -> Self {
        self.options.placing.since = Some(time);
        self
    }

    /// Leaves out packets from `time` on, and those without a time. Meta records are not left out.
    pub fn until(mut self, time: Timestamp) -> Self {
        self.options.placing.until = Some(time);
        self
    }

    /// Ends after so many packets, of those that are not left out.
    pub fn packets(mut self, count: u64) -> Self {
        self.options.packets = Some(count);
        self
    }

    /// Hands records over at the speed at which they were recorded, times `speed`.
    ///
    /// # Errors
    ///
    /// A speed that is not a positive number.
    pub fn replay(mut self, speed: f64) -> Result<Self> {
        if !(speed.is_finite() && speed > 0.0) {
            let reason = format!("{speed} is no speed to replay at: it must be more than 0");
            return Err(Error::new(ErrorKind::Misuse(reason)));
        }
        self.options.replay = Some(speed);
        Ok(self)
    }

    /// The name of the format, of the first input.
    pub fn format(&self) -> &'static str {
        self.first().format.name()
    }

    /// Which variant of the format, for a person.
    pub fn variant(&self) -> String {
        self.first().format.variant()
    }

    /// How the first input is packed.
    pub fn compression(&self) -> Compression {
        self.first().compression
    }

    fn first(&self) -> &Opened {
        &self.inputs[0].0
    }

    /// How far reading has come, while it runs.
    pub fn progress(&self) -> Arc<Progress> {
        self.first().blocks.progress()
    }

    /// A handle to pause, resume and stop the run, to send messages to handlers, and to ask how
    /// far it has come: from any thread.
    pub fn control(&self) -> Control {
        self.control.clone()
    }

    /// Reads the trace record after record, without handlers: what is for them (hashers, ticks,
    /// [control](Trace::control)) has no effect.
    pub fn reader(self) -> Reader {
        Reader::new(self)
    }

    /// Runs the trace through handlers: `make` makes one for each worker, or with a
    /// [hasher](Trace::hasher) one for each shard; `report` gets what they publish, in the order of
    /// the records, on the caller's thread.
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
        report: impl FnMut(Place, H::Out) -> Next,
    ) -> Result<Run<H>> {
        run::run(self, make, report)
    }
}
