//! What a file of packets is like between any two writes.
#![cfg(target_os = "linux")]

use std::path::Path;

use marey_recorder::pcapng::{About, Description, Left, Pcapng, Statistics, repair};

const PAGE: usize = 4096;
/// The type of blocks that stand where no other one has a place.
const PADDING: [u8; 4] = 0xed61_7265_u32.to_ne_bytes();

/// Where the blocks of a file begin and end, which must fill it.
fn blocks(bytes: &[u8]) -> Vec<(usize, usize)> {
    let word = |at: usize| u32::from_ne_bytes(bytes[at..at + 4].try_into().expect("a word"));
    let (mut at, mut blocks) = (0, Vec::new());
    while at < bytes.len() {
        let len = word(at + 4) as usize;
        assert!(len >= 12 && len.is_multiple_of(4), "{len} at {at}");
        assert_eq!(word(at + len - 4) as usize, len, "at {at}");
        blocks.push((at, at + len));
        at += len;
    }
    blocks
}

fn made(name: &str) -> (std::path::PathBuf, Pcapng) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("pcapng-{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    let about = About { hardware: "a machine".into(), ..About::default() };
    let interface = Description { link_type: 1, name: "an end".into(), ..Description::default() };
    let file = Pcapng::create(&folder, "file", &about, &[interface]).expect("a file");
    (folder.join("file"), file)
}

#[test]
fn blocks_lie_in_one_page_if_they_can() {
    let (path, mut file) = made("pages");
    let (mut packets, mut state) = (Vec::new(), 1_u64);
    for number in 0..3000_usize {
        // Lengths at random, and all that leave little of a page.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let len = match number % 4 {
            0 => 4040 + number / 4 % 60,
            1 => (state >> 33) as usize % 100,
            2 => (state >> 33) as usize % 2000,
            _ => (state >> 33) as usize % 9000,
        };
        let packet = vec![number as u8; len];
        let (before, behind) = packet.split_at(len / 3);
        file.packet((0, number as u64, len as u32), &[before, behind]).expect("written");
        packets.push(packet);
        if state >> 60 == 0 {
            let statistics = Statistics { end: number as u64, ..Statistics::default() };
            file.statistics(&statistics).expect("written");
        }
        if state >> 62 == 0 {
            file.commit().expect("written");
            let there = std::fs::metadata(&path).expect("a file").len();
            assert_eq!(there, file.bytes());
        }
        if number % 50 == 0 {
            blocks(&std::fs::read(&path).expect("a file"));
        }
    }
    file.commit().expect("written");
    drop(file);
    let bytes = std::fs::read(&path).expect("a file");
    let blocks = blocks(&bytes);
    let padding = blocks.iter().filter(|(begin, _)| bytes[*begin..].starts_with(&PADDING));
    let padding: usize = padding.map(|(begin, end)| end - begin).sum();
    // What leaves 4 or 8 bytes of a page leaves no room for padding.
    for (begin, end) in blocks.iter().filter(|(begin, end)| end - begin < PAGE - 8) {
        assert_eq!(begin / PAGE, (end - 1) / PAGE, "{begin} to {end}");
    }
    let mut reader = marey::open(&path).expect("a trace").reader();
    let mut seen = Vec::new();
    while let Some(record) = reader.next() {
        seen.extend(record.packet().map(|packet| packet.bytes().to_vec()));
    }
    assert!(seen == packets);
    let account = reader.account();
    assert_eq!((account.damaged, account.sum()), (0, bytes.len() as u64));
    assert_eq!(account.padding, padding as u64, "padding is no record");
}

#[test]
fn a_block_that_is_cut_is_cut_off() {
    let (path, mut file) = made("repair");
    for number in 0..10 {
        file.packet((0, number, 100), &[&[1; 100]]).expect("written");
    }
    file.commit().expect("written");
    drop(file);
    let whole = std::fs::read(&path).expect("a file");
    let ends: Vec<_> = blocks(&whole).into_iter().map(|(_, end)| end).collect();
    for len in ends[0]..=whole.len() {
        std::fs::write(&path, &whole[..len]).expect("written");
        let kept = ends.iter().copied().filter(|end| *end <= len).max().expect("the first");
        let cut = (len - kept) as u64;
        assert_eq!(repair(&path).expect("it is read"), Left::Whole { cut }, "{len}");
        assert_eq!(std::fs::read(&path).expect("a file"), &whole[..kept]);
    }
    let mut damaged = whole.clone();
    damaged[ends[1] + 4] ^= 4;
    std::fs::write(&path, &damaged).expect("written");
    assert_eq!(repair(&path).expect("it is read"), Left::Damaged { at: ends[1] as u64 });
    assert_eq!(std::fs::read(&path).expect("a file"), damaged);
}
