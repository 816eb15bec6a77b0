//! lz4: frames, and the legacy format.

use marey::input::compress::{Compression, recognise};
use marey::testing::pack::{lz4, lz4_legacy, skippable};

use super::{Case, flipped, read, sample};

pub(crate) const CASES: &[Case] = &[
    Case::new("lz4 frames", Compression::Lz4, |data| {
        let (first, second) = data.split_at(data.len() / 3);
        [lz4(first, false, true), skippable(), lz4(second, true, false)].concat()
    })
    .ending(|data, _| {
        let first = lz4(&data[..data.len() / 3], false, true).len();
        vec![first, first + skippable().len()]
    }),
    Case::new("lz4 linked", Compression::Lz4, |data| lz4(data, true, true)),
    Case::new("lz4 legacy", Compression::Lz4, |data| lz4_legacy(data, 8 << 20))
        .ending(|_, _| vec![4]),
    Case::new("lz4 legacy blocks", Compression::Lz4, |data| {
        let (first, second) = data.split_at(data.len() / 2);
        [lz4_legacy(first, 1000), lz4(second, false, false)].concat()
    })
    .ending(|data, _| {
        // A file ends where a block of it does.
        let blocks = data[..data.len() / 2].chunks(1000).map(|block| lz4_legacy(block, 1000).len());
        let mut ends = vec![4];
        blocks.for_each(|len| ends.push(ends.last().unwrap() + len - 4));
        ends
    }),
];

#[test]
fn is_told_from_zstd_by_what_follows_skippable_frames() {
    let file = [skippable(), lz4(b"x", false, false)].concat();
    assert_eq!(recognise(&file), Some(Compression::Lz4));
    assert_eq!(recognise(&file[..10]), Some(Compression::Zstd));
}

#[test]
fn the_checksum_is_looked_at() {
    let data = sample(5000, 29);
    let (out, damage) = read(Compression::Lz4, &flipped(lz4(&data, false, true), 1));
    assert_eq!(damage.unwrap().reason, "the checksum of an lz4 frame is wrong");
    assert!(out == data);
}
