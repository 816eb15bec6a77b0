//! `marey report`, as a process: what it says, that it says it at 80 columns, and how it ends.
#![cfg(unix)]

#[path = "support/process.rs"]
mod process;
#[path = "support/schema.rs"]
mod schema;
#[path = "support/traces.rs"]
mod traces;

use std::path::Path;

use marey::testing::pcapng::{ETHERNET, Length, Name, Pcapng, option as o};
use marey::testing::{Made, Order, START_NS, What, trace};
use process::{Ran, finish, golden, marey, run, run_with, scratch};
use schema::Schema;
use serde_json::Value;
use traces::{all_traces, frame, small, udp, write};

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

/// A pcapng with one section that has begun.
fn begun() -> Pcapng {
    let mut file = Pcapng::new();
    file.section(Order::Little, Length::Unknown, &[]);
    file
}
