//! Packets of network interfaces, into a file in pcapng.
//!
//! A [`Queue`] is a ring that the kernel fills with packets of an [`Interface`]. A [`Recording`]
//! has one or more for each interface, and writes what they hold. [`Live`] is a recording that is
//! read while it runs.
//!
//! The counts are exact: the kernel says how many packets came and how many of them had no place,
//! so each one is in the recording or counted as lost. Times are those of the kernel, in
//! nanoseconds, from `CLOCK_REALTIME`.

mod interface;
mod link;
mod live;
mod output;
mod put;
mod queue;
mod source;
mod uri;
mod whole;

use std::path::Path;
use std::time::{Duration, Instant};

pub use interface::{ANY, Interface};
pub use link::Link;
pub use live::{Live, Stop};
pub use marey::format::ring::{Block, Frame, Frames, Vlan};
pub use output::is_file;
pub use queue::{Options, Queue, RIGHTS};
pub use source::OfInterface;
pub use uri::{SCHEME, plan_of};
pub use whole::Whole;

use crate::error::Error;
use crate::held::Held;
use crate::parts::Mode;
use crate::pcapng::{About, Description};
use crate::snapshot::link;
use crate::sys::{HANDED_OVER_AFTER_MS, realtime_ns, wait_for_programs};
use output::Output;
use put::Put;
use source::Source;

/// The file of a recording that has its packets.
pub const FILE: &str = "packets.pcapng";
/// So many interfaces can be recorded at once.
pub const INTERFACES_MAX: usize = 256;
/// So many rings can share an interface.
pub const QUEUES_MAX: usize = 64;

/// The file tells the counts so often, in nanoseconds.
const COUNTS_EVERY: u64 = 1_000_000_000;
/// The same when packets are lost.
const LOSSES_EVERY: u64 = 100_000_000;
/// Packets of several rings wait so long for older ones, in nanoseconds: some times as long as the
/// kernel waits for a block to become full.
const HELD_NS: u64 = 4 * HANDED_OVER_AFTER_MS as u64 * 1_000_000;
/// What the kernel counted is handed over in so long a time, or never.
const LAST_BLOCKS: Duration = Duration::from_secs(1);

/// What is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Names of interfaces, or [`ANY`].
    pub interfaces: Vec<String>,
    /// How each of them is received.
    pub options: Options,
    /// How many rings each of them has: packets of one flow go to one of them.
    pub queues: usize,
    /// Whether the recording has parts, and which are kept.
    pub mode: Mode,
    /// What the file says of the program.
    pub application: String,
}

/// Packets wait until so many bytes of them wait: past that, order is given up.
const HELD_BYTES_MAX: usize = 64 << 20;

/// What is known of a packet that waits, besides its bytes.
#[derive(Clone, Copy, Debug)]
struct Received {
    /// Its interface, by its place among those that are recorded.
    interface: u32,
    /// How long it was on the wire.
    wire: u32,
}

/// A recording of packets that runs, into files or into something else.
#[derive(Debug)]
pub struct Recording<P = Output> {
    sources: Vec<Source>,
    options: Options,
    file: P,
    /// Where packets of several rings are put in order.
    held: Option<Held<Received>>,
    begin: u64,
    /// Since when there is a pause.
    paused: Option<u64>,
    /// When the counts are told next, if none are lost, and if some are.
    next_counts: u64,
    next_losses: u64,
    is_losing: bool,
}

impl Recording {
    /// Prepares a recording into a directory. Nothing is recorded before [`begin`](Self::begin).
    ///
    /// # Errors
    /// What the kernel does not allow, and what cannot be written.
    pub fn new(plan: &Plan, folder: &Path) -> Result<Self, Error> {
        plan.mode.check(1)?;
        let mode = plan.mode;
        Recording::into(plan, |about, interfaces| {
            Output::new(folder, mode, about, interfaces, now()?)
        })
    }

    /// Puts the files of all parts into a directory, with all packets that came by now; what comes
    /// then goes on in other files. What became of all packets so far.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn save(&mut self, folder: &Path) -> Result<Vec<OfInterface>, Error> {
        self.drain()?;
        self.count()?;
        self.tell(now()?, false)?;
        self.file.end_part()?.try_for_each(|file| link(file, folder))?;
        self.commit(now()?)?;
        Ok(self.sources.iter().map(|source| source.account.so_far()).collect())
    }

    /// How many bytes the files have that are there.
    pub fn kept_bytes(&self) -> u64 {
        self.file.kept_bytes()
    }

    /// How many bytes were written, also those that are removed.
    pub fn bytes(&self) -> u64 {
        self.file.bytes()
    }
}

impl<P: Put> Recording<P> {
    /// Prepares a recording into something that is made of what is known by now.
    fn into(
        plan: &Plan,
        make: impl FnOnce(About, Vec<Description>) -> Result<P, Error>,
    ) -> Result<Self, Error> {
        is_possible(plan)?;
        let options = plan.options;
        let open = |name: &String| Source::open(name, options, plan.queues);
        let sources = plan.interfaces.iter().map(open).collect::<Result<Vec<_>, _>>()?;
        let about = about(&plan.application);
        let descriptions = sources.iter().map(|source| &source.interface);
        let descriptions = descriptions.map(|of| of.description(options.snaplen, &about.os));
        let descriptions: Vec<_> = descriptions.collect();
        let file = make(about, descriptions)?;
        let is_one = sources.len() == 1 && plan.queues == 1;
        Ok(Recording {
            sources,
            options,
            file,
            held: (!is_one).then(Held::default),
            begin: 0,
            paused: None,
            next_counts: 0,
            next_losses: 0,
            is_losing: false,
        })
    }

    /// Begins to record.
    ///
    /// # Errors
    /// What the kernel does not allow.
    pub fn begin(&mut self) -> Result<(), Error> {
        self.begin = now()?;
        self.next_counts = self.begin + COUNTS_EVERY;
        self.queues().try_for_each(Queue::begin)
    }

    /// Writes what the rings hold. To be called every few milliseconds.
    ///
    /// # Errors
    /// When the recording cannot be written.
    pub fn drain(&mut self) -> Result<(), Error> {
        let now = now()?;
        self.take()?;
        self.release(now.saturating_sub(HELD_NS))?;
        self.tell_if_due(now)?;
        self.commit(now)
    }

    /// Says what was counted, if it is time for that.
    fn tell_if_due(&mut self, now: u64) -> Result<(), Error> {
        if now >= self.next_counts || self.is_losing && now >= self.next_losses {
            self.count()?;
            self.tell(now, false)?;
        }
        Ok(())
    }

    /// Makes all that was added a part of the files.
    fn commit(&mut self, now: u64) -> Result<(), Error> {
        let committed = self.file.commit(now);
        for (source, lost) in self.sources.iter_mut().zip(self.file.take_lost()) {
            source.account.take_back(lost);
        }
        committed?;
        for (source, removed) in self.sources.iter_mut().zip(self.file.take_removed()) {
            source.account.overwrite(removed);
        }
        Ok(())
    }

    /// Receives nothing, and counts nothing, until [`resume`](Self::resume).
    ///
    /// # Errors
    /// What the kernel does not allow.
    pub fn pause(&mut self) -> Result<(), Error> {
        if self.paused.is_none() {
            self.queues().try_for_each(Queue::end)?;
            wait_for_programs();
            self.paused = Some(now()?);
        }
        Ok(())
    }

    /// Goes on receiving. The file says of each interface when there was a pause.
    ///
    /// # Errors
    /// What the kernel does not allow, and what cannot be written.
    pub fn resume(&mut self) -> Result<(), Error> {
        let Some(since) = self.paused.take() else { return Ok(()) };
        // What was on its way has come long ago.
        self.drain()?;
        self.tell_pause(since)?;
        self.queues().try_for_each(Queue::begin)
    }

    /// Says in the file that there was a pause.
    fn tell_pause(&mut self, since: u64) -> Result<(), Error> {
        let now = now()?;
        self.count()?;
        self.tell(now, false)?;
        for (index, source) in (0..).zip(&mut self.sources) {
            let told = source.pause(index, self.begin, (since, now));
            self.file.statistics(&told)?;
        }
        Ok(())
    }

    /// How many packets were in parts that are removed.
    pub fn overwritten(&self) -> u64 {
        self.sources.iter().map(|source| source.account.overwritten).sum()
    }

    /// How many packets are in the recording so far.
    pub fn delivered(&self) -> u64 {
        self.sources.iter().map(|source| source.account.delivered).sum()
    }

    /// How many packets were lost so far, as far as it is known.
    pub fn lost(&self) -> u64 {
        self.sources.iter().map(|source| source.account.lost_to_full_ring).sum()
    }

    /// Ends the recording, and says what became of all packets.
    ///
    /// # Errors
    /// When the recording cannot be written.
    pub fn end(mut self) -> Result<Vec<OfInterface>, Error> {
        self.finish()?;
        Ok(self.sources.into_iter().map(|source| source.account).collect())
    }

    /// Writes all that came, and what was counted.
    fn finish(&mut self) -> Result<(), Error> {
        self.queues().try_for_each(Queue::end)?;
        wait_for_programs();
        self.count()?;
        let start = Instant::now();
        loop {
            self.take()?;
            let is_empty = self.queues().all(|queue| queue.is_empty());
            if is_empty || start.elapsed() > LAST_BLOCKS {
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        self.release(u64::MAX)?;
        if let Some(since) = self.paused.take() {
            self.tell_pause(since)?;
        }
        self.count()?;
        self.tell(now()?, true)?;
        self.commit(now()?)
    }

    fn queues(&mut self) -> impl Iterator<Item = &mut Queue> {
        self.sources.iter_mut().flat_map(|source| &mut source.queues)
    }

    /// Takes what is in the rings by now: a fast sender must not keep it here for ever.
    fn take(&mut self) -> Result<(), Error> {
        let Recording { sources, options, file, held, is_losing, .. } = self;
        let mut rank = 0;
        for (index, source) in (0..).zip(sources) {
            let Source { interface, queues, account, .. } = source;
            let link = interface.link;
            for queue in queues {
                for _ in 0..queue.blocks() {
                    let Some(block) = queue.next_block() else { break };
                    *is_losing |= block.tells_loss();
                    let from = (link, options.snaplen);
                    match held {
                        Some(held) => account.cut += hold(&block, from, (index, rank), held),
                        None => write(&block, from, index, (account, file))?,
                    }
                }
                rank += 1;
            }
        }
        Ok(())
    }

    /// Writes those that waited, and are older than this.
    fn release(&mut self, before: u64) -> Result<(), Error> {
        let Recording { sources, file, held, .. } = self;
        let Some(held) = held else { return Ok(()) };
        let before = if held.bytes() >= HELD_BYTES_MAX { u64::MAX } else { before };
        held.release(before, |time, Received { interface, wire }, bytes| {
            file.packet((interface, time, wire), &[bytes])?;
            if let Some(source) = sources.get_mut(interface as usize) {
                source.account.written(time);
            }
            Ok(())
        })
    }

    fn count(&mut self) -> Result<(), Error> {
        self.is_losing = false;
        self.sources.iter_mut().try_for_each(Source::count)
    }

    /// Says in the file what was counted.
    fn tell(&mut self, now: u64, is_end: bool) -> Result<(), Error> {
        self.next_counts = now + COUNTS_EVERY;
        self.next_losses = now + LOSSES_EVERY;
        for (index, source) in (0..).zip(&mut self.sources) {
            if let Some(news) = source.news(index, (self.begin, now), is_end) {
                self.file.statistics(&news)?;
            }
        }
        Ok(())
    }
}

/// Puts the packets of a block of a ring to those that wait; how many of them were cut by the ring.
fn hold(
    block: &Block<'_>,
    (link, snaplen): (Link, u32),
    (interface, rank): (u32, usize),
    held: &mut Held<Received>,
) -> u64 {
    let mut cut = 0;
    for frame in block.frames() {
        cut += u64::from(frame.is_cut(snaplen));
        let whole = Whole::of(&frame, link, snaplen);
        held.push((frame.time(), rank), Received { interface, wire: whole.wire }, whole.pieces());
    }
    cut
}

/// Writes the packets of a block, in its order.
fn write(
    block: &Block<'_>,
    (link, snaplen): (Link, u32),
    interface: u32,
    (account, file): (&mut OfInterface, &mut impl Put),
) -> Result<(), Error> {
    for frame in block.frames() {
        account.cut += u64::from(frame.is_cut(snaplen));
        let whole = Whole::of(&frame, link, snaplen);
        let head = (interface, frame.time(), whole.wire);
        file.packet(head, &whole.pieces())?;
        account.written(frame.time());
    }
    Ok(())
}

fn is_possible(plan: &Plan) -> Result<(), Error> {
    let why = match (plan.interfaces.len(), plan.queues) {
        (1..=INTERFACES_MAX, 1..=QUEUES_MAX) => None,
        (1..=INTERFACES_MAX, _) => Some(format!("an interface has 1 to {QUEUES_MAX} queues")),
        _ => Some(format!("1 to {INTERFACES_MAX} interfaces can be recorded at once")),
    };
    why.map_or(Ok(()), |why| Err(Error::misuse("a recording of packets", why)))
}

/// What the file says of the machine.
fn about(application: &str) -> About {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let processors = read("/proc/cpuinfo");
    let model = processors.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.map(|model| model.trim_start_matches([' ', '\t', ':']).to_owned());
    let [kind, release] = ["ostype", "osrelease"]
        .map(|name| read(&format!("/proc/sys/kernel/{name}")).trim().to_owned());
    About {
        hardware: model.unwrap_or_else(|| std::env::consts::ARCH.to_owned()),
        os: format!("{kind} {release}").trim().to_owned(),
        application: application.to_owned(),
    }
}

fn now() -> Result<u64, Error> {
    let now = realtime_ns().map_err(|e| Error::of_io("the clock", &e))?;
    Ok(u64::try_from(now).unwrap_or(0))
}
