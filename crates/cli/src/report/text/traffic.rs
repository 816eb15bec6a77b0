//! Packets: how many, when, how long, of which protocols.

use marey::Timestamp;

use super::{Page, styled};
use crate::page::layout::Column;
use crate::page::words::{bytes, counted, duration, grouped, per_time, percent, rate, scaled};
use crate::report::chart::{self, Chart};
use crate::report::gather::Counts;
use crate::report::gather::counts::Traffic;
use crate::report::gather::tally::Count;
use crate::report::words;
use crate::style::PLAIN;

/// How many protocols of a kind have a row.
const ROWS_MAX: usize = 8;
/// How long the longest bar is.
const BAR_COLUMNS: u64 = 34;

impl Page {
    /// Numbers and times, the rate over time, sizes and protocols.
    pub(super) fn traffic(&mut self, counts: &mut Counts) {
        self.heading("Packets");
        let traffic = counts.traffic;
        self.pair("count", &grouped(traffic.packets));
        if traffic.packets == 0 {
            return;
        }
        self.bytes(counts);
        self.times(counts);
        self.rate(counts);
        self.sizes(counts);
        self.protocols(counts);
    }

    fn bytes(&mut self, counts: &Counts) {
        let Traffic { packets, captured_bytes, wire_bytes, .. } = counts.traffic;
        let cut = match counts.cut_short {
            0 => String::new(),
            cut => format!(", {} cut short", counted(cut, "packet")),
        };
        self.pair("captured", &format!("{}{cut}", bytes(captured_bytes)));
        self.pair("on the wire", &bytes(wire_bytes));
        if let Some((min, max)) = counts.sizes.extremes().filter(|_| packets > 1) {
            let mean = rate(wire_bytes as f64 / packets as f64);
            let (min, max) = (grouped(u64::from(min)), grouped(u64::from(max)));
            self.pair("a packet", &format!("{mean} bytes on average, {min} to {max}"));
        }
    }

    fn times(&mut self, counts: &Counts) {
        if let Some((first, last)) = counts.traffic.span_ns {
            self.pair("first", &Timestamp::from_ns(first).to_string());
            if counts.traffic.packets - counts.untimed > 1 {
                self.pair("last", &Timestamp::from_ns(last).to_string());
                let span = last.abs_diff(first);
                self.pair("duration", &duration(u128::from(span), self.unicode));
            }
        }
        if counts.untimed > 0 {
            self.pair("without time", &counted(counts.untimed, "packet"));
        }
    }

    fn rate(&mut self, counts: &mut Counts) {
        let traffic = counts.traffic;
        let span = traffic.span_ns.map_or(0, |(first, last)| last.abs_diff(first));
        if span == 0 {
            return;
        }
        let seconds = span as f64 / 1e9;
        let timed = (traffic.packets - counts.untimed) as f64;
        let bits = traffic.wire_bytes as f64 * 8.0 / seconds;
        let bits = if bits < 1.0 { String::new() } else { format!(", {}", scaled(bits, "bit/s")) };
        if let Some(packets) = per_time(timed, seconds, " packets") {
            self.pair("rate", &format!("{packets}{bits} on average"));
        }
        let Some(chart) = Chart::of(&mut counts.rate, chart::COLUMNS_MAX) else { return };
        let column = duration(chart.width_ns as u128, self.unicode);
        let peak = counted(chart.peak(), "packet");
        let per_time = per_time(chart.peak() as f64, chart.width_ns as f64 / 1e9, "");
        let per_time = per_time.filter(|_| chart.peak() > 1 && column != "1 s");
        let per_time = per_time.map(|rate| format!(" ({rate})")).unwrap_or_default();
        self.pair("", &format!("at most {peak} in a column of {column}{per_time}:"));
        let rows = chart.rows(self.unicode);
        let last = rows.len() - 1;
        for (index, row) in rows.into_iter().enumerate() {
            let style = if index == last { self.styles.dim } else { self.styles.bar };
            self.pair_of_lines("", vec![styled(style, &row)]);
        }
        if chart.strays > 0 {
            let strays = counted(chart.strays, "packet");
            self.pair("", &format!("not drawn: {strays} of quite other times"));
        }
    }

    fn sizes(&mut self, counts: &Counts) {
        let ranges = counts.sizes.ranges();
        let most = ranges.iter().map(|(.., count)| count.packets).max().unwrap_or(0);
        if ranges.len() < 2 {
            return;
        }
        self.heading("Sizes on the wire");
        let columns = [
            Column::number("bytes", PLAIN),
            Column::number("packets", PLAIN),
            Column::number("", self.styles.dim),
            Column::words("", self.styles.bar),
        ];
        let rows: Vec<_> = ranges
            .into_iter()
            .map(|(from, to, count)| {
                let range = words::range((from, to));
                let share = percent(count.packets, counts.traffic.packets);
                let bar = bar(count.packets, most, self.unicode);
                vec![range, grouped(count.packets), share, bar]
            })
            .collect();
        self.table(&columns, &rows);
    }

    fn protocols(&mut self, counts: &Counts) {
        self.heading("Protocols");
        let all = counts.traffic;
        let protocols = &counts.protocols;
        let groups = [
            ("link", counts.links()),
            ("network", protocols.networks()),
            ("transport", protocols.transports()),
            ("also", protocols.extra_headers()),
        ];
        let dim = self.styles.dim;
        let columns = [
            Column::words("", dim),
            Column::words("", self.styles.name),
            Column::number("packets", PLAIN),
            Column::number("", dim),
            Column::number("bytes on the wire", PLAIN),
            Column::number("", dim),
        ];
        let mut rows = Vec::new();
        for (group, ranked) in groups {
            let more = ranked.len().saturating_sub(ROWS_MAX);
            let mut group = group;
            for (name, count) in ranked.into_iter().take(ROWS_MAX) {
                rows.push(row(std::mem::take(&mut group), name, count, &all));
            }
            if more > 0 {
                let text = format!("and {} more", grouped(more as u64));
                rows.push(vec![String::new(), text]);
            }
        }
        self.table(&columns, &rows);
        let stops = words::stops(&protocols.ends);
        if !stops.is_empty() {
            self.pair("headers", &stops);
        }
    }
}

fn row(group: &str, name: String, count: Count, all: &Traffic) -> Vec<String> {
    vec![
        group.to_owned(),
        name,
        grouped(count.packets),
        percent(count.packets, all.packets),
        grouped(count.bytes),
        percent(count.bytes, all.wire_bytes),
    ]
}

/// A bar that is as long as its part of the most.
fn bar(part: u64, most: u64, unicode: bool) -> String {
    let eighths =
        (u128::from(part) * u128::from(BAR_COLUMNS) * 8).div_ceil(u128::from(most.max(1)));
    let (whole, rest) = (eighths as usize / 8, eighths as usize % 8);
    if !unicode {
        return "#".repeat(whole + usize::from(rest > 0));
    }
    const PARTS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    format!("{}{}", "█".repeat(whole), PARTS[rest])
}
