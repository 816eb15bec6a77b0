//! The same input gives the same answer for any number of workers and blocks of any length, from
//! files, from readers that give little at a time, compressed or not. Stops, errors and panics
//! take effect at a record, whoever handles it.
//!
//! Two digests stand for all that is visible of a trace: one of the records in their order, through
//! the reporter, and one that is the sum of the handlers' states, in no order.
#![cfg(feature = "testing")]

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use marey::pipeline::{Cx, Handler, Next, Run, Trace};
use marey::record::Place;
use marey::testing::rng::Rng;
use marey::testing::{large, pack, trace};
use marey::{GO, Meta, Packet};

#[path = "support/folder.rs"]
mod folder;

use folder::files_below;

/// All that a trace looks like.
#[derive(Debug, PartialEq)]
struct Answer {
    /// Of the published results, in the order in which they came.
    in_order: u64,
    results: u64,
    /// The sum over the handlers.
    in_no_order: u64,
    ledger: String,
    account: String,
    scene: String,
}

/// Digests each record: publishes some, adds up all.
#[derive(Default)]
struct Digest {
    sum: u64,
}

impl Digest {
    fn record(&mut self, hash: DefaultHasher, cx: &mut Cx<u64>) -> Next {
        let digest = hash.finish();
        self.sum = self.sum.wrapping_add(digest);
        // One result, several, or none: that is a function of the record.
        for nth in 0..digest % 3 {
            cx.publish(digest.wrapping_add(nth));
        }
        GO
    }
}

impl Handler for Digest {
    type Out = u64;

    fn on_packet(&mut self, packet: &Packet<'_>, cx: &mut Cx<u64>) -> Next {
        let mut hash = DefaultHasher::new();
        let position = packet.position();
        (position.record, position.offset, packet.time()).hash(&mut hash);
        packet.raw_time().map(|raw| (raw.value, raw.offset_s)).hash(&mut hash);
        (packet.bytes(), packet.wire_len(), packet.link_type()).hash(&mut hash);
        let interface = packet.interface();
        (packet.interface_id(), interface.is_some()).hash(&mut hash);
        interface.and_then(|i| i.name().map(str::to_owned)).hash(&mut hash);
        let statistics = interface.and_then(|i| i.statistics.as_ref());
        statistics.map(|s| (s.time, s.received, s.lost())).hash(&mut hash);
        let section = packet.section();
        (section.index, section.version, section.length).hash(&mut hash);
        section.application.hash(&mut hash);
        (packet.scene().names().count(), packet.scene().application()).hash(&mut hash);
        format!("{:?}", packet.options()).hash(&mut hash);
        self.record(hash, cx)
    }

    fn on_meta(&mut self, meta: &Meta<'_>, cx: &mut Cx<u64>) -> Next {
        let mut hash = DefaultHasher::new();
        let position = meta.position();
        (position.record, position.offset, meta.time(), meta.bytes()).hash(&mut hash);
        format!("{:?} {:?}", meta.items(), meta.fields()).hash(&mut hash);
        (meta.scene().sections(), meta.scene().interfaces().len()).hash(&mut hash);
        self.record(hash, cx)
    }
}

fn run(trace: Trace) -> Answer {
    let mut hash = DefaultHasher::new();
    let mut results = 0;
    let mut last = None;
    let report = |place: Place, digest: u64| {
        assert!(last < Some(place), "{place:?} after {last:?}");
        last = Some(place);
        (place.record, place.nth, digest).hash(&mut hash);
        results += 1;
        GO
    };
    let Run { handlers, ledger, scenes, account } =
        trace.run(|_| Digest::default(), report).expect("a run without errors");
    Answer {
        in_order: hash.finish(),
        results,
        in_no_order: handlers.iter().fold(0, |sum, h| sum.wrapping_add(h.sum)),
        ledger: format!("{ledger:?}"),
        account: format!("{account:?}"),
        scene: format!("{scenes:?}"),
    }
}

/// Gives a few bytes at a time, of odd numbers.
struct Dribble {
    bytes: Cursor<Vec<u8>>,
    rng: Rng,
    most: u32,
}

impl Dribble {
    fn new(bytes: &[u8], most: u32) -> Self {
        Dribble { bytes: Cursor::new(bytes.to_vec()), rng: Rng::new(5), most }
    }
}

impl Read for Dribble {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let len = out.len().min(self.rng.between(1, self.most) as usize | 1);
        self.bytes.read(&mut out[..len])
    }
}

fn in_memory(bytes: &[u8]) -> marey::Result<Trace> {
    marey::open_stream("test", Cursor::new(bytes.to_vec()))
}

/// Checks that all ways to read these bytes give one answer; which may be that they cannot be
/// opened.
fn check(name: &str, bytes: &[u8], workers: &[usize], block_lens: &[usize], most: u32) {
    let opened = in_memory(bytes).map(|trace| run(trace.workers(1)));
    let expected = match opened {
        Ok(expected) => expected,
        Err(expected) => {
            let dribble = marey::open_stream("test", Dribble::new(bytes, most));
            let error = dribble.err().map(|e| e.to_string());
            return assert_eq!(error, Some(expected.to_string()), "{name}");
        }
    };
    for &workers in workers {
        for &block_len in block_lens {
            let how = format!("{name}: {workers} workers, blocks of {block_len}");
            let of = |trace: marey::Result<Trace>| {
                run(trace.expect(&how).workers(workers).block_len(block_len))
            };
            assert_eq!(of(in_memory(bytes)), expected, "{how}");
            let dribble = marey::open_stream("test", Dribble::new(bytes, most));
            assert_eq!(of(dribble), expected, "{how}, dribbling");
        }
    }
}

fn is_slow() -> bool {
    std::env::var_os("MAREY_SLOW_TESTS").is_some()
}

/// How long the large traces are.
fn large_len() -> u64 {
    if is_slow() { 64 << 20 } else { 8 << 20 }
}

const WORKERS: [usize; 5] = [1, 2, 3, 8, 64];

#[test]
fn ready_made_traces() {
    for (name, made) in trace::ready_made() {
        check(name, &made.bytes, &WORKERS, &[16, 4 << 10], 70);
    }
    let demo = trace::demo();
    check("demo", &demo.bytes, &WORKERS, &[1000, 64 << 10, 1 << 20], 5000);
}

#[test]
fn damaged_traces() {
    for (name, bytes) in trace::damaged() {
        check(name, &bytes, &WORKERS, &[12, 4 << 10], 70);
    }
}

/// Files within files, with some of their bytes damaged so that the search crosses blocks.
fn nested(damage: bool) -> [(&'static str, Vec<u8>); 2] {
    let (mut pcap, mut pcapng) = (Vec::new(), Vec::new());
    large::nested_pcap(&mut pcap, large_len(), 3).expect("memory");
    large::nested(&mut pcapng, large_len(), 3).expect("memory");
    let mut rng = Rng::new(11);
    for bytes in [&mut pcap, &mut pcapng] {
        for _ in 0..if damage { 40 } else { 0 } {
            let at = rng.between(1000, bytes.len() as u32 - 1000) as usize;
            let len = rng.between(1, 300) as usize;
            bytes[at..at + len].copy_from_slice(&rng.bytes(len));
        }
    }
    [("nested.pcap", pcap), ("nested.pcapng", pcapng)]
}

#[test]
fn large_traces() {
    for (name, bytes) in nested(false) {
        check(name, &bytes, &[1, 8], &[64 << 10], 9001);
        check(name, &bytes, &[3], &[4 << 10], 100_000);
        check(name, &bytes, &[64], &[1 << 20], 3 << 20);
    }
}

#[test]
fn large_traces_with_damage() {
    for (name, bytes) in nested(true) {
        check(name, &bytes, &[2], &[64 << 10], 9001);
        check(name, &bytes, &[8], &[4 << 10], 100_000);
    }
}

/// Small blocks of a large trace, so that records are put together from thousands of them.
#[test]
fn tiny_blocks_of_jumbo_frames() {
    let mut pcapng = Vec::new();
    large::nested(&mut pcapng, 200_000, 9).expect("memory");
    check("nested.pcapng", &pcapng, &[1, 8], &[12, 16], 3);
}

fn scratch(name: &str, bytes: &[u8]) -> PathBuf {
    let path = std::env::temp_dir().join(format!("marey-same-{}-{name}", std::process::id()));
    std::fs::write(&path, bytes).expect("a writable folder for temporary files");
    path
}

#[test]
fn files_and_streams_are_alike() {
    for (name, bytes) in nested(true) {
        let expected = run(in_memory(&bytes).expect(name).workers(1));
        let path = scratch(name, &bytes);
        for (workers, block_len) in [(1, 1 << 20), (2, 4 << 10), (8, 100_003), (64, 1 << 20)] {
            let trace = marey::open(&path).expect(name).workers(workers).block_len(block_len);
            assert_eq!(run(trace), expected, "{name}: {workers} workers, blocks of {block_len}");
        }
        std::fs::remove_file(path).expect("a file that was there");
    }
}

// ---- compressed ---------------------------------------------------------------------------

#[test]
fn compressed_traces() {
    let mut plain = Vec::new();
    large::nested(&mut plain, 2 << 20, 21).expect("memory");
    let expected = run(in_memory(&plain).expect("pcapng").workers(1));
    let zstd_frames = plain.chunks(300_000).map(|chunk| pack::zstd(chunk, false, true));
    let forms: [(&str, Vec<u8>); 7] = [
        ("gzip", pack::gzip(&plain)),
        ("bgzf", pack::bgzf(&plain, 60_000)),
        ("zstd", pack::zstd(&plain, false, false)),
        ("zstd frames", zstd_frames.collect::<Vec<_>>().concat()),
        ("xz", pack::xz_blocks(&plain, 400_000)),
        ("bzip2", pack::bzip2(&plain)),
        ("lz4", pack::lz4(&plain, false, false)),
    ];
    for (name, bytes) in forms {
        for (workers, block_len) in [(1, 1 << 20), (2, 4 << 10), (8, 64 << 10), (64, 1 << 20)] {
            let how = format!("{name}: {workers} workers, blocks of {block_len}");
            let with = |trace: marey::Result<Trace>| {
                run(trace.expect(&how).workers(workers).block_len(block_len))
            };
            assert_eq!(with(in_memory(&bytes)), expected, "{how}");
            let dribble = Dribble::new(&bytes, 50_000);
            assert_eq!(with(marey::open_stream("test", dribble)), expected, "{how}, dribbling");
        }
    }
}

// ---- traces from elsewhere ----------------------------------------------------------------

/// Over all files of the folder that `MAREY_SAMPLES` names.
#[test]
fn samples() {
    let Some(folder) = std::env::var_os("MAREY_SAMPLES") else {
        return println!("skipped: MAREY_SAMPLES names no folder of traces");
    };
    let paths = files_below(Path::new(&folder));
    for (index, path) in paths.iter().enumerate() {
        let name = path.display().to_string();
        let bytes = std::fs::read(path).expect(&name);
        let workers = WORKERS[1 + index % 4];
        let block_len = [12, 4 << 10, 64 << 10][index % 3].max(bytes.len() / 2000);
        check(&name, &bytes, &[1, workers], &[block_len], 1500.max(bytes.len() as u32 / 500));
    }
}
