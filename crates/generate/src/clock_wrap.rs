//! Clocks that start again from 0 while somebody traces.

use crate::diagnostic::{Diagnostic, Problems};
use crate::source::Span;

/// A clock that starts again sooner is likely a mistake.
const SOON_S: u128 = 3600;

/// C types, and how many bits their values have.
const C_TYPES: [(&str, u32); 14] = [
    ("uint8_t", 8),
    ("int8_t", 8),
    ("unsigned char", 8),
    ("uint16_t", 16),
    ("int16_t", 16),
    ("unsigned short", 16),
    ("uint32_t", 32),
    ("int32_t", 32),
    ("unsigned int", 32),
    ("unsigned", 32),
    ("uint64_t", 64),
    ("int64_t", 64),
    ("unsigned long long", 64),
    ("long long", 64),
];

/// Warns if the values of a clock start again within an hour. A reader can follow that only if
/// nothing else is missing from the trace for so long.
pub fn warn(problems: &mut Problems, name: &str, at: Span, frequency: u64, c_type: &str) {
    let Some((_, bits)) = C_TYPES.iter().find(|(known, _)| *known == c_type) else { return };
    let (cycles, frequency) = (1_u128 << bits, u128::from(frequency.max(1)));
    if cycles >= SOON_S * frequency {
        return;
    }
    let milliseconds = cycles * 1000 / frequency;
    let time = match milliseconds {
        0 => "less than a millisecond".to_owned(),
        1..10_000 => format!("{milliseconds} ms"),
        _ => format!("{} s", milliseconds / 1000),
    };
    let what = format!("clock `{name}` starts again from 0 after {time}");
    let label = format!("{bits} bits at {frequency} Hz");
    let help = "give it a C type of 64 bits, `uint64_t`, if the target can count so far";
    problems.add(Diagnostic::warning(what).at(at, label).help(help));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    #[test]
    fn an_hour_is_enough() {
        let mut sources = Sources::default();
        let file = sources.add("a.yaml", Vec::new()).expect("a file");
        let warned = |frequency, c_type| {
            let mut problems = Problems::default();
            warn(&mut problems, "c", Span { file, start: 0, end: 0 }, frequency, c_type);
            problems.sorted().first().map(|found| found.what.clone())
        };
        let four = "clock `c` starts again from 0 after 4294 ms";
        assert_eq!(warned(1_000_000_000, "uint32_t").as_deref(), Some(four));
        assert_eq!(warned(1_193_046, "uint32_t"), None);
        assert!(warned(1_193_047, "uint32_t").is_some());
        assert_eq!(warned(u64::MAX, "my_time_t"), None);
        assert_eq!(warned(1_000_000_000, "uint64_t"), None);
    }
}
