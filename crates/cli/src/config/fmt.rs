//! `marey config fmt`: YAML files in the usual format.

use std::path::Path;

use marey::Error;
use marey_generate::diagnostic::Problems;
use marey_generate::source::Sources;
use marey_generate::yaml;
use serde_json::{Map, json};

use super::args::Fmt;
use crate::args::Common;
use crate::exit::Exit;
use crate::generate::problems::{self, Teller};
use crate::generate::write::{self, File, State};

/// Formats files.
pub fn run(verb: &Fmt, common: &Common) -> Result<Exit, Error> {
    let (mut teller, mut exit) = (Teller::new(common), Exit::default());
    let (mut all, mut changed) = (Problems::default(), 0);
    for given in &verb.files {
        let (mut sources, mut found) = (Sources::default(), Problems::default());
        let path = problems::path_of(given);
        let text = formatted(path, &mut sources, &mut found);
        teller.tell(&found, &sources, "the file is left as it is");
        found.sorted().into_iter().for_each(|found| all.add(found.clone()));
        let Some(text) = text else { continue };
        if problems::is_stdin(path) && !verb.check {
            show(text, &mut teller);
            continue;
        }
        match one(verb, path, &sources, text, &mut teller) {
            Ok(State::Unchanged) => {}
            Ok(_) => changed += 1,
            Err(failed) => exit.output |= failed.output,
        }
    }
    let more = Map::from_iter([
        ("files".to_owned(), json!(verb.files.len())),
        ("written".to_owned(), json!(if verb.check { 0 } else { changed })),
    ]);
    teller.finish(&all, more, &mut exit);
    // 1 is the answer of a check.
    exit.refused = verb.check && changed > 0;
    exit.input |= all.has_errors();
    Ok(exit)
}

fn formatted(path: &Path, sources: &mut Sources, problems: &mut Problems) -> Option<String> {
    match sources.read(path) {
        Ok(file) => yaml::format(sources, file, problems),
        Err(found) => {
            problems.add(found);
            None
        }
    }
}

fn show(text: String, teller: &mut Teller<'_>) {
    if teller.is_json() {
        teller.json(&json!({"type": "configuration", "yaml": text}));
    } else {
        teller.out.write(text.as_bytes());
    }
}

/// Formats a file, or says that it would change.
fn one(
    verb: &Fmt,
    path: &Path,
    sources: &Sources,
    text: String,
    teller: &mut Teller<'_>,
) -> Result<State, Exit> {
    let file = match problems::is_stdin(path) {
        // It was read already.
        true => {
            let before = sources.files().next().map_or("", |file| sources.text(file));
            let state = if before == text { State::Unchanged } else { State::Changed };
            File { path: path.to_owned(), kind: "configuration", text, state }
        }
        false => File::new(path.to_owned(), "configuration", text)?,
    };
    if !verb.check {
        write::write(std::slice::from_ref(&file))?;
    }
    if teller.is_json() {
        teller.json(&file.json(!verb.check));
    } else if verb.check && file.state != State::Unchanged {
        let name = if problems::is_stdin(path) { Path::new("-") } else { path };
        teller.out.line(&problems::shown(name));
    }
    Ok(file.state)
}
