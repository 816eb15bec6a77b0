//! Blocks of xz (.xz file format 1.2.1 §3): how long they are, and how to decompress one alone.
//!
//! All blocks that there are end with LZMA2, whose chunks say how long they are. So the size of
//! a block can be found without decompressing it, also where its header does not tell.

use ::liblzma::stream::{Action, Error, Status, Stream};

use super::engine::{Codec, Ran};
use super::source::{Parsed, append};
use super::{Broken, Compression};

/// How much memory a decoder may use.
pub(super) const MEMORY_MAX: u64 = 128 << 20;
/// The filter that ends all chains.
const LZMA2: u64 = 0x21;

/// How long a block that is handed out as a unit may be.
pub(super) const UNIT_LEN_MAX: usize = 16 << 20;
/// How much a block that is handed out as a unit may hold; `xz -T` makes blocks of 24 MiB.
pub(super) const UNIT_SIZE_MAX: u64 = 32 << 20;

/// The length of the check of a block, from the flags of the stream.
pub(super) fn check_len(flags: [u8; 2]) -> usize {
    let [_, check] = flags;
    match check & 0x0f {
        0 => 0,
        kind => 4 << ((kind - 1) / 3),
    }
}

/// A number of 7 bits a byte; at most nine of them (§1.2).
pub(super) fn number(bytes: &[u8], at: usize) -> Parsed<(u64, usize)> {
    let mut value = 0;
    for (i, &byte) in bytes.get(at..).unwrap_or_default().iter().enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * i);
        match byte {
            0 if i > 0 => break,
            0..0x80 => return Parsed::Is((value, at + i + 1)),
            _ if i == 8 => break,
            _ => continue,
        }
    }
    let whole = bytes.get(at..).unwrap_or_default();
    if whole.iter().take(9).all(|byte| byte & 0x80 != 0) && whole.len() < 9 {
        Parsed::Short
    } else {
        Parsed::Bad("a number in the xz data is damaged".to_owned())
    }
}

/// The length of the header of the block at the front of `bytes`. What its chain of filters
/// ends with is looked at here, all else by the library.
pub(super) fn header_len(bytes: &[u8]) -> Parsed<usize> {
    let Some(&size) = bytes.first() else { return Parsed::Short };
    let len = (usize::from(size) + 1) * 4;
    let Some(header) = bytes.get(..len) else { return Parsed::Short };
    match last_filter(header) {
        Some(LZMA2) => Parsed::Is(len),
        Some(id) => Parsed::Bad(format!("an xz block has the unknown filter 0x{id:x}")),
        None => Parsed::Bad("the header of an xz block is damaged".to_owned()),
    }
}

/// The last filter of a block's header; the sizes before it are optional.
fn last_filter(header: &[u8]) -> Option<u64> {
    let flags = *header.get(1)?;
    let mut at = 2;
    let mut next = |skip: bool| match number(header, at) {
        Parsed::Is((value, end)) => {
            at = if skip { end.checked_add(usize::try_from(value).ok()?)? } else { end };
            Some(value)
        }
        _ => None,
    };
    for flag in [0x40, 0x80] {
        if flags & flag != 0 {
            next(false)?;
        }
    }
    let mut id = None;
    for _ in 0..=flags & 3 {
        id = Some(next(false)?);
        next(true)?;
    }
    id
}

/// The LZMA2 chunk at `at`: its length with its header, what it holds, whether it is the end.
pub(super) fn chunk(bytes: &[u8], at: usize) -> Parsed<(usize, usize, bool)> {
    let rest = bytes.get(at..).unwrap_or_default();
    let size = |high: u8, low: u8| usize::from(u16::from_be_bytes([high, low])) + 1;
    match *rest {
        [0, ..] => Parsed::Is((1, 0, true)),
        [1 | 2, high, low, ..] => Parsed::Is((3 + size(high, low), size(high, low), false)),
        [3..0x80, ..] => Parsed::Bad("the xz data is damaged (no LZMA2 chunk)".to_owned()),
        [control @ 0x80..=0xff, high, low, packed_high, packed_low, ..] => {
            let properties = usize::from(control >= 0xc0);
            let packed = size(packed_high, packed_low);
            let holds = size(high, low) + (usize::from(control & 0x1f) << 16);
            Parsed::Is((5 + properties + packed, holds, false))
        }
        _ => Parsed::Short,
    }
}

/// A block.
#[derive(Clone, Copy)]
pub(super) struct Block {
    /// Its length with its padding and check.
    pub(super) len: usize,
    /// What it holds.
    pub(super) size: u64,
    /// The same length without the padding, as the index has it.
    pub(super) unpadded: u64,
}

/// Measures the block at the front of `bytes`. `Other` is what is too large to be a unit.
pub(super) fn measure(bytes: &[u8], flags: [u8; 2]) -> Parsed<Block> {
    let mut len = match header_len(bytes) {
        Parsed::Is(len) => len,
        Parsed::Short => return Parsed::Short,
        _ => return Parsed::Other,
    };
    let mut size = 0;
    loop {
        match chunk(bytes, len) {
            Parsed::Is((chunk_len, holds, end)) => {
                len += chunk_len;
                size += holds as u64;
                if end {
                    break;
                }
            }
            Parsed::Short => return Parsed::Short,
            _ => return Parsed::Other,
        }
        if len > UNIT_LEN_MAX || size > UNIT_SIZE_MAX {
            return Parsed::Other;
        }
    }
    let check = check_len(flags);
    let unpadded = (len + check) as u64;
    len = len.next_multiple_of(4) + check;
    if bytes.len() < len { Parsed::Short } else { Parsed::Is(Block { len, size, unpadded }) }
}

/// The header of a stream with these flags.
pub(super) fn stream_header(flags: [u8; 2]) -> [u8; 12] {
    let mut crc = flate2::Crc::new();
    crc.update(&flags);
    let ([a, b], [c, d, e, f]) = (flags, crc.sum().to_le_bytes());
    [0xfd, b'7', b'z', b'X', b'Z', 0, a, b, c, d, e, f]
}

/// A decoder of liblzma, and what it decodes.
pub(super) struct Lzma {
    stream: Stream,
    kind: Compression,
}

impl Lzma {
    /// A decoder that takes blocks of a stream with these flags: it is behind the stream's header.
    pub(super) fn new(flags: [u8; 2]) -> Result<Self, String> {
        let stream = Stream::new_stream_decoder(MEMORY_MAX, 0);
        let stream = stream.map_err(|e| reason(&e, Compression::Xz))?;
        let mut lzma = Lzma::of(stream, Compression::Xz);
        lzma.run(&stream_header(flags), &mut []).end.map(|_| lzma)
    }

    /// A decoder that was made for this.
    pub(super) fn of(stream: Stream, kind: Compression) -> Self {
        Lzma { stream, kind }
    }
}

impl Codec for Lzma {
    fn run(&mut self, input: &[u8], output: &mut [u8]) -> Ran {
        let before = (self.stream.total_in(), self.stream.total_out());
        let result = self.stream.process(input, output, Action::Run);
        Ran {
            used: (self.stream.total_in() - before.0) as usize,
            made: (self.stream.total_out() - before.1) as usize,
            end: match result {
                Ok(status) => Ok(status == Status::StreamEnd),
                Err(e) => Err(reason(&e, self.kind)),
            },
        }
    }
}

/// What is wrong with such data.
fn reason(e: &Error, kind: Compression) -> String {
    match e {
        Error::MemLimit => {
            let most = MEMORY_MAX >> 20;
            format!("the {kind} data needs more than {most} MiB of memory, which is not allowed")
        }
        Error::Mem => format!("no memory is left to decompress {kind} data"),
        Error::Options => format!("the {kind} data has options that are not known"),
        _ if kind == Compression::Lzma => "the lzma data is damaged".to_owned(),
        _ => format!("the {kind} data is damaged, or its checksum is wrong"),
    }
}

/// Decompresses blocks.
pub(super) fn unpack<'a>(
    flags: [u8; 2],
    blocks: impl Iterator<Item = (u64, &'a [u8], usize)>,
    out: &mut Vec<u8>,
) -> Result<(), Broken> {
    let mut lzma = None;
    for (offset, bytes, size) in blocks {
        let broken = |at: usize, reason: String| Broken { offset: offset + at as u64, reason };
        let lzma = match &mut lzma {
            Some(lzma) => lzma,
            none => none.insert(Lzma::new(flags).map_err(|reason| broken(0, reason))?),
        };
        let mut ran = append(out, size, |space| {
            let ran = lzma.run(bytes, space);
            (ran.made, ran)
        });
        // With its output full the library may leave the check to another call.
        let rest = bytes.get(ran.used..).unwrap_or_default();
        if !rest.is_empty() && ran.made == size && ran.end == Ok(false) {
            let more = lzma.run(rest, &mut [0]);
            ran = Ran { used: ran.used + more.used, made: ran.made + more.made, ..more };
        }
        match ran.end {
            Err(reason) => return Err(broken(ran.used, reason)),
            Ok(false) if ran.used == bytes.len() && ran.made == size => {}
            Ok(_) => return Err(broken(ran.used, "the lengths in an xz block are wrong".into())),
        }
    }
    Ok(())
}
