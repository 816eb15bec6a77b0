//! Fuzzes [`marey_fuzz::pcap`].
#![cfg_attr(fuzzing, no_main)]

marey_fuzz::target!(pcap);
