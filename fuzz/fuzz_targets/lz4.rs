//! Fuzzes [`marey_fuzz::lz4`].
#![cfg_attr(fuzzing, no_main)]

marey_fuzz::target!(lz4);
