//! Packets of many traces, against what Wireshark's `tshark` says of them: which headers, which
//! addresses, ports and tags, which fragments, and which checksums are right. `MAREY_SAMPLES` names
//! the folder of traces. Of each trace the first packets are compared, all of them if
//! `MAREY_SLOW_TESTS` is set. What is right to differ is listed by kind, with its reason, in
//! `docs/protocols-differences.md`.

#[path = "support/folder.rs"]
mod folder;
#[path = "protocols/ours.rs"]
mod ours;
#[path = "protocols/said.rs"]
mod said;
#[path = "protocols/tshark.rs"]
mod tshark;

use folder::files_below;
use marey::Record;
use marey::wire::LinkType;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many packets of a trace are compared, if not all.
const PACKETS_MAX: usize = 5000;
/// Traces that go through one `tshark`: it takes longer to start than to look at a few packets.
const TRACES_TOGETHER: usize = 60;
/// How many `tshark` run at a time.
const AT_A_TIME: usize = 2;

/// A packet, and where it is from.
struct Sample {
    trace: String,
    number: usize,
    link: LinkType,
    bytes: Vec<u8>,
    wire_len: u32,
}

/// The first packets of a trace, none if it is not one.
fn packets_of(folder: &Path, path: &Path, packets_max: usize) -> Vec<Sample> {
    let Ok(trace) = marey::open(path) else { return Vec::new() };
    let name = path.strip_prefix(folder).unwrap_or(path).display().to_string();
    let (mut reader, mut found) = (trace.reader(), Vec::new());
    while let Some(record) = reader.next() {
        let Record::Packet(packet) = record else { continue };
        if found.len() == packets_max {
            break;
        }
        found.push(Sample {
            trace: name.clone(),
            number: found.len() + 1,
            link: packet.link_type(),
            bytes: packet.bytes().to_vec(),
            wire_len: packet.wire_len(),
        });
    }
    found
}

/// The kinds of differences, each with the packets that have it.
type Found = BTreeMap<String, Vec<String>>;

/// What was compared.
#[derive(Default)]
struct Counts {
    packets: AtomicUsize,
    layers: AtomicUsize,
    facts: AtomicUsize,
}

/// Compares the packets of some traces.
fn compare(samples: &[Sample], file: &Path, found: &Mutex<Found>, counts: &Counts) {
    let samples: Vec<&Sample> =
        samples.iter().filter(|sample| ours::has_view(sample.link)).collect();
    let answers = tshark::ask(&samples, file);
    assert_eq!(answers.len(), samples.len(), "tshark shows every packet");
    for (sample, theirs) in samples.iter().zip(answers) {
        let ours = ours::said(sample.link, &sample.bytes, sample.wire_len);
        for kind in said::differences(&ours, &theirs) {
            let place = format!("{} {}", sample.trace, sample.number);
            let mut found = found.lock().expect("no other panicked");
            found.entry(kind).or_default().push(place);
        }
        counts.layers.fetch_add(ours.layers.len(), Ordering::Relaxed);
        let facts = ours.facts.iter().map(|fact| fact.values.len()).sum();
        counts.facts.fetch_add(facts, Ordering::Relaxed);
    }
    counts.packets.fetch_add(samples.len(), Ordering::Relaxed);
}

/// What differs, by kind, as the page has it.
fn listed() -> BTreeSet<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/protocols-differences.md");
    let text = std::fs::read_to_string(page).expect("the page of differences");
    let rows = text.lines().filter(|line| line.starts_with("| "));
    let kinds = rows.filter_map(|line| line.rsplit('|').nth(1));
    kinds.flat_map(|cell| cell.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
}

#[test]
fn tshark_says_the_same_of_each_packet() {
    let Some(folder) = std::env::var_os("MAREY_SAMPLES").map(PathBuf::from) else {
        return println!("skipped: MAREY_SAMPLES names no folder of traces");
    };
    if !tshark::is_there() {
        return println!("skipped: tshark is not installed");
    }
    let is_slow = std::env::var_os("MAREY_SLOW_TESTS").is_some();
    let packets_max = if is_slow { usize::MAX } else { PACKETS_MAX };
    let paths = files_below(&folder);
    let chunks: Vec<_> = paths.chunks(TRACES_TOGETHER).collect();
    let temporary = std::env::temp_dir().join(format!("marey-protocols-{}", std::process::id()));
    std::fs::create_dir_all(&temporary).expect("a temporary folder");
    let (found, next, counts) = (Mutex::new(Found::new()), AtomicUsize::new(0), Counts::default());
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                while let Some(chunk) = chunks.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let packets = |path: &PathBuf| packets_of(&folder, path, packets_max);
                    let samples: Vec<_> = chunk.iter().flat_map(packets).collect();
                    let thread = format!("{:?}.pcapng", std::thread::current().id());
                    compare(&samples, &temporary.join(thread), &found, &counts);
                }
            });
        }
    });
    std::fs::remove_dir_all(&temporary).expect("the temporary folder goes");
    let found = found.into_inner().expect("nobody panicked");
    let Counts { packets, layers, facts } = counts;
    let (packets, layers, facts) = (packets.into_inner(), layers.into_inner(), facts.into_inner());
    println!("{} files: {packets} packets, {layers} headers, {facts} facts", paths.len());
    assert!(packets > 0, "no trace was read");
    report(&found, &listed());
}

/// Fails if what was found is not what is listed.
fn report(found: &Found, listed: &BTreeSet<String>) {
    let mut told = Vec::new();
    for (kind, places) in found.iter().filter(|(kind, _)| !listed.contains(*kind)) {
        let first: Vec<_> = places.iter().take(4).map(String::as_str).collect();
        told.push(format!("{} x `{kind}`: {}", places.len(), first.join(", ")));
    }
    let gone = listed.iter().filter(|kind| !found.contains_key(*kind));
    told.extend(gone.map(|kind| format!("`{kind}` is listed, and is the same")));
    assert!(told.is_empty(), "{}", told.join("\n"));
}
