//! Meta records to all shards: what is said of the whole recording concerns every state.
//!
//! ```sh
//! cargo run --example sections -- FILE [WORKERS]
//! ```
//!
//! It prints how many conversations each section of a trace has: files of several recordings, one
//! after the other. Where a section begins, every shard must close its books on the one before it,
//! so every shard gets each meta record, between the same two packets:
//!
//! ```text
//! section 0: 12 conversations
//! section 1: 7 conversations
//! ```

use std::collections::{BTreeMap, HashSet};

use marey::meta::Item;
use marey::pipeline::{Cx, GO, Handler, Hasher, MetaTo, Next};
use marey::wire::FlowKey;
use marey::{Meta, Packet, Result};

#[derive(Default)]
struct Flows {
    section: u32,
    seen: HashSet<FlowKey>,
}

impl Flows {
    fn close(&mut self, cx: &mut Cx<(u32, usize)>) {
        cx.publish((self.section, self.seen.len()));
        self.seen.clear();
    }
}

impl Handler for Flows {
    type Out = (u32, usize);

    const META: MetaTo = MetaTo::Broadcast;

    fn on_packet(&mut self, packet: &Packet<'_>, _: &mut Cx<Self::Out>) -> Next {
        self.seen.extend(packet.flow().map(FlowKey::symmetric));
        GO
    }

    fn on_meta(&mut self, meta: &Meta<'_>, cx: &mut Cx<Self::Out>) -> Next {
        if let [Item::Section(section)] = meta.items() {
            self.close(cx);
            self.section = section.index;
        }
        GO
    }

    fn on_stop(&mut self, cx: &mut Cx<Self::Out>) -> Next {
        self.close(cx);
        GO
    }
}

fn main() -> Result<()> {
    let argument = |n| std::env::args().nth(n).unwrap_or_default();
    let trace = marey::open(argument(1))?.workers(argument(2).parse().unwrap_or(4));
    let mut sections = BTreeMap::<u32, usize>::new();
    let report = |_, (section, flows)| {
        *sections.entry(section).or_default() += flows;
        GO
    };
    trace.hasher(Hasher::flow()).run(|_| Flows::default(), report)?;
    for (section, flows) in sections {
        println!("section {section}: {flows} conversations");
    }
    Ok(())
}
