//! Time: nanoseconds since the Unix epoch, and the raw values they were made from.
//!
//! Conversions use integers of 128 bits, never floats, and round as the format's own reference
//! does.

use std::fmt;

/// Nanoseconds since 1970-01-01T00:00:00Z.
///
/// Covers the years 1678 to 2262. A raw time outside of that has no `Timestamp`; its
/// [`RawTime`] is still there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// The value that a head keeps for "no time".
pub(crate) const NO_TIME: i64 = i64::MIN;

const NS_PER_SECOND: i64 = 1_000_000_000;

impl Timestamp {
    /// The time `ns` nanoseconds after the epoch (before it, if negative).
    pub fn from_ns(ns: i64) -> Self {
        Timestamp(ns)
    }

    /// Nanoseconds since the epoch.
    pub fn as_ns(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(NS_PER_SECOND)
    }

    /// Nanoseconds after the whole second.
    pub fn subsecond_ns(self) -> u32 {
        self.0.rem_euclid(NS_PER_SECOND) as u32
    }

    /// The time that is kept in a head: `None` for the value that means "none".
    pub(crate) fn from_head(time: i64) -> Option<Self> {
        (time != NO_TIME).then_some(Timestamp(time))
    }

    /// Year, month, day, hour, minute and second in UTC.
    pub fn civil(self) -> Civil {
        let seconds = self.seconds();
        let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400) as u32);
        let (year, month, day) = civil_date(days);
        Civil { year, month, day, hour: rest / 3600, minute: rest / 60 % 60, second: rest % 60 }
    }
}

/// A date and time of day in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    /// The year of the Gregorian calendar.
    pub year: i64,
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
    /// 0 to 23.
    pub hour: u32,
    /// 0 to 59.
    pub minute: u32,
    /// 0 to 59.
    pub second: u32,
}

/// The date that is `days` days after 1970-01-01, by Howard Hinnant's `civil_from_days`.
fn civil_date(days: i64) -> (i64, u32, u32) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * shifted_month + 2) / 5 + 1) as u32;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 } as u32;
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// RFC 3339 in UTC with nine digits: `2004-09-16T00:00:01.000721395Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Civil { year, month, day, hour, minute, second } = self.civil();
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:09}Z",
            self.subsecond_ns()
        )
    }
}

/// How finely a raw time counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Resolution {
    /// Units of 10^-n seconds.
    Decimal(u8),
    /// Units of 2^-n seconds.
    Binary(u8),
}

impl Resolution {
    /// Microseconds.
    pub const MICRO: Resolution = Resolution::Decimal(6);
    /// Nanoseconds.
    pub const NANO: Resolution = Resolution::Decimal(9);

    /// The resolution that a pcapng `if_tsresol` byte means (pcapng draft, section 4.2).
    pub fn from_tsresol(byte: u8) -> Self {
        match byte & 0x80 {
            0 => Resolution::Decimal(byte),
            _ => Resolution::Binary(byte & 0x7f),
        }
    }

    /// `value` units in nanoseconds, rounded down; `None` if that is over 2^127.
    fn to_ns(self, value: u64) -> Option<i128> {
        let value = i128::from(value);
        match self {
            Resolution::Decimal(n) if n <= 9 => value.checked_mul(10_i128.pow(u32::from(9 - n))),
            Resolution::Decimal(n) => {
                // 10^38 is the last power of ten in 127 bits; any u64 is below 10^20.
                let power = 10_i128.checked_pow(u32::from(n) - 9);
                Some(power.map_or(0, |p| value / p))
            }
            Resolution::Binary(n) => {
                let product = value * i128::from(NS_PER_SECOND);
                Some(product.checked_shr(u32::from(n)).unwrap_or(0))
            }
        }
    }

    /// The time of `value` units after the epoch, `offset_s` seconds later.
    pub fn time(self, value: u64, offset_s: i64) -> Option<Timestamp> {
        let offset = i128::from(offset_s) * i128::from(NS_PER_SECOND);
        let ns = self.to_ns(value)?.checked_add(offset)?;
        let ns = i64::try_from(ns).ok().filter(|&ns| ns != NO_TIME)?;
        Some(Timestamp(ns))
    }
}

impl fmt::Display for Resolution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Resolution::Decimal(0) => f.write_str("1 s"),
            Resolution::Decimal(3) => f.write_str("1 ms"),
            Resolution::Decimal(6) => f.write_str("1 µs"),
            Resolution::Decimal(9) => f.write_str("1 ns"),
            Resolution::Decimal(n) => write!(f, "10^-{n} s"),
            Resolution::Binary(n) => write!(f, "2^-{n} s"),
        }
    }
}

/// A time as the trace holds it: exact, for rewriting in the same format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawTime {
    /// The number of units.
    pub value: u64,
    /// What one unit is.
    pub resolution: Resolution,
    /// Seconds to add (pcapng `if_tsoffset`).
    pub offset_s: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_rfc_3339() {
        let cases = [
            (0, "1970-01-01T00:00:00.000000000Z"),
            (-1, "1969-12-31T23:59:59.999999999Z"),
            (1_095_292_801_000_721_395, "2004-09-16T00:00:01.000721395Z"),
            (951_782_400_000_000_000, "2000-02-29T00:00:00.000000000Z"),
            (4_107_542_399_999_999_999, "2100-02-28T23:59:59.999999999Z"),
        ];
        for (ns, text) in cases {
            assert_eq!(Timestamp::from_ns(ns).to_string(), text);
        }
    }

    #[test]
    fn every_resolution_is_exact() {
        let ns = |r: Resolution, v| r.time(v, 0).map(Timestamp::as_ns);
        assert_eq!(ns(Resolution::MICRO, 1_500_000), Some(1_500_000_000));
        assert_eq!(ns(Resolution::Decimal(0), 7), Some(7_000_000_000));
        assert_eq!(ns(Resolution::Decimal(12), 1_999), Some(1));
        assert_eq!(ns(Resolution::Decimal(19), u64::MAX), Some(1_844_674_407));
        assert_eq!(ns(Resolution::Decimal(127), u64::MAX), Some(0));
        assert_eq!(ns(Resolution::Binary(32), 1 << 31), Some(500_000_000));
        assert_eq!(ns(Resolution::Binary(63), 1 << 63), Some(1_000_000_000));
        assert_eq!(ns(Resolution::Binary(127), u64::MAX), Some(0));
        assert_eq!(ns(Resolution::Decimal(0), u64::MAX), None);
        let late = Resolution::MICRO.time(0, -5).map(Timestamp::as_ns);
        assert_eq!(late, Some(-5_000_000_000));
    }
}
