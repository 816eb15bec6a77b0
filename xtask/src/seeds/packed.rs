//! Small traces, packed in every way that marey unpacks.

use std::io::Write;

use super::lzw::Lzw;

/// Target, name, bytes.
type Seed = (&'static str, &'static str, Vec<u8>);

/// `data` packed in every way.
pub(super) fn all(data: &[u8]) -> Vec<Seed> {
    let (first, second) = data.split_at(data.len() / 2);
    let halves = |make: fn(&[u8]) -> Vec<u8>| [make(first), make(second)].concat();
    vec![
        ("gzip", "one.gz", gzip(data)),
        ("gzip", "members.gz", [halves(gzip), vec![0; 7]].concat()),
        ("gzip", "stored.gz", gzip_of(data, 0)),
        ("gzip", "bgzf.gz", bgzf(data, 300)),
        ("gzip", "bgzf-then-gzip.gz", [bgzf(first, 200), gzip(second), bgzf(&[], 1)].concat()),
        ("zstd", "one.zst", zstd_frame(data, true, true)),
        ("zstd", "unsized.zst", zstd_frame(data, false, false)),
        ("zstd", "frames.zst", [skippable(), halves(|half| zstd_frame(half, true, true))].concat()),
        (
            "lz4",
            "frames.lz4",
            [lz4(first, false, true), skippable(), lz4(second, true, false)].concat(),
        ),
        ("lz4", "linked.lz4", lz4(data, true, true)),
        ("lz4", "linked-blocks.lz4", lz4_blocks(data)),
        ("lz4", "legacy.lz4", lz4_legacy(data, 300)),
        ("xz", "one.xz", xz(data)),
        ("xz", "blocks.xz", xz_blocks(data, 300)),
        ("xz", "streams.xz", [xz_blocks(first, 200), vec![0; 8], xz(second)].concat()),
        ("bzip2", "one.bz2", bzip2(data)),
        ("bzip2", "streams.bz2", [bzip2(&data[..40]), bzip2(&data[40..80])].concat()),
        ("compress", "blocks.Z", Lzw::pack(data, 16, true, 70_001)),
        ("compress", "clearing.Z", Lzw::pack(data, 10, true, 123)),
        ("compress", "nine.Z", Lzw::pack(data, 9, true, 1000)),
        (
            "compress",
            "wide.Z",
            Lzw::pack(&[&colourful()[..], &[b'a'; 60]].concat(), 16, true, 70_001),
        ),
        ("compress", "no-blocks.Z", Lzw::pack(data, 12, false, 1)),
    ]
}

/// Memory takes everything, so that no writer here fails.
const MEMORY: &str = "memory takes everything";

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut writer = flate2::GzBuilder::new()
        .filename("a name")
        .extra(&b"XX\x03\x00abc"[..])
        .comment("a comment")
        .write(Vec::new(), flate2::Compression::new(6));
    writer.write_all(data).expect(MEMORY);
    writer.finish().expect(MEMORY)
}

fn gzip_of(data: &[u8], level: u32) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(level));
    writer.write_all(data).expect(MEMORY);
    writer.finish().expect(MEMORY)
}

/// Members of at most `size` bytes, and the empty one that ends a bgzf file.
fn bgzf(data: &[u8], size: usize) -> Vec<u8> {
    let mut file = Vec::new();
    for chunk in data.chunks(size).chain([&[][..]]) {
        let level = flate2::Compression::new(6);
        let mut writer = flate2::write::DeflateEncoder::new(Vec::new(), level);
        writer.write_all(chunk).expect(MEMORY);
        let body = writer.finish().expect(MEMORY);
        file.extend_from_slice(&[0x1F, 0x8B, 8, 4, 0, 0, 0, 0, 0, 0xFF, 6, 0, b'B', b'C', 2, 0]);
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
    let mut writer = zstd::stream::Encoder::new(Vec::new(), 3).expect(MEMORY);
    writer.include_checksum(checksum).expect(MEMORY);
    if size {
        writer.set_pledged_src_size(Some(data.len() as u64)).expect(MEMORY);
    }
    writer.write_all(data).expect(MEMORY);
    writer.finish().expect(MEMORY)
}

fn skippable() -> Vec<u8> {
    b"\x5A\x2A\x4D\x18\x05\x00\x00\x00never".to_vec()
}

fn lz4(data: &[u8], linked: bool, sums: bool) -> Vec<u8> {
    use lz4_flex::frame::{BlockMode, BlockSize, FrameEncoder, FrameInfo};
    let info = FrameInfo::new()
        .block_mode(if linked { BlockMode::Linked } else { BlockMode::Independent })
        .block_size(BlockSize::Max64KB)
        .block_checksums(sums)
        .content_checksum(sums)
        .content_size(sums.then_some(data.len() as u64));
    let mut writer = FrameEncoder::with_frame_info(info, Vec::new());
    writer.write_all(data).expect(MEMORY);
    writer.finish().expect(MEMORY)
}

/// A frame of two blocks, the second of which refers to the first.
fn lz4_blocks(data: &[u8]) -> Vec<u8> {
    const BLOCK_BYTES: usize = 64 << 10;
    let long: Vec<u8> = data.iter().copied().cycle().take(BLOCK_BYTES + 400).collect();
    lz4(&long, true, false)
}

fn lz4_legacy(data: &[u8], size: usize) -> Vec<u8> {
    let mut file = vec![0x02, 0x21, 0x4C, 0x18];
    for chunk in data.chunks(size) {
        let block = lz4_flex::block::compress(chunk);
        file.extend_from_slice(&(block.len() as u32).to_le_bytes());
        file.extend_from_slice(&block);
    }
    file
}

/// One block without its sizes in its header.
fn xz(data: &[u8]) -> Vec<u8> {
    let mut writer = liblzma::write::XzEncoder::new(Vec::new(), 1);
    writer.write_all(data).expect(MEMORY);
    writer.finish().expect(MEMORY)
}

/// Blocks with their sizes in their headers, as `xz -T` makes them.
fn xz_blocks(data: &[u8], size: u64) -> Vec<u8> {
    use liblzma::stream::{Check, MtStreamBuilder};
    let mut builder = MtStreamBuilder::new();
    let stream = builder.threads(1).preset(1).block_size(size).check(Check::Crc64).encoder();
    let mut writer = liblzma::write::XzEncoder::new_stream(Vec::new(), stream.expect(MEMORY));
    writer.write_all(data).expect(MEMORY);
    writer.finish().expect(MEMORY)
}

/// Bytes of which no two in a row come again, so that each defines a code.
fn colourful() -> Vec<u8> {
    [7_u8, 11]
        .into_iter()
        .flat_map(|step| (0..=255_u8).map(move |i| i.wrapping_mul(step)))
        .collect()
}

fn bzip2(data: &[u8]) -> Vec<u8> {
    let mut writer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::new(1));
    writer.write_all(data).expect(MEMORY);
    writer.finish().expect(MEMORY)
}
