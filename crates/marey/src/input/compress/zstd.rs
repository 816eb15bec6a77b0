//! Zstandard (RFC 8878): frames as units, or block by block.
//!
//! What is to be decompressed here is walked block by block, too: what the library has
//! decompressed in a call is lost if the call also meets damage.

use ::zstd::stream::raw::{Decoder, InBuffer, Operation, OutBuffer};

use super::engine::{Codec, Decode, Garbage, Opened, Pump, Pumped, Ran, Step, Want, broken};
use super::packed::{Packed, Part, Way};
use super::source::{Parsed, Source, append, le32};
use super::zstd_frame::{
    BLOCK_HEADER_LEN, BLOCK_SIZE_MAX, CHECKSUM_LEN, MAGIC, SKIPPABLE_HEADER_LEN, WINDOW_SIZE_MAX,
    block, gather, header, is_skippable, may_begin,
};
use super::{Broken, Compression, Taken, Unpack};

/// What is said when a frame does not end.
const TRUNCATED: &str = "the zstd data ends in the middle of a frame";

impl Codec for Decoder<'static> {
    fn run(&mut self, input: &[u8], output: &mut [u8]) -> Ran {
        let mut input = InBuffer::around(input);
        let mut output = OutBuffer::around(output);
        let result = Operation::run(self, &mut input, &mut output);
        let end =
            result.map(|hint| hint == 0).map_err(|e| format!("the zstd data is damaged ({e})"));
        Ran { used: input.pos(), made: output.pos(), end }
    }
}

/// Where in the input we are.
enum State {
    /// Before a frame, the end or garbage.
    Boundary,
    /// In a skippable frame: how much of it is left.
    Skip(u64),
    /// In a frame.
    Frame(Box<Frame>),
    /// In something else behind the last frame.
    Garbage(Garbage),
}

/// A frame that is decompressed here.
struct Frame {
    pump: Pump<Decoder<'static>>,
    /// What of the current piece (the header, a block, the checksum) is left.
    left: usize,
    /// What comes behind that, of a block that is stored: its last byte if it is the last block,
    /// and all that is more than the frame says it holds. The library notices there that the frame
    /// holds less or more than it says, and what it has not given by then is lost: apart from it,
    /// all other bytes are given, however they arrive.
    held: usize,
    /// Whether the last block was reached.
    last: bool,
    checksum: bool,
    /// What the header says the frame holds, and what it held so far.
    content: Option<u64>,
    size: u64,
}

/// Zstandard.
pub(super) struct Zstd {
    state: State,
    begun: bool,
    units: bool,
}

impl Zstd {
    /// Before the first frame.
    pub(super) fn new() -> Self {
        Zstd { state: State::Boundary, begun: false, units: true }
    }

    /// Before the first frame that is not skippable; `skipped` says whether such came before it.
    pub(super) fn behind(skipped: bool) -> Self {
        Zstd { begun: skipped, ..Zstd::new() }
    }

    fn boundary(&mut self, source: &mut Source, want: Want) -> Step {
        let bytes = source.bytes();
        if bytes.is_empty() && source.ended() {
            return Step::End;
        }
        if self.units {
            let (parts, short) = gather(bytes, want.max);
            let wait = short && !source.dry() && !source.ended();
            if !parts.is_empty() && !wait {
                return self.unit(source, parts);
            }
            if wait {
                return Step::Hungry;
            }
        }
        match le32(bytes, 0) {
            Some(MAGIC) => self.begin(source),
            Some(magic) if is_skippable(magic) => match le32(bytes, 4) {
                Some(len) => {
                    self.begun = true;
                    self.state = State::Skip(u64::from(len) + SKIPPABLE_HEADER_LEN as u64);
                    Step::More
                }
                None => hungry(source),
            },
            None if may_begin(bytes) || !source.ended() => hungry(source),
            _ if self.begun => {
                self.state = State::Garbage(Garbage::new(Compression::Zstd, source, 0));
                Step::More
            }
            _ => Step::Broken(broken(source, "this is not zstd")),
        }
    }

    fn unit(&mut self, source: &mut Source, parts: Vec<Part>) -> Step {
        self.begun = true;
        if parts.iter().any(|part| part.size > 0) {
            return Step::Packed(Packed::new(Way::Zstd, source, parts));
        }
        let unit = Packed::new(Way::Zstd, source, parts);
        match unit.unpack(&mut Vec::new()) {
            Ok(()) => Step::More,
            Err(damage) => Step::Broken(damage),
        }
    }

    fn begin(&mut self, source: &mut Source) -> Step {
        let header = match header(source.bytes()) {
            Parsed::Is(header) => header,
            Parsed::Bad(reason) => return Step::Broken(broken(source, reason)),
            _ => return hungry(source),
        };
        if header.window > WINDOW_SIZE_MAX {
            let (window, most) = (header.window >> 20, WINDOW_SIZE_MAX >> 20);
            let reason = format!(
                "a zstd frame needs a window of {window} MiB; more than {most} MiB is not allowed"
            );
            return Step::Broken(broken(source, reason));
        }
        if header.dictionary != 0 {
            let reason =
                format!("a zstd frame needs the dictionary {}, which we lack", header.dictionary);
            return Step::Broken(broken(source, reason));
        }
        let decoder = match Decoder::new() {
            Ok(decoder) => decoder,
            Err(e) => return Step::Broken(broken(source, format!("no zstd decoder: {e}"))),
        };
        self.begun = true;
        self.state = State::Frame(Box::new(Frame {
            pump: Pump::new(decoder),
            left: header.len,
            held: 0,
            last: false,
            checksum: header.checksum,
            content: header.content,
            size: 0,
        }));
        Step::More
    }
}

/// Asks for more, or tells that there is none.
pub(super) fn hungry(source: &Source) -> Step {
    if source.ended() { Step::Broken(broken(source, TRUNCATED)) } else { Step::Hungry }
}

/// Whether a block holds as many bytes as it is long, but for its header.
fn is_stored(len: usize, holds: u64) -> bool {
    len > BLOCK_HEADER_LEN && holds == (len - BLOCK_HEADER_LEN) as u64
}

impl Frame {
    /// How many bytes at the end of a block of `len` bytes come apart.
    fn apart(&self, last: bool, len: usize, holds: u64) -> usize {
        if !is_stored(len, holds) {
            return 0;
        }
        let room = self.content.map_or(holds, |content| content.saturating_sub(self.size));
        (holds.saturating_sub(room) as usize).max(usize::from(last))
    }

    /// Decompresses some of the frame; `None` at its end.
    fn step(&mut self, source: &mut Source, out: &mut Vec<u8>, want: Want) -> Option<Step> {
        let start = out.len();
        let (used, pumped) = self.pump.run(source, self.left, out, want.room);
        self.left -= used;
        self.size += (out.len() - start) as u64;
        if let Some(more) =
            self.content.and_then(|most| self.size.checked_sub(most.saturating_add(1)))
        {
            out.truncate(out.len() - 1 - more as usize);
            return Some(Step::Broken(broken(source, "a zstd frame holds more than it says")));
        }
        match pumped {
            Pumped::More => Some(Step::More),
            Pumped::Bad(reason) => Some(Step::Broken(broken(source, reason))),
            Pumped::End if self.left == 0 => None,
            Pumped::End => Some(Step::Broken(broken(source, "a zstd frame ends too early"))),
            Pumped::Dry if self.left > 0 => Some(hungry(source)),
            Pumped::Dry if self.held > 0 => {
                self.left = std::mem::take(&mut self.held);
                Some(Step::More)
            }
            Pumped::Dry if !self.last => match block(source.bytes(), 0) {
                Some((last, len, holds)) => {
                    self.last = last;
                    self.held = self.apart(last, len, holds);
                    self.left = len - self.held;
                    Some(Step::More)
                }
                None => Some(hungry(source)),
            },
            Pumped::Dry if self.checksum => {
                self.checksum = false;
                self.left = CHECKSUM_LEN;
                Some(Step::More)
            }
            Pumped::Dry => Some(Step::Broken(broken(source, "a zstd frame ends too late"))),
        }
    }
}

impl Decode for Zstd {
    fn step(&mut self, source: &mut Source, out: &mut Vec<u8>, want: Want) -> Step {
        match &mut self.state {
            State::Boundary => self.boundary(source, want),
            State::Skip(left) => {
                source.skip(left);
                if *left > 0 {
                    return hungry(source);
                }
                self.state = State::Boundary;
                Step::More
            }
            State::Frame(frame) => frame.step(source, out, want).unwrap_or_else(|| {
                self.state = State::Boundary;
                Step::More
            }),
            State::Garbage(garbage) => garbage.step(source),
        }
    }
}

/// Decompresses frames.
pub(super) fn unpack<'a>(
    frames: impl Iterator<Item = (u64, &'a [u8], usize)>,
    out: &mut Vec<u8>,
) -> Result<(), Broken> {
    let mut decoder = None;
    for (offset, bytes, size) in frames {
        if le32(bytes, 0).is_some_and(is_skippable) {
            continue;
        }
        let start = out.len();
        if decoder.is_none() {
            decoder = Decoder::new().ok();
        }
        let whole = decoder.as_mut().is_some_and(|decoder| {
            let ran = append(out, size, |space| {
                let ran = Codec::run(decoder, bytes, space);
                (ran.made, ran)
            });
            ran.used == bytes.len() && ran.end == Ok(true)
        });
        if !whole {
            out.truncate(start);
            decoder = None;
            salvage(bytes, offset, out)?;
        }
    }
    Ok(())
}

/// Decompresses a damaged frame block by block, to keep what came before the damage. It gives no
/// more than its header or its blocks allow, so no more than was said of the unit.
fn salvage(bytes: &[u8], offset: u64, out: &mut Vec<u8>) -> Result<(), Broken> {
    let zstd = Zstd { units: false, ..Zstd::new() };
    let mut opened = Opened::new(Source::over(bytes.to_vec(), offset), Box::new(zstd));
    loop {
        match opened.take(out, BLOCK_SIZE_MAX as usize) {
            Ok(Taken::Bytes) => {}
            Ok(Taken::Broken(damage)) => return Err(damage),
            Ok(Taken::Packed(_) | Taken::End) | Err(_) => return Ok(()),
        }
    }
}
