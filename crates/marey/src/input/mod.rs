//! Sources, blocks of bytes, decompression.

pub mod compress;
