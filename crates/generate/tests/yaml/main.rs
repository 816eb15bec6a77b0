//! YAML as it is read and written, and what is said about files that can't be.

mod bad;
mod bounds;
mod diagnostics;
mod format;
#[path = "../support/goldens.rs"]
mod goldens;
mod properties;
mod pyyaml;
mod support;
