//! A plain loop: record after record, on one thread, without handlers.
//!
//! ```sh
//! cargo run --example reader -- FILE
//! ```
//!
//! It prints how many packets and bytes each interface saw, by the name that the trace gives it,
//! and what the trace says was lost:
//!
//! ```text
//! lan0: 116 packets, 18068 bytes
//! wan0: 116 packets, 21164 bytes
//! 11 packets were lost while recording, 0 bytes of the trace are damaged
//! ```

use std::collections::BTreeMap;

use marey::Record;

fn main() -> marey::Result<()> {
    let file = std::env::args().nth(1).unwrap_or_default();
    let mut reader = marey::open(file)?.reader();
    let mut interfaces = BTreeMap::<String, (u64, u64)>::new();
    while let Some(record) = reader.next() {
        // Meta records come here too; what they say is in the scene already when a packet asks.
        let Record::Packet(packet) = record else { continue };
        let name = packet.interface().and_then(|interface| interface.name());
        let (packets, bytes) = interfaces.entry(name.unwrap_or("no name").to_owned()).or_default();
        *packets += 1;
        *bytes += u64::from(packet.wire_len());
    }
    for (name, (packets, bytes)) in interfaces {
        println!("{name}: {packets} packets, {bytes} bytes");
    }
    let ledger = reader.ledger();
    let (lost, damaged) = (ledger.source_lost, ledger.damaged_bytes);
    println!("{lost} packets were lost while recording, {damaged} bytes of the trace are damaged");
    Ok(())
}
