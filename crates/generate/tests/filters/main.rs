//! Filters in tracers: events that are left out, and what decides at run time.
#![cfg(unix)]

#[path = "../support/each.rs"]
#[allow(dead_code, reason = "only folders are needed")]
mod each;
#[path = "../support/machine.rs"]
#[allow(dead_code, reason = "only what runs commands is needed")]
mod machine;

mod configured;
mod cost;
mod left_out;
mod run_time;
mod support;
