//! Ticks by count: every so many records, between the same two records for all handlers.
//!
//! ```sh
//! cargo run --example every -- FILE [WORKERS]
//! ```
//!
//! It prints the mean length of the packets in each hundred records. Without a hasher a worker
//! sees some of the records only, and it may come late to a tick that stood in the piece of
//! another; so it says what it has gathered with the number of the tick before, and who adds that
//! up by number gets the exact answer:
//!
//! ```text
//! records 0 to 99: 100 packets, 512 bytes on average
//! records 100 to 199: 100 packets, 498 bytes on average
//! ```

use std::collections::BTreeMap;

use marey::pipeline::{Cx, GO, Handler, Next, Tick};
use marey::spill::Merge;
use marey::{Packet, Result};

const EVERY: u64 = 100;

/// The number of the last tick, and the packets and bytes since then.
#[derive(Default)]
struct Lengths {
    ticks: u64,
    sum: (u64, u64),
}

impl Handler for Lengths {
    type Out = (u64, (u64, u64));

    fn on_packet(&mut self, packet: &Packet<'_>, _: &mut Cx<Self::Out>) -> Next {
        self.sum.merge((1, packet.wire_len().into()));
        GO
    }

    fn on_tick(&mut self, tick: &Tick, cx: &mut Cx<Self::Out>) -> Next {
        cx.publish((self.ticks, std::mem::take(&mut self.sum)));
        self.ticks = tick.number;
        GO
    }

    fn on_stop(&mut self, cx: &mut Cx<Self::Out>) -> Next {
        cx.publish((self.ticks, self.sum));
        GO
    }
}

fn main() -> Result<()> {
    let argument = |n| std::env::args().nth(n).unwrap_or_default();
    let trace = marey::open(argument(1))?.workers(argument(2).parse().unwrap_or(4));
    let mut sums = BTreeMap::<u64, (u64, u64)>::new();
    let report = |_, (ticks, sum)| {
        sums.entry(ticks).or_default().merge(sum);
        GO
    };
    trace.tick_every(EVERY).run(|_| Lengths::default(), report)?;
    for (ticks, (packets, bytes)) in sums {
        let (first, last) = (ticks * EVERY, (ticks + 1) * EVERY - 1);
        let Some(mean) = bytes.checked_div(packets) else { continue };
        println!("records {first} to {last}: {packets} packets, {mean} bytes on average");
    }
    Ok(())
}
