//! Fuzzes [`marey_fuzz::compress`].
#![cfg_attr(fuzzing, no_main)]

marey_fuzz::target!(compress);
