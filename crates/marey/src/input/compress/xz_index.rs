//! The index of an xz stream (.xz file format 1.2.1 §4), compared with the blocks record by
//! record: neither is kept.

use flate2::Crc;

use super::source::{Parsed, first, le32};
use super::xz_block::number;

/// The length of the checksum.
const CHECKSUM_LEN: usize = 4;

/// The blocks of a stream, boiled down to what can be compared.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Blocks {
    count: u64,
    hash: u64,
}

impl Blocks {
    /// Takes note of a block: its length without padding, and what it holds.
    pub(super) fn add(&mut self, unpadded: u64, size: u64) {
        self.count += 1;
        // Of chance, not of malice, is what this guards against: FNV-1a.
        for part in [unpadded, size] {
            self.hash = (self.hash ^ part).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// An index that is being compared with the blocks.
#[derive(Default)]
pub(super) struct Index {
    crc: Crc,
    /// How many records are still to come; not known before the first.
    left: Option<u64>,
    seen: Blocks,
    len: u64,
}

/// What an index holds.
enum Record {
    Count(u64),
    Block(u64, u64),
    End,
}

impl Index {
    /// The length of what was walked over.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Looks at the next field or record at the front of `bytes`: how long it is, and whether it
    /// was the last.
    pub(super) fn step(&mut self, bytes: &[u8], blocks: &Blocks) -> Parsed<(usize, bool)> {
        let parsed = match self.left {
            // Behind the byte that says that this is no block.
            None => number(bytes, 1).map(|(count, end)| (end, Record::Count(count))),
            Some(0) => padding(bytes, self.len).map(|end| (end, Record::End)),
            Some(_) => match number(bytes, 0) {
                Parsed::Is((unpadded, at)) => {
                    number(bytes, at).map(|(size, end)| (end, Record::Block(unpadded, size)))
                }
                other => other.map(|(_, end)| (end, Record::End)),
            },
        };
        parsed.and_then(|(len, record)| self.note(bytes, len, record, blocks))
    }

    /// Takes note of a record that is `len` long.
    fn note(
        &mut self,
        bytes: &[u8],
        len: usize,
        record: Record,
        blocks: &Blocks,
    ) -> Parsed<(usize, bool)> {
        self.crc.update(first(bytes, len));
        self.len += len as u64;
        match record {
            Record::Count(count) => self.left = Some(count),
            Record::Block(unpadded, size) => {
                self.left = self.left.map(|left| left.saturating_sub(1));
                self.seen.add(unpadded, size);
            }
            Record::End if le32(bytes, len) != Some(self.crc.sum()) => {
                return Parsed::Bad("the checksum of an xz index is wrong".to_owned());
            }
            Record::End if self.seen != *blocks => {
                return Parsed::Bad("an xz index does not fit its blocks".to_owned());
            }
            Record::End => {
                self.len += CHECKSUM_LEN as u64;
                return Parsed::Is((len + CHECKSUM_LEN, true));
            }
        }
        Parsed::Is((len, false))
    }
}

/// The length of the padding of an index that is `len` long so far, if its checksum is there.
fn padding(bytes: &[u8], len: u64) -> Parsed<usize> {
    let count = (len.next_multiple_of(4) - len) as usize;
    match bytes.get(..count) {
        Some(zeros) if zeros.iter().any(|&byte| byte != 0) => {
            Parsed::Bad("the padding of an xz index is damaged".to_owned())
        }
        Some(_) if bytes.len() >= count + CHECKSUM_LEN => Parsed::Is(count),
        _ => Parsed::Short,
    }
}
