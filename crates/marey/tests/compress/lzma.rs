//! `.lzma`.

use marey::input::compress::{Compression, recognise};
use marey::testing::pack::lzma;

use super::{Case, read, reason, sample};

pub(crate) const CASES: &[Case] = &[
    Case::new("lzma", Compression::Lzma, |data| lzma(data, false)),
    // It is whole when all is there that it says it holds.
    Case::new("lzma with its size", Compression::Lzma, |data| lzma(data, true)).ending(
        |data, file| (13..file.len()).filter(|&cut| all_of(&file[..cut]) == data).collect(),
    ),
];

fn all_of(file: &[u8]) -> Vec<u8> {
    read(Compression::Lzma, file).0
}

#[test]
fn what_stands_behind_a_known_size_is_not_looked_at() {
    let data = sample(3000, 5);
    let file = [lzma(&data, true), b"anything".to_vec()].concat();
    assert_eq!(read(Compression::Lzma, &file), (data.clone(), None));
    // Few bytes are there for the end.
    let file = lzma(&data, true);
    let whole = (13..file.len()).find(|&cut| all_of(&file[..cut]) == data).unwrap();
    assert!((1..20).contains(&(file.len() - whole)), "{whole} of {}", file.len());
}

#[test]
fn what_only_begins_alike_is_not_taken_for_it() {
    let file = lzma(b"hello", false);
    assert_eq!(recognise(&file), Some(Compression::Lzma));
    // The properties, the size of the dictionary, the size of what is in it, the data's first byte.
    for (at, wrong) in [(0, 0x5c), (1, 0x11), (12, 0x7f), (13, 1)] {
        let mut file = file.clone();
        file[at] = wrong;
        assert_eq!(recognise(&file), None, "byte {at}");
    }
    assert_eq!(recognise(&file[..13]), None);
}

#[test]
fn too_much_memory_is_refused() {
    let mut file = lzma(&sample(1000, 1), false);
    file[1..5].copy_from_slice(&(1_u32 << 30).to_le_bytes());
    assert_eq!(
        reason(Compression::Lzma, &file),
        "the lzma data needs more than 128 MiB of memory, which is not allowed"
    );
}
