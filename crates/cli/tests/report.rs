//! `marey report`, as a process: what it says, that it says it at 80 columns, and how it ends.
#![cfg(unix)]

#[path = "support/process.rs"]
mod process;
#[path = "support/schema.rs"]
mod schema;

use std::path::{Path, PathBuf};

use marey::testing::pcapng::{ETHERNET, Length, Name, Pcapng, option as o};
use marey::testing::{Made, Order, START_NS, What, frames, trace};
use process::{Ran, finish, golden, marey, run, run_with, scratch};
use schema::Schema;
use serde_json::Value;

#[path = "report/browser.rs"]
mod browser;
#[path = "report/ends.rs"]
mod ends;
#[path = "report/hostile.rs"]
mod hostile;
#[path = "report/html.rs"]
mod html;
#[path = "report/pages.rs"]
mod pages;
#[path = "report/right.rs"]
mod right;
#[path = "report/same.rs"]
mod same;
#[path = "report/talk.rs"]
mod talk;

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

/// Writes all ready-made traces, sound and damaged, and gives their directory.
fn all_traces(test: &str) -> PathBuf {
    let directory = scratch(test);
    for (name, made) in trace::ready_made() {
        write(&directory, &format!("ok-{name}"), &made.bytes);
    }
    for (name, bytes) in trace::damaged() {
        write(&directory, &format!("bad-{name}"), &bytes);
    }
    directory
}

/// What marey says in a directory, for a reader with this locale.
fn report(directory: &Path, locale: &str, arguments: &[&str]) -> Ran {
    let mut command = marey();
    command.current_dir(directory).env("LC_ALL", locale).arg("report").args(arguments);
    finish(&mut command)
}

/// The lines of the report as values, each of them valid.
fn json(directory: &Path, arguments: &[&str]) -> (Vec<Value>, Ran) {
    let arguments = [&["--json"], arguments].concat();
    let ran = report(directory, "C", &arguments);
    (Schema::of("report").check(&ran.stdout), ran)
}

/// A frame of UDP.
fn frame() -> Vec<u8> {
    let end = |text: &str| text.parse().expect("an address");
    frames::udp(end("10.0.0.1:5000"), end("10.0.0.2:6000"), b"hello")
}

/// A pcapng with one section that has begun.
fn begun() -> Pcapng {
    let mut file = Pcapng::new();
    file.section(Order::Little, Length::Unknown, &[]);
    file
}
