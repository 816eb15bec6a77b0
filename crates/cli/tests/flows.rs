//! Very many flows: each of them is counted exactly, within the budget of memory.
//!
//! The trace is made on the fly and comes through a pipe. `MAREY_SLOW_TESTS=1` makes it one of ten
//! million flows; that is meant for a release build.
#![cfg(unix)]

use std::io::{self, BufRead as _, BufReader, BufWriter, Write};
use std::net::Ipv4Addr;
use std::process::{ChildStdout, Stdio};
use std::thread;

use process::marey;
use serde_json::Value;
use watch::watch;

#[path = "support/process.rs"]
mod process;
#[path = "support/watch.rs"]
mod watch;

/// IPv4 and UDP without payload.
const PACKET_LEN: u32 = 28;

/// How many flows, and how many MiB of tables, which are far too few for them.
fn size() -> (u32, u64) {
    if std::env::var_os("MAREY_SLOW_TESTS").is_some() { (10_000_000, 64) } else { (50_000, 1) }
}

/// How many packets a flow has.
fn packets_of(flow: u32) -> u32 {
    1 + u32::from(flow.is_multiple_of(3))
}

/// A number in the same range as this one, another for each: flows come in no order.
fn scattered(number: u32, flows: u32) -> u32 {
    (u64::from(number) * 7_368_787 % u64::from(flows)) as u32
}

/// Writes a pcap of raw IP (link type 101), in which each flow comes once, and some once more.
fn write(out: impl Write, flows: u32) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    for word in [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 0xffff, 101] {
        out.write_all(&word.to_le_bytes())?;
    }
    for round in 0..2 {
        for flow in (0..flows).map(|number| scattered(number, flows)) {
            if round < packets_of(flow) {
                for word in [1_700_000_000, 0, PACKET_LEN, PACKET_LEN] {
                    out.write_all(&word.to_le_bytes())?;
                }
                out.write_all(&[0x45, 0, 0, PACKET_LEN as u8, 0, 0, 0, 0, 64, 17, 0, 0])?;
                out.write_all(&flow.to_be_bytes())?;
                out.write_all(&[192, 0, 2, 1, 0x12, 0x34, 0, 53, 0, 8, 0, 0])?;
            }
        }
    }
    out.flush()
}

/// Reads the rows, and checks each; how many there were.
fn read(stdout: ChildStdout, flows: u32) -> u32 {
    let mut seen = vec![false; flows as usize];
    let mut rows = 0;
    for line in BufReader::new(stdout).lines() {
        let row: Value = serde_json::from_str(&line.expect("text")).expect("JSON");
        if row["type"] != "row" {
            continue;
        }
        let source: Ipv4Addr = row["source"].as_str().expect("a source").parse().expect("IPv4");
        let flow = source.to_bits();
        let counts = (row["packets"].as_u64(), row["wire_bytes"].as_u64());
        let packets = u64::from(packets_of(flow));
        assert_eq!(counts, (Some(packets), Some(packets * u64::from(PACKET_LEN))), "{row}");
        assert!(!std::mem::replace(&mut seen[flow as usize], true), "a flow comes twice: {row}");
        rows += 1;
    }
    rows
}

#[test]
fn each_of_very_many_flows_is_counted_exactly_within_the_budget() {
    let (flows, mib) = size();
    let budget = format!("{mib}MiB");
    let mut command = marey();
    command.args(["stats", "--json", "--by", "flow", "--memory", &budget, "-"]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("marey starts");
    let (stdin, stdout) =
        (child.stdin.take().expect("a pipe"), child.stdout.take().expect("a pipe"));
    let writing = thread::spawn(move || write(stdin, flows));
    let reading = thread::spawn(move || read(stdout, flows));
    let (status, peak) = watch(&mut child);
    writing.join().expect("a writer").expect("marey reads");
    assert_eq!((status.code(), reading.join().expect("a reader")), (Some(0), flows));
    let most = peak.anonymous_bytes >> 20;
    println!("{flows} flows with {budget} for tables: {most} MiB of memory");
    // What is read back from disk, and what sorts it, has buffers.
    assert!(most < mib + 48, "{most} MiB");
}
