//! What handlers counted, for a person.

use marey_filter::store::{Histogram, OwnKey, Table};
use marey_recorder::session::tables::least;

use crate::escape;
use crate::page::words::grouped;
use crate::style::Styles;

/// How many rows of a table are shown.
const ROWS_MAX: usize = 10;
/// How long the longest bar is.
const BAR_MAX: u64 = 30;

/// A table: the most frequent keys first.
pub fn text(what: &str, table: &Table, styles: &Styles) -> String {
    let Styles { name, dim, .. } = styles;
    let mut out = format!("  {name}{}{name:#}\n", escape::terminal(what));
    let mut counts: Vec<_> = table.counts.iter().collect();
    counts.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    for (keys, count) in counts.iter().take(ROWS_MAX) {
        out.push_str(&format!("  {:>12} {}\n", grouped(**count), keys_of(keys)));
    }
    let mut hists: Vec<_> =
        table.hists.iter().map(|(keys, hist)| (sum(hist), keys, hist)).collect();
    hists.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    for (count, keys, hist) in hists.iter().take(ROWS_MAX) {
        if !keys.is_empty() {
            out.push_str(&format!("  {:>12} {}\n", grouped(*count), keys_of(keys)));
        }
        out.push_str(&bars(hist, styles));
    }
    let more = (counts.len() + hists.len()).saturating_sub(ROWS_MAX);
    if more > 0 {
        let more = grouped(more as u64);
        out.push_str(&format!("    {dim}and {more} other keys: see ledger.json{dim:#}\n"));
    }
    out
}

fn keys_of(keys: &[OwnKey]) -> String {
    let key = |key: &OwnKey| match key {
        OwnKey::Number(number) => number.to_string(),
        OwnKey::Text(text) => escape::terminal(&String::from_utf8_lossy(text)),
    };
    keys.iter().map(key).collect::<Vec<_>>().join(", ")
}

fn sum(hist: &Histogram) -> u64 {
    hist.counts.iter().sum()
}

/// A bar for each class that is not empty; what is between those that are far apart is left out.
fn bars(hist: &Histogram, styles: &Styles) -> String {
    let highest = hist.counts.iter().max().copied().unwrap_or(0).max(1);
    let mut out = String::new();
    let mut before = None;
    for (class, count) in hist.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        if before.is_some_and(|before| class > before + 1) {
            out.push_str(&format!("{:>31}\n", "⋮"));
        }
        before = Some(class);
        let from = match least(class) {
            None => "below 0  ".to_owned(),
            Some(0) => "0  ".to_owned(),
            Some(from) => format!("{} …", grouped(from)),
        };
        let len = u128::from(*count) * u128::from(BAR_MAX);
        let bar = "█".repeat(len.div_ceil(u128::from(highest)) as usize);
        let style = styles.bar;
        out.push_str(&format!("  {from:>30} {style}{bar}{style:#} {}\n", grouped(*count)));
    }
    out
}
