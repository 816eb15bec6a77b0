//! Fuzzes [`marey_fuzz::words`].
#![cfg_attr(fuzzing, no_main)]

marey_fuzz::target!(words);
