//! bzip2.

use marey::input::compress::Compression;
use marey::testing::pack::bzip2;

use super::{Case, halves};

pub(crate) const CASES: &[Case] = &[
    Case::new("bzip2", Compression::Bzip2, bzip2),
    Case::new("bzip2 streams", Compression::Bzip2, |data| halves(data, bzip2))
        .ending(|data, _| vec![bzip2(&data[..data.len() / 2]).len()]),
];
