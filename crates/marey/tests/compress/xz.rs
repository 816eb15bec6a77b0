//! xz.

use marey::input::compress::Compression;
use marey::testing::pack::{xz, xz_blocks};

use super::{Case, flipped, read, reason, sample};

pub(crate) const CASES: &[Case] = &[
    Case::new("xz", Compression::Xz, xz),
    Case::new("xz blocks", Compression::Xz, |data| xz_blocks(data, 100_000)),
    Case::new("xz streams", Compression::Xz, |data| {
        let (first, second) = data.split_at(data.len() / 2);
        [xz_blocks(first, 700), vec![0; 8], xz(second)].concat()
    })
    .ending(|data, _| {
        let first = xz_blocks(&data[..data.len() / 2], 700).len();
        (0..3).map(|words| first + 4 * words).collect()
    }),
];

#[test]
fn the_end_is_looked_at() {
    let data = sample(5000, 29);
    let (out, damage) = read(Compression::Xz, &flipped(xz(&data), 1));
    assert_eq!(damage.unwrap().reason, "the end of an xz stream is damaged");
    assert!(out == data);
}

#[test]
fn too_much_memory_is_refused() {
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
