//! Our own engines: each counts the packets of a trace and adds up their captured bytes.

use std::io;
use std::path::Path;

use marey::pipeline::{Cx, Handler};
use marey::{GO, Next, Packet};

use crate::walk;

/// The engine of this name applied to a trace: packets and captured bytes.
///
/// # Errors
/// A name that is none, and what the engine says.
pub fn run(name: &str, trace: &Path) -> io::Result<(u64, u64)> {
    match name {
        "walk" => walk::count(trace),
        "marey-1" => marey(trace, 1),
        "marey-2" => marey(trace, 2),
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

fn marey(trace: &Path, workers: usize) -> io::Result<(u64, u64)> {
    let trace = marey::open(trace).map_err(io::Error::other)?.workers(workers);
    let run = trace.run(|_| Count::default(), |_, ()| GO).map_err(io::Error::other)?;
    let sum = |get: fn(&Count) -> u64| run.handlers.iter().map(get).sum();
    Ok((sum(|count| count.packets), sum(|count| count.bytes)))
}
