//! An exact table of all conversations, in as little memory as you say.
//!
//! ```sh
//! cargo run --example flows -- FILE [WORKERS]
//! ```
//!
//! It prints the ten conversations with the most bytes. Each shard has a table of its own, of the
//! conversations that are its; past its share of 256 MiB a table writes to a temporary file, so
//! there may be more conversations than fit in memory, and none is forgotten:
//!
//! ```text
//! tcp 10.0.0.1:443 > 10.0.0.2:51000: 812 packets, 904112 bytes
//! udp 10.0.0.7:53 > 10.0.0.2:40000: 2 packets, 310 bytes
//! ```

use std::cmp::Reverse;

use marey::pipeline::{Cx, GO, Handler, Hasher, Next, SHARDS, Stop};
use marey::spill::Table;
use marey::wire::FlowKey;
use marey::{Packet, Result};

const BUDGET_BYTES: usize = 256 << 20;
const SHOWN: usize = 10;

/// Packets and bytes of each conversation.
struct Flows(Table<FlowKey, (u64, u64)>);

impl Handler for Flows {
    type Out = ();

    fn on_packet(&mut self, packet: &Packet<'_>, _: &mut Cx<()>) -> Next {
        let Some(flow) = packet.flow() else { return GO };
        match self.0.add(flow.symmetric(), (1, packet.wire_len().into())) {
            Ok(()) => GO,
            Err(error) => Next::Break(Stop::Error(error.into())),
        }
    }
}

fn main() -> Result<()> {
    let argument = |n| std::env::args().nth(n).unwrap_or_default();
    let trace = marey::open(argument(1))?.workers(argument(2).parse().unwrap_or(4));
    let table = |_| Flows(Table::new(BUDGET_BYTES / SHARDS));
    let run = trace.hasher(Hasher::flow()).run(table, |_, ()| GO)?;
    let mut top = Vec::new();
    for Flows(table) in run.handlers {
        for pair in table.finish()? {
            top.push(pair?);
            top.sort_by_key(|(flow, (_, bytes))| (Reverse(*bytes), *flow));
            top.truncate(SHOWN);
        }
    }
    for (flow, (packets, bytes)) in top {
        println!("{flow}: {packets} packets, {bytes} bytes");
    }
    Ok(())
}
