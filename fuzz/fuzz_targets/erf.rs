//! Fuzzes [`marey_fuzz::erf`].
#![cfg_attr(fuzzing, no_main)]

marey_fuzz::target!(erf);
