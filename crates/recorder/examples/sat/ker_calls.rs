//! SAT's sample `ker_calls`: what threads do, and all kernel calls, or one of them by its number,
//! which is the third argument.

mod common;

use std::process::ExitCode;

use marey_recorder::error::Error;
use marey_recorder::texts::Draft;

fn main() -> ExitCode {
    common::run(draft())
}

fn draft() -> Result<Draft, Error> {
    let draft = Draft::new()?.class("kercall")?.rule("wide all")?;
    match std::env::args().nth(3) {
        Some(number) => Ok(draft.filter(&format!("id == {number}"))),
        None => draft.class("thread"),
    }
}
