//! Deterministic traces, made by our own generator.
//!
//! What is made here is an *oracle*: a trace together with the right answer about it. Tests compare
//! a reader's answer with it, the committed corpus and the fuzz seeds are made from it, and
//! benchmarks read what [`large`] writes. So it is simple, it shares no code with the readers that
//! it judges, and the same seed gives the same bytes for ever.
//!
//! Start with [`trace::ready_made`] for small traces of every variant, [`trace::demo`] for a
//! plausible one, and [`large`] for big ones; [`pack`] compresses them. To make one of your own
//! take a builder: [`pcap::Pcap`], [`pcapng::Pcapng`], [`erf::Erf`] or [`snoop::Snoop`], and give
//! it frames from [`frames`] or [`flows`]:
//!
//! ```
//! use marey::testing::{Order, frames, pcap::{Config, Pcap, Variant}};
//!
//! let frame = frames::udp("10.0.0.1:5000".parse()?, "10.0.0.2:6000".parse()?, b"hello");
//! let mut pcap = Pcap::new(Config::new(Variant::Nanos, Order::Big));
//! pcap.packet(1_700_000_000_123_456_789, &frame);
//! let made = pcap.finish();
//! assert_eq!(made.packets().count(), 1);
//! assert!(made.tiles());
//! # Ok::<(), std::net::AddrParseError>(())
//! ```
//!
//! [`same_for_workers`] checks a program of yours.

use std::ops::Range;

pub mod erf;
pub mod flows;
pub mod frames;
pub mod large;
pub mod pack;
pub mod pcap;
pub mod pcapng;
pub mod rng;
pub mod snoop;
pub mod trace;
mod ways;

pub use ways::{Way, same_for_workers, ways};

/// When the made traces begin: 2026-01-01 00:00:00 UTC, in nanoseconds since the Unix epoch.
pub const START_NS: i64 = 1_767_225_600_000_000_000;

/// The order in which a trace's writer put the bytes of its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The least significant byte first.
    Little,
    /// The most significant byte first.
    Big,
}

impl Order {
    /// The two bytes of `value`.
    pub fn u16(self, value: u16) -> [u8; 2] {
        match self {
            Order::Little => value.to_le_bytes(),
            Order::Big => value.to_be_bytes(),
        }
    }

    /// The four bytes of `value`.
    pub fn u32(self, value: u32) -> [u8; 4] {
        match self {
            Order::Little => value.to_le_bytes(),
            Order::Big => value.to_be_bytes(),
        }
    }

    /// The eight bytes of `value`.
    pub fn u64(self, value: u64) -> [u8; 8] {
        match self {
            Order::Little => value.to_le_bytes(),
            Order::Big => value.to_be_bytes(),
        }
    }
}

/// What a stretch of a made trace is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A file header.
    Header,
    /// A packet.
    Packet,
    /// A meta record. The name is one of `section`, `interface`, `names`, `statistics`, `secrets`,
    /// `journal`, `custom`, `unknown` (pcapng) and `provenance` (ERF).
    Meta(&'static str),
    /// A record that means nothing (ERF's PAD).
    Padding,
}

/// One record of a made trace: what a reader should say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeRecord {
    /// All its bytes, padding included.
    pub range: Range<usize>,
    /// What it is.
    pub what: What,
    /// Its time as the file holds it, in nanoseconds since the Unix epoch. `None` where the record
    /// has no time, or one that this number can't hold.
    pub time_ns: Option<i64>,
    /// Where its captured bytes are in the file; empty unless it is a packet.
    pub captured: Range<usize>,
    /// The packet's length on the wire, as the file says it; 0 unless it is a packet.
    pub wire_len: u32,
    /// The interface, where the format has a number for it.
    pub interface: Option<u32>,
    /// The section, from 0. Only pcapng has more than one.
    pub section: u32,
}

impl MadeRecord {
    /// A record at `range` that is no packet.
    fn plain(range: Range<usize>, what: What) -> Self {
        let captured = range.start..range.start;
        MadeRecord {
            range,
            what,
            time_ns: None,
            captured,
            wire_len: 0,
            interface: None,
            section: 0,
        }
    }
}

/// A made trace and the right answer about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// The file.
    pub bytes: Vec<u8>,
    /// Everything in it, in order. The ranges tile the file.
    pub records: Vec<MadeRecord>,
}

impl Made {
    /// Its packets, in order.
    pub fn packets(&self) -> impl Iterator<Item = &MadeRecord> {
        self.records.iter().filter(|record| record.what == What::Packet)
    }

    /// The captured bytes of one of its records.
    pub fn captured(&self, record: &MadeRecord) -> &[u8] {
        &self.bytes[record.captured.clone()]
    }

    /// Whether the records' ranges tile the file: each byte belongs to exactly one, and each
    /// record's captured bytes are inside it. Every builder's result does.
    pub fn tiles(&self) -> bool {
        let mut at = 0;
        for record in &self.records {
            let Range { start, end } = record.captured;
            let inside = record.range.start <= start && start <= end && end <= record.range.end;
            if record.range.start != at || record.range.end <= at || !inside {
                return false;
            }
            at = record.range.end;
        }
        at == self.bytes.len()
    }

    /// The answer about its packets.
    pub fn answer(&self) -> large::Answer {
        let mut answer = large::Answer::default();
        for packet in self.packets() {
            answer.add(packet.time_ns, packet.captured.len(), packet.wire_len);
        }
        answer
    }
}

/// Splits `time_ns` into the seconds and nanoseconds of a header with 32-bit seconds.
///
/// # Panics
///
/// If the time is before 1970 or after 2106: such a header can't hold it.
fn seconds_and_nanos(time_ns: i64) -> (u32, u32) {
    let seconds = u32::try_from(time_ns.div_euclid(1_000_000_000));
    let nanos = time_ns.rem_euclid(1_000_000_000) as u32;
    (seconds.expect("a time between 1970 and 2106"), nanos)
}
