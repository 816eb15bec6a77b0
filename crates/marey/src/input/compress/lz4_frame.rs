//! Frames of lz4 (frame format 1.6.4), also the legacy ones, and the blocks in them.

use std::hash::Hasher;
use std::ops::Range;

use lz4_flex::block::{decompress_into, decompress_into_with_dict};
use twox_hash::XxHash32;

use super::lz4_block;
use super::source::{Parsed, le, le32};
use super::zstd_frame::is_skippable;

/// What a frame begins with.
pub(super) const MAGIC: u32 = 0x184d_2204;
/// What a frame of the legacy format begins with.
pub(super) const MAGIC_LEGACY: u32 = 0x184c_2102;

/// What a block of the legacy format holds at most.
const LEGACY_SIZE_MAX: usize = 8 << 20;
/// How long a block of the legacy format may be: what cannot be compressed gets longer.
const LEGACY_LEN_MAX: usize = LEGACY_SIZE_MAX + LEGACY_SIZE_MAX / 255 + 16;
/// How far back a block may refer.
const HISTORY_LEN: usize = 64 << 10;
/// In a block's length: the block is not compressed.
const STORED: u32 = 1 << 31;

// lz4 frame format 1.6.4: FLG.
const VERSION_MASK: u8 = 0xc0;
const VERSION: u8 = 0x40;
const INDEPENDENT: u8 = 0x20;
pub(super) const BLOCK_CHECKSUM: u8 = 0x10;
const CONTENT_SIZE: u8 = 0x08;
const CONTENT_CHECKSUM: u8 = 0x04;
const RESERVED: u8 = 0x02;
const DICTIONARY: u8 = 0x01;

/// A frame's header, and what is known of the frame so far.
pub(super) struct Frame {
    legacy: bool,
    flags: u8,
    pub(super) block_size_max: usize,
    content_size: Option<u64>,
    size: u64,
    hash: XxHash32,
    history: Vec<u8>,
}

/// Looks at the header of a frame, behind the magic; gives its length with the magic, too.
pub(super) fn header(bytes: &[u8]) -> Parsed<(usize, Frame)> {
    let (Some(&flags), Some(&sizes)) = (bytes.get(4), bytes.get(5)) else { return Parsed::Short };
    let block_size_max = match sizes >> 4 {
        4 => 64 << 10,
        5 => 256 << 10,
        6 => 1 << 20,
        7 => 4 << 20,
        _ => 0,
    };
    if flags & VERSION_MASK != VERSION || flags & RESERVED != 0 {
        return Parsed::Bad("the lz4 frame is of an unknown version".to_owned());
    }
    if block_size_max == 0 || sizes & 0x0f != 0 {
        return Parsed::Bad("the header of the lz4 frame is damaged (block size)".to_owned());
    }
    let mut len = 6;
    let mut content_size = None;
    if flags & CONTENT_SIZE != 0 {
        content_size = le::<8>(bytes, len);
        len += 8;
    }
    if flags & DICTIONARY != 0 {
        len += 4;
    }
    let (Some(&sum), Some(fields)) = (bytes.get(len), bytes.get(4..len)) else {
        return Parsed::Short;
    };
    if sum != (XxHash32::oneshot(0, fields) >> 8) as u8 {
        return Parsed::Bad("the checksum of an lz4 header is wrong".to_owned());
    }
    if flags & DICTIONARY != 0 {
        return Parsed::Bad("the lz4 frame needs a dictionary, which we lack".to_owned());
    }
    let (size, hash, history) = (0, XxHash32::with_seed(0), Vec::new());
    let legacy = false;
    let frame = Frame { legacy, flags, block_size_max, content_size, size, hash, history };
    Parsed::Is((len + 1, frame))
}

/// What stands at the front of a block, and what follows from it.
pub(super) enum Block {
    /// A block: the range of its data, and its length with all that belongs to it.
    Data { data: Range<usize>, len: usize, stored: bool },
    /// The end of the frame, and the length of that.
    End(usize),
    /// Not all there.
    Short,
    /// Something is wrong.
    Bad(String),
}

impl Frame {
    /// A frame of the legacy format.
    pub(super) fn legacy() -> Self {
        Frame {
            legacy: true,
            flags: INDEPENDENT,
            block_size_max: LEGACY_SIZE_MAX,
            content_size: None,
            size: 0,
            hash: XxHash32::with_seed(0),
            history: Vec::new(),
        }
    }

    pub(super) fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// Looks at the block at the front of `bytes`.
    pub(super) fn block(&self, bytes: &[u8], ended: bool) -> Block {
        let Some(field) = le32(bytes, 0) else {
            let over = self.legacy && ended && bytes.is_empty();
            return if over { Block::End(0) } else { Block::Short };
        };
        if self.legacy {
            let len = field as usize;
            return match field {
                MAGIC | MAGIC_LEGACY => Block::End(0),
                magic if is_skippable(magic) || len > LEGACY_LEN_MAX => Block::End(0),
                _ => Block::Data { data: 4..4 + len, len: 4 + len, stored: false },
            };
        }
        if field == 0 {
            let checksum = if self.has(CONTENT_CHECKSUM) { 4 } else { 0 };
            return if bytes.len() < 4 + checksum {
                Block::Short
            } else {
                Block::End(4 + checksum)
            };
        }
        let len = (field & !STORED) as usize;
        if len > self.block_size_max {
            return Block::Bad("a block of the lz4 frame is longer than its header allows".into());
        }
        let checksum = if self.has(BLOCK_CHECKSUM) { 4 } else { 0 };
        let stored = field & STORED != 0;
        Block::Data { data: 4..4 + len, len: 4 + len + checksum, stored }
    }

    /// Decompresses a block into `block`; says how much it holds.
    pub(super) fn decompress(
        &self,
        data: &[u8],
        stored: bool,
        whole: bool,
        block: &mut [u8],
    ) -> (usize, Result<(), String>) {
        if stored {
            let count = data.len().min(block.len());
            for (to, from) in block.iter_mut().zip(data) {
                *to = *from;
            }
            return (count, Ok(()));
        }
        let result = match whole {
            true if self.history.is_empty() => decompress_into(data, block),
            true => decompress_into_with_dict(data, block, &self.history),
            false => Ok(0),
        };
        match result {
            Ok(count) if whole => (count.min(block.len()), Ok(())),
            Ok(_) => (lz4_block::salvage(data, &self.history, block), Ok(())),
            Err(e) => {
                let count = lz4_block::salvage(data, &self.history, block);
                (count, Err(format!("the lz4 data is damaged ({e})")))
            }
        }
    }

    /// Takes note of what was decompressed.
    pub(super) fn note(&mut self, bytes: &[u8]) {
        self.size += bytes.len() as u64;
        if self.has(CONTENT_CHECKSUM) {
            self.hash.write(bytes);
        }
        if !self.has(INDEPENDENT) {
            let tail = bytes.get(bytes.len().saturating_sub(HISTORY_LEN)..).unwrap_or_default();
            let over = (self.history.len() + tail.len()).saturating_sub(HISTORY_LEN);
            self.history.drain(..over);
            self.history.extend_from_slice(tail);
        }
    }

    /// Checks what the end of the frame says.
    pub(super) fn check(&self, end: &[u8]) -> Result<(), &'static str> {
        if self.content_size.is_some_and(|size| size != self.size) {
            return Err("the size in an lz4 frame is wrong");
        }
        match le32(end, 4) {
            Some(sum) if u64::from(sum) != self.hash.finish() => {
                Err("the checksum of an lz4 frame is wrong")
            }
            _ => Ok(()),
        }
    }
}

/// Whether fewer than four bytes may be the beginning of a frame.
pub(super) fn may_begin(bytes: &[u8]) -> bool {
    let skippable = matches!(bytes, [0x50..=0x5f, rest @ ..] if [0x2a, 0x4d].starts_with(rest));
    skippable || [MAGIC, MAGIC_LEGACY].iter().any(|magic| magic.to_le_bytes().starts_with(bytes))
}
