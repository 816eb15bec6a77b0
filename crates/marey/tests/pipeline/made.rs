//! Traces for these tests, and how they are opened.

use std::io::Cursor;

use marey::pipeline::Trace;
use marey::testing::flows::Flows;
use marey::testing::pcap::{Config, Pcap, Variant};
use marey::testing::{Order, START_NS};

/// A second, in nanoseconds.
pub const SECOND: i64 = 1_000_000_000;

/// A pcap with packets of these times, counted from the usual start.
pub fn at_times(times_ns: impl IntoIterator<Item = i64>, seed: u64) -> Vec<u8> {
    let mut flows = Flows::new(seed, 6);
    let mut pcap = Pcap::new(Config::new(Variant::Nanos, Order::Little));
    for time in times_ns {
        pcap.packet(START_NS + time, &flows.frame());
    }
    pcap.finish().bytes
}

/// A pcap of so many packets, ten milliseconds apart.
pub fn packets(count: i64) -> Vec<u8> {
    at_times((0..count).map(|n| n * SECOND / 100), 7)
}

/// Opens bytes.
pub fn open(bytes: &[u8]) -> Trace {
    marey::open_stream("test", Cursor::new(bytes.to_vec())).expect("a trace")
}
