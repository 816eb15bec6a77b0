//! `marey report`: what is in here?

use marey::Error;

use crate::args::{Common, Report};
use crate::exit::Exit;

/// Reports on each input and on all of them.
pub fn run(_verb: &Report, _common: &Common) -> Result<Exit, Error> {
    Ok(Exit::default())
}
