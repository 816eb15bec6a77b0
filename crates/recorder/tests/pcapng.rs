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

/// Adds packets with these lengths, and commits them now and then: every so many on average. The
/// file must be whole all the time. Its bytes, and its blocks.
fn filled(
    name: &str,
    len: impl Fn(usize, usize) -> usize,
    commit_every: usize,
) -> (Vec<u8>, Vec<(usize, usize)>) {
    let (path, mut file) = made(name);
    let (mut packets, mut state) = (Vec::new(), 1_u64);
    for number in 0..3000_usize {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let random = (state >> 33) as usize;
        let len = len(number, random);
        let packet = vec![number as u8; len];
        let (before, behind) = packet.split_at(len / 3);
        file.packet((0, number as u64, len as u32), &[before, behind]).expect("written");
        packets.push(packet);
        if state >> 60 == 0 {
            let statistics = Statistics { end: number as u64, ..Statistics::default() };
            file.statistics(&statistics).expect("written");
        }
        if random.is_multiple_of(commit_every) {
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
    let mut reader = marey::open(&path).expect("a trace").reader();
    let mut seen = Vec::new();
    while let Some(record) = reader.next() {
        seen.extend(record.packet().map(|packet| packet.bytes().to_vec()));
    }
    assert!(seen == packets);
    let account = reader.account();
    assert_eq!((account.damaged, account.sum()), (0, bytes.len() as u64));
    assert_eq!(account.padding, padding(&bytes, &blocks), "padding is no record");
    (bytes, blocks)
}

/// How many bytes of a file stand for nothing.
fn padding(bytes: &[u8], blocks: &[(usize, usize)]) -> u64 {
    let padding = blocks.iter().filter(|(begin, _)| bytes[*begin..].starts_with(&PADDING));
    padding.map(|(begin, end)| (end - begin) as u64).sum()
}

#[test]
fn blocks_lie_in_one_page_if_they_come_slowly() {
    // Lengths at random, and those that leave little of a page.
    let len = |number: usize, random: usize| match number % 3 {
        0 => 4064 - 12 - number / 3 % 60,
        1 => random % 100,
        _ => random % 2000,
    };
    let (_, blocks) = filled("pages", len, 4);
    for (begin, end) in blocks {
        assert_eq!(begin / PAGE, (end - 1) / PAGE, "{begin} to {end}");
    }
}

#[test]
fn many_blocks_that_come_at_once_need_no_padding() {
    for (name, commit_every) in [("many", usize::MAX), ("often", 4)] {
        let len = |number: usize, random: usize| match number {
            // From the first one on that is long.
            10 => 5000,
            _ => random % 9000,
        };
        let (bytes, blocks) = filled(name, len, commit_every);
        assert!(padding(&bytes, &blocks) < 11 * PAGE as u64, "{name}");
    }
    let (bytes, blocks) = filled("short", |_, random| random % 1500, usize::MAX);
    assert!(padding(&bytes, &blocks) < 17 * PAGE as u64);
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

/// Set where files may be only so long, until somebody allows more.
const IS_SHORT: &str = "MAREY_TEST_SHORT_FILES";

#[test]
fn after_a_write_that_fails_half_way_the_file_is_whole() {
    if std::env::var_os(IS_SHORT).is_some() {
        return goes_on_when_there_is_room();
    }
    let own = std::env::current_exe().expect("it runs");
    let status = std::process::Command::new("sh")
        .args(["-c", "trap '' XFSZ; exec prlimit --fsize=150000:unlimited \"$0\" \"$@\""])
        .arg(own)
        .args(["--exact", "after_a_write_that_fails_half_way_the_file_is_whole", "--nocapture"])
        .env(IS_SHORT, "1")
        .status();
    assert!(status.expect("a shell").success());
}

fn goes_on_when_there_is_room() {
    let (path, mut file) = made("short");
    let mut added = 0;
    let mut packet = |file: &mut Pcapng, number: u64, len: usize| {
        file.packet((0, number, len as u32), &[&vec![number as u8; len]])?;
        added += 1;
        if number.is_multiple_of(3) { file.commit() } else { Ok(()) }
    };
    let failed = (0..100).find(|number| packet(&mut file, *number, 5000).is_err());
    assert!(failed.is_some_and(|failed| failed > 20), "{failed:?}");
    blocks(&std::fs::read(&path).expect("a file"));
    assert!(packet(&mut file, 100, 50_000).is_ok(), "it waits");
    assert!(packet(&mut file, 102, 50_000).is_err(), "there still is no room");
    let own = std::process::id().to_string();
    let mut more = std::process::Command::new("prlimit");
    more.args(["--fsize=unlimited", "--pid", &own]);
    assert!(more.status().expect("prlimit").success());
    for number in 103..200 {
        packet(&mut file, number, 900).expect("there is room");
    }
    file.commit().expect("there is room");
    let lost = file.take_lost()[0];
    let bytes = std::fs::read(&path).expect("a file");
    assert_eq!(bytes.len() as u64, file.bytes());
    blocks(&bytes);
    let mut reader = marey::open(&path).expect("a trace").reader();
    let mut stored = 0;
    while let Some(record) = reader.next() {
        stored += u64::from(record.packet().is_some());
    }
    assert_eq!((reader.account().damaged, stored + lost), (0, added), "{lost} lost");
    assert!(lost > 0);
}
