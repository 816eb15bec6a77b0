//! zstd and lz4, which have the same skippable frames: what follows those tells which it is.

use super::engine::{Decode, Step, Want};
use super::lz4::Lz4;
use super::source::{Source, le32};
use super::zstd::{Zstd, hungry};
use super::zstd_frame::{SKIPPABLE_HEADER_LEN, is_skippable};
use super::{Compression, lz4_frame, zstd_frame};

/// How many skippable frames are looked behind at most to tell zstd from lz4.
const SKIPPED_MAX: usize = 1000;

/// What begins with a frame's first bytes.
enum Begins {
    /// A frame of it.
    Frame(Compression),
    /// A skippable frame of this length.
    Skippable(u64),
    /// That cannot be said: there are too few of them, or they are of something else.
    Unknown,
}

fn begins(bytes: &[u8]) -> Begins {
    match (le32(bytes, 0), le32(bytes, 4)) {
        (Some(zstd_frame::MAGIC), _) => Begins::Frame(Compression::Zstd),
        (Some(lz4_frame::MAGIC | lz4_frame::MAGIC_LEGACY), _) => Begins::Frame(Compression::Lz4),
        (Some(magic), Some(len)) if is_skippable(magic) => {
            Begins::Skippable(u64::from(len) + SKIPPABLE_HEADER_LEN as u64)
        }
        _ => Begins::Unknown,
    }
}

/// Whether a source that begins so is zstd or lz4. `at` gives up to eight bytes at an offset, and
/// fewer where there are no more. Taken for zstd is what has nothing but skippable frames.
pub(super) fn recognise(mut at: impl FnMut(u64) -> Vec<u8>) -> Option<Compression> {
    let mut offset = 0;
    for _ in 0..SKIPPED_MAX {
        match begins(&at(offset)) {
            Begins::Frame(kind) => return Some(kind),
            Begins::Skippable(len) => offset += len,
            Begins::Unknown => break,
        }
    }
    let is_skipped = offset > 0 || le32(&at(0), 0).is_some_and(is_skippable);
    is_skipped.then_some(Compression::Zstd)
}

/// What was taken for zstd, but may be lz4 where its first bytes did not reach beyond its skippable
/// frames, as in a pipe.
pub(super) enum Framed {
    /// Before the first frame: how much of a skippable one is left, and whether there was one.
    Before { left: u64, skipped: bool },
    /// In what it turned out to be.
    In(Box<dyn Decode>),
}

impl Framed {
    /// Before the first frame.
    pub(super) fn new() -> Self {
        Framed::Before { left: 0, skipped: false }
    }
}

impl Decode for Framed {
    fn step(&mut self, source: &mut Source, out: &mut Vec<u8>, want: Want) -> Step {
        let (left, skipped) = match self {
            Framed::In(decoder) => return decoder.step(source, out, want),
            Framed::Before { left, skipped } => (left, *skipped),
        };
        if *left > 0 {
            source.skip(left);
            return if *left > 0 { hungry(source) } else { Step::More };
        }
        let is_short = source.bytes().len() < SKIPPABLE_HEADER_LEN && !source.ended();
        *self = match begins(source.bytes()) {
            Begins::Skippable(left) => Framed::Before { left, skipped: true },
            Begins::Frame(Compression::Lz4) => Framed::In(Box::new(Lz4::new())),
            Begins::Unknown if is_short => return Step::Hungry,
            _ => Framed::In(Box::new(Zstd::behind(skipped))),
        };
        Step::More
    }
}
