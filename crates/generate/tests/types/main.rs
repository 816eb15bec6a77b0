//! Field types that barectf does not have: tracers in C and Rust write the same, babeltrace2 reads
//! what was traced, nothing is written behind a packet, and mistakes are told. And numbers that
//! stay, and constants.
#![cfg(unix)]

mod bad;
mod configuration;
#[path = "../support/each.rs"]
#[allow(dead_code, reason = "all is compared at any speed")]
mod each;
#[path = "../support/goldens.rs"]
mod goldens;
mod ids;
mod in_c;
mod in_rust;
#[cfg(target_os = "linux")]
mod layer;
#[path = "../support/machine.rs"]
#[allow(dead_code, reason = "only some machines are needed")]
mod machine;
mod metadata;
mod programs;
#[path = "../support/random.rs"]
#[allow(dead_code, reason = "only some choices are needed")]
mod random;
mod reading;
mod streams;
mod values;
mod version2;
