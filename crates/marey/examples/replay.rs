//! Replay: records come at the speed at which they were recorded, or several times as fast.
//!
//! ```sh
//! cargo run --example replay -- FILE [SPEED]
//! ```
//!
//! It prints each packet when it is due, with the time that has passed since the start:
//!
//! ```text
//! after 0 ms: ARP who-has 192.168.7.1 tell 192.168.7.20
//! after 250 ms: ARP 192.168.7.1 is-at 02:04:c0:a8:07:01
//! ```

use std::time::Instant;

use marey::pipeline::{GO, each};
use marey::{Record, Result, wire};

fn main() -> Result<()> {
    let argument = |n| std::env::args().nth(n).unwrap_or_default();
    let speed = argument(2).parse().unwrap_or(1.0);
    let trace = marey::open(argument(1))?.replay(speed)?;
    let begun = Instant::now();
    let publish = |_| {
        each(|record, cx| {
            if let Record::Packet(packet) = record {
                cx.publish(wire::summary(&packet.layers()).to_string());
            }
        })
    };
    let print = |_, summary| {
        println!("after {} ms: {summary}", begun.elapsed().as_millis());
        GO
    };
    trace.run(publish, print)?;
    Ok(())
}
