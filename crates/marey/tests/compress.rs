//! Decompression: whole, cut, flipped, dribbling, interactive, in parallel, and against the
//! command-line tools.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use marey::input::compress::{Broken, Compression, Packed, Taken, Unpack, opener, recognise};

const MIB: usize = 1 << 20;

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

// ---- writers ------------------------------------------------------------------------------

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut writer = flate2::GzBuilder::new()
        .filename("a name")
        .extra(&b"XX\x03\x00abc"[..])
        .comment("a comment")
        .write(Vec::new(), flate2::Compression::new(6));
    writer.write_all(data).unwrap();
    writer.finish().unwrap()
}

fn bgzf(data: &[u8], size: usize) -> Vec<u8> {
    let mut file = Vec::new();
    for chunk in data.chunks(size).chain([&[][..]]) {
        let level = flate2::Compression::new(6);
        let mut writer = flate2::write::DeflateEncoder::new(Vec::new(), level);
        writer.write_all(chunk).unwrap();
        let body = writer.finish().unwrap();
        file.extend_from_slice(&[0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 6, 0, b'B', b'C', 2, 0]);
        file.extend_from_slice(&(body.len() as u16 + 25).to_le_bytes());
        file.extend_from_slice(&body);
        let mut crc = flate2::Crc::new();
        crc.update(chunk);
        file.extend_from_slice(&crc.sum().to_le_bytes());
        file.extend_from_slice(&(chunk.len() as u32).to_le_bytes());
    }
    file
}

fn zstd_frame(data: &[u8], checksum: bool, size: bool) -> Vec<u8> {
    let mut writer = zstd::stream::Encoder::new(Vec::new(), 3).unwrap();
    writer.include_checksum(checksum).unwrap();
    if size {
        writer.set_pledged_src_size(Some(data.len() as u64)).unwrap();
    }
    writer.write_all(data).unwrap();
    writer.finish().unwrap()
}

fn zstd_frames(data: &[u8], size: usize) -> Vec<u8> {
    let mut file = skippable();
    for (i, chunk) in data.chunks(size).enumerate() {
        file.extend(zstd_frame(chunk, i % 2 == 0, i % 3 == 0));
        file.extend(skippable());
    }
    file
}

fn skippable() -> Vec<u8> {
    b"\x5a\x2a\x4d\x18\x05\x00\x00\x00never".to_vec()
}

fn lz4_frame(data: &[u8], linked: bool, sums: bool) -> Vec<u8> {
    use lz4_flex::frame::{BlockMode, BlockSize, FrameEncoder, FrameInfo};
    let info = FrameInfo::new()
        .block_mode(if linked { BlockMode::Linked } else { BlockMode::Independent })
        .block_size(BlockSize::Max64KB)
        .block_checksums(sums)
        .content_checksum(sums)
        .content_size(sums.then_some(data.len() as u64));
    let mut writer = FrameEncoder::with_frame_info(info, Vec::new());
    writer.write_all(data).unwrap();
    writer.finish().unwrap()
}

fn lz4_frames(data: &[u8]) -> Vec<u8> {
    let (first, second) = data.split_at(data.len() / 3);
    [lz4_frame(first, false, true), skippable(), lz4_frame(second, true, false)].concat()
}

fn lz4_legacy(data: &[u8], size: usize) -> Vec<u8> {
    let mut file = vec![0x02, 0x21, 0x4c, 0x18];
    for chunk in data.chunks(size) {
        let block = lz4_flex::block::compress(chunk);
        file.extend_from_slice(&(block.len() as u32).to_le_bytes());
        file.extend_from_slice(&block);
    }
    file
}

/// Blocks with their sizes in their headers, as `xz -T` makes them.
fn xz_blocks(data: &[u8], size: u64) -> Vec<u8> {
    use liblzma::stream::{Check, MtStreamBuilder};
    let mut builder = MtStreamBuilder::new();
    let stream = builder.threads(1).preset(1).block_size(size).check(Check::Crc64).encoder();
    let mut writer = liblzma::write::XzEncoder::new_stream(Vec::new(), stream.unwrap());
    writer.write_all(data).unwrap();
    writer.finish().unwrap()
}

/// One block without its sizes in its header.
fn xz(data: &[u8]) -> Vec<u8> {
    let mut writer = liblzma::write::XzEncoder::new(Vec::new(), 1);
    writer.write_all(data).unwrap();
    writer.finish().unwrap()
}

fn xz_streams(data: &[u8], size: u64) -> Vec<u8> {
    let (first, second) = data.split_at(data.len() / 2);
    [xz_blocks(first, size), vec![0; 8], xz(second)].concat()
}

fn bzip2(data: &[u8]) -> Vec<u8> {
    let mut writer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::new(1));
    writer.write_all(data).unwrap();
    writer.finish().unwrap()
}

/// Two halves, each made on its own.
fn halves(data: &[u8], make: fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let (first, second) = data.split_at(data.len() / 2);
    [make(first), make(second)].concat()
}

/// compress(1), with a clear of the table every `clear` codes in block mode.
struct Lzw {
    file: Vec<u8>,
    block: bool,
    bits_max: u32,
    width: u32,
    /// How many codes the reader knows when it reads the next one.
    free: u32,
    first: bool,
    count: u32,
    buffer: u64,
    buffered: u32,
}

impl Lzw {
    fn compress(data: &[u8], bits_max: u32, block: bool, clear: usize) -> Vec<u8> {
        let mut lzw = Lzw {
            file: vec![0x1f, 0x9d, bits_max as u8 | if block { 0x80 } else { 0 }],
            block,
            bits_max,
            width: 9,
            free: 256 + u32::from(block),
            first: true,
            count: 0,
            buffer: 0,
            buffered: 0,
        };
        let mut table = HashMap::new();
        let (mut string, mut codes) = (None, 0);
        for &byte in data {
            let Some(code) = string else {
                string = Some(u32::from(byte));
                continue;
            };
            if let Some(&longer) = table.get(&(code, byte)) {
                string = Some(longer);
                continue;
            }
            lzw.code(code);
            let next = 256 + u32::from(block) + table.len() as u32;
            if next < 1 << bits_max {
                table.insert((code, byte), next);
            }
            string = Some(u32::from(byte));
            codes += 1;
            if block && codes % clear == 0 {
                lzw.clear();
                table.clear();
            }
        }
        if let Some(code) = string {
            lzw.code(code);
        }
        if lzw.buffered > 0 {
            lzw.file.push(lzw.buffer as u8);
        }
        lzw.file
    }

    fn put(&mut self, code: u32) {
        self.buffer |= u64::from(code) << self.buffered;
        self.buffered += self.width;
        self.count += 1;
        while self.buffered >= 8 {
            self.file.push(self.buffer as u8);
            self.buffer >>= 8;
            self.buffered -= 8;
        }
    }

    fn pad(&mut self) {
        while !self.count.is_multiple_of(8) {
            self.put(0);
        }
        self.count = 0;
    }

    fn widen(&mut self) {
        if self.free >= 1 << self.width && self.width < self.bits_max {
            self.pad();
            self.width += 1;
        }
    }

    fn code(&mut self, code: u32) {
        self.widen();
        self.put(code);
        if !std::mem::take(&mut self.first) && self.free < 1 << self.bits_max {
            self.free += 1;
        }
    }

    fn clear(&mut self) {
        self.widen();
        self.put(256);
        self.pad();
        (self.width, self.free, self.first) = (9, 256 + u32::from(self.block), true);
    }
}

fn compress(data: &[u8]) -> Vec<u8> {
    Lzw::compress(data, 16, true, 70_001)
}

/// What there is, what it should be taken for, and how it is made.
type Case = (&'static str, Compression, fn(&[u8]) -> Vec<u8>);

const CASES: &[Case] = &[
    ("gzip", Compression::Gzip, gzip),
    ("gzip members", Compression::Gzip, |data| halves(data, gzip)),
    ("bgzf", Compression::Bgzf, |data| bgzf(data, 65_280)),
    ("bgzf of small members", Compression::Bgzf, |data| bgzf(data, 700)),
    ("bgzf and gzip", Compression::Bgzf, |data| {
        let (first, second) = data.split_at(data.len() / 2);
        [bgzf(first, 60_000), gzip(second), bgzf(&[], 1)].concat()
    }),
    ("zstd", Compression::Zstd, |data| zstd_frame(data, true, false)),
    ("zstd frames", Compression::Zstd, |data| zstd_frames(data, 900)),
    ("zstd larger frames", Compression::Zstd, |data| zstd_frames(data, 600_000)),
    ("lz4 frames", Compression::Lz4, lz4_frames),
    ("lz4 linked", Compression::Lz4, |data| lz4_frame(data, true, true)),
    ("lz4 legacy", Compression::Lz4, |data| lz4_legacy(data, 8 << 20)),
    ("lz4 legacy blocks", Compression::Lz4, |data| {
        let (first, second) = data.split_at(data.len() / 2);
        [lz4_legacy(first, 1000), lz4_frame(second, false, false)].concat()
    }),
    ("xz", Compression::Xz, xz),
    ("xz blocks", Compression::Xz, |data| xz_blocks(data, 100_000)),
    ("xz streams", Compression::Xz, |data| xz_streams(data, 700)),
    ("bzip2", Compression::Bzip2, bzip2),
    ("bzip2 streams", Compression::Bzip2, |data| halves(data, bzip2)),
    ("compress", Compression::Compress, compress),
    ("compress -b 9", Compression::Compress, |data| Lzw::compress(data, 9, true, 1000)),
    ("compress -b 12, no blocks", Compression::Compress, |data| Lzw::compress(data, 12, false, 1)),
    ("compress -b 10, clearing", Compression::Compress, |data| Lzw::compress(data, 10, true, 123)),
];

// ---- sources ------------------------------------------------------------------------------

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

// ---- readers ------------------------------------------------------------------------------

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

// ---- tests --------------------------------------------------------------------------------

#[test]
fn each_container_gives_back_what_was_put_in() {
    for (name, kind, make) in CASES {
        for len in [0, 1, 65_535, 3 * MIB] {
            let data = sample(len, 7);
            let file = make(&data);
            assert_eq!(recognise(&file[..file.len().min(18)]), Some(*kind), "{name} of {len}");
            for max in [if len < MIB { 10 } else { 5000 }, MIB] {
                let (out, damage) = drain(opener(*kind, memory(&file)), max);
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
    let lz4 = [skippable(), lz4_frame(b"x", false, false)].concat();
    assert_eq!(recognise(&lz4), Some(Compression::Lz4));
    assert_eq!(recognise(&lz4[..10]), Some(Compression::Zstd));
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
    for (_, kind, _) in CASES {
        assert_eq!(read(*kind, &[]), (Vec::new(), None));
    }
}

#[test]
fn a_dribbling_source_gives_the_same() {
    let data = sample(20_000, 5);
    for (name, kind, make) in CASES {
        let file = make(&data);
        let (out, damage) = drain(opener(*kind, dribble(&file)), MIB);
        assert_eq!(damage, None, "{name}");
        assert!(out == data, "{name}");
    }
}

/// Where each container may end: what is there then is whole.
fn ends(name: &str, data: &[u8], file: &[u8]) -> Vec<usize> {
    let (first, second) = data.split_at(data.len() / 2);
    let mut ends = match name {
        "gzip members" => vec![gzip(first).len()],
        "bgzf of small members" | "bgzf" => members(file),
        "bgzf and gzip" => {
            let mut ends = members(&bgzf(first, 60_000));
            ends.push(ends.last().unwrap() + gzip(second).len());
            ends
        }
        "zstd frames" | "zstd larger frames" => {
            let size = if name == "zstd frames" { 900 } else { 600_000 };
            let mut ends = vec![skippable().len()];
            for (i, chunk) in data.chunks(size).enumerate() {
                ends.push(ends.last().unwrap() + zstd_frame(chunk, i % 2 == 0, i % 3 == 0).len());
                ends.push(ends.last().unwrap() + skippable().len());
            }
            ends
        }
        "lz4 frames" => {
            let first = lz4_frame(&data[..data.len() / 3], false, true).len();
            vec![first, first + skippable().len()]
        }
        "lz4 legacy" => vec![4],
        "lz4 legacy blocks" => {
            let mut ends = vec![4];
            for chunk in first.chunks(1000) {
                ends.push(ends.last().unwrap() + 4 + lz4_flex::block::compress(chunk).len());
            }
            ends
        }
        "xz streams" => (0..3).map(|i| xz_blocks(first, 700).len() + 4 * i).collect(),
        "bzip2 streams" => vec![bzip2(first).len()],
        _ => Vec::new(),
    };
    ends.extend([0, file.len()]);
    ends
}

/// Where the members of a bgzf file begin and end.
fn members(file: &[u8]) -> Vec<usize> {
    let mut ends = vec![0];
    loop {
        let at = *ends.last().unwrap();
        let Some(field) = file.get(at + 16..at + 18) else { return ends };
        ends.push(at + 1 + usize::from(u16::from_le_bytes([field[0], field[1]])));
    }
}

#[test]
fn a_cut_costs_only_what_is_behind_it() {
    let data = sample(2000, 11);
    for (name, kind, make) in CASES {
        let file = make(&data);
        let ends = ends(name, &data, &file);
        let mut longest = 0;
        for cut in 0..=file.len() {
            let (out, damage) = read(*kind, &file[..cut]);
            assert!(data.starts_with(&out), "{name} cut at {cut}");
            assert!(out.len() >= longest, "{name} cut at {cut} gives less than cut before");
            longest = out.len();
            if *kind != Compression::Compress {
                assert_eq!(damage.is_none(), ends.contains(&cut), "{name} cut at {cut} {damage:?}");
            }
            let dribbled = drain(opener(*kind, dribble(&file[..cut])), MIB);
            assert!(dribbled.0 == out, "{name} cut at {cut}, dribbling");
            assert_eq!(dribbled.1.is_some(), damage.is_some(), "{name} cut at {cut}, dribbling");
        }
        assert_eq!(longest, data.len(), "{name}");
    }
}

#[test]
fn a_cut_block_gives_its_beginning() {
    let data = sample(60_000, 11);
    for (name, kind, make) in CASES {
        // These tell nothing before a block is whole, and have only one.
        if *name == "bzip2" || *name == "zstd" || *name == "zstd larger frames" {
            continue;
        }
        let file = make(&data);
        let (out, _) = read(*kind, &file[..file.len() - 500]);
        assert!(out.len() > data.len() / 3, "{name}: {} bytes", out.len());
        assert!(data.starts_with(&out), "{name}");
    }
}

#[test]
fn a_flipped_byte_is_survived() {
    let data = sample(800, 13);
    for (name, kind, make) in CASES {
        let mut file = make(&data);
        for at in 0..file.len() {
            for mask in [0x01, 0xfe] {
                file[at] ^= mask;
                let place = format!("{name}, byte {at} flipped by {mask}");
                let (out, damage) = read(*kind, &file);
                let dribbled = drain(opener(*kind, dribble(&file)), MIB);
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
    let noise = bzip2(&sample(5000, 19));
    for (_, kind, make) in CASES {
        let file = make(&data);
        for at in (4..file.len().min(200)).step_by(3) {
            read(*kind, &[&file[..at], &noise[at % 50 + 30..]].concat());
        }
    }
}

#[test]
fn garbage_behind_the_end_is_told() {
    let data = sample(5000, 23);
    for (name, kind, make) in CASES {
        // The one has no end, the other takes it for the length of a block.
        if *kind == Compression::Compress || *name == "lz4 legacy" {
            continue;
        }
        let file = [make(&data), b"what has this to do here??\n".to_vec()].concat();
        let (out, damage) = read(*kind, &file);
        let damage = damage.unwrap();
        let expected = format!("27 bytes after the end of the {kind} data are not {kind}");
        assert_eq!(damage.reason, expected);
        assert_eq!(damage.offset, file.len() as u64 - 27);
        assert!(out == data, "{name}");
    }
}

#[test]
fn zeros_behind_gzip_are_padding() {
    let data = sample(5000, 23);
    for make in [gzip, |data: &[u8]| bgzf(data, 700)] {
        let mut file = make(&data);
        file.extend([0; 10_000]);
        assert_eq!(read(Compression::Gzip, &file), (data.clone(), None));
        file.push(1);
        let expected = "10001 bytes after the end of the gzip data are not gzip";
        assert_eq!(reason(Compression::Gzip, &file), expected);
    }
}

#[test]
fn checksums_are_looked_at() {
    let data = sample(5000, 29);
    let flip = |file: Vec<u8>, back: usize| {
        let mut file = file;
        let at = file.len() - back;
        file[at] ^= 1;
        file
    };
    let lz4 = flip(lz4_frame(&data, false, true), 1);
    let zstd = flip(zstd_frame(&data, true, true), 1);
    let zstd_reason = "the zstd data is damaged (Restored data doesn't match checksum)";
    for (kind, file, expected) in [
        (Compression::Gzip, flip(gzip(&data), 8), "the checksum of a gzip member is wrong"),
        (Compression::Gzip, flip(gzip(&data), 1), "the size in a gzip member is wrong"),
        (Compression::Lz4, lz4, "the checksum of an lz4 frame is wrong"),
        (Compression::Zstd, zstd, zstd_reason),
        (Compression::Xz, flip(xz(&data), 1), "the end of an xz stream is damaged"),
    ] {
        let (out, damage) = read(kind, &file);
        assert_eq!(damage.unwrap().reason, expected);
        assert!(out == data, "{kind}");
    }
}

#[test]
fn too_much_memory_is_refused() {
    // A window of 1 GiB; then a block.
    let zstd = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 20 << 3, 0x01, 0x00, 0x00];
    assert_eq!(
        reason(Compression::Zstd, &zstd),
        "a zstd frame needs a window of 1024 MiB; more than 128 MiB is not allowed"
    );
    let mut file = xz(&sample(1000, 1));
    // The header of the block: its size, flags, LZMA2, one byte: the dictionary's size.
    assert_eq!(file[12..16], [2, 0, 0x21, 1]);
    file[16] = 38;
    let mut crc = flate2::Crc::new();
    crc.update(&file[12..20]);
    file[20..24].copy_from_slice(&crc.sum().to_le_bytes());
    assert_eq!(
        reason(Compression::Xz, &file),
        "the xz data needs more than 128 MiB of memory, which is not allowed"
    );
}

#[test]
fn units_can_be_unpacked_in_any_order() {
    let data = sample(5 * MIB, 31);
    let cases: [(Compression, Vec<u8>); 4] = [
        (Compression::Bgzf, bgzf(&data, 65_280)),
        (Compression::Zstd, zstd_frames(&data, 300_000)),
        (Compression::Xz, xz_blocks(&data, 300_000)),
        (Compression::Xz, xz_blocks(&data, 2_000_000)),
    ];
    for (kind, file) in cases {
        let mut unpack = opener(kind, memory(&file));
        let mut parts: Vec<(Vec<u8>, Option<Packed>)> = Vec::new();
        loop {
            let mut out = Vec::new();
            match unpack.take(&mut out, MIB).unwrap() {
                Taken::Bytes => parts.push((out, None)),
                Taken::Packed(unit) => parts.push((out, Some(unit))),
                Taken::Broken(damage) => panic!("{damage}"),
                Taken::End => break,
            }
        }
        let units = parts.iter().filter(|part| part.1.is_some()).count();
        assert!(units >= 3, "{kind}: {units} units of {}", parts.len());
        let (count, next) = (parts.len(), AtomicUsize::new(0));
        let parts: Vec<Mutex<_>> = parts.into_iter().map(Mutex::new).collect();
        std::thread::scope(|scope| {
            for _ in 0..3 {
                // The last one first.
                scope.spawn(|| {
                    while let i @ 1.. = count.saturating_sub(next.fetch_add(1, Ordering::Relaxed)) {
                        let (out, unit) = &mut *parts[i - 1].lock().unwrap();
                        unit.iter().for_each(|unit| unit.unpack(out).unwrap());
                    }
                });
            }
        });
        let all: Vec<u8> =
            parts.into_iter().flat_map(|part| part.into_inner().unwrap().0).collect();
        assert!(all == data, "{kind}");
    }
}

/// A source that gives what it has in portions, and looks whether it is asked for more while
/// output that it made possible is still to be taken.
struct Interactive {
    portions: std::vec::IntoIter<(Vec<u8>, usize)>,
    possible: usize,
    taken: Arc<AtomicUsize>,
}

impl Read for Interactive {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        let taken = self.taken.load(Ordering::Relaxed);
        assert!(taken >= self.possible, "{taken} taken of {}", self.possible);
        let Some((bytes, possible)) = self.portions.next() else { return Ok(0) };
        self.possible = possible;
        space[..bytes.len()].copy_from_slice(&bytes);
        Ok(bytes.len())
    }
}

#[test]
fn output_is_not_held_back_for_more_input() {
    let data = sample(20_000, 37);
    let (first, second) = data.split_at(10_000);
    let by_size = |file: &[u8], size: usize| file.chunks(size).map(<[u8]>::to_vec).collect();
    let bgzf_file = bgzf(&data, 3000);
    let bounds = members(&bgzf_file);
    let bgzf_members = bounds.windows(2).map(|m| bgzf_file[m[0]..m[1]].to_vec());
    let cases: Vec<(Compression, Vec<Vec<u8>>)> = vec![
        (Compression::None, by_size(&data, 777)),
        (Compression::Gzip, by_size(&gzip(&data), 300)),
        (Compression::Bgzf, bgzf_members.collect()),
        (Compression::Zstd, vec![zstd_frame(first, true, true), zstd_frame(second, true, false)]),
        (Compression::Zstd, by_size(&zstd_frames(&data, 900), 300)),
        (Compression::Lz4, vec![lz4_frame(first, true, true), lz4_frame(second, true, true)]),
        (Compression::Xz, by_size(&xz_blocks(&data, 2000), 300)),
        (Compression::Bzip2, vec![bzip2(first), bzip2(second)]),
        (Compression::Compress, by_size(&compress(&data), 300)),
    ];
    for (kind, portions) in cases {
        let mut so_far = Vec::new();
        let mut list = Vec::new();
        for portion in portions {
            so_far.extend_from_slice(&portion);
            list.push((portion, read(kind, &so_far).0.len()));
        }
        let taken = Arc::new(AtomicUsize::new(0));
        let portions = list.into_iter();
        let source = Interactive { portions, possible: 0, taken: Arc::clone(&taken) };
        let mut unpack = opener(kind, Box::new(source));
        let mut out = Vec::new();
        loop {
            match unpack.take(&mut out, MIB).unwrap() {
                Taken::Bytes => {}
                Taken::Packed(unit) => unit.unpack(&mut out).unwrap(),
                Taken::Broken(damage) => panic!("{damage}"),
                Taken::End => break,
            }
            taken.store(out.len(), Ordering::Relaxed);
        }
        assert!(out == data, "{kind}");
    }
}

/// A source that fails between portions.
struct Failing(Vec<Result<Vec<u8>, io::ErrorKind>>);

impl Read for Failing {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        match self.0.pop() {
            None => Ok(0),
            Some(Err(kind)) => Err(kind.into()),
            Some(Ok(bytes)) => {
                space[..bytes.len()].copy_from_slice(&bytes);
                Ok(bytes.len())
            }
        }
    }
}

#[test]
fn errors_of_the_source_come_through_and_lose_nothing() {
    let data = sample(20_000, 41);
    for (name, kind, make) in CASES {
        let file = make(&data);
        let mut reads = Vec::new();
        for chunk in file.chunks(1000).rev() {
            reads.push(Ok(chunk.to_vec()));
            reads.push(Err(io::ErrorKind::ConnectionReset));
            reads.push(Err(io::ErrorKind::WouldBlock));
        }
        let mut unpack = opener(*kind, Box::new(Failing(reads)));
        let (mut out, mut errors) = (Vec::new(), 0);
        loop {
            let before = out.len();
            match unpack.take(&mut out, MIB) {
                Ok(Taken::Bytes) => {}
                Ok(Taken::Packed(unit)) => unit.unpack(&mut out).unwrap(),
                Ok(Taken::Broken(damage)) => panic!("{name}: {damage}"),
                Ok(Taken::End) => break,
                Err(_) => {
                    assert_eq!(out.len(), before);
                    errors += 1;
                }
            }
        }
        assert!(errors >= file.len().div_ceil(1000), "{name}: {errors} errors");
        assert!(out == data, "{name}");
    }
}

#[test]
fn a_bomb_goes_off_in_portions() {
    let len = 100 * MIB;
    let zeros = vec![0; len];
    let cases = [
        (Compression::Gzip, gzip(&zeros)),
        (Compression::Zstd, zstd_frame(&zeros, true, true)),
        (Compression::Zstd, zstd_frame(&zeros, false, false)),
        (Compression::Lz4, lz4_frame(&zeros, true, false)),
        (Compression::Xz, xz(&zeros)),
        (Compression::Bzip2, bzip2(&zeros)),
    ];
    drop(zeros);
    for (kind, file) in cases {
        assert!(file.len() < MIB);
        let mut unpack = opener(kind, memory(&file));
        let mut out = Vec::new();
        let mut total = 0;
        loop {
            out.clear();
            match unpack.take(&mut out, MIB).unwrap() {
                Taken::Bytes => assert!(out.len() <= MIB && out.capacity() <= 4 * MIB),
                Taken::End => break,
                other => panic!("{kind}: {other:?}"),
            }
            total += out.len();
        }
        assert_eq!(total, len, "{kind}");
    }
}

// ---- against the tools --------------------------------------------------------------------

/// What `command` makes of `input`, or `None` with a printed reason if it is missing.
fn tool(command: &str, input: &[u8]) -> Option<Vec<u8>> {
    let mut words = command.split(' ');
    let name = words.next()?;
    let spawned = Command::new(name)
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut child = match spawned {
        Ok(child) => child,
        Err(e) => {
            println!("skipped: {name}: {e}");
            return None;
        }
    };
    let mut stdin = child.stdin.take()?;
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    let _ = writer.join();
    Some(output.stdout)
}

#[test]
fn what_the_tools_write_is_read() {
    let data = sample(2 * MIB, 43);
    for (kind, command) in [
        (Compression::Gzip, "gzip -c"),
        (Compression::Bgzf, "bgzip -c"),
        (Compression::Zstd, "zstd -c -q"),
        (Compression::Zstd, "zstd -c -q --long=27 --check"),
        (Compression::Zstd, "pzstd -c -q -p 2"),
        (Compression::Lz4, "lz4 -c -q"),
        (Compression::Lz4, "lz4 -c -q -B4 -BD -BX"),
        (Compression::Lz4, "lz4 -c -q -l"),
        (Compression::Xz, "xz -c"),
        (Compression::Xz, "xz -c -T2 --block-size=300000"),
        (Compression::Xz, "xz -c --check=sha256 --block-size=300000 --x86 --lzma2=preset=1"),
        (Compression::Xz, "xz -c --check=none --delta=dist=4 --lzma2=preset=0"),
        (Compression::Bzip2, "bzip2 -c"),
        (Compression::Compress, "compress -c"),
        // Not -b 9: compress 4.2 then writes a code that does not fit, which nobody can read.
        (Compression::Compress, "compress -c -b 10"),
        (Compression::Compress, "compress -c -b 13"),
    ] {
        let Some(file) = tool(command, &data) else { continue };
        assert_eq!(recognise(&file), Some(kind), "{command}");
        let (out, damage) = read(kind, &file);
        assert_eq!(damage, None, "{command}");
        assert!(out == data, "{command}");
    }
}

#[test]
fn the_tools_read_what_our_writers_write() {
    let data = sample(200_000, 47);
    for (name, kind, make) in CASES {
        let command = match kind {
            Compression::Bgzf => "bgzip -dc",
            Compression::Zstd => "zstd -dc -q",
            Compression::Lz4 => "lz4 -dc -q",
            Compression::Xz => "xz -dc",
            Compression::Bzip2 => "bzip2 -dc",
            // gzip goes on to 10 bits when a table for 9 is full, though nobody writes that.
            _ if *name == "compress -b 9" => continue,
            // It reads .Z, too.
            _ => "gzip -dc",
        };
        let Some(out) = tool(command, &make(&data)) else { continue };
        assert!(out == data, "{command} of {name}: {} bytes", out.len());
    }
}
