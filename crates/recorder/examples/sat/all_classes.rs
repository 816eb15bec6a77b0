//! SAT's sample `all_classes`: all classes, with their fast fields.

mod common;

use std::process::ExitCode;

use marey_recorder::error::Error;
use marey_recorder::sat;
use marey_recorder::texts::Draft;

fn main() -> ExitCode {
    common::run(draft())
}

fn draft() -> Result<Draft, Error> {
    let draft = Draft::new()?;
    // Classes of which this kernel has no events add none.
    let draft = sat::CLASSES.iter().try_fold(draft, |draft, class| draft.class(class.name))?;
    draft.rule("fast all")
}
