//! Fuzzes [`marey_fuzz::yaml`].
#![cfg_attr(fuzzing, no_main)]

marey_fuzz::target!(yaml);
