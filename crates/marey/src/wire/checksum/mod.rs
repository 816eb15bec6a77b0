//! Checksums: which of a packet are right, and what the wrong ones should be.
//!
//! Nothing is verified unasked: [`checksums`] looks at every header of a walk that has one. The
//! parts are there as well for who changes packets: [`internet`], [`crc32c`], and [`adjusted`],
//! which needs no more than what changed.

mod cover;
mod sum;

pub use sum::{adjusted, crc32c, internet};

use super::protocol::Protocol;
use super::walk::Layers;

/// What is to be said of a checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It is right.
    Good,
    /// It is wrong. A packet that its sender captured may be fine all the same: network cards fill
    /// in checksums later.
    Bad {
        /// What the packet has.
        found: u32,
        /// What would be right.
        expected: u32,
    },
    /// Not all that it covers was captured.
    NotCaptured,
    /// The sender left it out, as the protocol allows.
    Absent,
    /// A fragment does not hold all that it covers; or lengths contradict each other, so that
    /// nobody can say what it covers.
    NotChecked,
}

/// A checksum of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Checksum {
    /// Which header has it.
    pub protocol: Protocol,
    /// The header's place among the layers of the walk.
    pub layer: usize,
    /// Where in the packet its first byte is.
    pub offset: u32,
    /// Bytes it has: 2, but 4 in SCTP.
    pub len: u8,
    /// Is it right?
    pub verdict: Verdict,
}

/// All checksums of the headers that a walk found, outermost first.
///
/// ```
/// use marey::wire::checksum::{Verdict, checksums};
/// use marey::wire::{LinkType, layers};
///
/// let mut packet = [0x45, 0, 0, 20, 0, 0, 0, 0, 64, 59, 0x66, 0xad, 10, 0, 0, 1, 10, 0, 0, 2];
/// let verdicts = |packet: &[u8]| {
///     let found = layers(LinkType::RAW, packet, 20);
///     checksums(&found).map(|checksum| checksum.verdict).collect::<Vec<_>>()
/// };
/// assert_eq!(verdicts(&packet), [Verdict::Good]);
/// packet[11] = 0;
/// assert_eq!(verdicts(&packet), [Verdict::Bad { found: 0x6600, expected: 0x66ad }]);
/// ```
pub fn checksums<'l>(layers: &'l Layers<'_>) -> impl Iterator<Item = Checksum> + 'l {
    (0..layers.as_slice().len()).filter_map(|index| checksum_of(layers, index))
}

/// The checksum of the header at `index` of the layers; `None` if it has none, or if its place was
/// not captured.
pub fn checksum_of(layers: &Layers<'_>, index: usize) -> Option<Checksum> {
    let layer = layers.as_slice().get(index)?;
    let field = cover::field(layers, layer)?;
    let verdict = match cover::expected(layers, index, field) {
        Ok(expected) if cover::same(field, expected) => Verdict::Good,
        Ok(expected) => Verdict::Bad { found: field.found, expected },
        Err(verdict) => verdict,
    };
    let (protocol, offset, len) = (layer.protocol, field.offset, field.len);
    Some(Checksum { protocol, layer: index, offset, len, verdict })
}

impl Checksum {
    /// What the packet should have: the right value, whatever stands there. `None` if that cannot
    /// be said, or if there shall be none.
    pub fn expected(&self, layers: &Layers<'_>) -> Option<u32> {
        match self.verdict {
            Verdict::Bad { expected, .. } => Some(expected),
            Verdict::Good => {
                let layer = layers.as_slice().get(self.layer)?;
                let field = cover::field(layers, layer)?;
                cover::expected(layers, self.layer, field).ok()
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
