//! Ordered results: workers publish, and the reporter gets it in the order of the records.
//!
//! ```sh
//! cargo run --example ordered -- FILE [WORKERS]
//! ```
//!
//! It prints each packet that has a wrong checksum. To compute checksums is the slow part, and all
//! workers do it at once; the lines come in the order of the trace, as if there were one:
//!
//! ```text
//! packet 7, tcp: 0x0000 should be 0x1ad5
//! packet 12, udp: 0xffff should be 0x8c01
//! 2 wrong checksums
//! ```

use marey::pipeline::{Cx, GO, each};
use marey::wire::checksum::{Verdict, checksums};
use marey::{Record, Result};

fn check(record: Record<'_>, cx: &mut Cx<String>) {
    let Record::Packet(packet) = record else { return };
    let layers = packet.layers();
    for checksum in checksums(&layers) {
        if let Verdict::Bad { found, expected } = checksum.verdict {
            let (number, protocol) = (packet.position().record, checksum.protocol.name());
            cx.publish(format!(
                "packet {number}, {protocol}: {found:#06x} should be {expected:#06x}"
            ));
        }
    }
}

fn main() -> Result<()> {
    let argument = |n| std::env::args().nth(n).unwrap_or_default();
    let trace = marey::open(argument(1))?.workers(argument(2).parse().unwrap_or(4));
    let mut wrong = 0;
    // The reporter runs on this thread, so it may change what is here.
    let report = |_place, line| {
        wrong += 1;
        println!("{line}");
        GO
    };
    trace.run(|_| each(check), report)?;
    println!("{wrong} wrong checksums");
    Ok(())
}
