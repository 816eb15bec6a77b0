//! Decompression by content.
//!
//! [`recognise`] says from the first bytes what a source is compressed with, [`opener`] takes it
//! apart. What can be decompressed by any thread (bgzf members, small zstd frames, xz blocks) is
//! handed out as [`Packed`] units; all else is decompressed in [`Unpack::take`], a portion at a
//! time, so that neither a long archive nor a bomb needs more memory than a short one.
//!
//! | container | taken apart into | as one stream |
//! |---|---|---|
//! | gzip | | members, with zero padding behind them |
//! | bgzf | members, about `max` bytes of them a unit | members that are no bgzf |
//! | zstd | frames up to 4 MiB that hold up to 8 MiB | larger ones; skippable frames |
//! | lz4 | | frames, also skippable and legacy ones |
//! | xz | blocks up to 16 MiB that hold up to 32 MiB | larger ones; several streams, padding |
//! | lzma (`.lzma`) | | all of it |
//! | bzip2 | | streams |
//! | compress (`.Z`) | | 9 to 16 bits, with and without block mode |
//!
//! What is not read: zstd and lz4 with a dictionary, zstd windows over 128 MiB, xz and lzma that
//! need more than 128 MiB of memory. They give a [`Broken`] that says so.
//!
//! # Examples
//!
//! ```
//! use marey::input::compress::{Compression, Taken, opener, recognise};
//!
//! let lz4 = b"\x04\x22\x4d\x18\x60\x40\x82\x05\0\0\x80hello\0\0\0\0";
//! let kind = recognise(lz4).unwrap_or(Compression::None);
//! assert_eq!(kind.name(), "lz4");
//!
//! let mut unpack = opener(kind, Box::new(&lz4[..]));
//! let mut bytes = Vec::new();
//! loop {
//!     match unpack.take(&mut bytes, 1 << 20)? {
//!         Taken::Bytes => {}
//!         // By another thread, if one likes; the order is that of the units.
//!         Taken::Packed(unit) => unit.unpack(&mut bytes)?,
//!         Taken::Broken(damage) => return Err(damage.into()),
//!         Taken::End => break,
//!     }
//! }
//! assert_eq!(bytes, b"hello");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod bgzf;
mod bzip2;
mod engine;
mod framed;
mod gzip;
mod lz4;
mod lz4_block;
mod lz4_frame;
mod lzma;
mod lzw;
mod packed;
mod source;
mod xz;
mod xz_block;
mod xz_index;
mod zstd;
mod zstd_frame;

use std::fmt;
use std::io::{self, Read};

use engine::{Decode, Opened, Plain};
pub use packed::Packed;
use source::{Source, first};

/// What a source is compressed with.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Nothing.
    None,
    /// gzip, of one or several members (RFC 1952).
    Gzip,
    /// gzip in members of at most 64 KiB that say how long they are (SAM specification §4.1).
    Bgzf,
    /// Zstandard (RFC 8878).
    Zstd,
    /// The lz4 frame format, or the legacy one.
    Lz4,
    /// xz.
    Xz,
    /// The `.lzma` of before xz.
    Lzma,
    /// bzip2.
    Bzip2,
    /// The `.Z` of compress(1).
    Compress,
}

impl Compression {
    /// All that there are, apart from nothing.
    pub const ALL: &[Compression] = &[
        Compression::Gzip,
        Compression::Bgzf,
        Compression::Zstd,
        Compression::Lz4,
        Compression::Xz,
        Compression::Lzma,
        Compression::Bzip2,
        Compression::Compress,
    ];

    /// What it is, in a few words.
    pub fn description(self) -> &'static str {
        match self {
            Compression::None => "nothing",
            Compression::Gzip => "gzip (.gz), of one or several members",
            Compression::Bgzf => "gzip in blocks (.gz, .bgz), decompressed on all cores",
            Compression::Zstd => "Zstandard (.zst), small frames on all cores",
            Compression::Lz4 => "lz4 frames (.lz4), also legacy ones",
            Compression::Xz => "xz (.xz), several blocks on all cores",
            Compression::Lzma => "lzma (.lzma), what was before xz",
            Compression::Bzip2 => "bzip2 (.bz2), of one or several streams",
            Compression::Compress => "Unix compress (.Z)",
        }
    }

    /// Its name, as one would write it: `"gzip"`, and `"none"` for nothing.
    pub fn name(self) -> &'static str {
        match self {
            Compression::None => "none",
            Compression::Gzip => "gzip",
            Compression::Bgzf => "bgzf",
            Compression::Zstd => "zstd",
            Compression::Lz4 => "lz4",
            Compression::Xz => "xz",
            Compression::Lzma => "lzma",
            Compression::Bzip2 => "bzip2",
            Compression::Compress => "compress",
        }
    }
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Says from the first bytes of a source what it is compressed with, or `None` if it does not
/// look compressed.
///
/// 18 bytes are enough, with two exceptions: a bgzf file with other fields before its own in the
/// first header, and an lz4 file that begins with a skippable frame, which is taken for zstd
/// unless `prefix` goes beyond that frame. It is decompressed all the same.
pub fn recognise(prefix: &[u8]) -> Option<Compression> {
    let kind = match prefix {
        [0x1f, 0x8b, 0x08, ..] if bgzf::is_bgzf(prefix) => Compression::Bgzf,
        [0x1f, 0x8b, 0x08, ..] => Compression::Gzip,
        [0x1f, 0x9d, flags, ..] if lzw::known(*flags) => Compression::Compress,
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Compression::Xz,
        [b'B', b'Z', b'h', b'1'..=b'9', rest @ ..] if bzip2::begins(rest) => Compression::Bzip2,
        _ if lzma::begins(prefix) => Compression::Lzma,
        _ => {
            let at = |offset| usize::try_from(offset).ok().and_then(|at| prefix.get(at..));
            return framed::recognise(|offset| first(at(offset).unwrap_or_default(), 8).to_vec());
        }
    };
    Some(kind)
}

/// As [`recognise`], for a source of which any place can be read: an lz4 file that begins with a
/// skippable frame is told from zstd however long that frame is. `at` fills a buffer from an
/// offset as far as it can, and says how far.
pub(crate) fn recognise_at(
    prefix: &[u8],
    at: impl Fn(u64, &mut [u8]) -> usize,
) -> Option<Compression> {
    match recognise(prefix) {
        Some(Compression::Zstd) => framed::recognise(|offset| {
            let mut bytes = vec![0; zstd_frame::SKIPPABLE_HEADER_LEN];
            let count = at(offset, &mut bytes);
            bytes.truncate(count);
            bytes
        }),
        kind => kind,
    }
}

/// Opens `source`, which is compressed with `kind`.
///
/// `source` begins with the first compressed byte. Whoever has read a prefix of it for
/// [`recognise`] should go back if it is a file: a prefix chained before the rest is a short
/// read, and what is then not there in full is not handed out as a unit but decompressed here.
pub fn opener(kind: Compression, source: Box<dyn Read + Send>) -> Box<dyn Unpack> {
    let decoder: Box<dyn Decode> = match kind {
        Compression::None => return Box::new(Plain::new(source)),
        Compression::Gzip | Compression::Bgzf => Box::new(gzip::Gzip::new(kind)),
        Compression::Zstd => Box::new(framed::Framed::new()),
        Compression::Lz4 => Box::new(lz4::Lz4::new()),
        Compression::Xz => Box::new(xz::Xz::new()),
        Compression::Lzma => Box::new(lzma::Lzma::new()),
        Compression::Bzip2 => Box::new(bzip2::Bzip2::new()),
        Compression::Compress => Box::new(lzw::Lzw::new()),
    };
    Box::new(Opened::new(Source::new(source), decoder))
}

/// A source that is being decompressed.
pub trait Unpack: Send {
    /// Takes the next unit in the order of the input.
    ///
    /// It appends about `max` bytes to `out`, fewer at the end and when the source has no more
    /// just now (its last read was short), or hands out a unit that any thread can decompress.
    /// What is in `out` already is never touched. With [`Taken::Bytes`] there is at least one
    /// byte more in `out`, with all else none.
    ///
    /// # Errors
    ///
    /// Those of the source, except interrupted reads, which are tried again. One may go on
    /// taking after an error; nothing that was read is lost by it.
    fn take(&mut self, out: &mut Vec<u8>, max: usize) -> io::Result<Taken>;
}

/// What [`Unpack::take`] came to.
#[derive(Debug)]
pub enum Taken {
    /// Bytes were appended.
    Bytes,
    /// A unit to be decompressed by whoever likes. It may turn out to hold nothing.
    ///
    /// What [`Packed::unpack`] finds damaged is not known here, and the units behind it are
    /// handed out all the same: whoever wants what a serial reader would have got stops at the
    /// first damage in the order of the units.
    Packed(Packed),
    /// The source is damaged or ends too early. Told once; then comes [`Taken::End`].
    Broken(Broken),
    /// There is no more, and there never will be.
    End,
}

/// Damage in compressed data. What came before it was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The offset in the compressed data where it was noticed.
    pub offset: u64,
    /// What is wrong, in plain words.
    pub reason: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (compressed byte {})", self.reason, self.offset)
    }
}

impl std::error::Error for Broken {}
