//! Static rules: from files and from the command line.

use std::path::Path;

use marey_diagnostic::source::{FileId, Sources};
use marey_diagnostic::{Diagnostic, Problems};
use marey_recorder::rules::{self, NoEvent, Rule, State, Table, Written};
use marey_recorder::tracefs::Format;

use super::args::Record;
use super::plan::{tell, tell_and};
use crate::args::Common;
use crate::exit::Exit;
use crate::generate::problems::path_of;
use crate::target;

/// The rules that a recording begins with.
pub struct Rules {
    /// The rules, in their order.
    pub rules: Vec<Rule>,
    /// What they come to at the events.
    pub states: Vec<State>,
}

/// Reads the rules, and says what is wrong with them: those of files first.
pub fn read(verb: &Record, events: &[(Format, String)], common: &Common) -> Result<Rules, Exit> {
    let (mut sources, mut problems) = (Sources::default(), Problems::default());
    let mut files = Vec::new();
    for path in &verb.rule_files {
        let text = crate::check::read(path_of(path))
            .map_err(|e| target::wrong(path.as_os_str(), &e.to_string()))?;
        files.push(add(&mut sources, path, text, &mut problems));
    }
    for text in &verb.rules {
        let text = text.as_bytes().to_vec();
        files.push(add(&mut sources, Path::new("--rule"), text, &mut problems));
    }
    let mut table = Table::new(events.iter().map(|(format, _)| format));
    let mut rules = Vec::new();
    for file in files.into_iter().flatten() {
        for written in rules::parse(&sources, file, &mut problems) {
            match table.apply(&written.rule) {
                Ok(_) => rules.push(written.rule),
                Err(why) => problems.add(nowhere(&written, &why)),
            }
        }
    }
    tell(&problems, &sources, common)?;
    Ok(Rules { rules, states: table.states().to_vec() })
}

/// Says what is wrong with a rule, as far as it can be known without a recording.
pub fn check(text: &str, common: &Common) -> Result<(), Exit> {
    let (mut sources, mut problems) = (Sources::default(), Problems::default());
    let file = add(&mut sources, Path::new("RULE"), text.as_bytes().to_vec(), &mut problems);
    file.map(|file| rules::parse(&sources, file, &mut problems));
    tell_and(&problems, &sources, "no rule is changed", common)
}

fn add(
    sources: &mut Sources,
    path: &Path,
    text: Vec<u8>,
    problems: &mut Problems,
) -> Option<FileId> {
    sources.add(path.to_string_lossy(), text).map_err(|found| problems.add(found)).ok()
}

/// A rule that is for no event of the recording.
fn nowhere(written: &Written, why: &NoEvent) -> Diagnostic {
    let found = Diagnostic::error(why.what.clone()).at(written.target, "");
    found.help_names(&why.nearest).help(why.help)
}
