//! Fuzzes [`marey_fuzz::xz`].
#![cfg_attr(fuzzing, no_main)]

marey_fuzz::target!(xz);
