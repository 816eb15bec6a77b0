//! SAT's sample `eh_global`: two handlers of two classes share a flag.

mod common;

use std::process::ExitCode;

use marey_recorder::error::Error;
use marey_recorder::texts::Draft;

fn main() -> ExitCode {
    common::run(draft())
}

fn draft() -> Result<Draft, Error> {
    Ok(Draft::new()?.handler("eh_global.marey", include_str!("eh_global.marey")))
}
