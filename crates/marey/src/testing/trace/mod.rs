//! Ready-made traces, by name: each variant of each format once, sound and damaged, and a demo.
//!
//! The names end in the format's: `.pcap`, `.pcapng`, `.erf`, `.snoop`. `cargo xtask` writes the
//! sound ones to `corpus/<format>/ok/NAME` and the damaged ones to `corpus/<format>/bad/NAME`.

use std::sync::OnceLock;

use super::flows::Flows;
use super::{Made, START_NS};

mod damaged;
mod demo;
mod erf;
mod mix;
mod pcap;
mod pcapng;
mod pcapng_options;
mod pcapng_times;

pub use damaged::damaged;
pub use demo::demo;

/// A trace and its name, which ends in its format's.
pub type Named = (&'static str, Made);

/// Every sound trace: 5 to 30 records each, but for those that are about having none.
pub fn ready_made() -> Vec<Named> {
    made_once().to_vec()
}

/// They are always the same, so they are made once only.
fn made_once() -> &'static [Named] {
    static ALL: OnceLock<Vec<Named>> = OnceLock::new();
    ALL.get_or_init(|| {
        let parts = [pcap::all(), pcapng::all(), pcapng_times::all(), erf::all()];
        parts.into_iter().flatten().collect()
    })
}

/// The ready-made trace of this name.
pub fn small(name: &str) -> Option<Made> {
    made_once().iter().find(|(known, _)| *known == name).map(|(_, made)| made.clone())
}

/// Where the `index`-th packet of a ready-made trace is in time: some milliseconds apart, with
/// digits down to the nanosecond, over a second's edge now and then.
fn time_ns(index: usize) -> i64 {
    START_NS + 999_000_001 + index as i64 * 137_438_953
}

/// `count` frames of mixed traffic, and their times.
fn traffic(seed: u64, count: usize) -> impl Iterator<Item = (i64, Vec<u8>)> {
    let mut flows = Flows::new(seed, 8);
    (0..count).map(move |index| (time_ns(index), flows.frame()))
}
