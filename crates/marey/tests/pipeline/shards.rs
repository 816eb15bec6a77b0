//! Shards. libtrace: a hasher's key is random, so placement differs at every run; the first
//! fragment of a datagram goes elsewhere than the others.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use marey::pipeline::{Cx, GO, Handler, Hasher, MetaTo, Next, SHARDS};
use marey::testing::pcap::{Config, Pcap, Variant};
use marey::testing::{Order, START_NS, frames, large, same_for_workers, trace};
use marey::{Meta, Packet};

use crate::made::open;

/// Notes which records it gets.
#[derive(Default)]
struct Seen(Vec<u64>);

impl Handler for Seen {
    type Out = (usize, u64);

    fn on_packet(&mut self, packet: &Packet<'_>, cx: &mut Cx<(usize, u64)>) -> Next {
        self.0.push(packet.position().record);
        cx.publish((cx.handler(), packet.position().record));
        GO
    }

    fn on_meta(&mut self, meta: &Meta<'_>, _: &mut Cx<(usize, u64)>) -> Next {
        self.0.push(meta.position().record);
        GO
    }
}

fn traffic() -> Vec<u8> {
    let mut bytes = Vec::new();
    large::big_pcapng(&mut bytes, 1 << 20, 3).expect("memory");
    bytes
}

#[test]
fn a_shard_sees_its_records_in_order_and_placement_is_the_same_at_every_run() {
    let bytes = traffic();
    let hashers = [Hasher::flow(), Hasher::direction(), Hasher::inner_flow(), Hasher::interface()];
    for hasher in hashers {
        let seen = same_for_workers(|way| {
            let trace = way.apply(open(&bytes)).hasher(hasher.clone());
            let mut order = Vec::new();
            let report = |_, (shard, record)| (order.push((shard, record)), GO).1;
            let run = trace.run(|_| Seen::default(), report).expect("a run");
            assert!(order.is_sorted_by_key(|(_, record)| *record), "results in trace order");
            let seen: Vec<_> = run.handlers.into_iter().map(|seen| seen.0).collect();
            assert_eq!(seen.len(), SHARDS);
            seen
        });
        assert!(seen.iter().all(|records| records.is_sorted()), "{hasher:?}");
        let mut all: Vec<_> = seen.concat();
        all.sort_unstable();
        assert!(all.iter().copied().eq(0..all.len() as u64), "each record once: {hasher:?}");
    }
}

#[test]
fn placement_is_a_fixed_function_of_the_flow() {
    let mut reader = open(&traffic()).reader();
    let mut shards = Vec::new();
    while let Some(record) = reader.next() {
        if let marey::Record::Packet(packet) = record {
            shards.push(Hasher::flow().shard(&packet));
        }
    }
    // Not to be changed lightly: programs may keep what they stored by shard.
    assert_eq!(shards[..12], PLACES, "placement has changed");
    let used: std::collections::BTreeSet<_> = shards.into_iter().collect();
    assert!(used.len() > SHARDS / 2, "flows are spread over the shards");
}

/// Where the first packets go.
const PLACES: [usize; 12] = [26, 62, 59, 48, 25, 10, 43, 40, 15, 25, 35, 40];

#[test]
fn both_directions_and_all_fragments_stay_together() {
    let (a, b): (SocketAddr, SocketAddr) =
        ("10.0.0.1:5000".parse().unwrap(), "10.9.9.9:53".parse().unwrap());
    let mut pcap = Pcap::new(Config::new(Variant::Micros, Order::Little));
    let mut count = 0;
    for (id, (from, to)) in [(a, b), (b, a), (a, b)].into_iter().enumerate() {
        let datagram = frames::udp(from, to, &[7; 3000]);
        for fragment in frames::fragments(&datagram, id as u16, 1000) {
            pcap.packet(START_NS, &fragment);
            count += 1;
        }
    }
    assert_eq!(count, 3 * 4, "fragments");
    let bytes = pcap.finish().bytes;
    let run = open(&bytes).workers(3).hasher(Hasher::flow());
    let run = run.run(|_| Seen::default(), |_, _| GO).expect("a run");
    let used: Vec<_> = run.handlers.iter().filter(|seen| !seen.0.is_empty()).collect();
    assert_eq!(used.len(), 1, "fragments, first and later ones, both ways");
    assert_eq!(used[0].0.len(), count);
}

/// Counts meta records, as a broadcast.
#[derive(Default)]
struct Everywhere(BTreeMap<u64, u32>);

impl Handler for Everywhere {
    type Out = ();
    const META: MetaTo = MetaTo::Broadcast;

    fn on_meta(&mut self, meta: &Meta<'_>, _: &mut Cx<()>) -> Next {
        *self.0.entry(meta.position().record).or_default() += 1;
        GO
    }
}

#[test]
fn a_meta_record_comes_once_or_with_a_broadcast_once_to_each_shard() {
    let bytes = trace::demo().bytes;
    for way in marey::testing::ways() {
        let trace = way.apply(open(&bytes)).hasher(Hasher::flow());
        let run = trace.run(|_| Everywhere::default(), |_, ()| GO).expect("a run");
        let first = run.handlers[0].0.clone();
        assert!(!first.is_empty() && first.values().all(|&count| count == 1));
        assert!(run.handlers.iter().all(|handler| handler.0 == first), "{way:?}");
    }
}
