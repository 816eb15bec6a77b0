//! Fuzzes [`marey_fuzz::bzip2`].
#![cfg_attr(fuzzing, no_main)]

marey_fuzz::target!(bzip2);
