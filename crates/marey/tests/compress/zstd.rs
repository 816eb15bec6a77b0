//! zstd.

use marey::input::compress::Compression;
use marey::testing::pack::{skippable, zstd};

use super::{Case, flipped, read, reason, sample};

pub(crate) const CASES: &[Case] = &[
    Case::new("zstd", Compression::Zstd, |data| zstd(data, true, false)),
    Case::new("zstd frames", Compression::Zstd, |data| frames(data, 900))
        .ending(|data, _| ends(data, 900)),
    Case::new("zstd larger frames", Compression::Zstd, |data| frames(data, 600_000))
        .ending(|data, _| ends(data, 600_000)),
];

/// Frames of all kinds, with skippable ones around them.
pub(crate) fn frames(data: &[u8], size: usize) -> Vec<u8> {
    parts(data, size).concat()
}

fn parts(data: &[u8], size: usize) -> Vec<Vec<u8>> {
    let mut parts = vec![skippable()];
    for (i, chunk) in data.chunks(size).enumerate() {
        parts.push(zstd(chunk, i % 2 == 0, i % 3 == 0));
        parts.push(skippable());
    }
    parts
}

fn ends(data: &[u8], size: usize) -> Vec<usize> {
    let mut end = 0;
    let lens = parts(data, size).into_iter().map(|part| part.len());
    lens.map(|len| {
        end += len;
        end
    })
    .collect()
}

#[test]
fn the_checksum_is_looked_at() {
    let data = sample(5000, 29);
    let (out, damage) = read(Compression::Zstd, &flipped(zstd(&data, true, true), 1));
    let expected = "the zstd data is damaged (Restored data doesn't match checksum)";
    assert_eq!(damage.unwrap().reason, expected);
    assert!(out == data);
}

#[test]
fn too_much_memory_is_refused() {
    // A window of 1 GiB; then a block.
    let zstd = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 20 << 3, 0x01, 0x00, 0x00];
    assert_eq!(
        reason(Compression::Zstd, &zstd),
        "a zstd frame needs a window of 1024 MiB; more than 128 MiB is not allowed"
    );
}
