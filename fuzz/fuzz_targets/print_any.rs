//! Fuzzes [`marey_fuzz::print_any`].
#![cfg_attr(fuzzing, no_main)]

marey_fuzz::target!(print_any);
