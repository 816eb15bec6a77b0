//! What all containers share: the loop that turns a decoder's steps into what `take` promises.

use std::io::{self, Read};

use super::source::{Source, first, read_retrying};
use super::{Broken, Compression, Packed, Taken, Unpack};

/// How much one call of a library's decoder may write: what a level 2 cache holds.
const CHUNK_BYTES: usize = 128 << 10;

/// How much is read at a time where nothing is compressed.
const PLAIN_BYTES_MAX: usize = 1 << 20;

/// After how many steps that neither use nor make a byte a decoder is taken to be stuck. A step
/// may only change the state; no decoder does so more than a few times in a row.
const IDLE_STEPS_MAX: u32 = 64;

/// How many bytes behind the end are counted for the message.
const GARBAGE_BYTES_MAX: u64 = 64 << 20;

/// What a step of a decoder came to.
pub(super) enum Step {
    /// Something was done; there is more to do.
    More,
    /// Nothing can be done without more bytes. Never said when the source has ended.
    Hungry,
    /// A unit for any thread; its bytes are used up.
    Packed(Packed),
    /// Damage; nothing follows.
    Broken(Broken),
    /// All is done.
    End,
}

/// How much a step may append.
#[derive(Clone, Copy)]
pub(super) struct Want {
    /// What is still wanted in this `take`; at least 1.
    pub(super) room: usize,
    /// What one `take` or one unit should give at most.
    pub(super) max: usize,
}

/// A container's decoder: a state machine over the bytes that are there. It never reads.
pub(super) trait Decode: Send {
    /// Does the next bit of work.
    fn step(&mut self, source: &mut Source, out: &mut Vec<u8>, want: Want) -> Step;
}

/// A source with its decoder.
pub(super) struct Opened {
    source: Source,
    decoder: Box<dyn Decode>,
    held: Option<io::Result<Taken>>,
    over: bool,
    idle: u32,
}

impl Opened {
    /// Decodes `source` with `decoder`.
    pub(super) fn new(source: Source, decoder: Box<dyn Decode>) -> Self {
        Opened { source, decoder, held: None, over: false, idle: 0 }
    }

    /// One step, with the safety net for a decoder that does not get on.
    fn step(&mut self, out: &mut Vec<u8>, want: Want) -> Step {
        let before = (self.source.offset(), out.len());
        let step = self.decoder.step(&mut self.source, out, want);
        let stuck = match step {
            Step::More if before == (self.source.offset(), out.len()) => {
                self.idle += 1;
                self.idle > IDLE_STEPS_MAX
            }
            Step::Hungry => self.source.ended(),
            _ => {
                self.idle = 0;
                false
            }
        };
        if stuck { Step::Broken(broken(&self.source, STUCK)) } else { step }
    }
}

impl Unpack for Opened {
    fn take(&mut self, out: &mut Vec<u8>, max: usize) -> io::Result<Taken> {
        if let Some(held) = self.held.take() {
            return held;
        }
        if self.over {
            return Ok(Taken::End);
        }
        let (start, max) = (out.len(), max.max(1));
        loop {
            let made = out.len() - start;
            if made >= max {
                return Ok(Taken::Bytes);
            }
            let result = match self.step(out, Want { room: max - made, max }) {
                Step::More => continue,
                Step::Hungry if out.len() > start && self.source.dry() => return Ok(Taken::Bytes),
                Step::Hungry => match self.source.more() {
                    Ok(()) => continue,
                    Err(e) => Err(e),
                },
                Step::Packed(unit) => Ok(Taken::Packed(unit)),
                Step::Broken(damage) => {
                    self.over = true;
                    Ok(Taken::Broken(damage))
                }
                Step::End => {
                    self.over = true;
                    Ok(Taken::End)
                }
            };
            if out.len() == start {
                return result;
            }
            // An error that only says "not now" is asked for again, not kept.
            if !matches!(&result, Err(e) if e.kind() == io::ErrorKind::WouldBlock) {
                self.held = Some(result);
            }
            return Ok(Taken::Bytes);
        }
    }
}

/// No compression: one read a `take`.
pub(super) struct Plain {
    read: Box<dyn Read + Send>,
    scratch: Vec<u8>,
    ended: bool,
}

impl Plain {
    /// Hands `read` through.
    pub(super) fn new(read: Box<dyn Read + Send>) -> Self {
        Plain { read, scratch: Vec::new(), ended: false }
    }
}

impl Unpack for Plain {
    fn take(&mut self, out: &mut Vec<u8>, max: usize) -> io::Result<Taken> {
        if self.ended {
            return Ok(Taken::End);
        }
        let max = max.clamp(1, PLAIN_BYTES_MAX);
        if self.scratch.len() < max {
            self.scratch = vec![0; max];
        }
        let space = self.scratch.get_mut(..max).unwrap_or_default();
        let count = read_retrying(&mut self.read, space)?;
        out.extend_from_slice(first(space, count));
        self.ended = count == 0;
        Ok(if self.ended { Taken::End } else { Taken::Bytes })
    }
}

/// The bytes behind the end that belong to nothing: counted, to say how many they are.
pub(super) struct Garbage {
    kind: Compression,
    offset: u64,
    count: u64,
}

impl Garbage {
    /// Garbage from where `source` is, and `before` bytes before it.
    pub(super) fn new(kind: Compression, source: &Source, before: u64) -> Self {
        Garbage { kind, offset: source.offset().saturating_sub(before), count: before }
    }

    /// Counts, and at the end tells.
    pub(super) fn step(&mut self, source: &mut Source) -> Step {
        let count = source.bytes().len();
        source.consume(count);
        self.count += count as u64;
        if !source.ended() && self.count < GARBAGE_BYTES_MAX {
            return Step::Hungry;
        }
        let more = if source.ended() { "" } else { "more than " };
        let (count, name) = (self.count, self.kind.name());
        let (bytes, are) = if count == 1 { ("byte", "is") } else { ("bytes", "are") };
        let reason =
            format!("{more}{count} {bytes} after the end of the {name} data {are} not {name}");
        Step::Broken(Broken { offset: self.offset, reason })
    }
}

/// Damage noticed where `source` is.
pub(super) fn broken(source: &Source, reason: impl Into<String>) -> Broken {
    Broken { offset: source.offset(), reason: reason.into() }
}

/// What is said when a decoder does not get on; it should not happen.
const STUCK: &str = "the compressed data is damaged: its decoder does not get on";

/// A library's decoder.
pub(super) trait Codec: Send {
    /// Decodes some of `input` to `output`.
    fn run(&mut self, input: &[u8], output: &mut [u8]) -> Ran;
}

/// What a call of a library's decoder came to. The counts hold for an error, too.
pub(super) struct Ran {
    /// How much of the input was used.
    pub(super) used: usize,
    /// How much was written.
    pub(super) made: usize,
    /// Whether that was the end, or what is wrong.
    pub(super) end: Result<bool, String>,
}

/// What a pumping came to.
pub(super) enum Pumped {
    /// Something was done.
    More,
    /// The input is used up, and all that it gave is out.
    Dry,
    /// The decoder says that this was the end.
    End,
    /// The decoder says what is wrong.
    Bad(String),
}

/// A library's decoder, and whether it may hold back output for want of room.
pub(super) struct Pump<C> {
    pub(super) codec: C,
    full: bool,
}

impl<C: Codec> Pump<C> {
    /// A pump with a decoder that has not begun.
    pub(super) fn new(codec: C) -> Self {
        Pump { codec, full: false }
    }

    /// Decodes some of the next `limit` bytes of `source`; says how many were used.
    pub(super) fn run(
        &mut self,
        source: &mut Source,
        limit: usize,
        out: &mut Vec<u8>,
        room: usize,
    ) -> (usize, Pumped) {
        if first(source.bytes(), limit).is_empty() && !self.full {
            return (0, Pumped::Dry);
        }
        // It is written to a buffer of ours and copied while it is in the cache, for `out` could
        // only be written to directly after being filled with zeros.
        let mut scratch = std::mem::take(&mut source.scratch);
        if scratch.is_empty() {
            scratch = vec![0; CHUNK_BYTES];
        }
        let input = first(source.bytes(), limit);
        let room = room.min(CHUNK_BYTES);
        let ran = self.codec.run(input, scratch.get_mut(..room).unwrap_or_default());
        out.extend_from_slice(first(&scratch, ran.made));
        let idle = ran.used == 0 && ran.made == 0 && !input.is_empty();
        self.full = ran.made >= room;
        source.consume(ran.used);
        source.scratch = scratch;
        let pumped = match ran.end {
            Err(reason) => Pumped::Bad(reason),
            Ok(true) => Pumped::End,
            Ok(false) if idle => Pumped::Bad(STUCK.to_owned()),
            Ok(false) => Pumped::More,
        };
        (ran.used, pumped)
    }
}
