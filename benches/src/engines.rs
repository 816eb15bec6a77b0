//! Our own engines: each counts the packets of a trace and adds up their captured bytes.

use std::io;
use std::path::Path;

use marey::pipeline::{Cx, Handler, Hasher, Stop, Trace, each, go};
use marey::spill::Table;
use marey::wire::FlowKey;
use marey::{Error, ErrorKind, GO, Next, Packet};

use crate::walk;

/// The engine of this name applied to a trace: packets and captured bytes.
///
/// # Errors
/// A name that is none, and what the engine says.
pub fn run(name: &str, trace: &Path) -> io::Result<(u64, u64)> {
    let (engine, workers) = name.rsplit_once('-').unwrap_or((name, ""));
    match (engine, workers.parse()) {
        ("walk", _) => walk::count(trace),
        ("marey", Ok(workers)) => count(trace, workers),
        ("flows", Ok(workers)) => flows(trace, workers),
        ("ordered", Ok(workers)) => ordered(trace, workers),
        _ => Err(io::Error::other(format!("no engine is called {name}"))),
    }
}

#[derive(Default)]
struct Count {
    packets: u64,
    bytes: u64,
}

impl Handler for Count {
    type Out = ();

    fn on_packet(&mut self, packet: &Packet<'_>, _: &mut Cx<()>) -> Next {
        self.packets += 1;
        self.bytes += u64::from(packet.captured_len());
        GO
    }
}

fn open(trace: &Path, workers: usize) -> io::Result<Trace> {
    Ok(marey::open(trace).map_err(io::Error::other)?.workers(workers))
}

fn count(trace: &Path, workers: usize) -> io::Result<(u64, u64)> {
    let run = open(trace, workers)?.run(|_| Count::default(), |_, ()| GO);
    let run = run.map_err(io::Error::other)?;
    let sum = |get: fn(&Count) -> u64| run.handlers.iter().map(get).sum();
    Ok((sum(|count| count.packets), sum(|count| count.bytes)))
}

/// The flows of a shard, and what belongs to none.
struct Flows {
    /// Packets and bytes.
    table: Table<FlowKey, (u64, u64)>,
    others: Count,
}

impl Handler for Flows {
    type Out = ();

    fn on_packet(&mut self, packet: &Packet<'_>, _: &mut Cx<()>) -> Next {
        let len = u64::from(packet.captured_len());
        let Some(key) = packet.flow() else {
            self.others.packets += 1;
            self.others.bytes += len;
            return GO;
        };
        let change = |flow: &mut (u64, u64)| {
            flow.0 += 1;
            flow.1 += len;
        };
        go(self.table.update(key.symmetric(), || (0, 0), change))
    }
}

/// An exact table of symmetric flows, in shards.
fn flows(trace: &Path, workers: usize) -> io::Result<(u64, u64)> {
    let make = |_| Flows { table: Table::new(8 << 20), others: Count::default() };
    let run = open(trace, workers)?.hasher(Hasher::flow()).run(make, |_, ()| GO);
    let (mut packets, mut bytes) = (0, 0);
    for flows in run.map_err(io::Error::other)?.handlers {
        packets += flows.others.packets;
        bytes += flows.others.bytes;
        for flow in flows.table.finish()? {
            let (_, flow) = flow?;
            packets += flow.0;
            bytes += flow.1;
        }
    }
    Ok((packets, bytes))
}

/// One result a packet, in order.
fn ordered(trace: &Path, workers: usize) -> io::Result<(u64, u64)> {
    let (mut packets, mut bytes, mut next) = (0, 0, 0);
    let publish = |_| {
        each(|record, cx| {
            if let marey::Record::Packet(packet) = record {
                cx.publish(packet.captured_len());
            }
        })
    };
    let report = |place: marey::record::Place, len: u32| {
        if place.record != next {
            return Next::Break(Stop::Error(Error::new(ErrorKind::Bug("out of order".to_owned()))));
        }
        next += 1;
        packets += 1;
        bytes += u64::from(len);
        GO
    };
    open(trace, workers)?.run(publish, report).map_err(io::Error::other)?;
    Ok((packets, bytes))
}
