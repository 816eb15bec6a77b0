//! gzip and bgzf.

use marey::input::compress::Compression;
use marey::testing::pack::{bgzf, gzip};

use super::{Case, flipped, halves, read, reason, sample};

pub(crate) const CASES: &[Case] = &[
    Case::new("gzip", Compression::Gzip, gzip),
    Case::new("gzip members", Compression::Gzip, |data| halves(data, gzip))
        .ending(|data, _| vec![gzip(&data[..data.len() / 2]).len()]),
    Case::new("bgzf", Compression::Bgzf, |data| bgzf(data, 65_280)).ending(|_, file| members(file)),
    Case::new("bgzf of small members", Compression::Bgzf, |data| bgzf(data, 700))
        .ending(|_, file| members(file)),
    Case::new("bgzf and gzip", Compression::Bgzf, |data| {
        let (first, second) = data.split_at(data.len() / 2);
        [bgzf(first, 60_000), gzip(second), bgzf(&[], 1)].concat()
    })
    .ending(|data, _| {
        let (first, second) = data.split_at(data.len() / 2);
        let mut ends = members(&bgzf(first, 60_000));
        ends.push(ends.last().unwrap() + gzip(second).len());
        ends
    }),
];

/// Where the members of a bgzf file begin and end.
pub(crate) fn members(file: &[u8]) -> Vec<usize> {
    let mut ends = vec![0];
    loop {
        let at = *ends.last().unwrap();
        let Some(field) = file.get(at + 16..at + 18) else { return ends };
        ends.push(at + 1 + usize::from(u16::from_le_bytes([field[0], field[1]])));
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
fn checksum_and_size_are_looked_at() {
    let data = sample(5000, 29);
    for (back, expected) in
        [(8, "the checksum of a gzip member is wrong"), (1, "the size in a gzip member is wrong")]
    {
        let (out, damage) = read(Compression::Gzip, &flipped(gzip(&data), back));
        assert_eq!(damage.unwrap().reason, expected);
        assert!(out == data);
    }
}
