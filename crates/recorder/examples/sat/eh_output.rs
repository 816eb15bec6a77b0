//! A handler that sends events to a terminal, which is the third argument: what SAT's documents
//! call the output of events to external hardware.

mod common;

use std::process::ExitCode;

use marey_recorder::error::Error;
use marey_recorder::texts::Draft;

fn main() -> ExitCode {
    common::run(draft())
}

fn draft() -> Result<Draft, Error> {
    let terminal = std::env::args().nth(3).unwrap_or_else(|| "/dev/tty".to_owned());
    Draft::new()?
        .handler("eh_output.marey", include_str!("eh_output.marey"))
        .sink(&format!("out=tty:{terminal}"))
}
