//! Fuzzes [`marey_fuzz::format`].
#![cfg_attr(fuzzing, no_main)]

marey_fuzz::target!(format);
