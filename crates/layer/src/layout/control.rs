//! The file `control`, [`BYTES`] long.
//!
//! The first page is the program's, the second the recorder's; in the third each byte is a switch.
//! [`READY`] is published by the program when the words before it are there.
//!
//! | at | size | what |
//! |---|---|---|
//! | 0 | 8 | [`MAGIC`] |
//! | 8 | 4 | [`VERSION`] |
//! | 12 | 4 | [`BYTES`] |
//! | 16 | 4 | process id, as the program sees it |
//! | 20 | 4 | instance |
//! | 24 | 8 | start of the process |
//! | 32 | 8 | [`READY`]: 1 |
//! | 40 | 8 | [`CLASSES_BYTES`]: how long `classes` is; published |
//! | 48 | 4 | [`CLASSES`]: how many classes that is |
//! | 52 | 4 | [`RINGS`]: how many rings there are; published |
//! | 56 | 8 | [`LOST_NO_RING`]: events lost: no ring for their thread |
//! | 64 | 8 | [`LOST_NO_CLASS`]: events lost: no place for their class in `classes` |
//! | 72 | 8 | [`LOST_NESTED`]: events of signal handlers lost where none can be recorded |
//! | 80 | 8 | [`DETACHED`]: handlers that were taken away: they took too long, or panicked |
//! | 88 | 8 | [`REFUSED_FILTERS`]: filters of the recorder that are none |
//! | 96 | 4 | [`CAN_FILTER`]: 1: the program asks filters; 0: it does not look |
//! | 128 | 64 | the name of the process' command, then zeros |
//! | 512 | 1024 | [`HANDLERS`]: for each handler of the program its globs, in 64 bytes |
//! | 4096 | 8 | [`BEAT`]: when the recorder last looked, `CLOCK_MONOTONIC` in ns; 0: never |
//! | 4104 | 4 | [`WANTED_RING_BYTES`]: how long new rings shall be; 0: as the program says |
//! | 4108 | 4 | [`PATTERNS_TURN`]: odd while patterns are written; counts up |
//! | 4112 | 4 | [`PATTERNS_LEN`]: how many bytes of patterns there are |
//! | 4120 | 4 | [`FILTERS_TURN`], as for patterns |
//! | 4124 | 4 | [`FILTERS_LEN`] |
//! | 4160 | 2048 | [`PATTERNS`]: globs of names `provider:event`, with commas between them |
//! | 8192 | 4096 | [`SWITCHES`]: a byte for each class; byte `n` is that of class `n + 1` |
//! | 12288 | 20480 | [`FILTERS`]: filters of the recorder, see below |
//!
//! A class is on where one of the lower two bits of its switch is set. The bit
//! [`ON_BY_ENVIRONMENT`] is set by the program, [`ON_BY_RECORDER`] by the recorder, and by the
//! program when it finds a new class that the recorder's patterns name. A recorder that writes
//! patterns, then looks at the classes that are there and sets their switches, misses none: a
//! program publishes a class before it looks for patterns.
//!
//! A recorder is there when [`BEAT`] is at most [`SILENT_NS`] old. Then a ring that is full loses
//! its newest events; else its oldest. So a recorder that dies stops nothing.
//!
//! Where [`ASK_FILTER`] is set, the program asks the filter of this class in [`FILTERS`], before
//! its own handlers; [`filters`](super::filters) says what stands there. Filters change as patterns
//! do. While they are written, where there is none for the class, and where it is none, the event
//! is kept: so a recorder asks again.

use super::VERSION;
use super::read::{u32_at, u64_at};

/// How long the file is.
pub const BYTES: usize = 8 * 4096;
/// What it begins with.
pub const MAGIC: [u8; 8] = *b"MAREYCTL";
/// The process id.
pub const PID: usize = 16;
/// Which of the process' directories this is.
pub const INSTANCE: usize = 20;
/// When the process was started.
pub const START: usize = 24;
/// 1 as soon as the page is whole.
pub const READY: usize = 32;
/// How many bytes of `classes` are written.
pub const CLASSES_BYTES: usize = 40;
/// How many classes these are.
pub const CLASSES: usize = 48;
/// How many rings were made.
pub const RINGS: usize = 52;
/// Events of threads without a ring.
pub const LOST_NO_RING: usize = 56;
/// Events of classes that are nowhere described.
pub const LOST_NO_CLASS: usize = 64;
/// Events of signal handlers, where there was no place for them.
pub const LOST_NESTED: usize = 72;
/// Handlers that took too long, or panicked.
pub const DETACHED: usize = 80;
/// Filters of the recorder that can't be run.
pub const REFUSED_FILTERS: usize = 88;
/// Whether the program asks filters.
pub const CAN_FILTER: usize = 96;
/// The name of the command.
pub const COMMAND: usize = 128;
/// How many bytes that has.
pub const COMMAND_BYTES: usize = 64;
/// What the handlers of the program are for.
pub const HANDLERS: usize = 512;
/// How many handlers there may be.
pub const HANDLERS_MAX: usize = 16;
/// How many bytes each has there.
pub const HANDLER_NAME_BYTES: usize = 64;
/// When the recorder last looked.
pub const BEAT: usize = 4096;
/// What new rings shall have.
pub const WANTED_RING_BYTES: usize = 4104;
/// Odd while patterns are being written.
pub const PATTERNS_TURN: usize = 4108;
/// How many bytes of patterns there are.
pub const PATTERNS_LEN: usize = 4112;
/// Odd while filters are being written.
pub const FILTERS_TURN: usize = 4120;
/// How many bytes of filters there are.
pub const FILTERS_LEN: usize = 4124;
/// Where patterns are.
pub const PATTERNS: usize = 4160;
/// How many bytes they may have.
pub const PATTERNS_BYTES_MAX: usize = 2048;
/// Where the switches are.
pub const SWITCHES: usize = 8192;
/// Where filters are.
pub const FILTERS: usize = 12288;
/// How many bytes they may have.
pub const FILTERS_BYTES_MAX: usize = BYTES - FILTERS;

/// The environment switched the class on.
pub const ON_BY_ENVIRONMENT: u8 = 1;
/// The recorder did.
pub const ON_BY_RECORDER: u8 = 2;

/// The class is on, by whomever, where one of these is set.
pub const ON: u8 = ON_BY_ENVIRONMENT | ON_BY_RECORDER;
/// The recorder has a filter for the class.
pub const ASK_FILTER: u8 = 4;

/// After so much silence a recorder counts as gone.
pub const SILENT_NS: u64 = 2_000_000_000;

/// What the first page says, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    /// The process, as it sees itself.
    pub pid: u32,
    /// Which of its directories this is.
    pub instance: u32,
    /// When it was started, in clock ticks since the machine was.
    pub start: u64,
    /// How many bytes of `classes` are written.
    pub classes_bytes: u64,
    /// How many rings there are, at most [`RINGS_MAX`](super::RINGS_MAX).
    pub rings: u32,
    /// What was lost or taken away, by cause.
    pub lost: Lost,
    /// Whether the program asks filters.
    pub can_filter: bool,
    /// How many of the recorder's filters it could not take.
    pub refused_filters: u64,
    /// The name of the command, as bytes, with zeros behind it.
    pub command: [u8; COMMAND_BYTES],
    /// For each handler of the program its globs, with zeros behind them.
    pub handlers: [[u8; HANDLER_NAME_BYTES]; HANDLERS_MAX],
}

/// What a program lost outside of its rings, since it was started.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lost {
    /// Events of threads for which there was no ring: too many threads, or no space.
    pub no_ring: u64,
    /// Events whose class could not be described: too many classes, or no space.
    pub no_class: u64,
    /// Events of signal handlers that interrupted what nothing may be recorded in.
    pub nested: u64,
    /// Handlers (not events) that were taken away: they took too long, or panicked.
    pub detached: u64,
}

impl Lost {
    /// All events that are lost here.
    pub fn events(&self) -> u64 {
        self.no_ring.saturating_add(self.no_class).saturating_add(self.nested)
    }
}

impl Control {
    /// Reads the first page; `None` where it is not one, or not ready yet.
    pub fn parse(page: &[u8]) -> Option<Self> {
        let is_ours = page.starts_with(&MAGIC) && u32_at(page, 8)? == VERSION;
        let is_whole = u32_at(page, 12)? == BYTES as u32 && u64_at(page, READY)? == 1;
        if !is_ours || !is_whole {
            return None;
        }
        Some(Control {
            pid: u32_at(page, PID)?,
            instance: u32_at(page, INSTANCE)?,
            start: u64_at(page, START)?,
            classes_bytes: u64_at(page, CLASSES_BYTES)?,
            rings: u32_at(page, RINGS)?.min(super::RINGS_MAX as u32),
            lost: Lost {
                no_ring: u64_at(page, LOST_NO_RING)?,
                no_class: u64_at(page, LOST_NO_CLASS)?,
                nested: u64_at(page, LOST_NESTED)?,
                detached: u64_at(page, DETACHED)?,
            },
            can_filter: u32_at(page, CAN_FILTER)? == 1,
            refused_filters: u64_at(page, REFUSED_FILTERS)?,
            command: *page.get(COMMAND..)?.first_chunk()?,
            handlers: *page.get(HANDLERS..)?.as_chunks().0.first_chunk()?,
        })
    }

    /// The name of the command, as text.
    pub fn command(&self) -> String {
        text(&self.command)
    }

    /// What the handlers of the program are for: globs. What they did is in the rings.
    pub fn handlers(&self) -> Vec<String> {
        self.handlers.iter().map(|name| text(name)).take_while(|name| !name.is_empty()).collect()
    }
}

fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned()
}
