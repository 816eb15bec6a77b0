//! The rate over time as a few columns: which stretch of time to draw, and how.

use std::collections::BTreeMap;

use marey::Timestamp;

use super::gather::rate::Rate;
use super::gather::tally::Count;

/// How many columns a chart has at most.
pub const COLUMNS_MAX: usize = 60;
/// How many rows it has at most.
const ROWS_MAX: u64 = 3;

/// How many times longer than the stretch that holds most packets all of the time must be, before
/// the rest is left out: two bad clocks must not hide a recording.
const STRAY_RATIO: i128 = 10_000;
/// One packet of so many may be left out.
const STRAY_SHARE: u64 = 10;

const SECOND: i128 = 1_000_000_000;
const DAY: i128 = 86_400 * SECOND;
/// Widths of columns from a second on; below it goes by 1, 2 and 5.
const LONG_WIDTHS: [i128; 24] = [
    SECOND,
    2 * SECOND,
    5 * SECOND,
    10 * SECOND,
    30 * SECOND,
    60 * SECOND,
    120 * SECOND,
    300 * SECOND,
    600 * SECOND,
    1_800 * SECOND,
    3_600 * SECOND,
    7_200 * SECOND,
    21_600 * SECOND,
    43_200 * SECOND,
    DAY,
    2 * DAY,
    5 * DAY,
    10 * DAY,
    50 * DAY,
    100 * DAY,
    500 * DAY,
    1_000 * DAY,
    2_000 * DAY,
    5_000 * DAY,
];

/// A chart of packets over time.
#[derive(Debug, PartialEq, Eq)]
pub struct Chart {
    /// Where the first column begins, in nanoseconds since the epoch.
    pub start_ns: i128,
    /// How long a column is.
    pub width_ns: i128,
    /// Packets by column, and their bytes on the wire.
    pub columns: Vec<Count>,
    /// Packets before and behind what is drawn.
    pub strays: u64,
}

impl Chart {
    /// The chart of a histogram; none if there is nothing to compare.
    pub fn of(rate: &mut Rate, columns_max: usize) -> Option<Chart> {
        let (bin_ns, bins) = rate.bins();
        let bin_ns = i128::from(bin_ns);
        let (first, last) = stretch(bins)?;
        let width_ns = width(bin_ns, (first, last), columns_max);
        let column = |bin: i64| (i128::from(bin) * bin_ns).div_euclid(width_ns);
        let (start, end) = (column(first), column(last));
        let count = usize::try_from(end - start + 1).ok().filter(|count| *count > 1)?;
        let mut columns = vec![Count::default(); count];
        let mut strays = 0;
        for (bin, count) in bins {
            match (first..=last).contains(bin) {
                true => columns[(column(*bin) - start) as usize].add(*count),
                false => strays += count.packets,
            }
        }
        Some(Chart { start_ns: start * width_ns, width_ns, columns, strays })
    }

    /// The most packets of any column.
    pub fn peak(&self) -> u64 {
        self.columns.iter().map(|count| count.packets).max().unwrap_or(0)
    }

    /// The chart in rows, all of one width, and below them the times at its ends.
    pub fn rows(&self, unicode: bool) -> Vec<String> {
        let levels = if unicode { UNICODE } else { ASCII };
        let stretch = (COLUMNS_MAX / self.columns.len()).max(1);
        let peak = self.peak().max(1);
        let steps = levels.len() as u64 - 1;
        // Columns of one packet or none have nothing to tell apart.
        let row_count = peak.min(ROWS_MAX);
        let top = row_count * steps;
        // What is there is seen, however little it is.
        let height = |packets: u64| {
            let level = u128::from(packets) * u128::from(top) / u128::from(peak);
            (level as u64).max(u64::from(packets > 0))
        };
        let mut rows = Vec::new();
        for row in (0..row_count).rev() {
            let cell = |count: &Count| {
                let level = height(count.packets).saturating_sub(row * steps).min(steps);
                levels[level as usize].to_string().repeat(stretch)
            };
            let cells: String = self.columns.iter().map(cell).collect();
            rows.push(cells.trim_end().to_owned());
        }
        rows.push(self.axis(stretch * self.columns.len()));
        rows
    }

    fn axis(&self, columns: usize) -> String {
        let end_ns = self.start_ns + self.width_ns * self.columns.len() as i128;
        let (start, end) = (self.label(self.start_ns), self.label(end_ns));
        let gap = columns.saturating_sub(start.len() + end.len()).max(2);
        format!("{start}{}{end}", " ".repeat(gap))
    }

    /// A time, as exact as columns are wide.
    pub fn label(&self, ns: i128) -> String {
        let ns = i64::try_from(ns).unwrap_or(if ns < 0 { i64::MIN + 1 } else { i64::MAX });
        let text = Timestamp::from_ns(ns).to_string();
        let (date, time) = text.trim_end_matches('Z').split_once('T').unwrap_or((&text, ""));
        let digits = (0..9).find(|digits| self.width_ns >= 10_i128.pow(9 - digits)).unwrap_or(9);
        let time_len = match digits {
            0 if self.width_ns >= DAY => return date.to_owned(),
            0 => 8,
            digits => 9 + digits as usize,
        };
        format!("{date} {}", time.get(..time_len).unwrap_or(time))
    }
}

const UNICODE: &[char] = &[' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const ASCII: &[char] = &[' ', '.', ':', '|'];

/// The first and the last bin to draw: all, or if that is absurdly long, those that hold most of
/// the packets with all that are near them.
fn stretch(bins: &BTreeMap<i64, Count>) -> Option<(i64, i64)> {
    let all: Vec<(i64, u64)> = bins.iter().map(|(bin, count)| (*bin, count.packets)).collect();
    let last = all.len().checked_sub(1)?;
    let span = |(from, to): (usize, usize)| i128::from(all[to].0) - i128::from(all[from].0);
    let mut best = shortest(&all);
    let absurd = span(best) > 0 && span((0, last)) / span(best) >= STRAY_RATIO;
    if !absurd {
        best = (0, last);
    }
    while best.0 > 0 && span((best.0 - 1, best.0)) <= span(best) {
        best.0 -= 1;
    }
    while best.1 < last && span((best.1, best.1 + 1)) <= span(best) {
        best.1 += 1;
    }
    Some((all[best.0].0, all[best.1].0))
}

/// The shortest run of bins, by index, that holds most of the packets.
fn shortest(all: &[(i64, u64)]) -> (usize, usize) {
    let total: u64 = all.iter().map(|(_, packets)| packets).sum();
    let wanted = total - total / STRAY_SHARE;
    let span = |(from, to): (usize, usize)| i128::from(all[to].0) - i128::from(all[from].0);
    let (mut from, mut held) = (0, 0);
    let mut best = (0, all.len() - 1);
    for (to, (_, packets)) in all.iter().enumerate() {
        held += packets;
        while held - all[from].1 >= wanted {
            held -= all[from].1;
            from += 1;
        }
        if held >= wanted && span((from, to)) < span(best) {
            best = (from, to);
        }
    }
    best
}

/// The shortest round width, in whole bins, with which a chart has few enough columns.
fn width(bin_ns: i128, (first, last): (i64, i64), columns_max: usize) -> i128 {
    let short = (0..9).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_i128.pow(power)));
    let fits = |width: &i128| {
        let column = |bin: i64| (i128::from(bin) * bin_ns).div_euclid(*width);
        width % bin_ns == 0 && column(last) - column(first) < columns_max as i128
    };
    short.chain(LONG_WIDTHS).find(fits).unwrap_or(5_000 * DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(times: &[i64]) -> Option<Chart> {
        let mut rate = Rate::default();
        times.iter().for_each(|time| rate.packet(*time, 100));
        Chart::of(&mut rate, COLUMNS_MAX)
    }

    #[test]
    fn nothing_to_compare_is_no_chart() {
        assert_eq!(chart(&[]), None);
        assert_eq!(chart(&[5, 5, 5]), None);
    }

    #[test]
    fn columns_are_round_and_few() {
        let times: Vec<i64> = (0..1000).map(|n| 1_095_292_801_000_721_395 + n * 28_000).collect();
        let chart = chart(&times).unwrap();
        assert_eq!(chart.width_ns, 500_000);
        assert_eq!(chart.columns.len(), 57);
        assert_eq!(chart.columns.iter().map(|count| count.packets).sum::<u64>(), 1000);
        let rows = chart.rows(true);
        assert!(rows.iter().all(|row| row.chars().count() <= COLUMNS_MAX), "{rows:?}");
        assert!(rows[3].starts_with("2004-09-16 00:00:01.0005  "), "{rows:?}");
    }

    #[test]
    fn two_bad_clocks_do_not_hide_a_recording() {
        let mut times: Vec<i64> =
            (0..100).map(|n| (1_700_000_000_000 + n * 10) * 1_000_000).collect();
        times.extend([0, 4_294_967_295_000_000_000]);
        let chart = chart(&times).unwrap();
        assert_eq!((chart.width_ns, chart.strays), (20_000_000, 2));
    }

    #[test]
    fn all_of_time_fits() {
        let chart = chart(&[i64::MIN + 1, i64::MAX]).unwrap();
        assert!(chart.columns.len() <= COLUMNS_MAX);
        assert!(chart.rows(false).iter().all(|row| row.len() <= COLUMNS_MAX));
    }
}
