//! What can go wrong, and how a program says so.
//!
//! ```sh
//! cargo run --example errors -- FILE
//! ```
//!
//! Damage inside a trace is no error: what is around it is read, and it is in the ledger. An input
//! that cannot be opened is one, and so is a handler that gives up; the error says where. The exit
//! status is that of the `marey` command: 0 complete, 4 input missing or damaged, 1 what the
//! handler found:
//!
//! ```text
//! trace.pcap: 92 bytes at 3543: captured length is over the maximum
//! 11 records, 92 damaged bytes
//! ```

use std::process::ExitCode;

use marey::pipeline::{Cx, GO, Handler, Ledger, Next, Stop};
use marey::{Error, ErrorKind, Packet, Result};

/// Refuses packets without a time.
struct Strict;

impl Handler for Strict {
    type Out = ();

    fn on_packet(&mut self, packet: &Packet<'_>, _: &mut Cx<()>) -> Next {
        match packet.time() {
            Some(_) => GO,
            None => {
                let reason = "a packet without a time".to_owned();
                Next::Break(Stop::Error(Error::new(ErrorKind::Handler(reason))))
            }
        }
    }
}

fn check(file: &str) -> Result<Ledger> {
    let run = marey::open(file)?.run(|_| Strict, |_, ()| GO)?;
    Ok(run.ledger)
}

fn main() -> ExitCode {
    let file = std::env::args().nth(1).unwrap_or_default();
    match check(&file) {
        Ok(ledger) => {
            for damage in &ledger.damage {
                println!("{file}: {} bytes at {}: {}", damage.len, damage.offset, damage.reason);
            }
            println!("{} records, {} damaged bytes", ledger.received, ledger.damaged_bytes);
            ExitCode::from(if ledger.is_damaged() { 4 } else { 0 })
        }
        Err(error) => {
            // The error names the file, and the record and its offset where they are known.
            eprintln!("{error}");
            ExitCode::from(if matches!(error.kind(), ErrorKind::Handler(_)) { 1 } else { 4 })
        }
    }
}
