//! How far a recording is, in one line of a terminal.

use crate::page::layout::COLUMNS;
use crate::page::words::grouped;
use crate::style::Styles;

/// How far a recording is.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    /// Since its begin.
    pub seconds: f64,
    /// How many events and packets were recorded.
    pub recorded: u64,
    /// How many in the last second.
    pub rate: u64,
    /// How many were lost.
    pub lost: u64,
    /// How many a ring does not have any more.
    pub overwritten: u64,
    /// How full the kernel's buffer was at most since the line before.
    pub buffer_percent: u64,
    /// How many bytes a ring has, if there is one.
    pub ring_bytes: Option<u64>,
    /// Nothing is recorded just now.
    pub is_paused: bool,
}

impl Progress {
    /// A line that fits: what matters less is left out if there is no place.
    pub fn line(&self, styles: &Styles) -> String {
        let mut parts = self.parts();
        let width = |parts: &[(u8, String)]| -> usize {
            parts.iter().map(|(_, part)| part.chars().count() + ", ".len()).sum()
        };
        while width(&parts) > COLUMNS
            && let Some(least) = parts.iter().map(|(rank, _)| *rank).max().filter(|rank| *rank > 0)
        {
            parts.retain(|(rank, _)| *rank < least);
        }
        let bad = styles.bad;
        let shown = parts.iter().map(|(_, part)| match part.ends_with(" lost") {
            true => format!("{bad}{part}{bad:#}"),
            false => part.clone(),
        });
        shown.collect::<Vec<_>>().join(", ")
    }

    /// What there is to say, in order, each with its rank: 0 for what is always said.
    fn parts(&self) -> Vec<(u8, String)> {
        const MIB: u64 = 1 << 20;
        let Progress { seconds, recorded, rate, lost, overwritten, .. } = self;
        let mut parts = vec![
            (0, format!("{seconds:.1} s: {} recorded", grouped(*recorded))),
            (2, format!("{} a second", grouped(*rate))),
        ];
        if self.buffer_percent > 0 {
            parts.push((4, format!("buffer {} %", self.buffer_percent)));
        }
        if let Some(bytes) = self.ring_bytes {
            parts.push((5, format!("ring {} MiB", grouped(bytes.div_ceil(MIB)))));
            parts.push((3, format!("{} overwritten", grouped(*overwritten))));
        }
        if *lost > 0 {
            parts.push((0, format!("{} lost", grouped(*lost))));
        }
        if self.is_paused {
            parts.push((1, "paused".to_owned()));
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_there_is() {
        let progress = Progress {
            seconds: 12.34,
            recorded: 1_234_567,
            rate: 98_765,
            buffer_percent: 3,
            ..Progress::default()
        };
        let styles = Styles::of(false);
        let line = progress.line(&styles);
        assert_eq!(line, "12.3 s: 1,234,567 recorded, 98,765 a second, buffer 3 %");
        let lost = Progress { lost: 7, is_paused: true, buffer_percent: 0, ..progress };
        let line = lost.line(&styles);
        assert_eq!(line, "12.3 s: 1,234,567 recorded, 98,765 a second, 7 lost, paused");
    }

    #[test]
    fn a_line_fits_whatever_the_numbers() {
        let numbers = [0, 1, 999, 123_456, 9_876_543_210, 1 << 50, u64::MAX];
        for number in numbers {
            for rate in numbers {
                let progress = Progress {
                    seconds: 123_456.7,
                    recorded: number,
                    rate,
                    lost: rate,
                    overwritten: number,
                    buffer_percent: 100,
                    ring_bytes: Some(number),
                    is_paused: true,
                };
                let line = progress.line(&Styles::of(false));
                assert!(line.chars().count() <= COLUMNS, "{line}");
                assert!(line.contains("recorded") && (rate == 0 || line.contains("lost")));
            }
        }
    }
}
