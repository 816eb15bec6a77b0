//! Fuzzes [`marey_fuzz::snoop`].
#![cfg_attr(fuzzing, no_main)]

marey_fuzz::target!(snoop);
