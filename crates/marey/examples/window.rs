//! A window of time, and a limit.
//!
//! ```sh
//! cargo run --example window -- FILE FROM TO COUNT [WORKERS]
//! ```
//!
//! It prints at most COUNT packets of those between FROM and TO, in seconds from the first packet
//! of the trace; TO is not in the window. What was left out is in the account:
//!
//! ```text
//! 2026-01-01T00:00:01.000000000Z
//! 2026-01-01T00:00:01.500000000Z
//! 6 received = 2 delivered + 4 filtered + 0 lost
//! ```

use marey::pipeline::{GO, each};
use marey::{Record, Result, Timestamp};

/// The time of the first packet that has one.
fn begin(file: &str) -> Result<Option<Timestamp>> {
    let mut reader = marey::open(file)?.reader();
    while let Some(record) = reader.next() {
        match record {
            Record::Packet(packet) if packet.time().is_some() => return Ok(packet.time()),
            _ => {}
        }
    }
    Ok(None)
}

fn main() -> Result<()> {
    let argument = |n| std::env::args().nth(n).unwrap_or_default();
    let number = |n| argument(n).parse().unwrap_or(0i64);
    let file = argument(1);
    let begin = begin(&file)?.map_or(0, Timestamp::as_ns);
    let after = |seconds: i64| Timestamp::from_ns(begin + seconds * 1_000_000_000);
    let trace = marey::open(&file)?.since(after(number(2))).until(after(number(3)));
    let trace = trace.packets(number(4).unsigned_abs()).workers(argument(5).parse().unwrap_or(4));
    let publish = |_| {
        each(|record, cx| {
            if let Record::Packet(packet) = record {
                cx.publish(packet.time());
            }
        })
    };
    let print = |_, time: Option<Timestamp>| {
        time.iter().for_each(|time| println!("{time}"));
        GO
    };
    let ledger = trace.run(publish, print)?.ledger;
    println!(
        "{} received = {} delivered + {} filtered + {} lost",
        ledger.received, ledger.delivered, ledger.filtered, ledger.lost
    );
    Ok(())
}
