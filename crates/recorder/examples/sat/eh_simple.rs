//! SAT's sample `eh_simple`: two handlers of two events share a flag, so that the events are
//! recorded in turns.

mod common;

use std::process::ExitCode;

use marey_recorder::error::Error;
use marey_recorder::texts::Draft;

fn main() -> ExitCode {
    common::run(draft())
}

fn draft() -> Result<Draft, Error> {
    Ok(Draft::new()?.handler("eh_simple.marey", include_str!("eh_simple.marey")))
}
