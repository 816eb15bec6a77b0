//! Sorted results: in the order of a key of yours, in as little memory as you say.
//!
//! ```sh
//! cargo run --example sorted -- FILE [WORKERS]
//! ```
//!
//! It prints the packets of a trace in the order of their times, where the trace has another one,
//! as some capture cards with several queues write it. Past 64 MiB what waits goes to a temporary
//! file, so the trace may be larger than memory. Packets of the same time keep their order:
//!
//! ```text
//! 2026-01-01T00:00:00.000000000Z packet 3, 60 bytes
//! 2026-01-01T00:00:00.100000000Z packet 0, 1514 bytes
//! ```

use marey::pipeline::{GO, Next, each};
use marey::spill::Sorted;
use marey::{Record, Result, Timestamp};

const BUDGET_BYTES: usize = 64 << 20;

fn main() -> Result<()> {
    let argument = |n| std::env::args().nth(n).unwrap_or_default();
    let trace = marey::open(argument(1))?.workers(argument(2).parse().unwrap_or(4));
    let mut sorted = Sorted::new(BUDGET_BYTES);
    let publish = |_| {
        each(|record, cx| {
            if let Record::Packet(packet) = record {
                cx.publish((packet.time(), (packet.position().record, packet.wire_len())));
            }
        })
    };
    let report = |_, (time, packet)| match sorted.push(time, packet) {
        Ok(()) => GO,
        Err(error) => Next::Break(marey::pipeline::Stop::Error(error.into())),
    };
    trace.run(publish, report)?;
    for pair in sorted.finish()? {
        let (time, (number, bytes)) = pair?;
        let time = time.as_ref().map_or("no time".to_owned(), Timestamp::to_string);
        println!("{time} packet {number}, {bytes} bytes");
    }
    Ok(())
}
