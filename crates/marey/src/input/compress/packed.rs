//! A unit that any thread can decompress.

use super::source::Source;
use super::{Broken, bgzf, xz_block, zstd};

/// A run of members, frames or blocks that can be decompressed apart from all others.
pub struct Packed {
    way: Way,
    offset: u64,
    bytes: Vec<u8>,
    parts: Vec<Part>,
}

/// How a unit is decompressed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Way {
    /// Members of bgzf.
    Bgzf,
    /// Frames of zstd.
    Zstd,
    /// Blocks of an xz stream with these flags.
    Xz([u8; 2]),
}

/// One member, frame or block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    /// Its length.
    pub(super) len: usize,
    /// What it decompresses to, or for zstd at most.
    pub(super) size: usize,
}

impl Packed {
    /// Takes `parts` from the front of `source`.
    pub(super) fn new(way: Way, source: &mut Source, parts: Vec<Part>) -> Self {
        let len = parts.iter().map(|part| part.len).sum();
        let bytes = super::source::first(source.bytes(), len).to_vec();
        let offset = source.offset();
        source.consume(len);
        Packed { way, offset, bytes, parts }
    }

    /// The offset in the compressed data where the unit begins.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// How many compressed bytes it holds.
    pub fn packed_bytes(&self) -> usize {
        self.bytes.len()
    }

    /// How many bytes it gives at most.
    pub fn unpacked_bytes_max(&self) -> usize {
        self.parts.iter().map(|part| part.size).sum()
    }

    /// Decompresses the unit and appends what it holds to `out`.
    ///
    /// # Errors
    ///
    /// When it is damaged. What could be decompressed before the damage is in `out` then.
    pub fn unpack(&self, out: &mut Vec<u8>) -> Result<(), Broken> {
        out.reserve(self.unpacked_bytes_max() + 1);
        match self.way {
            Way::Bgzf => bgzf::unpack(self.each(), out),
            Way::Zstd => zstd::unpack(self.each(), out),
            Way::Xz(flags) => xz_block::unpack(flags, self.each(), out),
        }
    }

    /// The parts with their offsets and bytes.
    fn each(&self) -> impl Iterator<Item = (u64, &[u8], usize)> {
        let mut at = 0;
        self.parts.iter().map(move |part| {
            let bytes = self.bytes.get(at..at + part.len).unwrap_or_default();
            let offset = self.offset + at as u64;
            at += part.len;
            (offset, bytes, part.size)
        })
    }
}

impl std::fmt::Debug for Packed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Packed")
            .field("way", &self.way)
            .field("offset", &self.offset)
            .field("packed_bytes", &self.packed_bytes())
            .field("parts", &self.parts.len())
            .finish()
    }
}
