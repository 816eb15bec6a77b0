//! `marey generate`: from a YAML file that describes a trace to its metadata and its tracer.
//!
//! Read on in [`problems`] (what is wrong with the file), [`write`] (which files change) and
//! [`example`] (what a newcomer gets). This file only says in which order things happen.

use std::path::{Path, PathBuf};

use marey::Error;
use marey_generate::configuration::{Configuration, IsVersion3};
use marey_generate::outputs::{self, Destination, Output};
use serde_json::{Map, json};

use crate::args::Common;
use crate::exit::{self, Exit};
use crate::target;

pub mod args;
mod depfile;
mod example;
pub mod problems;
pub mod write;

use args::Generate;
use problems::Teller;
use write::{File, State};

/// What the user is told to do about an output that is an input.
const IS_INPUT: &str = "it is a file that is read; generate into another folder, or with another \
                        --prefix";

/// Generates what the command line asks for.
pub fn run(verb: &Generate, common: &Common) -> Result<Exit, Error> {
    if let Some(folder) = &verb.example {
        return Ok(example::run(folder, common));
    }
    let Some(given) = &verb.config else { return Ok(usage("no configuration is named")) };
    let destination = match verb.destination() {
        Ok(destination) => destination,
        Err(what) => return Ok(usage(&what)),
    };
    let folders = [
        (verb.code_dir.as_path(), "--code-dir"),
        (verb.headers_dir.as_path(), "--headers-dir"),
        (verb.metadata_dir(), "--metadata-dir"),
    ];
    for (folder, option) in folders {
        if let Err(exit) = problems::check_folder(folder, option) {
            return Ok(exit);
        }
    }
    let search = match problems::search(&verb.includes) {
        Ok(search) => search,
        Err(exit) => return Ok(exit),
    };
    let options = verb.of_version_2.options(search);
    let mut configuration = match Configuration::read_with(problems::path_of(given), &options) {
        Ok(configuration) => configuration,
        Err(why) => return Ok(of_version_3(why)),
    };
    let outputs = outputs_of(verb, destination, &mut configuration);
    Ok(finish(verb, common, given, &configuration, outputs))
}

/// What is said of `--compat 2.3` with a configuration of version 3.
pub fn of_version_3(why: IsVersion3) -> Exit {
    usage(&format!("--compat 2.3: {why}"))
}

fn usage(what: &str) -> Exit {
    exit::say(&format!("marey: {what}\n"));
    Exit { usage: true, ..Exit::default() }
}

/// What is generated; what cannot be is added to the configuration's problems.
fn outputs_of(
    verb: &Generate,
    destination: Destination,
    configuration: &mut Configuration,
) -> Vec<Output> {
    if let Some(uuid) = verb.uuid {
        configuration.set_uuid(uuid.into_bytes());
    }
    if let Some(prefix) = &verb.prefix {
        configuration.set_prefixes(&prefix.identifier, &prefix.file);
    }
    let Some(definition) = &configuration.definition else { return Vec::new() };
    match outputs::outputs(definition, verb.lang.into(), destination) {
        Ok(outputs) => outputs,
        Err(found) => {
            found.into_iter().for_each(|found| configuration.problems.add(found));
            Vec::new()
        }
    }
}

/// Says what is wrong, and writes if nothing is.
fn finish(
    verb: &Generate,
    common: &Common,
    given: &Path,
    configuration: &Configuration,
    outputs: Vec<Output>,
) -> Exit {
    let mut teller = Teller::new(common);
    let mut exit = Exit::default();
    let mut files = Vec::new();
    let mut is_written = false;
    let (problems, sources) = (&configuration.problems, &configuration.sources);
    teller.tell(problems, sources, "nothing was generated");
    if !problems.has_errors() {
        if verb.dump_config {
            dump(&mut teller, configuration);
        }
        let written = files_of(verb, given, configuration, outputs).and_then(|found| {
            files = found;
            if verb.dry_run { Ok(()) } else { write::write(&files) }
        });
        is_written = written.is_ok() && !verb.dry_run;
        exit = written.err().unwrap_or_default();
    }
    for file in &files {
        if common.json {
            teller.json(&file.json(is_written));
        } else if verb.dry_run {
            let line = format!("{:9}  {}", file.state.as_str(), problems::shown(&file.path));
            teller.out.line(&line);
        }
    }
    let changed = files.iter().filter(|file| file.state != State::Unchanged).count();
    let written = if is_written { changed } else { 0 };
    let more = [("files".to_owned(), json!(files.len())), ("written".to_owned(), json!(written))];
    teller.finish(problems, Map::from_iter(more), &mut exit);
    exit
}

/// Writes the configuration with all that it includes and inherits.
fn dump(teller: &mut Teller<'_>, configuration: &Configuration) {
    let text = problems::effective(configuration, 2).unwrap_or_default();
    if teller.is_json() {
        teller.json(&json!({"type": "configuration", "yaml": text}));
    } else {
        teller.out.write(text.as_bytes());
    }
}

/// The files to be written, none of which is one that was read.
fn files_of(
    verb: &Generate,
    given: &Path,
    configuration: &Configuration,
    outputs: Vec<Output>,
) -> Result<Vec<File>, Exit> {
    let own = problems::path_of(given);
    let own = (!problems::is_stdin(own)).then(|| own.to_owned());
    let inputs: Vec<PathBuf> =
        own.into_iter().chain(configuration.included.iter().cloned()).collect();
    let files = outputs.into_iter().map(|output| File::of(output, verb));
    let mut files = files.collect::<Result<Vec<File>, Exit>>()?;
    if let Some(path) = &verb.depfile {
        let text = depfile::text(files.iter().map(|file| file.path.as_path()), &inputs);
        if files.iter().any(|file| file.path == *path) {
            return Err(target::wrong(path.as_os_str(), "it is generated, too; name another file"));
        }
        files.push(File::new(path.clone(), "dependencies", text)?);
    }
    match files.iter().find(|file| file.is_among(&inputs)) {
        Some(file) => Err(target::wrong(file.path.as_os_str(), IS_INPUT)),
        None => Ok(files),
    }
}
