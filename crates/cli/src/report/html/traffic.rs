//! Packets: how many, when, how long, of which protocols.

use marey::Timestamp;

use super::write::{Column, Html, bar, escaped};
use crate::page::words::{bytes, counted, duration, grouped, per_time, percent, rate, scaled};
use crate::report::gather::Counts;
use crate::report::gather::counts::Traffic;
use crate::report::gather::tally::Count;
use crate::report::words;

/// How many protocols of a kind have a row.
const ROWS_MAX: usize = 20;

impl Html {
    /// Numbers and times, the rate over time, sizes and protocols.
    pub fn traffic(&mut self, counts: &mut Counts) {
        self.section("Packets");
        self.facts(&packets(counts));
        self.end_section();
        if counts.traffic.packets == 0 {
            return;
        }
        self.rate(&mut counts.rate);
        self.sizes(counts);
        self.protocols(counts);
    }

    fn sizes(&mut self, counts: &Counts) {
        let ranges = counts.sizes.ranges();
        let most = ranges.iter().map(|(.., count)| count.packets).max().unwrap_or(0);
        let row = |(from, to, count): (u32, Option<u32>, Count)| {
            let range = words::range((from, to));
            let share = share(count.packets, counts.traffic.packets);
            vec![range, grouped(count.packets), share, bar(count.packets, most)]
        };
        let columns = [
            Column::number("bytes"),
            Column::number("packets"),
            Column::number("share"),
            Column::bar(),
        ];
        self.section("Sizes on the wire");
        self.table("Sizes on the wire", &columns, &ranges.into_iter().map(row).collect::<Vec<_>>());
        self.end_section();
    }

    fn protocols(&mut self, counts: &Counts) {
        let protocols = &counts.protocols;
        let groups = [
            ("Link", counts.links()),
            ("Network", protocols.networks()),
            ("Transport", protocols.transports()),
            ("Also there", protocols.extra_headers()),
        ];
        self.section("Protocols");
        for (group, ranked) in groups.into_iter().filter(|(_, ranked)| !ranked.is_empty()) {
            self.raw(&format!("<h4>{group}</h4>\n"));
            self.group(group, ranked, &counts.traffic);
        }
        let stops = words::stops(&protocols.ends);
        if !stops.is_empty() {
            self.note(&format!("Headers that could not be followed: {stops}."));
        }
        self.end_section();
    }

    fn group(&mut self, group: &str, ranked: Vec<(String, Count)>, all: &Traffic) {
        let columns = [
            Column::words("name"),
            Column::number("packets"),
            Column::number("share"),
            Column::number("bytes on the wire"),
            Column::number("share"),
            Column::bar(),
        ];
        let more = ranked.len().saturating_sub(ROWS_MAX) as u64;
        let row = |(name, count): (String, Count)| {
            vec![
                escaped(&name),
                grouped(count.packets),
                share(count.packets, all.packets),
                grouped(count.bytes),
                share(count.bytes, all.wire_bytes),
                bar(count.packets, all.packets),
            ]
        };
        let rows: Vec<_> = ranked.into_iter().take(ROWS_MAX).map(row).collect();
        self.table(&format!("Protocols: {group}"), &columns, &rows);
        self.and_more(more);
    }
}

/// A share of a whole.
pub fn share(part: u64, whole: u64) -> String {
    escaped(&percent(part, whole))
}

fn packets(counts: &Counts) -> Vec<(&'static str, String)> {
    let Traffic { packets, captured_bytes, wire_bytes, span_ns } = counts.traffic;
    let mut facts = vec![("count", grouped(packets))];
    if packets == 0 {
        return facts;
    }
    facts.push(("captured", bytes(captured_bytes)));
    if counts.cut_short > 0 {
        facts.push(("cut short", counted(counts.cut_short, "packet")));
    }
    facts.push(("on the wire", bytes(wire_bytes)));
    if let Some((min, max)) = counts.sizes.extremes() {
        let mean = rate(wire_bytes as f64 / packets as f64);
        let (min, max) = (grouped(u64::from(min)), grouped(u64::from(max)));
        facts.push(("a packet", format!("{mean} bytes on average, {min} to {max}")));
    }
    if let Some((first, last)) = span_ns {
        facts.push(("first", Timestamp::from_ns(first).to_string()));
        facts.push(("last", Timestamp::from_ns(last).to_string()));
        let span = last.abs_diff(first);
        facts.push(("duration", duration(u128::from(span), true)));
        let seconds = span as f64 / 1e9;
        let timed = (packets - counts.untimed) as f64;
        if let Some(rate) = per_time(timed, seconds, " packets").filter(|_| span > 0) {
            let bits = scaled(wire_bytes as f64 * 8.0 / seconds, "bit/s");
            facts.push(("rate on average", format!("{rate}, {bits}")));
        }
    }
    if counts.untimed > 0 {
        facts.push(("without time", counted(counts.untimed, "packet")));
    }
    facts
}
