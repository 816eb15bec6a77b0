//! What tests put into traces, and where they put traces.
#![allow(dead_code, reason = "not every test needs all of it")]

use std::path::{Path, PathBuf};

use marey::testing::{Made, frames, trace};

use super::process::scratch;

/// The ready-made trace of this name.
pub fn small(name: &str) -> Made {
    trace::small(name).expect("a ready-made trace of this name")
}

/// Writes a file and gives its path.
pub fn write(directory: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = directory.join(name);
    std::fs::write(&path, bytes).expect("the file is written");
    path
}

/// Writes all ready-made traces, sound and damaged, and gives their directory.
pub fn all_traces(test: &str) -> PathBuf {
    let directory = scratch(test);
    for (name, made) in trace::ready_made() {
        write(&directory, &format!("ok-{name}"), &made.bytes);
    }
    for (name, bytes) in trace::damaged() {
        write(&directory, &format!("bad-{name}"), &bytes);
    }
    directory
}

/// A frame of UDP.
pub fn frame() -> Vec<u8> {
    udp("10.0.0.1:5000", "10.0.0.2:6000")
}

/// A frame of UDP from one end to another.
pub fn udp(source: &str, target: &str) -> Vec<u8> {
    let end = |text: &str| text.parse().expect("an address");
    frames::udp(end(source), end(target), b"hello")
}
