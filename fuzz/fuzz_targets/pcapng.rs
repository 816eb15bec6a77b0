//! Fuzzes [`marey_fuzz::pcapng`].
#![cfg_attr(fuzzing, no_main)]

marey_fuzz::target!(pcapng);
