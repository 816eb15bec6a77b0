//! YAML as it is read and written, and what is said about files that can't be.

mod bad;
mod bounds;
mod diagnostics;
mod format;
#[path = "../support/goldens.rs"]
#[allow(dead_code, reason = "all goldens are those of files with mistakes")]
mod goldens;
mod properties;
mod pyyaml;
mod support;
