//! lz4: frames, and the legacy format.

use std::path::Path;

use marey::input::compress::{Compression, opener, recognise};
use marey::testing::pack::{lz4, lz4_legacy, skippable};
use marey::testing::trace;

use super::{Case, drain, dribble, flipped, read, sample};

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

/// A skippable frame that is longer than what recognition gets to see.
fn behind_skippable(data: &[u8]) -> Vec<u8> {
    let len = 70_000_u32;
    let frame = [&[0x5f, 0x2a, 0x4d, 0x18][..], &len.to_le_bytes(), &vec![7; len as usize]];
    [&frame.concat(), &skippable()[..], &lz4(data, false, false)].concat()
}

#[test]
fn is_told_from_zstd_by_what_follows_skippable_frames() {
    let file = [skippable(), lz4(b"x", false, false)].concat();
    assert_eq!(recognise(&file), Some(Compression::Lz4));
    assert_eq!(recognise(&file[..10]), Some(Compression::Zstd));
}

#[test]
fn is_read_behind_skippable_frames_of_any_length() {
    let data = sample(5000, 31);
    let file = behind_skippable(&data);
    assert_eq!(recognise(&file[..64]), Some(Compression::Zstd));
    assert_eq!(read(Compression::Zstd, &file), (data.clone(), None));
    assert_eq!(drain(opener(Compression::Zstd, dribble(&file)), 1000), (data, None));
    let (out, damage) = read(Compression::Zstd, &file[..60_000]);
    assert_eq!(out, []);
    assert_eq!(damage.unwrap().reason, "the zstd data ends in the middle of a frame");
}

#[test]
fn a_file_is_called_lz4_however_long_the_skippable_frames_are() {
    let made = trace::small("le-us.pcap").unwrap();
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("skippable.lz4");
    std::fs::write(&path, behind_skippable(&made.bytes)).unwrap();
    let trace = marey::open(&path).unwrap();
    assert_eq!(trace.compression(), Compression::Lz4);
    assert_eq!(trace.format(), "pcap");
    let mut reader = trace.reader();
    let mut packets = 0;
    while let Some(record) = reader.next() {
        packets += usize::from(matches!(record, marey::Record::Packet(_)));
    }
    assert_eq!(packets, made.packets().count());
}

#[test]
fn the_checksum_is_looked_at() {
    let data = sample(5000, 29);
    let (out, damage) = read(Compression::Lz4, &flipped(lz4(&data, false, true), 1));
    assert_eq!(damage.unwrap().reason, "the checksum of an lz4 frame is wrong");
    assert!(out == data);
}
