//! Deterministic traces, made by our own generator.

pub mod flows;
pub mod frames;
pub mod rng;
