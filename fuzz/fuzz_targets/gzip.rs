//! Fuzzes [`marey_fuzz::gzip`].
#![cfg_attr(fuzzing, no_main)]

marey_fuzz::target!(gzip);
