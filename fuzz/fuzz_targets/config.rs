//! Fuzzes [`marey_fuzz::config`].
#![cfg_attr(fuzzing, no_main)]

marey_fuzz::target!(config);
