//! Recordings in parts: files of which a new one begins now and then, and the oldest may go.
//!
//! A part is all that is recorded in some time, of all CPUs: whatever parts there are, they are of
//! one span of time without a hole. In a ring there are [`RING_PARTS`] of them, and the oldest one
//! is removed when the ring is full. So a ring is valid at any moment, also after a kill: a part
//! that has ended is not changed any more, and the last one is as in a recording without parts.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use crate::error::Error;

/// So many parts a ring has: what falls out at once is one of them.
pub const RING_PARTS: u64 = 8;
/// A ring that is told in time has at most so many bytes, where nothing else is said.
pub const RING_BYTES_MAX: u64 = 1 << 30;
/// Each stream has room for so many bytes in each part, at least.
const STREAM_BYTES: u64 = 128 << 10;

/// How long something may become. What comes first counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// So many bytes; [`u64::MAX`] for any.
    pub bytes: u64,
    /// So many nanoseconds; [`u64::MAX`] for any.
    pub ns: u64,
}

/// Whether a recording has parts, and which are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Mode {
    /// It has none: all is in one file of each stream.
    #[default]
    Linear,
    /// Parts of so many bytes, or so much time; all are kept.
    Rotate(Limit),
    /// The newest are kept, of so many bytes in all, or so much time.
    Ring(Limit),
}

impl Mode {
    /// Whether the oldest parts are removed.
    pub fn is_ring(self) -> bool {
        matches!(self, Mode::Ring(_))
    }

    /// Says why so many streams cannot be recorded in this way.
    ///
    /// # Errors
    /// When there is not room enough for all of them.
    pub fn check(self, streams: usize) -> Result<(), Error> {
        let least = STREAM_BYTES * streams.max(1) as u64;
        let (what, bytes, least) = match self {
            Mode::Linear => return Ok(()),
            Mode::Rotate(limit) => ("parts", limit.bytes, least),
            Mode::Ring(limit) => ("a ring", limit.bytes, least * RING_PARTS),
        };
        if bytes >= least {
            return Ok(());
        }
        let least = least.div_ceil(1 << 10);
        Err(Error::misuse(
            what,
            format!("too short for the CPUs of this machine; the least is {least}KiB"),
        ))
    }

    /// How long each part is.
    fn each(self) -> Limit {
        match self {
            Mode::Linear => Limit { bytes: u64::MAX, ns: u64::MAX },
            Mode::Rotate(limit) => limit,
            Mode::Ring(Limit { bytes, ns }) => {
                let ns = if ns == u64::MAX { ns } else { (ns / RING_PARTS).max(1) };
                Limit { bytes: bytes / RING_PARTS, ns }
            }
        }
    }
}

/// A part that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// When it ended.
    end: u64,
    /// Its files, each with its length.
    pub files: Vec<(PathBuf, u64)>,
    /// How many there are of each kind.
    pub counts: Vec<u64>,
}

impl Part {
    fn bytes(&self) -> u64 {
        self.files.iter().map(|(_, bytes)| bytes).sum()
    }
}

/// Removes a file of a part. One that is not there, somebody else removed: that is all the same.
///
/// # Errors
/// When it cannot be removed.
pub fn remove(file: &Path) -> Result<(), Error> {
    match std::fs::remove_file(file) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::of_io(file.display().to_string(), &e))
        }
        _ => Ok(()),
    }
}

/// The parts of a recording.
#[derive(Debug)]
pub struct Parts {
    mode: Mode,
    /// The number of the one that is being written, from 1 on.
    number: u64,
    begin: u64,
    counts: Vec<u64>,
    /// Whether one of these is more than 0.
    has_any: bool,
    /// Those that have ended and are still there, where that matters: in a ring.
    ended: VecDeque<Part>,
    /// How long these are.
    bytes: u64,
}

impl Parts {
    /// The first part, of so many kinds of things, begins.
    pub fn new(mode: Mode, kinds: usize, now: u64) -> Self {
        let (counts, ended) = (vec![0; kinds], VecDeque::new());
        Parts { mode, number: 1, begin: now, counts, has_any: false, ended, bytes: 0 }
    }

    /// The number of the part that is being written; none where there is but one.
    pub fn number(&self) -> Option<u64> {
        (self.mode != Mode::Linear).then_some(self.number)
    }

    /// Whether the oldest parts are removed.
    pub fn is_ring(&self) -> bool {
        self.mode.is_ring()
    }

    /// When the part that is being written began.
    pub fn begin(&self) -> u64 {
        self.begin
    }

    /// Something of this kind is in the part that is being written.
    pub fn add(&mut self, kind: usize) {
        self.counts.resize(self.counts.len().max(kind + 1), 0);
        if let Some(count) = self.counts.get_mut(kind) {
            *count += 1;
            self.has_any = true;
        }
    }

    /// Something that is of no kind is in the part that is being written: a mark.
    pub fn add_other(&mut self) {
        self.has_any = true;
    }

    /// So many things of this kind are not in the part that is being written after all.
    pub fn take_back(&mut self, kind: usize, count: u64) {
        let own = self.counts.get_mut(kind);
        own.into_iter().for_each(|own| *own = own.saturating_sub(count));
    }

    /// How many things of this kind are in the part that is being written.
    pub fn count(&self, kind: usize) -> u64 {
        self.counts.get(kind).copied().unwrap_or(0)
    }

    /// Whether the part that is being written, and has so many bytes, is long enough. An empty one
    /// is not.
    pub fn is_full(&self, bytes: u64, now: u64) -> bool {
        let each = self.mode.each();
        self.has_any && (bytes >= each.bytes || now.saturating_sub(self.begin) >= each.ns)
    }

    /// The part that was being written has ended, with these files; the next one begins.
    pub fn next(&mut self, now: u64, files: Vec<(PathBuf, u64)>) {
        let kinds = self.counts.len();
        let counts = std::mem::replace(&mut self.counts, vec![0; kinds]);
        if self.mode.is_ring() {
            let part = Part { end: now, files, counts };
            self.bytes += part.bytes();
            self.ended.push_back(part);
        }
        self.number += 1;
        (self.begin, self.has_any) = (now, false);
    }

    /// The oldest part, if it is to go: the part that is being written has so many bytes.
    pub fn take_oldest(&mut self, bytes: u64, now: u64) -> Option<Part> {
        let Mode::Ring(limit) = self.mode else { return None };
        let is_old = now.saturating_sub(self.ended.front()?.end) > limit.ns;
        if !is_old && self.bytes.saturating_add(bytes) <= limit.bytes {
            return None;
        }
        let part = self.ended.pop_front()?;
        self.bytes -= part.bytes();
        Some(part)
    }

    /// The files of all parts that have ended and are there, the oldest first.
    pub fn files(&self) -> impl Iterator<Item = &PathBuf> {
        self.ended.iter().flat_map(|part| &part.files).map(|(path, _)| path)
    }

    /// How many bytes these have.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(number: u64, bytes: u64) -> Vec<(PathBuf, u64)> {
        vec![(PathBuf::from(number.to_string()), bytes)]
    }

    #[test]
    fn a_ring_of_bytes_keeps_the_newest() {
        let mut parts = Parts::new(Mode::Ring(Limit { bytes: 800, ns: u64::MAX }), 2, 0);
        let mut gone = Vec::new();
        for number in 1..=20 {
            assert_eq!(parts.number(), Some(number));
            assert!(!parts.is_full(100, number), "there is nothing in it");
            (0..number).for_each(|_| parts.add(1));
            assert!(!parts.is_full(99, u64::MAX - 1) && parts.is_full(100, number));
            parts.next(number, file(number, 100));
            gone.extend(std::iter::from_fn(|| parts.take_oldest(100, number)));
            assert!(parts.bytes() + 100 <= 800);
        }
        let counts: Vec<Vec<u64>> = gone.iter().map(|part| part.counts.clone()).collect();
        assert_eq!(counts, (1..=13).map(|number| vec![0, number]).collect::<Vec<_>>());
        assert_eq!(parts.files().count(), 7);
    }

    #[test]
    fn what_is_of_no_kind_fills_a_part() {
        let mut parts = Parts::new(Mode::Rotate(Limit { bytes: 10, ns: 5 }), 0, 0);
        assert!(!parts.is_full(10, 5));
        parts.add_other();
        assert!(parts.is_full(10, 0) && parts.is_full(0, 5) && !parts.is_full(9, 4));
        parts.next(5, Vec::new());
        assert!(!parts.is_full(10, 10));
    }

    #[test]
    fn a_ring_of_time_keeps_what_is_not_older() {
        let mut parts = Parts::new(Mode::Ring(Limit { bytes: 1000, ns: 80 }), 1, 0);
        parts.add(0);
        assert!(!parts.is_full(1, 9) && parts.is_full(1, 10));
        parts.next(10, file(1, 1));
        assert_eq!(parts.take_oldest(0, 90), None);
        parts.next(95, file(2, 999));
        assert_eq!(parts.take_oldest(0, 91).map(|part| part.end), Some(10));
        assert_eq!(parts.take_oldest(1, 100), None);
        assert_eq!(parts.take_oldest(2, 100).map(|part| part.end), Some(95), "too many bytes");
        assert_eq!(parts.take_oldest(u64::MAX, u64::MAX), None);
    }

    #[test]
    fn what_has_no_room_is_refused() {
        let limit = |bytes| Limit { bytes, ns: u64::MAX };
        assert!(Mode::Ring(limit(2 << 20)).check(2).is_ok());
        let refused = Mode::Ring(limit((2 << 20) - 1)).check(2).expect_err("too short");
        assert!(refused.to_string().contains("2048KiB"), "{refused}");
        assert!(Mode::Rotate(limit(1 << 18)).check(2).is_ok());
        assert!(Mode::Linear.check(1000).is_ok());
        let mut parts = Parts::new(Mode::Rotate(limit(10)), 0, 0);
        parts.next(1, file(1, 10));
        assert_eq!((parts.files().count(), parts.take_oldest(1 << 40, 5)), (0, None));
    }
}
