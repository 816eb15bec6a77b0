//! Traces of many kinds from many projects, against what Wireshark's `capinfos` says of them: how
//! many packets, how many bytes, the earliest and the latest time. They are in no repository:
//! `MAREY_SAMPLES` names a folder with them and a table of the answers, `EXPECTED.tsv`. What is
//! right to differ is listed, with its reason, in `docs/formats-differences.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use marey::meta::Item;
use marey::{Meta, Record};

#[path = "support/folder.rs"]
mod folder;

use folder::files_below;

/// How long a file may take, in a build without optimisation on a busy machine.
const PATIENCE: Duration = Duration::from_secs(1);
const PATIENCE_PER_MIB: Duration = Duration::from_secs(5);

/// What there is to say about a trace.
#[derive(Clone, Debug, Default, PartialEq)]
struct Answer {
    packets: u64,
    bytes: u64,
    first: String,
    last: String,
}

/// A time of the table with nine digits: it has as many as the file's resolution needs.
fn nanoseconds(time: &str) -> String {
    match time.split_once('.') {
        Some((seconds, fraction)) => format!("{seconds}.{fraction:0<9}"),
        None => String::new(),
    }
}

/// The answers in the table, by file; those that `capinfos` could give.
fn expected(folder: &Path) -> BTreeMap<String, Answer> {
    let text = std::fs::read_to_string(folder.join("EXPECTED.tsv")).expect("EXPECTED.tsv");
    let mut lines = text.lines();
    let heads: Vec<&str> = lines.next().expect("a line of heads").split('\t').collect();
    let column = |name| heads.iter().position(|head| *head == name).expect("a column");
    let [file, status, packets, bytes, first, last] =
        ["file", "capinfos_rc", "packets", "data_bytes", "first", "last"].map(column);
    lines
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .filter(|fields| fields[status] == "0")
        .map(|fields| {
            let answer = Answer {
                packets: fields[packets].parse().expect("a number of packets"),
                bytes: fields[bytes].parse().expect("a number of bytes"),
                first: nanoseconds(fields[first]),
                last: nanoseconds(fields[last]),
            };
            (fields[file].to_owned(), answer)
        })
        .collect()
}

/// What differs and where, as the page has it: sample and column.
fn listed() -> BTreeSet<(String, String)> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/formats-differences.md");
    let text = std::fs::read_to_string(page).expect("the page of differences");
    let mut listed = BTreeSet::new();
    for line in text.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [_, _, differs, samples] = cells[..] else { continue };
        for sample in samples.split('`').skip(1).step_by(2) {
            for column in differs.split(", ") {
                listed.insert((sample.to_owned(), column.to_owned()));
            }
        }
    }
    listed
}

/// Whether `capinfos` counts a meta record's time: not that of statistics.
fn has_counted_time(meta: &Meta<'_>) -> bool {
    !meta.items().iter().all(|item| matches!(item, Item::Statistics(_)))
}

fn ask(path: &Path) -> Result<Answer, String> {
    let trace = marey::open(path).map_err(|e| e.to_string())?;
    let is_erf = trace.format() == "erf";
    let mut reader = trace.reader();
    let (mut answer, mut times) = (Answer::default(), Vec::new());
    while let Some(record) = reader.next() {
        match &record {
            Record::Packet(packet) => {
                answer.packets += 1;
                answer.bytes += u64::from(packet.wire_len());
                times.push(packet.time());
            }
            Record::Meta(meta) => {
                // A record of provenance is a packet to Wireshark.
                answer.packets += u64::from(is_erf);
                times.push(meta.time().filter(|_| has_counted_time(meta)));
            }
            _ => {}
        }
    }
    let text = |time: Option<&marey::Timestamp>| {
        time.map(|t| format!("{}.{:09}", t.seconds(), t.subsecond_ns())).unwrap_or_default()
    };
    let times: BTreeSet<_> = times.into_iter().flatten().collect();
    (answer.first, answer.last) = (text(times.first()), text(times.last()));
    Ok(answer)
}

/// The columns in which two answers differ.
fn differences(got: &Result<Answer, String>, expected: &Answer) -> Vec<&'static str> {
    let Ok(got) = got else { return vec!["all"] };
    let columns = [
        ("packets", got.packets == expected.packets),
        ("bytes", got.bytes == expected.bytes),
        ("times", (&got.first, &got.last) == (&expected.first, &expected.last)),
    ];
    columns.iter().filter(|(_, same)| !same).map(|(column, _)| *column).collect()
}

#[test]
fn samples_are_read_as_capinfos_reads_them() {
    let Some(folder) = std::env::var_os("MAREY_SAMPLES").map(PathBuf::from) else {
        return println!("skipped: MAREY_SAMPLES names no folder of traces");
    };
    let listed = listed();
    let (mut found, mut told) = (BTreeSet::new(), Vec::new());
    for (name, expected) in expected(&folder) {
        let got = ask(&folder.join(&name));
        for column in differences(&got, &expected) {
            let difference = (name.clone(), column.to_owned());
            if !listed.contains(&difference) {
                told.push(format!("{name}: {column}: {got:?} instead of {expected:?}"));
            }
            found.insert(difference);
        }
    }
    told.extend(listed.difference(&found).map(|d| format!("{d:?} is listed, and is the same")));
    assert!(told.is_empty(), "{}", told.join("\n"));
}

/// No file, whatever it is, makes a reader panic or takes it long.
#[test]
fn no_sample_takes_long() {
    let Some(folder) = std::env::var_os("MAREY_SAMPLES") else {
        return println!("skipped: MAREY_SAMPLES names no folder of traces");
    };
    let paths = files_below(Path::new(&folder));
    for path in paths {
        let start = Instant::now();
        let Ok(trace) = marey::open(&path) else { continue };
        let mut reader = trace.reader();
        while let Some(record) = reader.next() {
            if let Record::Packet(packet) = record {
                std::hint::black_box(packet.options());
            }
        }
        let mib = reader.account().sum() as f64 / f64::from(1 << 20);
        let allowed = PATIENCE + PATIENCE_PER_MIB.mul_f64(mib);
        assert!(start.elapsed() < allowed, "{}: {:?}", path.display(), start.elapsed());
    }
}
