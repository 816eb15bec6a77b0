//! SAT's sample `one_class`: only what threads do.

mod common;

use std::process::ExitCode;

use marey_recorder::error::Error;
use marey_recorder::texts::Draft;

fn main() -> ExitCode {
    common::run(draft())
}

fn draft() -> Result<Draft, Error> {
    Draft::new()?.class("thread")
}
