//! Frames of Zstandard (RFC 8878 §3): how long they are, and how much they hold at most.
//!
//! A frame says nowhere how long it is, but its blocks do, and there is no need to decompress
//! them to walk from one to the next.

use super::packed::Part;
use super::source::{Parsed, le, le32};

/// What a frame begins with.
pub(super) const MAGIC: u32 = 0xfd2f_b528;
/// What a skippable frame begins with, but for the last four bits.
const MAGIC_SKIPPABLE: u32 = 0x184d_2a50;
/// The length of the header of a skippable frame.
pub(super) const SKIPPABLE_HEADER_LEN: usize = 8;
/// The length of the header of a block.
pub(super) const BLOCK_HEADER_LEN: usize = 3;
/// The length of a frame's checksum.
pub(super) const CHECKSUM_LEN: usize = 4;

/// What a block holds at most.
pub(super) const BLOCK_SIZE_MAX: u64 = 128 << 10;
/// How long a frame that is handed out as a unit may be.
const UNIT_LEN_MAX: usize = 4 << 20;
/// How much a frame that is handed out as a unit may hold.
const UNIT_SIZE_MAX: u64 = 8 << 20;
/// How much history a frame may ask for. It is the limit of the library, too.
pub(super) const WINDOW_SIZE_MAX: u64 = 128 << 20;

/// Whether a frame that begins so is to be skipped; lz4 has the same ones.
pub(super) fn is_skippable(magic: u32) -> bool {
    magic & !0xf == MAGIC_SKIPPABLE
}

/// RFC 8878 §3.1.1.1.
pub(super) struct Header {
    pub(super) len: usize,
    pub(super) window: u64,
    pub(super) content: Option<u64>,
    pub(super) checksum: bool,
    pub(super) dictionary: u64,
}

/// Looks at the header of a frame.
pub(super) fn header(bytes: &[u8]) -> Parsed<Header> {
    let Some(&descriptor) = bytes.get(4) else { return Parsed::Short };
    let single = descriptor & 0x20 != 0;
    if descriptor & 0x08 != 0 {
        return Parsed::Bad("the header of a zstd frame has an unknown flag".to_owned());
    }
    header_fields(bytes, descriptor, single).map_or(Parsed::Short, Parsed::Is)
}

/// The fields behind the descriptor; `None` if they are not all there.
fn header_fields(bytes: &[u8], descriptor: u8, single: bool) -> Option<Header> {
    let mut len = 5;
    let mut window = 0;
    if !single {
        let byte = *bytes.get(len)?;
        let base = 1_u64 << (10 + (byte >> 3));
        window = base + base / 8 * u64::from(byte & 7);
        len += 1;
    }
    let (dictionary, dictionary_len) = match descriptor & 3 {
        0 => (0, 0),
        1 => (le::<1>(bytes, len)?, 1),
        2 => (le::<2>(bytes, len)?, 2),
        _ => (le::<4>(bytes, len)?, 4),
    };
    len += dictionary_len;
    let (content, content_len) = match descriptor >> 6 {
        0 if single => (Some(le::<1>(bytes, len)?), 1),
        0 => (None, 0),
        1 => (Some(le::<2>(bytes, len)? + 256), 2),
        2 => (Some(le::<4>(bytes, len)?), 4),
        _ => (Some(le::<8>(bytes, len)?), 8),
    };
    len += content_len;
    if let Some(content) = content.filter(|_| single) {
        window = content;
    }
    Some(Header { len, window, content, checksum: descriptor & 4 != 0, dictionary })
}

/// The header of a block: whether it is the last, its length with the header, and what it holds
/// at most. What is wrong with it the library may say.
pub(super) fn block(bytes: &[u8], at: usize) -> Option<(bool, usize, u64)> {
    let field = le::<3>(bytes, at)?;
    let size = field >> 3;
    let (len, holds) = match field >> 1 & 3 {
        0 => (size, size),
        1 => (1, size),
        _ => (size, BLOCK_SIZE_MAX),
    };
    Some((field & 1 != 0, BLOCK_HEADER_LEN + len as usize, holds))
}

/// Measures the frame at the front of `bytes`. `Other` is what is no small frame.
fn frame(bytes: &[u8]) -> Parsed<Part> {
    match le32(bytes, 0) {
        None => return Parsed::Short,
        Some(MAGIC) => {}
        Some(magic) if is_skippable(magic) => return skippable(bytes),
        Some(_) => return Parsed::Other,
    }
    let header = match header(bytes) {
        Parsed::Is(header) => header,
        Parsed::Short => return Parsed::Short,
        _ => return Parsed::Other,
    };
    // The library takes some frames that say they hold nothing for damaged, but only block by
    // block: they come that way.
    let holds_nothing = header.content == Some(0);
    if header.window > WINDOW_SIZE_MAX || header.dictionary != 0 || holds_nothing {
        return Parsed::Other;
    }
    let (mut len, mut size, mut last) = (header.len, 0, false);
    while !last {
        let Some((is_last, block_len, holds)) = block(bytes, len) else { return Parsed::Short };
        len += block_len;
        size += holds;
        last = is_last;
        if len > UNIT_LEN_MAX || header.content.unwrap_or(size) > UNIT_SIZE_MAX {
            return Parsed::Other;
        }
    }
    len += if header.checksum { CHECKSUM_LEN } else { 0 };
    if bytes.len() < len {
        return Parsed::Short;
    }
    Parsed::Is(Part { len, size: header.content.unwrap_or(size) as usize })
}

/// Measures the skippable frame at the front of `bytes`.
fn skippable(bytes: &[u8]) -> Parsed<Part> {
    match le32(bytes, 4).map(|len| (len as usize).saturating_add(SKIPPABLE_HEADER_LEN)) {
        None => Parsed::Short,
        Some(len) if len > UNIT_LEN_MAX => Parsed::Other,
        Some(len) if len > bytes.len() => Parsed::Short,
        Some(len) => Parsed::Is(Part { len, size: 0 }),
    }
}

/// Gathers frames that hold about `max` bytes; also says whether the next one is not all there.
pub(super) fn gather(bytes: &[u8], max: usize) -> (Vec<Part>, bool) {
    let (mut len, mut size, mut parts) = (0, 0, Vec::new());
    while size < max && len < UNIT_LEN_MAX {
        match frame(bytes.get(len..).unwrap_or_default()) {
            Parsed::Is(part) => {
                len += part.len;
                size += part.size;
                parts.push(part);
            }
            Parsed::Short => return (parts, true),
            _ => break,
        }
    }
    (parts, false)
}

/// Whether fewer than four bytes may be the beginning of a frame.
pub(super) fn may_begin(bytes: &[u8]) -> bool {
    let magic = MAGIC.to_le_bytes();
    let [low, rest @ ..] = MAGIC_SKIPPABLE.to_le_bytes();
    magic.starts_with(bytes)
        || matches!(bytes, [first, more @ ..] if first & 0xf0 == low && rest.starts_with(more))
}
