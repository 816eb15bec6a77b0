//! Fuzzes [`marey_fuzz::zstd`].
#![cfg_attr(fuzzing, no_main)]

marey_fuzz::target!(zstd);
