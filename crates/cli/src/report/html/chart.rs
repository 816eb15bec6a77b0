//! The rate over time as two charts. Words stand beside the pictures, so that they keep their size.

use super::write::{Column, Html, escaped};
use crate::page::words::{counted, duration, grouped, per_time, scaled};
use crate::report::chart::Chart;
use crate::report::gather::rate::Rate;
use crate::report::gather::tally::Count;

/// How many columns a chart has at most.
const COLUMNS_MAX: usize = 120;
/// How high a chart is, in units of its own.
const HEIGHT: f64 = 100.0;

impl Html {
    /// Packets and bits over time; nothing if there is nothing to compare.
    pub fn rate(&mut self, rate: &mut Rate) {
        let Some(chart) = Chart::of(rate, COLUMNS_MAX) else { return };
        self.section("Rate over time");
        let seconds = chart.width_ns as f64 / 1e9;
        let packets = |count: &Count| count.packets as f64;
        let in_words = |number: f64| match per_time(number, seconds, " packets") {
            Some(words) => words,
            None => counted(number as u64, "packet"),
        };
        self.chart(&chart, ("Packets", "packets"), packets, &in_words);
        let bits = |count: &Count| count.bytes as f64 * 8.0;
        let in_words = |number: f64| scaled(number / seconds, "bit/s");
        self.chart(&chart, ("Bits on the wire", "bits"), bits, &in_words);
        let column = duration(chart.width_ns as u128, true);
        let mut note = format!("A column is {column} wide.");
        if chart.strays > 0 {
            let strays = counted(chart.strays, "packet");
            note.push_str(&format!(" Not drawn: {strays} of quite other times."));
        }
        self.note(&note);
        self.as_table(&chart, &in_words);
        self.end_section();
    }

    fn chart(
        &mut self,
        chart: &Chart,
        (title, class): (&str, &str),
        value: impl Fn(&Count) -> f64,
        in_words: &dyn Fn(f64) -> String,
    ) {
        let peak = chart.columns.iter().map(&value).fold(0.0, f64::max);
        let (start, end) = (label(chart, 0), label(chart, chart.columns.len()));
        let peak_words = escaped(&in_words(peak));
        self.raw(&format!(
            "<figure class=\"rate {class}\">\n<figcaption>{title} <span>at most {peak_words}\
             </span></figcaption>\n<svg viewBox=\"0 0 {} {HEIGHT}\" preserveAspectRatio=\"none\" \
             role=\"img\" aria-label=\"{title} over time, from {start} to {end}, at most \
             {peak_words}\">\n",
            chart.columns.len()
        ));
        for (nth, count) in chart.columns.iter().enumerate().filter(|(_, c)| c.packets > 0) {
            // What is there is seen, however little it is.
            let height = (value(count) / peak.max(1.0) * HEIGHT).max(1.0);
            let (top, at) = (HEIGHT - height, label(chart, nth));
            let words = escaped(&in_words(value(count)));
            self.raw(&format!(
                "<rect x=\"{nth}\" y=\"{top:.1}\" width=\"0.92\" height=\"{height:.1}\">\
                 <title>{at}: {words}</title></rect>\n"
            ));
        }
        self.raw("</svg>\n");
        self.raw(&format!("<p class=\"axis\"><span>{start}</span><span>{end}</span></p>\n"));
        self.raw("</figure>\n");
    }

    /// The same for who cannot see or point.
    fn as_table(&mut self, chart: &Chart, bits: &dyn Fn(f64) -> String) {
        let columns =
            [Column::words("from"), Column::number("packets"), Column::number("on the wire")];
        let rows = chart.columns.iter().enumerate().map(|(nth, count)| {
            let bits = escaped(&bits(count.bytes as f64 * 8.0));
            vec![label(chart, nth), grouped(count.packets), bits]
        });
        self.raw("<details><summary>The same as a table</summary>\n");
        self.table("Rate over time", &columns, &rows.collect::<Vec<_>>());
        self.raw("</details>\n");
    }
}

/// Where a column begins.
fn label(chart: &Chart, nth: usize) -> String {
    escaped(&chart.label(chart.start_ns + chart.width_ns * nth as i128))
}
