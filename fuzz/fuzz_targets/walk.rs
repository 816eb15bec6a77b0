//! Fuzzes [`marey_fuzz::walk`].
#![cfg_attr(fuzzing, no_main)]

marey_fuzz::target!(walk);
