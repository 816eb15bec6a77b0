//! Schemas to write, and goldens to compare with.
#![allow(dead_code, reason = "not every test needs all of it")]

pub mod build;
pub mod golden;
pub mod schemas;
