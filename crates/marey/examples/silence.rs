//! A hasher of your own: it says which packets belong together.
//!
//! ```sh
//! cargo run --example silence -- FILE [WORKERS]
//! ```
//!
//! It prints the longest silence of each sender, by its hardware address. A gap is between two
//! packets that follow each other, so one shard must see all packets of a sender, in their order;
//! packets for which the hasher gives the same number go to the same shard:
//!
//! ```text
//! 02:00:00:00:00:01 was silent for 1200 ms
//! 02:00:00:00:00:02 was silent for 137 ms
//! ```

use std::collections::BTreeMap;

use marey::pipeline::{Cx, GO, Handler, Hasher, Next};
use marey::wire::bytes::Mac;
use marey::{Packet, Result, Timestamp};

fn sender(packet: &Packet<'_>) -> Option<Mac> {
    packet.layers().macs().map(|(source, _target)| source)
}

/// For each sender the time of its last packet, and its longest silence in nanoseconds.
#[derive(Default)]
struct Silence(BTreeMap<Mac, (Timestamp, i64)>);

impl Handler for Silence {
    type Out = ();

    fn on_packet(&mut self, packet: &Packet<'_>, _: &mut Cx<()>) -> Next {
        let (Some(sender), Some(time)) = (sender(packet), packet.time()) else { return GO };
        let (last, longest) = self.0.entry(sender).or_insert((time, 0));
        *longest = (*longest).max(time.as_ns() - last.as_ns());
        *last = time;
        GO
    }
}

fn main() -> Result<()> {
    let argument = |n| std::env::args().nth(n).unwrap_or_default();
    let trace = marey::open(argument(1))?.workers(argument(2).parse().unwrap_or(4));
    let by_sender = Hasher::by(|packet| {
        let bytes = sender(packet).map_or([0; 6], |sender| sender.0);
        bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
    });
    let run = trace.hasher(by_sender).run(|_| Silence::default(), |_, ()| GO)?;
    // No sender is in two shards.
    let all: BTreeMap<_, _> = run.handlers.into_iter().flat_map(|shard| shard.0).collect();
    for (sender, (_, longest)) in all {
        println!("{sender} was silent for {} ms", longest / 1_000_000);
    }
    Ok(())
}
