//! `marey stats`, as a process: what it counts, that it says so to each reader, and how it ends.
#![cfg(unix)]

#[path = "support/process.rs"]
mod process;
#[path = "support/schema.rs"]
mod schema;
#[path = "support/traces.rs"]
mod traces;

use std::path::{Path, PathBuf};

use marey::testing::pcapng::{ETHERNET, Length, Pcapng, option as o};
use marey::testing::{Order, START_NS, trace};
use process::{Ran, finish, golden, marey, run, run_with, scratch};
use schema::Schema;
use serde_json::Value;
use traces::{all_traces, small, udp, write};

#[path = "stats/ends.rs"]
mod ends;
#[path = "stats/pages.rs"]
mod pages;
#[path = "stats/right.rs"]
mod right;
#[path = "stats/same.rs"]
mod same;
#[path = "stats/series.rs"]
mod series;
#[path = "stats/tshark.rs"]
mod tshark;

/// All there is to count by.
const ALL: &str = "protocol,flow,endpoint,conversation,port,interface,vlan,size,ttl,tos,\
                   tcp-flags,tcp-options,direction";

/// What marey says in a directory.
fn stats(directory: &Path, arguments: &[&str]) -> Ran {
    let mut command = marey();
    command.current_dir(directory).env("LC_ALL", "C.UTF-8").arg("stats").args(arguments);
    finish(&mut command)
}

/// The lines as values, each of them valid.
fn json(directory: &Path, arguments: &[&str]) -> Vec<Value> {
    let ran = stats(directory, &[&["--json"], arguments].concat());
    assert!(matches!(ran.status, 0 | 4), "{}", ran.stderr);
    Schema::of("stats").check(&ran.stdout)
}

/// The lines of one type about one table.
fn of<'v>(lines: &'v [Value], kind: &str, by: &str) -> Vec<&'v Value> {
    lines.iter().filter(|line| line["type"] == kind && line["by"] == by).collect()
}

fn number(line: &Value, field: &str) -> u64 {
    line[field].as_u64().unwrap_or_else(|| panic!("{field} in {line}"))
}

/// A frame of UDP.
fn frame(port: u16) -> Vec<u8> {
    udp(&format!("10.0.0.1:{port}"), "10.0.0.2:53")
}

/// A trace with a packet at each of these times, in nanoseconds after its start.
fn at(times: &[i64]) -> Vec<u8> {
    let mut file = Pcapng::new();
    file.section(Order::Little, Length::Unknown, &[]);
    file.interface(ETHERNET, 0, &[o::if_tsresol(9), o::if_name("=cmd|' /C calc'!A0")]);
    for time in times {
        file.packet(0, START_NS + time, &frame(5000), &[]);
    }
    file.finish().bytes
}
