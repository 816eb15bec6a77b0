//! Times as text, a digit at a time: the date is worked out once a second.

use marey::Timestamp;

use super::digits;
use crate::args::TimeStyle;

/// Writes times.
#[derive(Clone, Debug)]
pub struct Clock {
    style: TimeStyle,
    /// The second that `date` is of.
    second: Option<i64>,
    /// `2004-09-16T00:00:01.`
    date: String,
}

impl Clock {
    /// A clock that writes times in `style`.
    pub fn new(style: TimeStyle) -> Self {
        Clock { style, second: None, date: String::with_capacity(24) }
    }

    /// How many columns a time takes.
    pub fn width(&self) -> usize {
        match self.style {
            TimeStyle::Utc => "2004-09-16T00:00:01.000721395Z".len(),
            TimeStyle::Unix => "1095292801.000721395".len(),
        }
    }

    /// Appends a time, or a dash where there is none.
    pub fn push(&mut self, out: &mut String, time: Option<Timestamp>) {
        match (time, self.style) {
            (Some(time), TimeStyle::Utc) => self.push_utc(out, time),
            (Some(time), TimeStyle::Unix) => push_unix(out, time),
            (None, _) => digits::push_left(out, "-", self.width()),
        }
    }

    /// RFC 3339 with nine digits.
    fn push_utc(&mut self, out: &mut String, time: Timestamp) {
        let second = time.seconds();
        if self.second != Some(second) {
            self.second = Some(second);
            self.date.clear();
            push_date(&mut self.date, time);
        }
        out.push_str(&self.date);
        digits::push_fixed::<9>(out, u64::from(time.subsecond_ns()));
        out.push('Z');
    }
}

fn push_date(out: &mut String, time: Timestamp) {
    let civil = time.civil();
    // A Timestamp is between the years 1678 and 2262.
    digits::push_fixed::<4>(out, civil.year.unsigned_abs());
    for (before, value) in [
        ('-', civil.month),
        ('-', civil.day),
        ('T', civil.hour),
        (':', civil.minute),
        (':', civil.second),
    ] {
        out.push(before);
        digits::push_fixed::<2>(out, u64::from(value));
    }
    out.push('.');
}

/// Seconds since the epoch with nine digits.
fn push_unix(out: &mut String, time: Timestamp) {
    const NS_PER_SECOND: u64 = 1_000_000_000;
    let ns = time.as_ns();
    if ns < 0 {
        out.push('-');
    }
    let ns = ns.unsigned_abs();
    digits::push(out, ns / NS_PER_SECOND);
    out.push('.');
    digits::push_fixed::<9>(out, ns % NS_PER_SECOND);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(clock: &mut Clock, ns: i64) -> String {
        let mut out = String::new();
        clock.push(&mut out, Some(Timestamp::from_ns(ns)));
        out
    }

    #[test]
    fn agrees_with_the_library() {
        let mut clock = Clock::new(TimeStyle::Utc);
        let seconds = [0, 1, 1, 951_782_400, 951_782_400, -1, 4_107_542_399, -9_000_000_000];
        for (index, second) in seconds.into_iter().enumerate() {
            let ns = second * 1_000_000_000 + index as i64 * 100_000_007;
            let expected = Timestamp::from_ns(ns).to_string();
            assert_eq!(text(&mut clock, ns), expected);
            assert_eq!(expected.len(), clock.width());
        }
        assert_eq!(text(&mut clock, i64::MAX), Timestamp::from_ns(i64::MAX).to_string());
        assert_eq!(text(&mut clock, i64::MIN), Timestamp::from_ns(i64::MIN).to_string());
    }

    #[test]
    fn unix_times_may_be_before_the_epoch() {
        let mut clock = Clock::new(TimeStyle::Unix);
        assert_eq!(text(&mut clock, 1_095_292_801_000_721_395), "1095292801.000721395");
        assert_eq!(text(&mut clock, -1_500_000_000), "-1.500000000");
    }

    #[test]
    fn no_time_is_a_dash_of_the_same_width() {
        for style in [TimeStyle::Utc, TimeStyle::Unix] {
            let mut clock = Clock::new(style);
            let mut out = String::new();
            clock.push(&mut out, None);
            assert_eq!((out.trim_end(), out.len()), ("-", clock.width()));
        }
    }
}
