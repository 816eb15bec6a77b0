//! Several inputs as one trace, in the order of time.
//!
//! ```sh
//! cargo run --example timeline -- FILE FILE...
//! ```
//!
//! It prints the packets of all files as one sequence, each with the file that it is from. Where
//! times are equal, the file that was named first comes first:
//!
//! ```text
//! 2026-01-01T00:00:00.000000000Z a.pcap 60 bytes
//! 2026-01-01T00:00:00.500000000Z b.pcapng 1514 bytes
//! ```

use marey::{Record, Result, Timestamp};

fn main() -> Result<()> {
    let files: Vec<String> = std::env::args().skip(1).collect();
    let mut reader = marey::open_all(&files)?.reader();
    while let Some(record) = reader.next() {
        let Record::Packet(packet) = record else { continue };
        let time = packet.time().as_ref().map_or("no time".to_owned(), Timestamp::to_string);
        let file = &files[packet.position().input as usize];
        println!("{time} {file} {} bytes", packet.wire_len());
    }
    Ok(())
}
