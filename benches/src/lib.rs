//! Benchmarks: marey beside its peers in one run on one machine. A wrong answer is a failed run.

pub mod busiest;
pub mod child;
pub mod definition;
pub mod engines;
#[cfg(unix)]
pub mod generate;
pub mod instructions;
pub mod kernel;
#[cfg(target_os = "linux")]
pub mod layer;
pub mod machine;
pub mod race;
pub mod traces;
pub mod walk;
