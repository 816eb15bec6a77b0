//! ERF's extension headers, as numbers.

/// The types of extension headers that are known.
pub const KINDS: [u8; 11] = [3, 4, 5, 6, 12, 14, 15, 16, 17, 18, 19];

/// A header of this type with these 56 bits.
pub fn raw(kind: u8, bits: u64) -> u64 {
    u64::from(kind & 0x7F) << 56 | (bits & 0x00FF_FFFF_FFFF_FFFF)
}

/// A flow id (16): source, kind of protocol stack, hash.
pub fn flow_id(source: u8, stack: u8, hash: u32) -> u64 {
    raw(16, u64::from(source) << 48 | u64::from(stack) << 32 | u64::from(hash))
}

/// A host id (17): source and host, which has 48 bits.
pub fn host_id(source: u8, host: u64) -> u64 {
    raw(17, u64::from(source) << 48 | (host & 0xFFFF_FFFF_FFFF))
}

/// An anchor id (18), which has 48 bits: `definition` is set in the provenance record that says
/// something about the anchor, and not in the packets that it is about.
pub fn anchor_id(definition: bool, anchor: u64) -> u64 {
    raw(18, u64::from(definition) << 55 | (anchor & 0xFFFF_FFFF_FFFF))
}
