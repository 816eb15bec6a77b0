//! `marey generate` and `marey config`, as processes: what they write, what they say, how they end.
#![cfg(unix)]

#[path = "support/process.rs"]
mod process;
#[path = "support/schema.rs"]
mod schema;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use process::{Ran, finish, golden, marey, scratch};
use schema::Schema;
use serde_json::Value;

#[path = "generate/alone.rs"]
mod alone;
#[path = "generate/barectf.rs"]
mod barectf;
#[path = "generate/config.rs"]
mod config;
#[path = "generate/convert.rs"]
mod convert;
#[path = "generate/diff.rs"]
mod diff;
#[path = "generate/ends.rs"]
mod ends;
#[path = "generate/example.rs"]
mod example;
#[path = "generate/files.rs"]
mod files;
#[path = "generate/fmt.rs"]
mod fmt;
#[path = "generate/layer.rs"]
mod layer;
#[path = "generate/options.rs"]
mod options;
#[path = "generate/shown.rs"]
mod shown;

/// A configuration in which all is right.
const CONFIG: &str = include_str!("../example/config.yaml");
/// What is generated of it.
const GENERATED: [&str; 4] = ["barectf-bitfield.h", "barectf.c", "barectf.h", "metadata"];

/// Runs a verb of marey in a folder.
fn run_in(folder: &Path, arguments: &[&str]) -> Ran {
    finish(marey().current_dir(folder).args(arguments))
}

/// Generates in a folder.
fn generate(folder: &Path, arguments: &[&str]) -> Ran {
    run_in(folder, &[&["generate"], arguments].concat())
}

/// A folder in which `config.yaml` is right.
fn folder(test: &str) -> PathBuf {
    let folder = scratch(&format!("generate-{test}"));
    write(&folder, "config.yaml", CONFIG);
    folder
}

fn write(folder: &Path, name: &str, text: impl AsRef<[u8]>) {
    fs::write(folder.join(name), text).expect("a file can be written");
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// All files below a folder, by name.
fn names(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry")) {
        let name = entry.file_name().into_string().expect("UTF-8");
        if entry.path().is_dir() {
            let inside = self::names(&entry.path());
            names.extend(inside.into_iter().map(|inside| format!("{name}/{inside}")));
        } else {
            names.push(name);
        }
    }
    names.sort();
    names
}

/// Lines of JSON as values, each of them valid.
fn json(folder: &Path, arguments: &[&str]) -> (Vec<Value>, Ran) {
    let ran = run_in(folder, &[arguments, &["--json"]].concat());
    (Schema::of("generate").check(&ran.stdout), ran)
}

/// The values of one type.
fn of_type<'v>(values: &'v [Value], kind: &str) -> Vec<&'v Value> {
    values.iter().filter(|value| value["type"] == kind).collect()
}

/// Whether a program is here; says so if it is not.
fn is_here(program: &str) -> bool {
    let is_here = Command::new(program).arg("--version").output().is_ok();
    if !is_here {
        println!("skipped: no {program} here");
    }
    is_here
}
