//! Fuzzes [`marey_fuzz::filter`].
#![cfg_attr(fuzzing, no_main)]

marey_fuzz::target!(filter);
