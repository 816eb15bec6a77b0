//! Decompression: whole, cut, flipped, dribbling, interactive, in parallel, and against the
//! command-line tools. What is particular to a container has a file of its own; here is what must
//! hold for all.
#![cfg(feature = "testing")]

use std::io::{self, Read, Write as _};

use marey::input::compress::{Broken, Compression, Taken, Unpack, opener, recognise};

#[path = "compress/bzip2.rs"]
mod bzip2;
#[path = "compress/gzip.rs"]
mod gzip;
#[path = "compress/live.rs"]
mod live;
#[path = "compress/lz4.rs"]
mod lz4;
#[path = "compress/lzma.rs"]
mod lzma;
#[path = "compress/lzw.rs"]
mod lzw;
#[path = "compress/tools.rs"]
mod tools;
#[path = "compress/units.rs"]
mod units;
#[path = "compress/xz.rs"]
mod xz;
#[path = "compress/zstd.rs"]
mod zstd;

const MIB: usize = 1 << 20;

/// A way to compress.
#[derive(Clone, Copy)]
struct Case {
    name: &'static str,
    /// What it should be taken for.
    kind: Compression,
    make: fn(&[u8]) -> Vec<u8>,
    /// Where what was made of these bytes may end, apart from its start and its end: what is there
    /// then is whole.
    ends: fn(&[u8], &[u8]) -> Vec<usize>,
}

impl Case {
    /// One that has no end but its last byte.
    const fn new(name: &'static str, kind: Compression, make: fn(&[u8]) -> Vec<u8>) -> Self {
        Case { name, kind, make, ends: |_, _| Vec::new() }
    }

    const fn ending(self, ends: fn(&[u8], &[u8]) -> Vec<usize>) -> Self {
        Case { ends, ..self }
    }
}

fn cases() -> impl Iterator<Item = Case> {
    let all =
        [gzip::CASES, zstd::CASES, lz4::CASES, xz::CASES, lzma::CASES, bzip2::CASES, lzw::CASES];
    all.into_iter().flatten().copied()
}

/// Something like records: short runs of noise among what repeats.
fn sample(len: usize, seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    let mut bytes = Vec::with_capacity(len + 64);
    while bytes.len() < len {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        let word = (state >> 33) as u32;
        write!(bytes, "10.0.{}.{} > 10.1.0.{}: ", word & 7, word >> 3 & 63, word >> 9 & 3).unwrap();
        bytes.extend_from_slice(&word.to_le_bytes());
    }
    bytes.truncate(len);
    bytes
}

/// Two halves of some bytes, each made on its own.
fn halves(data: &[u8], make: fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let (first, second) = data.split_at(data.len() / 2);
    [make(first), make(second)].concat()
}

/// Some bytes with the one so far from their end flipped.
fn flipped(mut file: Vec<u8>, back: usize) -> Vec<u8> {
    let at = file.len() - back;
    file[at] ^= 1;
    file
}

/// A source in memory.
fn memory(bytes: &[u8]) -> Box<dyn Read + Send> {
    Box::new(io::Cursor::new(bytes.to_vec()))
}

/// A source that gives one byte a read, and is interrupted in between.
struct Dribble(io::Cursor<Vec<u8>>, bool);

impl Read for Dribble {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        self.1 = !self.1;
        if self.1 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        self.0.read(&mut space[..1])
    }
}

fn dribble(bytes: &[u8]) -> Box<dyn Read + Send> {
    Box::new(Dribble(io::Cursor::new(bytes.to_vec()), false))
}

/// Reads to the end; checks on the way what `take` promises. Stops believing at the first damage.
fn drain(mut unpack: Box<dyn Unpack>, max: usize) -> (Vec<u8>, Option<Broken>) {
    let mut out = b"before".to_vec();
    let mut damage = None;
    let mut told = false;
    loop {
        let before = out.len();
        let taken = unpack.take(&mut out, max).unwrap();
        let made = out.len() - before;
        if let Taken::Bytes = taken {
            assert!(!told && made > 0 && made <= max + 65_536, "{made} bytes");
        } else {
            assert_eq!(made, 0, "{taken:?}");
        }
        match taken {
            Taken::Bytes => {}
            Taken::Packed(unit) => {
                assert!(!told);
                let result = unit.unpack(&mut out);
                assert!(out.len() - before <= unit.unpacked_bytes_max());
                damage = damage.or(result.err().map(|broken| (out.len(), broken)));
            }
            Taken::Broken(broken) => {
                assert!(!told);
                told = true;
                damage = damage.or(Some((out.len(), broken)));
            }
            Taken::End => break,
        }
        assert!(out.len() < 64 * MIB, "it grows and grows");
    }
    for _ in 0..3 {
        assert!(matches!(unpack.take(&mut out, max).unwrap(), Taken::End));
    }
    if let Some((len, _)) = damage {
        out.truncate(len);
    }
    assert!(out.starts_with(b"before"));
    (out.split_off(6), damage.map(|(_, broken)| broken))
}

fn read(kind: Compression, bytes: &[u8]) -> (Vec<u8>, Option<Broken>) {
    drain(opener(kind, memory(bytes)), MIB)
}

fn reason(kind: Compression, bytes: &[u8]) -> String {
    read(kind, bytes).1.map(|broken| broken.reason).unwrap_or_default()
}

#[test]
fn each_container_gives_back_what_was_put_in() {
    for Case { name, kind, make, .. } in cases() {
        for len in [0, 1, 65_535, 3 * MIB] {
            let data = sample(len, 7);
            let file = make(&data);
            assert_eq!(recognise(&file[..file.len().min(18)]), Some(kind), "{name} of {len}");
            for max in [if len < MIB { 10 } else { 5000 }, MIB] {
                let (out, damage) = drain(opener(kind, memory(&file)), max);
                assert_eq!(damage, None, "{name} of {len} bytes");
                assert!(out == data, "{name} of {len} bytes, {} back", out.len());
            }
        }
    }
}

#[test]
fn what_is_not_compressed_is_not_recognised() {
    for bytes in [&b""[..], b"\x1f", b"\x1f\x8b", b"BZh9 is a name", b"\x1f\x9d\x03", b"plain"] {
        assert_eq!(recognise(bytes), None, "{bytes:?}");
    }
}

#[test]
fn plain_bytes_pass_through() {
    let data = sample(300_000, 3);
    assert_eq!(read(Compression::None, &data), (data.clone(), None));
    let (out, damage) = drain(opener(Compression::None, dribble(&data[..1000])), MIB);
    assert_eq!((&out[..], damage), (&data[..1000], None));
}

#[test]
fn an_empty_source_ends() {
    for Case { kind, .. } in cases() {
        assert_eq!(read(kind, &[]), (Vec::new(), None));
    }
}

#[test]
fn a_dribbling_source_gives_the_same() {
    let data = sample(20_000, 5);
    for Case { name, kind, make, .. } in cases() {
        let file = make(&data);
        let (out, damage) = drain(opener(kind, dribble(&file)), MIB);
        assert_eq!(damage, None, "{name}");
        assert!(out == data, "{name}");
    }
}

#[test]
fn a_cut_costs_only_what_is_behind_it() {
    let data = sample(2000, 11);
    for Case { name, kind, make, ends } in cases() {
        let file = make(&data);
        let mut ends = ends(&data, &file);
        ends.extend([0, file.len()]);
        let mut longest = 0;
        for cut in 0..=file.len() {
            let (out, damage) = read(kind, &file[..cut]);
            assert!(data.starts_with(&out), "{name} cut at {cut}");
            assert!(out.len() >= longest, "{name} cut at {cut} gives less than cut before");
            longest = out.len();
            if kind != Compression::Compress {
                assert_eq!(damage.is_none(), ends.contains(&cut), "{name} cut at {cut} {damage:?}");
            }
            let dribbled = drain(opener(kind, dribble(&file[..cut])), MIB);
            assert!(dribbled.0 == out, "{name} cut at {cut}, dribbling");
            assert_eq!(dribbled.1.is_some(), damage.is_some(), "{name} cut at {cut}, dribbling");
        }
        assert_eq!(longest, data.len(), "{name}");
    }
}

#[test]
fn a_cut_block_gives_its_beginning() {
    let data = sample(60_000, 11);
    for Case { name, kind, make, .. } in cases() {
        // These tell nothing before a block is whole, and have only one.
        if name == "bzip2" || name == "zstd" || name == "zstd larger frames" {
            continue;
        }
        let file = make(&data);
        let (out, _) = read(kind, &file[..file.len() - 500]);
        assert!(out.len() > data.len() / 3, "{name}: {} bytes", out.len());
        assert!(data.starts_with(&out), "{name}");
    }
}

#[test]
fn a_flipped_byte_is_survived() {
    let data = sample(800, 13);
    for Case { name, kind, make, .. } in cases() {
        let mut file = make(&data);
        for at in 0..file.len() {
            for mask in [0x01, 0xfe] {
                file[at] ^= mask;
                let place = format!("{name}, byte {at} flipped by {mask}");
                let (out, damage) = read(kind, &file);
                let dribbled = drain(opener(kind, dribble(&file)), MIB);
                assert_eq!(dribbled.0.len(), out.len(), "{place}: {damage:?} {:?}", dribbled.1);
                assert!(dribbled.0 == out, "{place}");
                assert_eq!(dribbled.1.is_some(), damage.is_some(), "{place}");
                file[at] ^= mask;
            }
        }
    }
}

#[test]
fn noise_behind_a_good_beginning_is_survived() {
    let data = sample(3000, 17);
    let noise = marey::testing::pack::bzip2(&sample(5000, 19));
    for Case { kind, make, .. } in cases() {
        let file = make(&data);
        for at in (4..file.len().min(200)).step_by(3) {
            read(kind, &[&file[..at], &noise[at % 50 + 30..]].concat());
        }
    }
}

#[test]
fn garbage_behind_the_end_is_told() {
    let data = sample(5000, 23);
    for Case { name, kind, make, .. } in cases() {
        // They have no end, take it for the length of a block, ignore it.
        if kind == Compression::Compress || ["lz4 legacy", "lzma with its size"].contains(&name) {
            continue;
        }
        let file = [make(&data), b"what has this to do here??\n".to_vec()].concat();
        let (out, damage) = read(kind, &file);
        let damage = damage.unwrap();
        let expected = format!("27 bytes after the end of the {kind} data are not {kind}");
        assert_eq!(damage.reason, expected);
        assert_eq!(damage.offset, file.len() as u64 - 27);
        assert!(out == data, "{name}");
    }
}
