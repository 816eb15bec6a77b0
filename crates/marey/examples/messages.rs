//! Messages to handlers while a run goes on.
//!
//! ```sh
//! echo 10.0.0.1 | cargo run --example messages -- FILE [WORKERS]
//! ```
//!
//! Each line of the standard input is an address to be watched from then on. All handlers get it
//! before the next records that they handle. The run begins with a pause, and goes on when the
//! standard input ends, so that all addresses are known from the first packet on:
//!
//! ```text
//! 10.0.0.1: 12 packets
//! ```

use std::collections::BTreeMap;
use std::net::IpAddr;

use marey::pipeline::{Control, Cx, GO, Handler, Message, Next, To};
use marey::{Packet, Result};

/// The packets of each watched address, as one worker saw them.
#[derive(Default)]
struct Watched(BTreeMap<IpAddr, u64>);

impl Handler for Watched {
    type Out = ();

    fn on_message(&mut self, message: &Message, _: &mut Cx<()>) -> Next {
        self.0.extend(message.get::<IpAddr>().map(|address| (*address, 0)));
        GO
    }

    fn on_packet(&mut self, packet: &Packet<'_>, _: &mut Cx<()>) -> Next {
        for address in packet.flow().iter().flat_map(|flow| [flow.source, flow.target]) {
            self.0.entry(address).and_modify(|packets| *packets += 1);
        }
        GO
    }
}

/// Sends what is asked for. It never waits: with too many messages on their way it says so.
fn ask(control: &Control) {
    for line in std::io::stdin().lines().map_while(std::io::Result::ok) {
        let Ok(address) = line.trim().parse::<IpAddr>() else { continue };
        if let Err(full) = control.send(To::All, address) {
            eprintln!("{address} is not watched: {full}");
        }
    }
    control.resume();
}

fn main() -> Result<()> {
    let argument = |n| std::env::args().nth(n).unwrap_or_default();
    let trace = marey::open(argument(1))?.workers(argument(2).parse().unwrap_or(4));
    let control = trace.control();
    control.pause();
    std::thread::spawn(move || ask(&control));
    let run = trace.run(|_| Watched::default(), |_, ()| GO)?;
    let mut sums = BTreeMap::<IpAddr, u64>::new();
    for (address, packets) in run.handlers.into_iter().flat_map(|watched| watched.0) {
        *sums.entry(address).or_default() += packets;
    }
    for (address, packets) in sums {
        println!("{address}: {packets} packets");
    }
    Ok(())
}
