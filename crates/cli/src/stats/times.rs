//! Durations, times and sizes as they are given on the command line.

use marey::Timestamp;

const NS_PER_SECOND: i128 = 1_000_000_000;
/// An interval is not shorter: the number of intervals between any two times must be a number.
const INTERVAL_NS_MIN: i128 = 1_000;

/// A duration in nanoseconds: a number and a unit.
pub fn duration(text: &str) -> Result<u64, String> {
    const UNITS: [(&str, i128); 6] = [
        ("us", 1_000),
        ("ms", 1_000_000),
        ("s", NS_PER_SECOND),
        ("m", 60 * NS_PER_SECOND),
        ("h", 3600 * NS_PER_SECOND),
        ("d", 86_400 * NS_PER_SECOND),
    ];
    let unit_at = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let unit = UNITS.iter().find(|(name, _)| *name == unit);
    let (Some((_, unit)), Some(number)) = (unit, decimal(number)) else {
        return Err(
            "not a duration\n  It is a number with us, ms, s, m, h or d: 100ms, 1s, 5m.".to_owned()
        );
    };
    let ns = number.saturating_mul(*unit) / NS_PER_SECOND;
    if ns < INTERVAL_NS_MIN {
        return Err("an interval is 1us or longer".to_owned());
    }
    i64::try_from(ns).map(i64::unsigned_abs).map_err(|_| "longer than any trace".to_owned())
}

/// A number with up to nine digits behind its point, in units of 10^-9.
fn decimal(text: &str) -> Option<i128> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 18 || part.len() > 9 {
        return None;
    }
    if !is_number(whole) || !is_number(part) || (part.is_empty() && text.contains('.')) {
        return None;
    }
    let part: i128 = format!("{part:0<9}").parse().ok()?;
    Some(whole.parse::<i128>().ok()? * NS_PER_SECOND + part)
}

const NO_TIME: &str =
    "not a time\n  It is 2026-01-31T12:00:00Z, or seconds since 1970; both may have a fraction.";

/// A time: RFC 3339, or seconds since 1970.
pub fn time(text: &str) -> Result<Timestamp, String> {
    let ns = unix(text).or_else(|| rfc3339(text)).ok_or(NO_TIME)?;
    let ns = i64::try_from(ns).ok().filter(|ns| *ns != i64::MIN);
    ns.map(Timestamp::from_ns).ok_or_else(|| "no trace has times so far from 1970".to_owned())
}

fn unix(text: &str) -> Option<i128> {
    match text.strip_prefix('-') {
        Some(text) => decimal(text).map(|ns| -ns),
        None => decimal(text),
    }
}

/// RFC 3339 §5.6. A leap second is the second after it.
fn rfc3339(text: &str) -> Option<i128> {
    let (date, rest) = text.split_once(['T', 't', ' '])?;
    let zone_at = rest.find(['Z', 'z', '+', '-'])?;
    let (clock, zone) = rest.split_at(zone_at);
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let [hour, minute, second] = numbers(clock, ':', [2, 2, 2])?;
    let is_date = (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
    if !is_date || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
    let fraction = decimal(&format!("0.{fraction}"))?;
    let seconds = seconds - offset_seconds(zone)?;
    Some(i128::from(seconds) * NS_PER_SECOND + fraction)
}

fn offset_seconds(zone: &str) -> Option<i64> {
    if matches!(zone, "Z" | "z") {
        return Some(0);
    }
    let [hours, minutes] = numbers(zone.get(1..)?, ':', [2, 2])?;
    let seconds = (hours < 24 && minutes < 60).then_some(hours * 3600 + minutes * 60)?;
    Some(if zone.starts_with('-') { -seconds } else { seconds })
}

/// Numbers of fixed lengths.
fn numbers<const N: usize>(text: &str, between: char, lens: [usize; N]) -> Option<[i64; N]> {
    let mut parts = text.split(between);
    let mut numbers = [0; N];
    for (number, len) in numbers.iter_mut().zip(lens) {
        let part = parts.next().filter(|part| part.len() == len)?;
        let is_number = part.bytes().all(|b| b.is_ascii_digit());
        *number = is_number.then(|| part.parse().ok())??;
    }
    parts.next().is_none().then_some(numbers)
}

fn days_in(year: i64, month: i64) -> i64 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01, by Howard Hinnant's `days_from_civil`.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// A number of bytes, with a unit or without.
pub fn size(text: &str) -> Result<u64, String> {
    const UNITS: [(&str, u64); 7] = [
        ("", 1),
        ("K", 1 << 10),
        ("KiB", 1 << 10),
        ("M", 1 << 20),
        ("MiB", 1 << 20),
        ("G", 1 << 30),
        ("GiB", 1 << 30),
    ];
    let unit_at = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let unit = UNITS.iter().find(|(name, _)| *name == unit);
    let bytes =
        number.parse::<u64>().ok().zip(unit).and_then(|(n, (_, unit))| n.checked_mul(*unit));
    bytes.ok_or_else(|| {
        "not a size\n  It is a number of bytes, or one with K, M or G: 64M, 1GiB.".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        assert_eq!(duration("100ms"), Ok(100_000_000));
        assert_eq!(duration("1.5s"), Ok(1_500_000_000));
        assert_eq!(duration("1d"), Ok(86_400_000_000_000));
        for bad in ["", "1", "s", "-1s", "1..5s", "1.s", "0s", "0.5us", "1ns", "99999999999999999d"]
        {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn times_are_what_the_library_writes() {
        for ns in [0, 1, -1, 951_782_400_123_456_789, 4_107_542_399_000_000_001, i64::MAX] {
            let expected = Timestamp::from_ns(ns);
            assert_eq!(time(&expected.to_string()), Ok(expected));
        }
        let same = ["2026-01-01T00:00:00Z", "2026-01-01t01:30:00.0+01:30", "1767225600.000"];
        for text in same {
            assert_eq!(time(text), Ok(Timestamp::from_ns(1_767_225_600_000_000_000)), "{text}");
        }
        assert_eq!(time("-1.5"), Ok(Timestamp::from_ns(-1_500_000_000)));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        let bad = [
            "",
            "now",
            "2026-01-01",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:00",
            "2026-01-01T00:00:00+1",
            "2026-01-01T00:00:00.Z",
            "2026-01-01T00:00:00é",
            "99999999999999",
            "1e9",
        ];
        for text in bad {
            assert!(time(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes() {
        assert_eq!((size("64M"), size("1GiB"), size("7")), (Ok(64 << 20), Ok(1 << 30), Ok(7)));
        for bad in ["", "M", "1T", "-1", "99999999999G", "1.5G"] {
            assert!(size(bad).is_err(), "{bad}");
        }
    }
}
