//! The programs of the guide, run as processes, on traces that say what the answer is.
#![cfg(feature = "testing")]

#[path = "examples/made.rs"]
mod made;
#[path = "examples/pages.rs"]
mod pages;
#[path = "examples/programs.rs"]
mod programs;
#[path = "examples/run.rs"]
mod run;
#[path = "examples/streams.rs"]
mod streams;
