//! How long packets were on the wire.

use super::tally::Count;

/// Where ranges of lengths begin. 1519 is the first length that a plain Ethernet frame (with its
/// frame check sequence) cannot have.
pub const BOUNDS: [u32; 15] =
    [0, 32, 64, 128, 256, 512, 1024, 1519, 2048, 4096, 8192, 16_384, 32_768, 65_536, 131_072];

/// A histogram of lengths, with the shortest and the longest.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sizes {
    ranges: [Count; BOUNDS.len()],
    extremes: Option<(u32, u32)>,
}

/// The range that a length is in.
#[inline]
fn range(len: u32) -> usize {
    // From 32 on, ranges double, but for the one bound that is no power of two.
    let doubled = (len >> 5).checked_ilog2().map_or(0, |log| log as usize + 1);
    let behind_ethernet = usize::from(doubled > 6 || (doubled == 6 && len >= 1519));
    (doubled + behind_ethernet).min(BOUNDS.len() - 1)
}

impl Sizes {
    /// Counts a packet.
    #[inline]
    pub fn packet(&mut self, wire_len: u32) {
        self.ranges[range(wire_len)].packet(wire_len);
        let (min, max) = self.extremes.unwrap_or((wire_len, wire_len));
        self.extremes = Some((min.min(wire_len), max.max(wire_len)));
    }

    /// Adds another histogram.
    pub fn merge(&mut self, other: &Sizes) {
        for (own, other) in self.ranges.iter_mut().zip(&other.ranges) {
            own.add(*other);
        }
        if let Some((min, max)) = other.extremes {
            let (own_min, own_max) = self.extremes.unwrap_or((min, max));
            self.extremes = Some((own_min.min(min), own_max.max(max)));
        }
    }

    /// The shortest and the longest length.
    pub fn extremes(&self) -> Option<(u32, u32)> {
        self.extremes
    }

    /// The ranges from the first to the last that has packets: first length, last length (none
    /// for the last range there is), count.
    pub fn ranges(&self) -> Vec<(u32, Option<u32>, Count)> {
        let used = |count: &Count| count.packets > 0;
        let (Some(first), Some(last)) =
            (self.ranges.iter().position(used), self.ranges.iter().rposition(used))
        else {
            return Vec::new();
        };
        let end = |index: usize| BOUNDS.get(index + 1).map(|next| next - 1);
        (first..=last).map(|index| (BOUNDS[index], end(index), self.ranges[index])).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_length_is_in_its_range() {
        for (index, bound) in BOUNDS.into_iter().enumerate() {
            assert_eq!(range(bound), index, "{bound}");
            if let Some(before) = bound.checked_sub(1) {
                assert_eq!(range(before), index - 1, "{before}");
            }
        }
        assert_eq!(range(u32::MAX), BOUNDS.len() - 1);
    }
}
