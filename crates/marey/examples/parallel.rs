//! A parallel program with callbacks for packets and for meta records, a state, and one answer.
//!
//! ```sh
//! cargo run --example parallel -- FILE [WORKERS]
//! ```
//!
//! It prints the meta records in the order of the trace, and how many conversations the packets
//! belong to. Both directions of a conversation are in one shard, so no conversation is counted
//! twice, and the sum over the shards is exact:
//!
//! ```text
//! record 0: section
//! record 1: interface
//! 137 conversations
//! ```

use marey::{Meta, Packet, pipeline::*, wire::FlowKey};

struct Flows(std::collections::HashSet<FlowKey>);

impl Handler for Flows {
    type Out = String;

    fn on_packet(&mut self, packet: &Packet<'_>, _: &mut Cx<String>) -> Next {
        self.0.extend(packet.flow().map(FlowKey::symmetric));
        GO
    }

    fn on_meta(&mut self, meta: &Meta<'_>, cx: &mut Cx<String>) -> Next {
        cx.publish(format!("record {}: {}", meta.position().record, meta.kind()));
        GO
    }
}

fn main() -> marey::Result<()> {
    let arg = |n| std::env::args().nth(n).unwrap_or_default();
    let trace = marey::open(arg(1))?.workers(arg(2).parse().unwrap_or(4)).hasher(Hasher::flow());
    let run = trace.run(|_| Flows(Default::default()), |_, line| (println!("{line}"), GO).1)?;
    println!("{} conversations", run.handlers.iter().map(|shard| shard.0.len()).sum::<usize>());
    Ok(())
}
