//! What handlers counted.

use marey_filter::store::{Histogram, OwnKey, Table};
use serde_json::{Value, json};

/// A table of counts, as the ledger has it.
pub fn json(what: &str, table: &Table) -> Value {
    let counts =
        table.counts.iter().map(|(keys, count)| json!({ "keys": keys_of(keys), "count": count }));
    let hists = table
        .hists
        .iter()
        .map(|(keys, hist)| json!({ "keys": keys_of(keys), "classes": classes(hist) }));
    json!({
        "table": what,
        "rows": counts.chain(hists).collect::<Vec<_>>(),
        "others": table.others,
    })
}

fn keys_of(keys: &[OwnKey]) -> Value {
    let key = |key: &OwnKey| match key {
        OwnKey::Number(number) => json!(number),
        OwnKey::Text(text) => json!(String::from_utf8_lossy(text)),
    };
    keys.iter().map(key).collect()
}

/// The classes that are not empty, each with the least number that it is for; none for those
/// below 0.
fn classes(hist: &Histogram) -> Value {
    let classes = hist.counts.iter().enumerate().filter(|(_, count)| **count > 0);
    let class = |(class, count): (usize, &u64)| json!({ "from": least(class), "count": count });
    classes.map(class).collect()
}

/// The least number of a class.
pub fn least(class: usize) -> Option<u64> {
    match class {
        0 => None,
        1 => Some(0),
        _ => 1_u64.checked_shl(u32::try_from(class - 2).unwrap_or(u32::MAX)),
    }
}
