//! Configurations of version 3: what is said about files that are wrong.

#[path = "version3/bad.rs"]
mod bad;
#[path = "support/goldens.rs"]
#[allow(dead_code, reason = "all goldens are those of files with mistakes")]
mod goldens;
