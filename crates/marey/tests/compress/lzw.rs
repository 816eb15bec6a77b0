//! The `.Z` of compress(1).

use marey::input::compress::Compression;
use marey::testing::pack::compress;

use super::Case;

pub(crate) const CASES: &[Case] = &[
    Case::new("compress", Compression::Compress, |data| compress(data, 16, true, 70_001)),
    Case::new("compress -b 9", Compression::Compress, |data| compress(data, 9, true, 1000)),
    Case::new("compress -b 12, no blocks", Compression::Compress, |data| {
        compress(data, 12, false, 1)
    }),
    Case::new("compress -b 10, clearing", Compression::Compress, |data| {
        compress(data, 10, true, 123)
    }),
];
