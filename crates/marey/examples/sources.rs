//! Traces that are no files: bytes in memory, and a socket.
//!
//! ```sh
//! cargo run --example sources -- memory FILE
//! cargo run --example sources -- tcp ADDRESS:PORT
//! ```
//!
//! It counts the packets of what it gets. Compression is found by content here as well:
//!
//! ```text
//! pcap: 12 packets
//! ```

use std::io::Cursor;
use std::net::TcpStream;

use marey::pipeline::Trace;
use marey::{Record, Result};

fn open(kind: &str, name: &str) -> Result<Trace> {
    match kind {
        "tcp" => marey::open_live(name, TcpStream::connect(name)?),
        _ => marey::open_stream(name, Cursor::new(std::fs::read(name)?)),
    }
}

fn main() -> Result<()> {
    let argument = |n| std::env::args().nth(n).unwrap_or_default();
    let trace = open(&argument(1), &argument(2))?;
    let format = trace.format();
    let mut reader = trace.reader();
    let mut packets = 0;
    while let Some(record) = reader.next() {
        packets += u64::from(matches!(record, Record::Packet(_)));
    }
    println!("{format}: {packets} packets");
    Ok(())
}
