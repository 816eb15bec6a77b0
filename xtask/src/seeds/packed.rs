//! Small traces, packed in every way that marey unpacks.

use marey::testing::pack::{
    bgzf, bzip2, compress, gzip, gzip_stored, lz4, lz4_legacy, lzma, skippable, xz, xz_blocks, zstd,
};

/// Target, name, bytes.
type Seed = (&'static str, &'static str, Vec<u8>);

/// `data` packed in every way.
pub(super) fn all(data: &[u8]) -> Vec<Seed> {
    let (first, second) = data.split_at(data.len() / 2);
    let halves = |make: fn(&[u8]) -> Vec<u8>| [make(first), make(second)].concat();
    vec![
        ("gzip", "one.gz", gzip(data)),
        ("gzip", "members.gz", [halves(gzip), vec![0; 7]].concat()),
        ("gzip", "stored.gz", gzip_stored(data)),
        ("gzip", "bgzf.gz", bgzf(data, 300)),
        ("gzip", "bgzf-then-gzip.gz", [bgzf(first, 200), gzip(second), bgzf(&[], 1)].concat()),
        ("zstd", "one.zst", zstd(data, true, true)),
        ("zstd", "unsized.zst", zstd(data, false, false)),
        ("zstd", "frames.zst", [skippable(), halves(|half| zstd(half, true, true))].concat()),
        ("zstd", "holds-more-than-it-says.zst", zstd_of(&[4, 0, 0, 0], 0x94, &[(0, 300)])),
        ("zstd", "holds-nothing.zst", zstd_of(&[0], 0x20, &[(1, 0)])),
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
        ("xz", "one.lzma", lzma(data, false)),
        ("bzip2", "one.bz2", bzip2(data)),
        ("bzip2", "streams.bz2", [bzip2(&data[..40]), bzip2(&data[40..80])].concat()),
        ("compress", "blocks.Z", compress(data, 16, true, 70_001)),
        ("compress", "clearing.Z", compress(data, 10, true, 123)),
        ("compress", "nine.Z", compress(data, 9, true, 1000)),
        (
            "compress",
            "wide.Z",
            compress(&[&colourful()[..], &[b'a'; 60]].concat(), 16, true, 70_001),
        ),
        ("compress", "no-blocks.Z", compress(data, 12, false, 1)),
    ]
}

/// A zstd frame with this descriptor, content size and blocks of zeros: their types and sizes. The
/// descriptor 0x94 has a window, too.
fn zstd_of(content: &[u8], descriptor: u8, blocks: &[(u32, u32)]) -> Vec<u8> {
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, descriptor];
    if descriptor & 0x20 == 0 {
        frame.push(0x5e);
    }
    frame.extend_from_slice(content);
    for (at, (kind, size)) in (1..).zip(blocks) {
        let last = u32::from(at == blocks.len());
        frame.extend_from_slice(&(size << 3 | kind << 1 | last).to_le_bytes()[..3]);
        let len = if *kind == 1 { 1 } else { *size as usize };
        frame.resize(frame.len() + len, 0);
    }
    frame
}

/// A frame of two blocks, the second of which refers to the first.
fn lz4_blocks(data: &[u8]) -> Vec<u8> {
    const BLOCK_BYTES: usize = 64 << 10;
    let long: Vec<u8> = data.iter().copied().cycle().take(BLOCK_BYTES + 400).collect();
    lz4(&long, true, false)
}

/// Bytes of which no two in a row come again, so that each defines a code.
fn colourful() -> Vec<u8> {
    [7_u8, 11]
        .into_iter()
        .flat_map(|step| (0..=255_u8).map(move |i| i.wrapping_mul(step)))
        .collect()
}
