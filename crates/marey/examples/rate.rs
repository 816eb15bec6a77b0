//! Ticks by the time of the trace: a rate over time, printed as it goes.
//!
//! ```sh
//! cargo run --example rate -- FILE [WORKERS]
//! ```
//!
//! It prints the bits of each second; after silent seconds one line tells of all of them, with the
//! bits of the one before. With a hasher a tick stands between the same two records for all shards:
//! what they publish for it comes together, in its place, and a second can be printed as soon as it
//! is over:
//!
//! ```text
//! up to 2026-01-01T00:00:01.000000000Z: 1209600 bits
//! up to 2026-01-01T00:00:02.000000000Z: 1190112 bits
//! after the last tick: 30720 bits
//! ```

use std::time::Duration;

use marey::pipeline::{Cx, GO, Handler, Hasher, Next, Tick};
use marey::{Packet, Result, Timestamp};

/// The bits since the last tick.
#[derive(Default)]
struct Rate(u64);

impl Handler for Rate {
    /// The end of the second, or that there is none, and the bits of a shard.
    type Out = (Option<Timestamp>, u64);

    fn on_packet(&mut self, packet: &Packet<'_>, _: &mut Cx<Self::Out>) -> Next {
        self.0 += 8 * u64::from(packet.wire_len());
        GO
    }

    fn on_tick(&mut self, tick: &Tick, cx: &mut Cx<Self::Out>) -> Next {
        cx.publish((tick.time, std::mem::take(&mut self.0)));
        GO
    }

    fn on_stop(&mut self, cx: &mut Cx<Self::Out>) -> Next {
        cx.publish((None, self.0));
        GO
    }
}

fn print((second, bits): (Option<Timestamp>, u64)) {
    match second {
        Some(end) => println!("up to {end}: {bits} bits"),
        None => println!("after the last tick: {bits} bits"),
    }
}

fn main() -> Result<()> {
    let argument = |n| std::env::args().nth(n).unwrap_or_default();
    let trace = marey::open(argument(1))?.workers(argument(2).parse().unwrap_or(4));
    let trace = trace.tick_interval(Duration::from_secs(1)).hasher(Hasher::flow());
    let mut sum: Option<(Option<Timestamp>, u64)> = None;
    let report = |_, (second, bits)| {
        match &mut sum {
            Some(sum) if sum.0 == second => sum.1 += bits,
            sum => sum.replace((second, bits)).into_iter().for_each(print),
        }
        GO
    };
    trace.run(|_| Rate::default(), report)?;
    sum.into_iter().for_each(print);
    Ok(())
}
