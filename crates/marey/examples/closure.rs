//! A closure for each record, on all cores.
//!
//! ```sh
//! cargo run --example closure -- FILE [WORKERS]
//! ```
//!
//! It prints how many packets were cut when they were recorded. Adding up does not depend on an
//! order, so workers may share a counter, and the answer is exact however many there are:
//!
//! ```text
//! 42 of 500 packets were cut
//! ```

use std::sync::atomic::{AtomicU64, Ordering};

use marey::pipeline::{GO, each};
use marey::{Record, Result};

fn main() -> Result<()> {
    let argument = |n| std::env::args().nth(n).unwrap_or_default();
    let trace = marey::open(argument(1))?.workers(argument(2).parse().unwrap_or(4));
    let (packets, cut) = (AtomicU64::new(0), AtomicU64::new(0));
    let count = |record: Record<'_>| {
        if let Record::Packet(packet) = record {
            packets.fetch_add(1, Ordering::Relaxed);
            let is_cut = packet.captured_len() < packet.wire_len();
            cut.fetch_add(u64::from(is_cut), Ordering::Relaxed);
        }
    };
    trace.run(|_| each(|record, _| count(record)), |_, ()| GO)?;
    println!("{} of {} packets were cut", cut.into_inner(), packets.into_inner());
    Ok(())
}
