//! Numbers from bytes, in either byte order, without panics.

use crate::scene::ByteOrder;

/// Reads numbers of one byte order. What is not there reads as `None`.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    pub bytes: &'a [u8],
    pub order: ByteOrder,
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8], order: ByteOrder) -> Self {
        Reader { bytes, order }
    }

    /// The `N` bytes at `at`.
    #[inline(always)]
    pub fn array<const N: usize>(&self, at: usize) -> Option<[u8; N]> {
        self.bytes.get(at..)?.first_chunk::<N>().copied()
    }

    #[inline(always)]
    pub fn u16(&self, at: usize) -> Option<u16> {
        let bytes = self.array(at)?;
        Some(match self.order {
            ByteOrder::Little => u16::from_le_bytes(bytes),
            ByteOrder::Big => u16::from_be_bytes(bytes),
        })
    }

    #[inline(always)]
    pub fn u32(&self, at: usize) -> Option<u32> {
        let bytes = self.array(at)?;
        Some(match self.order {
            ByteOrder::Little => u32::from_le_bytes(bytes),
            ByteOrder::Big => u32::from_be_bytes(bytes),
        })
    }

    #[inline(always)]
    pub fn u64(&self, at: usize) -> Option<u64> {
        let bytes = self.array(at)?;
        Some(match self.order {
            ByteOrder::Little => u64::from_le_bytes(bytes),
            ByteOrder::Big => u64::from_be_bytes(bytes),
        })
    }

    /// The bytes from `at`, `len` of them or as many as there are.
    pub fn slice(&self, at: usize, len: usize) -> &'a [u8] {
        let rest = self.bytes.get(at..).unwrap_or(&[]);
        rest.get(..len).unwrap_or(rest)
    }
}
