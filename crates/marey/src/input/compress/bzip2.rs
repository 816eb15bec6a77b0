//! bzip2, of one or several streams.

use ::bzip2::{Decompress, Error, Status};

use super::Compression;
use super::engine::{Codec, Decode, Garbage, Pump, Pumped, Ran, Step, Want, broken};
use super::source::{Parsed, Source, magic};

/// What a stream begins with; the size of its blocks follows, then one of [`BLOCKS`].
const MAGIC: &[u8] = b"BZh";
const MAGIC_LEN: usize = 4;
/// What a block begins with, and the end of a stream: the digits of π and of its square root.
const BLOCKS: [[u8; 6]; 2] =
    [[0x31, 0x41, 0x59, 0x26, 0x53, 0x59], [0x17, 0x72, 0x45, 0x38, 0x50, 0x90]];

/// What is said when a stream does not end.
const TRUNCATED: &str = "the bzip2 data ends in the middle of a stream";

/// Whether `rest`, which follows the header of a stream, can be what it must be.
pub(super) fn begins(rest: &[u8]) -> bool {
    BLOCKS.iter().any(|block| !matches!(magic(rest, block), Parsed::Other))
}

impl Codec for Decompress {
    fn run(&mut self, input: &[u8], output: &mut [u8]) -> Ran {
        let before = (self.total_in(), self.total_out());
        let result = self.decompress(input, output);
        let end = match result {
            Ok(Status::StreamEnd) => Ok(true),
            Ok(Status::MemNeeded) => Err("no memory is left to decompress bzip2 data".to_owned()),
            Ok(_) => Ok(false),
            Err(Error::DataMagic) => Err("the header of the bzip2 data is damaged".to_owned()),
            Err(_) => Err("the bzip2 data is damaged, or its checksum is wrong".to_owned()),
        };
        let used = (self.total_in() - before.0) as usize;
        Ran { used, made: (self.total_out() - before.1) as usize, end }
    }
}

/// Where in the input we are.
enum State {
    /// Before a stream, the end or garbage.
    Boundary,
    /// In a stream.
    Stream(Pump<Decompress>),
    /// In something else behind the last stream.
    Garbage(Garbage),
}

/// bzip2.
pub(super) struct Bzip2 {
    state: State,
    begun: bool,
}

impl Bzip2 {
    /// Before the first stream.
    pub(super) fn new() -> Self {
        Bzip2 { state: State::Boundary, begun: false }
    }

    fn boundary(&mut self, source: &mut Source) -> Step {
        let bytes = source.bytes();
        let parsed = match magic(bytes, MAGIC) {
            Parsed::Is(()) => match bytes.get(MAGIC_LEN - 1) {
                None => Parsed::Short,
                Some(b'1'..=b'9') => Parsed::Is(()),
                Some(_) => Parsed::Other,
            },
            other => other,
        };
        match parsed {
            _ if bytes.is_empty() && source.ended() => Step::End,
            Parsed::Is(()) => {
                self.begun = true;
                self.state = State::Stream(Pump::new(Decompress::new(false)));
                Step::More
            }
            Parsed::Short if !source.ended() => Step::Hungry,
            Parsed::Short => Step::Broken(broken(source, TRUNCATED)),
            _ if self.begun => {
                self.state = State::Garbage(Garbage::new(Compression::Bzip2, source, 0));
                Step::More
            }
            _ => Step::Broken(broken(source, "this is not bzip2")),
        }
    }
}

impl Decode for Bzip2 {
    fn step(&mut self, source: &mut Source, out: &mut Vec<u8>, want: Want) -> Step {
        match &mut self.state {
            State::Boundary => self.boundary(source),
            State::Stream(pump) => match pump.run(source, usize::MAX, out, want.room).1 {
                Pumped::More => Step::More,
                Pumped::Dry if source.ended() => Step::Broken(broken(source, TRUNCATED)),
                Pumped::Dry => Step::Hungry,
                Pumped::Bad(reason) => Step::Broken(broken(source, reason)),
                Pumped::End => {
                    self.state = State::Boundary;
                    Step::More
                }
            },
            State::Garbage(garbage) => garbage.step(source),
        }
    }
}
