//! `.lzma`, the format of LZMA before xz (`lzma-file-format.txt` of XZ Utils): a header of 13 bytes
//! and the data, without any checksum.
//!
//! The header may say how much there is. Then that is all, and what follows is not looked at: it
//! may be a mark of the end, or not, and the library overlooks one that arrives in parts.

use ::liblzma::stream::Stream;

use super::Compression;
use super::engine::{Decode, Garbage, Pump, Pumped, Step, Want, broken};
use super::source::{Source, le, le32};
use super::xz_block::{self, MEMORY_MAX};

/// The length of the header: properties, size of the dictionary, size of what is in it.
const HEADER_LEN: usize = 13;
/// The properties that all writers use: lc = 3, lp = 0, pb = 2. There is no magic number.
const PROPERTIES: u8 = 0x5d;
/// The size that says: until the mark of the end.
const SIZE_UNKNOWN: u64 = u64::MAX;
/// The largest size that is believed (as XZ Utils do).
const SIZE_MAX: u64 = 1 << 38;

/// What is said when the data does not end.
const TRUNCATED: &str = "the lzma data ends too early";

/// Whether `bytes` begin like a `.lzma` file: all that a header can show, and the 0 that the data
/// begins with.
pub(super) fn begins(bytes: &[u8]) -> bool {
    let (Some(dictionary), Some(size)) = (le32(bytes, 1), le::<8>(bytes, 5)) else { return false };
    let low = dictionary & dictionary.wrapping_neg();
    let is_round = dictionary != 0 && (dictionary == low || dictionary == low | low << 1);
    bytes.first() == Some(&PROPERTIES)
        && is_round
        && (size == SIZE_UNKNOWN || size < SIZE_MAX)
        && bytes.get(HEADER_LEN) == Some(&0)
}

/// Where in the input we are.
enum State {
    /// At its start.
    Start,
    /// In the data, and what is still to come if that is known.
    Data(Pump<xz_block::Lzma>, Option<u64>),
    /// Behind the mark of its end.
    End,
    /// Behind data of a known size.
    Rest,
    /// In something else behind it.
    Garbage(Garbage),
}

/// `.lzma`.
pub(super) struct Lzma {
    state: State,
}

impl Lzma {
    /// Before the header.
    pub(super) fn new() -> Self {
        Lzma { state: State::Start }
    }

    fn start(&mut self, source: &mut Source) -> Step {
        let bytes = source.bytes();
        match bytes.len() {
            0 if source.ended() => return Step::End,
            0..=HEADER_LEN if !source.ended() => return Step::Hungry,
            0..=HEADER_LEN => return Step::Broken(broken(source, TRUNCATED)),
            _ if !begins(bytes) => return Step::Broken(broken(source, "this is not lzma")),
            _ => {}
        }
        let size = le::<8>(bytes, 5).filter(|&size| size != SIZE_UNKNOWN);
        match Stream::new_lzma_decoder(MEMORY_MAX) {
            Ok(stream) => {
                let lzma = xz_block::Lzma::of(stream, Compression::Lzma);
                self.state = State::Data(Pump::new(lzma), size);
                Step::More
            }
            Err(_) => Step::Broken(broken(source, "no memory is left to decompress lzma data")),
        }
    }
}

impl Decode for Lzma {
    fn step(&mut self, source: &mut Source, out: &mut Vec<u8>, want: Want) -> Step {
        let next = match &mut self.state {
            State::Start => return self.start(source),
            State::Data(pump, left) => {
                let before = out.len();
                let pumped = pump.run(source, usize::MAX, out, want.room).1;
                *left = left.map(|left| left.saturating_sub((out.len() - before) as u64));
                match pumped {
                    _ if *left == Some(0) => State::Rest,
                    Pumped::More => return Step::More,
                    Pumped::Dry if source.ended() => {
                        return Step::Broken(broken(source, TRUNCATED));
                    }
                    Pumped::Dry => return Step::Hungry,
                    Pumped::Bad(reason) => return Step::Broken(broken(source, reason)),
                    Pumped::End => State::End,
                }
            }
            State::Rest => {
                source.consume(source.bytes().len());
                return if source.ended() { Step::End } else { Step::Hungry };
            }
            State::End if source.bytes().is_empty() && source.ended() => return Step::End,
            State::End if source.bytes().is_empty() => return Step::Hungry,
            State::End => State::Garbage(Garbage::new(Compression::Lzma, source, 0)),
            State::Garbage(garbage) => return garbage.step(source),
        };
        self.state = next;
        Step::More
    }
}
