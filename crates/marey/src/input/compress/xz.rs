//! xz: streams of blocks, each with an index of them behind it (.xz file format 1.2.1).

use flate2::Crc;

use super::Compression;
use super::engine::{Decode, Garbage, Pump, Pumped, Step, Want, broken};
use super::packed::{Packed, Part, Way};
use super::source::{Parsed, Source, first, le32, magic};
use super::xz_block::{Lzma, check_len, chunk, header_len, measure, stream_header};
use super::xz_index::{Blocks, Index};

/// The length of a stream's header and of its footer.
const HEADER_LEN: usize = 12;
const MAGIC: [u8; 6] = [0xfd, b'7', b'z', b'X', b'Z', 0];
/// What a footer ends with.
const MAGIC_FOOTER: &[u8] = b"YZ";

/// What is said when a stream does not end.
const TRUNCATED: &str = "the xz data ends in the middle of a stream";

/// A block that is decompressed here.
struct Block {
    pump: Pump<Lzma>,
    /// What of the current piece (the header, a chunk, the check) is left.
    left: usize,
    /// How much of the block was walked over, without padding.
    walked: u64,
    size: u64,
    /// Whether the last piece was reached.
    last: bool,
}

/// Where in the input we are.
enum State {
    /// Before a stream, padding, the end or garbage; how many zeros came before.
    Boundary(u64),
    /// In a stream, before a block or the index.
    Stream,
    /// In a block.
    Block(Box<Block>),
    /// In the index.
    Index(Box<Index>),
    /// Before the footer; the length of the index.
    Footer(u64),
    /// In something else behind the last stream.
    Garbage(Garbage),
}

/// xz.
pub(super) struct Xz {
    state: State,
    begun: bool,
    /// The flags of the current stream, and its blocks so far.
    flags: [u8; 2],
    blocks: Blocks,
}

impl Xz {
    /// Before the first stream.
    pub(super) fn new() -> Self {
        let (flags, blocks) = ([0; 2], Blocks::default());
        Xz { state: State::Boundary(0), begun: false, flags, blocks }
    }

    fn boundary(&mut self, source: &mut Source, zeros: u64) -> Step {
        let zero_count = source.bytes().iter().take_while(|&&byte| byte == 0).count();
        if self.begun && zero_count > 0 {
            source.consume(zero_count);
            self.state = State::Boundary(zeros + zero_count as u64);
            return Step::More;
        }
        let aligned = zeros.is_multiple_of(4);
        match magic(source.bytes(), &MAGIC) {
            _ if source.bytes().is_empty() && source.ended() && aligned => Step::End,
            Parsed::Is(()) if aligned => self.stream_header(source),
            Parsed::Short if !source.ended() => Step::Hungry,
            Parsed::Short if aligned => Step::Broken(broken(source, TRUNCATED)),
            _ if self.begun => {
                self.state = State::Garbage(Garbage::new(Compression::Xz, source, zeros));
                Step::More
            }
            _ => Step::Broken(broken(source, "this is not xz")),
        }
    }

    fn stream_header(&mut self, source: &mut Source) -> Step {
        let header = first(source.bytes(), HEADER_LEN);
        let [.., a, b, _, _, _, _] = *header else { return hungry(source) };
        if header.len() < HEADER_LEN {
            return hungry(source);
        }
        if stream_header([a, b]) != *header {
            return Step::Broken(broken(source, "the header of an xz stream is damaged"));
        }
        if a != 0 || b & 0xf0 != 0 {
            return Step::Broken(broken(source, "the xz stream has flags that are not known"));
        }
        source.consume(HEADER_LEN);
        self.begun = true;
        self.flags = [a, b];
        self.blocks = Blocks::default();
        self.state = State::Stream;
        Step::More
    }

    /// A block, if not the index.
    fn stream(&mut self, source: &mut Source, want: Want) -> Step {
        let bytes = source.bytes();
        match bytes.first() {
            None => return hungry(source),
            Some(0) => {
                self.state = State::Index(Box::default());
                return Step::More;
            }
            Some(_) => {}
        }
        let (parts, blocks, short) = self.gather(bytes, want.max);
        if short && !source.dry() && !source.ended() {
            return Step::Hungry;
        }
        if !parts.is_empty() {
            self.blocks = blocks;
            return self.unit(source, parts);
        }
        let left = match header_len(bytes) {
            Parsed::Is(len) => len,
            Parsed::Bad(reason) => return Step::Broken(broken(source, reason)),
            _ => return hungry(source),
        };
        match Lzma::new(self.flags) {
            Ok(lzma) => {
                let (pump, walked) = (Pump::new(lzma), left as u64);
                self.state =
                    State::Block(Box::new(Block { pump, left, walked, size: 0, last: false }));
                Step::More
            }
            Err(reason) => Step::Broken(broken(source, reason)),
        }
    }

    /// Gathers blocks that hold about `max` bytes; also says whether the next one is not all
    /// there.
    fn gather(&self, bytes: &[u8], max: usize) -> (Vec<Part>, Blocks, bool) {
        let (mut len, mut size, mut parts) = (0, 0, Vec::new());
        let mut blocks = self.blocks;
        while size < max && len < max {
            let rest = bytes.get(len..).unwrap_or_default();
            if rest.first() == Some(&0) {
                break;
            }
            match measure(rest, self.flags) {
                Parsed::Is(block) => {
                    len += block.len;
                    size += block.size as usize;
                    blocks.add(block.unpadded, block.size);
                    parts.push(Part { len: block.len, size: block.size as usize });
                }
                Parsed::Short => return (parts, blocks, true),
                _ => break,
            }
        }
        (parts, blocks, false)
    }

    fn unit(&mut self, source: &mut Source, parts: Vec<Part>) -> Step {
        let unit = Packed::new(Way::Xz(self.flags), source, parts);
        if unit.unpacked_bytes_max() > 0 {
            return Step::Packed(unit);
        }
        match unit.unpack(&mut Vec::new()) {
            Ok(()) => Step::More,
            Err(damage) => Step::Broken(damage),
        }
    }

    /// Some of a block; `None` when it is done.
    fn block(&mut self, source: &mut Source, out: &mut Vec<u8>, want: Want) -> Option<Step> {
        let State::Block(block) = &mut self.state else { return None };
        let (used, pumped) = block.pump.run(source, block.left, out, want.room);
        block.left -= used;
        match pumped {
            Pumped::More => Some(Step::More),
            Pumped::Bad(reason) => Some(Step::Broken(broken(source, reason))),
            Pumped::End => Some(Step::Broken(broken(source, "an xz block ends too early"))),
            Pumped::Dry if block.left > 0 => Some(hungry(source)),
            Pumped::Dry if block.last => {
                let (unpadded, size) = (block.walked, block.size);
                self.blocks.add(unpadded, size);
                self.state = State::Stream;
                None
            }
            Pumped::Dry => Some(match chunk(source.bytes(), 0) {
                Parsed::Is((len, holds, end)) => {
                    block.left = len;
                    block.walked += len as u64;
                    block.size += holds as u64;
                    if end {
                        let check = check_len(self.flags);
                        let padding = block.walked.next_multiple_of(4) - block.walked;
                        block.left += padding as usize + check;
                        block.walked += check as u64;
                        block.last = true;
                    }
                    Step::More
                }
                Parsed::Bad(reason) => Step::Broken(broken(source, reason)),
                _ => hungry(source),
            }),
        }
    }

    fn index(&mut self, source: &mut Source) -> Step {
        let State::Index(index) = &mut self.state else { return Step::More };
        match index.step(source.bytes(), &self.blocks) {
            Parsed::Is((len, over)) => {
                source.consume(len);
                if over {
                    self.state = State::Footer(index.len());
                }
                Step::More
            }
            Parsed::Bad(reason) => Step::Broken(broken(source, reason)),
            _ => hungry(source),
        }
    }

    fn footer(&mut self, source: &mut Source, index_len: u64) -> Step {
        let footer = first(source.bytes(), HEADER_LEN);
        if footer.len() < HEADER_LEN {
            return hungry(source);
        }
        let mut crc = Crc::new();
        crc.update(footer.get(4..10).unwrap_or_default());
        let good = le32(footer, 0) == Some(crc.sum())
            && le32(footer, 4).map(|size| (u64::from(size) + 1) * 4) == Some(index_len)
            && footer.get(8..10) == Some(&self.flags)
            && footer.ends_with(MAGIC_FOOTER);
        if !good {
            return Step::Broken(broken(source, "the end of an xz stream is damaged"));
        }
        source.consume(HEADER_LEN);
        self.state = State::Boundary(0);
        Step::More
    }
}

/// Asks for more, or tells that there is none.
fn hungry(source: &Source) -> Step {
    if source.ended() { Step::Broken(broken(source, TRUNCATED)) } else { Step::Hungry }
}

impl Decode for Xz {
    fn step(&mut self, source: &mut Source, out: &mut Vec<u8>, want: Want) -> Step {
        match &mut self.state {
            State::Boundary(zeros) => {
                let zeros = *zeros;
                self.boundary(source, zeros)
            }
            State::Stream => self.stream(source, want),
            State::Block(_) => self.block(source, out, want).unwrap_or(Step::More),
            State::Index(_) => self.index(source),
            State::Footer(index_len) => {
                let index_len = *index_len;
                self.footer(source, index_len)
            }
            State::Garbage(garbage) => garbage.step(source),
        }
    }
}
