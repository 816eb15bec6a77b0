//! The time of a pcapng interface.

use super::option::{IF_TSOFFSET, IF_TSRESOL, Opt, Value};

const NANOS: i128 = 1_000_000_000;

/// The clock of an interface, as its options say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// if_tsresol: ticks of 10^-n seconds, or with bit 7 set of 2^-n.
    pub resolution: u8,
    /// if_tsoffset: seconds to add.
    pub offset_s: i64,
}

impl Default for Clock {
    fn default() -> Self {
        Clock { resolution: 6, offset_s: 0 }
    }
}

impl Clock {
    /// The clock that an interface with these options has.
    pub(super) fn of(options: &[Opt]) -> Self {
        let mut clock = Clock::default();
        for option in options {
            match (option.code, &option.value) {
                (IF_TSRESOL, Value::Bytes(value)) if value.len() == 1 => {
                    clock.resolution = value[0];
                }
                (IF_TSOFFSET, Value::U64(value)) => clock.offset_s = *value as i64,
                _ => {}
            }
        }
        clock
    }

    /// Ticks in a second.
    ///
    /// # Panics
    ///
    /// If the resolution is finer than 10^-38 or 2^-126 seconds.
    pub fn ticks_per_second(self) -> i128 {
        let exponent = u32::from(self.resolution & 0x7F);
        let base: i128 = if self.resolution & 0x80 == 0 { 10 } else { 2 };
        base.checked_pow(exponent).expect("a resolution that is in use")
    }

    /// The last tick that is not after `time_ns`.
    ///
    /// # Panics
    ///
    /// If 64 bits do not hold it.
    pub fn ticks(self, time_ns: i64) -> u64 {
        let since = i128::from(time_ns) - i128::from(self.offset_s) * NANOS;
        let ticks = (since * self.ticks_per_second()).div_euclid(NANOS);
        u64::try_from(ticks).expect("a time that this clock can say")
    }

    /// The time of a tick in nanoseconds since the Unix epoch, rounded down; `None` if 64 bits do
    /// not hold it.
    pub fn time_ns(self, ticks: u64) -> Option<i64> {
        let since = i128::from(ticks) * NANOS / self.ticks_per_second();
        i64::try_from(since + i128::from(self.offset_s) * NANOS).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_and_times_of_each_kind_of_clock() {
        let clock = |resolution, offset_s| Clock { resolution, offset_s };
        assert_eq!(clock(6, 0).ticks(1_500_000_999), 1_500_000);
        assert_eq!(clock(6, 0).time_ns(1_500_000), Some(1_500_000_000));
        assert_eq!(clock(0x81, 0).time_ns(3), Some(1_500_000_000));
        assert_eq!(clock(0, -1).time_ns(3), Some(2_000_000_000));
        assert_eq!(clock(12, 10).time_ns(1_999), Some(10_000_000_001));
        assert_eq!(clock(9, 10).ticks(10_000_000_001), 1);
        assert_eq!(clock(0, 0).time_ns(u64::MAX), None);
    }
}
