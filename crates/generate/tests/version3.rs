//! Configurations of version 3: what is said about files that are wrong.

#[path = "version3/bad.rs"]
mod bad;
#[path = "support/goldens.rs"]
mod goldens;
