//! lz4: the frame format, skippable frames, and the legacy format.
//!
//! Blocks are decompressed one at a time; a block is at most 4 MiB, in the legacy format 8 MiB.

use std::ops::Range;

use twox_hash::XxHash32;

use super::Compression;
use super::engine::{Decode, Garbage, Step, Want, broken};
use super::lz4_frame::{BLOCK_CHECKSUM, Block, Frame, MAGIC, MAGIC_LEGACY, header, may_begin};
use super::source::{Parsed, Source, first, le32};
use super::zstd_frame::{SKIPPABLE_HEADER_LEN, is_skippable};

/// What is said when a frame does not end.
const TRUNCATED: &str = "the lz4 data ends in the middle of a frame";

/// Where in the input we are.
enum State {
    /// Before a frame, the end or garbage.
    Boundary,
    /// In a skippable frame: how much of it is left.
    Skip(u64),
    /// In a frame, before a block or the end.
    Frame(Box<Frame>),
    /// In something else behind the last frame.
    Garbage(Garbage),
}

/// lz4.
pub(super) struct Lz4 {
    state: State,
    begun: bool,
    /// A decompressed block, and what of it is still to be handed out.
    block: Vec<u8>,
    ready: Range<usize>,
    /// What is wrong behind that.
    damage: Option<super::Broken>,
}

impl Lz4 {
    /// Before the first frame.
    pub(super) fn new() -> Self {
        let (block, ready) = (Vec::new(), 0..0);
        Lz4 { state: State::Boundary, begun: false, block, ready, damage: None }
    }

    fn boundary(&mut self, source: &mut Source) -> Step {
        let bytes = source.bytes();
        match le32(bytes, 0) {
            None if bytes.is_empty() && source.ended() => return Step::End,
            None if !source.ended() || may_begin(bytes) => return hungry(source),
            Some(MAGIC) => match header(bytes) {
                Parsed::Is((len, frame)) => {
                    source.consume(len);
                    self.state = State::Frame(Box::new(frame));
                }
                Parsed::Bad(reason) => return Step::Broken(broken(source, reason)),
                _ => return hungry(source),
            },
            Some(MAGIC_LEGACY) => {
                source.consume(4);
                self.state = State::Frame(Box::new(Frame::legacy()));
            }
            Some(magic) if is_skippable(magic) => match le32(bytes, 4) {
                Some(len) => {
                    self.state = State::Skip(u64::from(len) + SKIPPABLE_HEADER_LEN as u64);
                }
                None => return hungry(source),
            },
            _ if self.begun => {
                self.state = State::Garbage(Garbage::new(Compression::Lz4, source, 0));
            }
            _ => return Step::Broken(broken(source, "this is not lz4")),
        }
        self.begun = true;
        Step::More
    }

    /// The next block of a frame.
    fn frame(&mut self, source: &mut Source) -> Step {
        let State::Frame(frame) = &mut self.state else { return Step::More };
        let bytes = source.bytes();
        let (data, len, stored) = match frame.block(bytes, source.ended()) {
            Block::Data { data, len, stored } => (data, len, stored),
            Block::Short => return hungry(source),
            Block::Bad(reason) => return Step::Broken(broken(source, reason)),
            Block::End(len) => {
                if let Err(reason) = frame.check(first(bytes, len)) {
                    return Step::Broken(broken(source, reason));
                }
                source.consume(len);
                self.state = State::Boundary;
                return Step::More;
            }
        };
        let whole = bytes.len() >= len;
        if !whole && !source.ended() {
            return Step::Hungry;
        }
        let checksum = le32(bytes, data.end).filter(|_| whole && frame.has(BLOCK_CHECKSUM));
        let data = bytes.get(data.start..data.end.min(bytes.len())).unwrap_or_default();
        if checksum.is_some_and(|sum| sum != XxHash32::oneshot(0, data)) {
            return Step::Broken(broken(source, "the checksum of an lz4 block is wrong"));
        }
        if self.block.len() < frame.block_size_max {
            self.block = vec![0; frame.block_size_max];
        }
        let block = self.block.get_mut(..frame.block_size_max).unwrap_or_default();
        let (count, result) = frame.decompress(data, stored, whole, block);
        frame.note(first(block, count));
        self.ready = 0..count;
        let at_fault = |reason: String| broken(source, reason);
        self.damage = match result {
            Err(reason) => Some(at_fault(reason)),
            Ok(()) if !whole => Some(at_fault(TRUNCATED.to_owned())),
            Ok(()) => None,
        };
        source.consume(len);
        Step::More
    }
}

/// Asks for more, or tells that there is none.
fn hungry(source: &Source) -> Step {
    if source.ended() { Step::Broken(broken(source, TRUNCATED)) } else { Step::Hungry }
}

impl Decode for Lz4 {
    fn step(&mut self, source: &mut Source, out: &mut Vec<u8>, want: Want) -> Step {
        if !self.ready.is_empty() {
            let until = self.ready.end.min(self.ready.start.saturating_add(want.room));
            out.extend_from_slice(self.block.get(self.ready.start..until).unwrap_or_default());
            self.ready.start = until;
            return Step::More;
        }
        if let Some(damage) = self.damage.take() {
            return Step::Broken(damage);
        }
        match &mut self.state {
            State::Boundary => self.boundary(source),
            State::Skip(left) => {
                source.skip(left);
                if *left > 0 {
                    return hungry(source);
                }
                self.state = State::Boundary;
                Step::More
            }
            State::Frame(_) => self.frame(source),
            State::Garbage(garbage) => garbage.step(source),
        }
    }
}
