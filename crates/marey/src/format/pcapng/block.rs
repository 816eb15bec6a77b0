//! Blocks: types, offsets, and what makes one believable (pcapng draft, sections 3.1 and 4).

use super::super::RECORD_LEN_MAX;
use super::Reader;
use crate::scene::ByteOrder;

// Block types (section 11.1).
pub(super) const SECTION: u32 = 0x0a0d_0d0a;
pub(super) const INTERFACE: u32 = 1;
pub(super) const PACKET: u32 = 2;
pub(super) const SIMPLE_PACKET: u32 = 3;
pub(super) const NAMES: u32 = 4;
pub(super) const STATISTICS: u32 = 5;
pub(super) const ENHANCED_PACKET: u32 = 6;
pub(super) const JOURNAL: u32 = 9;
pub(super) const SECRETS: u32 = 10;
pub(super) const CUSTOM: u32 = 0x0000_0bad;
pub(super) const CUSTOM_NO_COPY: u32 = 0x4000_0bad;

/// What a recording of marey has where no block has a place.
pub(super) const PADDING: u32 = 0xed61_7265;

/// The byte-order magic (section 4.1).
pub(super) const BYTE_ORDER_MAGIC: u32 = 0x1a2b_3c4d;

// Offsets that all blocks share (section 3.1).
pub(super) const TYPE: usize = 0;
pub(super) const LEN: usize = 4;
pub(super) const BODY: usize = 8;
/// The length at the end.
pub(super) const TRAILER_LEN: usize = 4;
/// The shortest block: type and both lengths.
pub(super) const LEN_MIN: usize = 12;

// Offsets in an enhanced packet block (section 4.3) and in the obsolete packet block (A.1).
pub(super) const EPB_INTERFACE: usize = 8;
pub(super) const PB_INTERFACE: usize = 8;
pub(super) const PB_DROPS: usize = 10;
pub(super) const PB_DROPS_UNKNOWN: u16 = 0xffff;
pub(super) const TIME_HIGH: usize = 12;
pub(super) const TIME_LOW: usize = 16;
pub(super) const CAPTURED: usize = 20;
pub(super) const ORIGINAL: usize = 24;
pub(super) const PACKET_DATA: usize = 28;
/// The shortest packet block.
pub(super) const PACKET_LEN_MIN: usize = 32;

// Offsets in a simple packet block (section 4.4).
pub(super) const SPB_ORIGINAL: usize = 8;
pub(super) const SPB_DATA: usize = 12;
pub(super) const SPB_LEN_MIN: usize = 16;

/// `len` rounded up to four bytes.
#[inline(always)]
pub(super) fn padded(len: usize) -> usize {
    len.saturating_add(3) & !3
}

/// The byte order that the section header block at the start of `bytes` announces.
pub(super) fn section_order(bytes: &[u8]) -> Option<ByteOrder> {
    [ByteOrder::Little, ByteOrder::Big]
        .into_iter()
        .find(|&order| Reader::new(bytes, order).u32(BODY) == Some(BYTE_ORDER_MAGIC))
}

/// The shortest length that a block of this type can have.
pub(super) fn len_min(block_type: u32) -> usize {
    match block_type {
        SECTION => 28,
        INTERFACE => 20,
        PACKET | ENHANCED_PACKET => PACKET_LEN_MIN,
        SIMPLE_PACKET => SPB_LEN_MIN,
        STATISTICS => 24,
        SECRETS => 20,
        CUSTOM | CUSTOM_NO_COPY => 16,
        _ => LEN_MIN,
    }
}

/// The name of a registered type without a decoder of its own (section 11.1).
pub(super) fn type_name(block_type: u32) -> Option<&'static str> {
    Some(match block_type {
        7 => "IRIG time stamp or Hone socket aggregation",
        8 => "ARINC 429 in AFDX",
        0x101 => "Hone machine information",
        0x102 => "Hone connection event",
        0x201 => "sysdig machine information",
        0x202 => "sysdig process information v1",
        0x203 => "sysdig file descriptors",
        0x204 => "sysdig event",
        0x205 => "sysdig interfaces",
        0x206 => "sysdig users",
        0x208 => "sysdig event with flags",
        0x207 | 0x209..=0x215 => "sysdig process information",
        0x216 => "sysdig event v2",
        0x217 => "sysdig event with flags v2",
        0x218..=0x222 => "sysdig",
        0x8000_0001 => "Apple process information",
        0x8000_0000.. => "local use",
        _ => return None,
    })
}

/// The head of a block: its type, its byte order, its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BlockHead {
    pub block_type: u32,
    pub order: ByteOrder,
    /// As it stands there.
    pub len: u32,
}

impl BlockHead {
    /// The head of the block at the start of `bytes`; `order` is its section's.
    pub fn read(bytes: &[u8], order: ByteOrder) -> Option<Self> {
        let block_type = Reader::new(bytes, order).u32(TYPE)?;
        let order = match block_type {
            SECTION => section_order(bytes)?,
            _ => order,
        };
        Some(BlockHead { block_type, order, len: Reader::new(bytes, order).u32(LEN)? })
    }

    /// The block's length with padding that its writer forgot to count.
    pub fn padded_len(&self) -> usize {
        padded(self.len as usize)
    }

    /// Where the block's body ends, or what there is of it in `bytes`.
    pub fn body_end(&self, bytes: &[u8]) -> usize {
        self.padded_len().min(bytes.len()).saturating_sub(TRAILER_LEN)
    }

    /// Whether a block of this type can have this length.
    pub fn has_plausible_len(&self) -> bool {
        let len = self.padded_len();
        (len_min(self.block_type)..=RECORD_LEN_MAX).contains(&len)
    }

    /// Whether this is a block of the draft.
    pub fn is_known(&self) -> bool {
        matches!(
            self.block_type,
            SECTION | INTERFACE..=ENHANCED_PACKET | JOURNAL | SECRETS | CUSTOM | CUSTOM_NO_COPY
        )
    }

    /// Whether it holds a packet.
    pub fn is_packet(&self) -> bool {
        matches!(self.block_type, PACKET | SIMPLE_PACKET | ENHANCED_PACKET)
    }

    /// Whether the length at the end of the block is that at its start. `None` if the end is not
    /// in `bytes`.
    pub fn ends_well(&self, bytes: &[u8]) -> Option<bool> {
        let at = self.padded_len().checked_sub(TRAILER_LEN)?;
        Some(Reader::new(bytes, self.order).u32(at)? == self.len)
    }

    /// What contradicts the block's content, if anything does.
    pub fn contradiction(&self, bytes: &[u8]) -> Option<String> {
        let reader = Reader::new(bytes, self.order);
        if !matches!(self.block_type, PACKET | ENHANCED_PACKET) {
            return None;
        }
        let captured = reader.u32(CAPTURED)?;
        let room = self.padded_len().saturating_sub(PACKET_LEN_MIN);
        (captured as usize > room).then(|| {
            format!("a packet of {captured} captured bytes in a block with room for {room}")
        })
    }

    /// Whether the lengths in a packet block confirm one another: nothing but padding is left
    /// beside the captured bytes.
    pub fn is_confirmed(&self, bytes: &[u8]) -> bool {
        let captured = Reader::new(bytes, self.order).u32(CAPTURED);
        let end = captured.map(|len| padded(len as usize).saturating_add(PACKET_LEN_MIN));
        matches!(self.block_type, PACKET | ENHANCED_PACKET) && end == Some(self.padded_len())
    }
}
