//! `marey print`, as a process: what it prints, in which order, how soon, and how it ends.
#![cfg(unix)]

use std::path::{Path, PathBuf};

use marey::testing::pcapng::{ETHERNET, Length, Name, Pcapng, option as o};
use marey::testing::{Made, Order, START_NS, What, frames, trace};
use process::{Ran, finish, golden, marey, run, run_with, scratch};
use schema::Schema;
use serde_json::Value;

#[path = "print/damage.rs"]
mod damage;
#[path = "print/hostile.rs"]
mod hostile;
#[path = "print/live.rs"]
mod live;
#[path = "support/process.rs"]
mod process;
#[path = "print/records.rs"]
mod records;
#[path = "support/schema.rs"]
mod schema;
#[path = "print/tcpdump.rs"]
mod tcpdump;

/// The ready-made trace of this name.
fn small(name: &str) -> Made {
    trace::small(name).expect("a ready-made trace of this name")
}

/// Writes a file and gives its path.
fn write(directory: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = directory.join(name);
    std::fs::write(&path, bytes).expect("the file is written");
    path
}

/// A frame of UDP.
fn frame() -> Vec<u8> {
    let end = |text: &str| text.parse().expect("an address");
    frames::udp(end("10.0.0.1:5000"), end("10.0.0.2:6000"), b"hello")
}
