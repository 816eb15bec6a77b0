//! Numbers with their units, times and addresses.

use std::format;
use std::string::String;

use super::token::Kind;

/// What is wrong with a literal, and what to do.
pub struct Wrong {
    /// What is wrong.
    pub what: String,
    /// What to do, if something can be said.
    pub help: String,
}

fn wrong<T>(what: impl Into<String>, help: impl Into<String>) -> Result<T, Wrong> {
    Err(Wrong { what: what.into(), help: help.into() })
}

const NS_PER_S: u64 = 1_000_000_000;
const DURATIONS: [(&str, u64); 7] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("ms", 1_000_000),
    ("s", NS_PER_S),
    ("m", 60 * NS_PER_S),
    ("h", 3600 * NS_PER_S),
];
const SIZES: [(&str, u64); 9] = [
    ("B", 1),
    ("kB", 1_000),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
];

/// How long the number at the start is, with its unit.
pub fn number_len(text: &str) -> usize {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == 'µ';
    let len = text.find(|c| !is_part(c)).unwrap_or(text.len());
    // `1.5ms` is a number, `1..5` is not.
    let behind = text.get(len..).unwrap_or_default();
    let Some(fraction) = behind.strip_prefix('.').filter(|rest| rest.starts_with(is_digit)) else {
        return len;
    };
    len + 1 + fraction.find(|c| !is_part(c)).unwrap_or(fraction.len())
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// A number with its unit.
pub fn number(text: &str) -> Result<Kind, Wrong> {
    let plain = |value| Kind::Number { value, is_duration: false };
    for (prefix, radix) in [("0x", 16), ("0X", 16), ("0b", 2), ("0B", 2)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            return whole(digits, radix, text).map(plain);
        }
    }
    let is_part = |c: char| c.is_ascii_digit() || c == '_' || c == '.';
    let digits_len = text.find(|c| !is_part(c)).unwrap_or(text.len());
    let (digits, unit) = text.split_at_checked(digits_len).unwrap_or((text, ""));
    if unit.is_empty() && !digits.contains('.') {
        return whole(digits, 10, text).map(plain);
    }
    let duration = DURATIONS.iter().find(|(name, _)| *name == unit);
    let size = SIZES.iter().find(|(name, _)| *name == unit);
    match (duration, size) {
        (Some((_, ns)), _) => {
            Ok(Kind::Number { value: scaled(digits, *ns, text)?, is_duration: true })
        }
        (None, Some((_, bytes))) => scaled(digits, *bytes, text).map(plain),
        (None, None) if unit.is_empty() => {
            let help = "numbers are whole; durations and sizes may have a fraction: `1.5ms`";
            wrong(format!("`{text}` is not a whole number"), help)
        }
        (None, None) => {
            let help = "units are ns us ms s m h, and B kB MB GB TB KiB MiB GiB";
            wrong(format!("`{unit}` is no unit"), help)
        }
    }
}

fn whole(digits: &str, radix: u32, text: &str) -> Result<u64, Wrong> {
    let plain = digits.replace('_', "");
    if plain.is_empty() || plain.contains(|c: char| !c.is_digit(radix)) {
        return wrong(format!("`{text}` is no number"), "");
    }
    let value = u64::from_str_radix(&plain, radix);
    value.or_else(|_| wrong(format!("`{text}` is too large"), "numbers have 64 bits"))
}

/// Digits, with a fraction or without, times the unit; it must be whole.
fn scaled(digits: &str, unit: u64, text: &str) -> Result<u64, Wrong> {
    let (front, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let fraction = fraction.replace('_', "");
    let is_fine = fraction.len() <= 18 && fraction.chars().all(is_digit);
    let fraction = fraction.trim_end_matches('0');
    let front = whole(front, 10, text)?;
    let one = u32::try_from(fraction.len()).ok().and_then(|len| 10_u128.checked_pow(len));
    let part = if fraction.is_empty() { 0 } else { whole(fraction, 10, text)? };
    let value = one.filter(|_| is_fine).and_then(|one| {
        let scaled = u128::from(part).checked_mul(u128::from(unit))?;
        let sum = u128::from(front).checked_mul(u128::from(unit))?.checked_add(scaled / one)?;
        u64::try_from(sum).ok().filter(|_| scaled % one == 0)
    });
    match value {
        Some(value) => Ok(value),
        None => wrong(format!("`{text}` has no exact value of 64 bits"), "take a smaller unit"),
    }
}

/// A time at the start of the text, and how long it is: `2026-01-02T03:04:05Z`, `10:03:04.5`.
pub fn time(text: &str) -> Option<(usize, Result<Kind, Wrong>)> {
    if !text.starts_with(is_digit) {
        return None;
    }
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, ':' | '.' | '-' | 'T' | 'Z');
    let len = text.find(|c| !is_part(c)).unwrap_or(text.len());
    let word = text.get(..len)?.trim_end_matches(['.', '-', ':']);
    let kind = match word.split_once('T') {
        Some((date, clock)) => {
            let days = days(date)?;
            let clock = clock.strip_suffix('Z').unwrap_or(clock);
            let ns = of_day(clock)?;
            let ns = i128::from(days) * 86_400 * i128::from(NS_PER_S) + i128::from(ns);
            match i64::try_from(ns) {
                Ok(ns) => Ok(Kind::Time(ns)),
                Err(_) => wrong(format!("`{word}` is out of range"), "times are from 1678 to 2261"),
            }
        }
        None => Ok(Kind::TimeOfDay(of_day(word)?)),
    };
    Some((word.len(), kind))
}

/// Days since the Unix epoch.
fn days(date: &str) -> Option<i64> {
    let mut parts = date.split('-');
    let mut part = |digits: usize| {
        let part = parts.next().filter(|part| part.len() == digits)?;
        part.parse::<i64>().ok().filter(|_| part.chars().all(is_digit))
    };
    let (year, month, day) = (part(4)?, part(2)?, part(2)?);
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let lens = [31, if is_leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let len = *lens.get(usize::try_from(month.checked_sub(1)?).ok()?)?;
    if parts.next().is_some() || !(1..=len).contains(&day) {
        return None;
    }
    let before: i64 = lens.iter().take(usize::try_from(month - 1).ok()?).sum();
    let years = year - 1;
    let leap_days = years / 4 - years / 100 + years / 400;
    Some(years * 365 + leap_days + before + day - 1 - 719_162)
}

/// Nanoseconds since midnight: `10:03:04.5`.
fn of_day(clock: &str) -> Option<u64> {
    let (whole, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let mut parts = whole.split(':');
    let mut part = |below: u64| {
        let part = parts.next().filter(|part| part.len() == 2 && part.chars().all(is_digit))?;
        part.parse::<u64>().ok().filter(|value| *value < below)
    };
    let (hour, minute, second) = (part(24)?, part(60)?, part(60)?);
    let is_fine = parts.next().is_none() && fraction.len() <= 9 && fraction.chars().all(is_digit);
    let digits = fraction.len();
    let fraction = if digits == 0 { 0 } else { fraction.parse::<u64>().ok()? };
    let unit = 10_u64.checked_pow(u32::try_from(9_usize.checked_sub(digits)?).ok()?)?;
    is_fine.then_some((hour * 3600 + minute * 60 + second) * NS_PER_S + fraction * unit)
}

/// An address of a network at the start of the text: `10.0.0.1`, `2001:db8::1`,
/// `02:00:00:00:00:01`.
pub fn address(text: &str) -> Option<(usize, Result<Kind, Wrong>)> {
    let is_part = |c: char| c.is_ascii_hexdigit() || c == ':' || c == '.';
    let len = text.find(|c| !is_part(c)).unwrap_or(text.len());
    let word = text.get(..len)?.trim_end_matches('.');
    let is_v4 = word.parse::<core::net::Ipv4Addr>().is_ok();
    let is_v6 = word.contains(':') && word.parse::<core::net::Ipv6Addr>().is_ok();
    let bytes = word.split(':');
    let is_mac = bytes.clone().count() == 6 && bytes.into_iter().all(|byte| byte.len() == 2);
    let kind = Kind::Address(word.into());
    (is_v4 || is_v6 || is_mac).then_some((word.len(), Ok(kind)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        let value = |text| match number(text) {
            Ok(Kind::Number { value, is_duration }) => Some((value, is_duration)),
            _ => None,
        };
        assert_eq!(value("42"), Some((42, false)));
        assert_eq!(value("0x2a"), Some((42, false)));
        assert_eq!(value("0b101"), Some((5, false)));
        assert_eq!(value("1_000"), Some((1000, false)));
        assert_eq!(value("5ms"), Some((5_000_000, true)));
        assert_eq!(value("1.5ms"), Some((1_500_000, true)));
        assert_eq!(value("2µs"), Some((2_000, true)));
        assert_eq!(value("64KiB"), Some((65_536, false)));
        assert_eq!(value("0.5KiB"), Some((512, false)));
        assert_eq!(value("18446744073709551615"), Some((u64::MAX, false)));
        let refused =
            ["18446744073709551616", "0x", "1.5", "0.5ns", "5min", "0b102", "1e3", "99999999999h"];
        for text in refused {
            assert_eq!(value(text), None, "{text}");
        }
        let lens = [("1..5", 1), ("1.5ms)", 5), ("7.", 1), ("0x2a+1", 4), ("2µs", 4)];
        for (text, len) in lens {
            assert_eq!(number_len(text), len, "{text}");
        }
    }

    #[test]
    fn times() {
        let ns = |text| match time(text)? {
            (len, Ok(Kind::Time(ns))) => Some((len, ns)),
            (len, Ok(Kind::TimeOfDay(ns))) => Some((len, i64::try_from(ns).ok()?)),
            _ => None,
        };
        assert_eq!(ns("1970-01-01T00:00:00Z"), Some((20, 0)));
        assert_eq!(ns("2000-03-01T00:00:01.5Z)"), Some((22, 951_868_801_500_000_000)));
        assert_eq!(ns("1969-12-31T23:59:59.999999999Z"), Some((30, -1)));
        assert_eq!(ns("10:03:04.5 "), Some((10, 36_184_500_000_000)));
        let refused =
            ["2001-02-29T00:00:00Z", "10:03", "24:00:00", "10:03:04.", "9999-01-01T00:00:00Z"];
        for text in refused {
            let time = ns(text).filter(|(len, _)| *len == text.len());
            assert_eq!(time, None, "{text}");
        }
    }

    #[test]
    fn addresses() {
        let len = |text| address(text).map(|(len, _)| len);
        assert_eq!(len("10.0.0.0/8"), Some(8));
        assert_eq!(len("2001:db8::1 "), Some(11));
        assert_eq!(len("02:00:00:00:00:01"), Some(17));
        assert_eq!(len("::1"), Some(3));
        assert_eq!(len("a.b"), None);
        assert_eq!(len("face"), None);
        assert_eq!(len("1..5"), None);
    }
}
