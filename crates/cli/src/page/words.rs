//! Numbers, lengths and times in words.

/// A number with its thousands apart.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 packet`, `2 packets`.
pub fn counted(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// A number of bytes, exact, and rounded if it is large.
pub fn bytes(number: u64) -> String {
    let exact = counted(number, "byte");
    if number < 1_000_000 { exact } else { format!("{exact} ({})", scaled(number as f64, "B")) }
}

/// Three or more digits of a number, and its unit with the prefix for it.
pub fn scaled(number: f64, unit: &str) -> String {
    let prefixes = ["", "k", "M", "G", "T", "P", "E"];
    let (mut number, mut index) = (number, 0);
    while number >= 999.5 && index + 1 < prefixes.len() {
        number /= 1000.0;
        index += 1;
    }
    let digits = match number {
        n if n >= 99.95 || (index == 0 && n == n.trunc()) => 0,
        n if n >= 9.995 => 1,
        _ => 2,
    };
    format!("{number:.digits$} {}{unit}", prefixes[index])
}

/// A rate: whole numbers from 100 on, else two digits after the point.
pub fn rate(number: f64) -> String {
    if number >= 99.995 { grouped(number.round() as u64) } else { format!("{number:.2}") }
}

/// A number in so many seconds as a rate in the unit of time in which it can be imagined; none if
/// there is no such unit.
pub fn per_time(number: f64, seconds: f64, noun: &str) -> Option<String> {
    let units = [(1.0, "s"), (3600.0, "h"), (86_400.0, "d")];
    let rates = units.map(|(unit, name)| (number * unit / seconds, name));
    let (number, unit) = rates.into_iter().find(|(n, _)| *n >= 0.1)?;
    Some(format!("{}{noun}/{unit}", rate(number)))
}

/// A share of a whole: `12.3 %`. What is there is never 0, and what lacks something never 100.
pub fn percent(part: u64, whole: u64) -> String {
    if part == 0 || whole == 0 {
        return "0 %".to_owned();
    }
    let tenths = (u128::from(part) * 1000 + u128::from(whole) / 2) / u128::from(whole);
    match tenths {
        0 => "<0.1 %".to_owned(),
        1000.. if part < whole => "99.9 %".to_owned(),
        1000.. => "100 %".to_owned(),
        tenths => format!("{}.{} %", tenths / 10, tenths % 10),
    }
}

/// A length of time.
pub fn duration(ns: u128, unicode: bool) -> String {
    let micro = if unicode { "µs" } else { "us" };
    let in_unit = |unit: u128, name: &str| {
        let (whole, rest) = (ns / unit, ns % unit);
        let digits = unit.ilog10() as usize;
        let fraction = format!("{rest:0digits$}");
        let fraction = fraction[..digits.min(3)].trim_end_matches('0');
        let point = if fraction.is_empty() { "" } else { "." };
        format!("{whole}{point}{fraction} {name}")
    };
    const SECOND: u128 = 1_000_000_000;
    let seconds = ns / SECOND;
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match ns {
        0..1_000 => format!("{ns} ns"),
        1_000..1_000_000 => in_unit(1_000, micro),
        1_000_000..SECOND => in_unit(1_000_000, "ms"),
        _ if seconds < 60 => in_unit(SECOND, "s"),
        _ if seconds < 3600 => parts(&[(minutes, "min"), (seconds % 60, "s")]),
        _ if seconds < 86_400 => parts(&[(hours, "h"), (minutes, "min"), (seconds % 60, "s")]),
        _ => parts(&[(days, "d"), (hours, "h"), (minutes, "min")]),
    }
}

/// The parts that are not 0.
fn parts(parts: &[(u128, &str)]) -> String {
    let shown = parts.iter().filter(|(number, _)| *number > 0);
    shown
        .map(|(number, unit)| format!("{} {unit}", grouped(*number as u64)))
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(counted(1, "packet"), "1 packet");
        assert_eq!(bytes(999), "999 bytes");
        assert_eq!(bytes(1_234_567), "1,234,567 bytes (1.23 MB)");
        assert_eq!(scaled(999.7, "B"), "1.00 kB");
        assert_eq!(scaled(u64::MAX as f64, "B"), "18.4 EB");
        assert_eq!(scaled(12.0, "bit/s"), "12 bit/s");
        assert_eq!(rate(1234.5), "1,235");
        assert_eq!(rate(0.5), "0.50");
        assert_eq!(per_time(10.0, 4.0, " packets").as_deref(), Some("2.50 packets/s"));
        assert_eq!(per_time(10.0, 40_000.0, "").as_deref(), Some("0.90/h"));
        assert_eq!(per_time(1.0, 1e9, ""), None);
    }

    #[test]
    fn shares_tell_no_lies() {
        assert_eq!(percent(0, 7), "0 %");
        assert_eq!(percent(1, 1_000_000), "<0.1 %");
        assert_eq!(percent(999_999, 1_000_000), "99.9 %");
        assert_eq!(percent(7, 7), "100 %");
        assert_eq!(percent(1, 3), "33.3 %");
        assert_eq!(percent(u64::MAX / 2, u64::MAX), "50.0 %");
    }

    #[test]
    fn durations() {
        let cases = [
            (0, "0 ns"),
            (1_500, "1.5 us"),
            (27_767_062, "27.767 ms"),
            (1_000_000_000, "1 s"),
            (61_999_999_999, "1 min 1 s"),
            (7_200_000_000_000, "2 h"),
            (90_061_000_000_000, "1 d 1 h 1 min"),
        ];
        for (ns, text) in cases {
            assert_eq!(duration(ns, false), text);
        }
    }
}
