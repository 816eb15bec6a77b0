//! `marey config`: shows, checks, converts, compares and formats the file that a tracer is
//! generated from.

use marey::Error;
use marey_generate::configuration::Configuration;
use marey_generate::diagnostic::Problems;
use marey_generate::include::Search;
use marey_generate::outputs::{self, Destination, Language, Metadata};
use marey_generate::source::Sources;
use marey_generate::{schema, version};
use serde_json::{Map, json};

use crate::args::Common;
use crate::exit::Exit;
use crate::generate::problems::Teller;
use crate::generate::{self, problems};

pub mod args;
mod convert;
mod diff;
mod fmt;

use crate::generate::args::Compat;
use args::{Check, Config, Show, Version};

/// Does what was asked for.
pub fn run(verb: &Config, common: &Common) -> Result<Exit, Error> {
    match verb {
        Config::Show(verb) => show(verb, common),
        Config::Version(verb) => version(verb, common),
        Config::Check(verb) => check(verb, common),
        Config::Convert(verb) => convert::run(verb, common),
        Config::Diff(verb) => diff::run(verb, common),
        Config::Fmt(verb) => fmt::run(verb, common),
        Config::Schema => Ok(schema(common)),
    }
}

/// The same as barectf 3 writes it: version 2 becomes version 3.
pub fn show_as_version_3(mut verb: Show, common: &Common) -> Result<Exit, Error> {
    verb.of_version_2.compat.get_or_insert(Compat::Three);
    show(&verb, common)
}

/// Writes the configuration with all that it includes and inherits.
pub fn show(verb: &Show, common: &Common) -> Result<Exit, Error> {
    let search = match problems::search(&verb.includes) {
        Ok(search) => search,
        Err(exit) => return Ok(exit),
    };
    let options = verb.of_version_2.options(search);
    let configuration = match Configuration::read_with(problems::path_of(&verb.config), &options) {
        Ok(configuration) => configuration,
        Err(why) => return Ok(generate::of_version_3(why)),
    };
    let mut teller = Teller::new(common);
    teller.tell(&configuration.problems, &configuration.sources, "nothing is shown");
    let text = problems::effective(&configuration, usize::from(verb.indent_spaces));
    if let Some(text) = text.filter(|_| !configuration.problems.has_errors()) {
        if teller.is_json() {
            teller.json(&json!({"type": "configuration", "yaml": text}));
        } else {
            teller.out.write(text.as_bytes());
        }
    }
    Ok(finish(teller, &configuration.problems))
}

/// Writes the version.
pub fn version(verb: &Version, common: &Common) -> Result<Exit, Error> {
    let (mut sources, mut problems) = (Sources::default(), Problems::default());
    let path = problems::path_of(&verb.config);
    let version = version::version_of(path, &mut sources, &mut problems);
    let mut teller = Teller::new(common);
    teller.tell(&problems, &sources, "the version is not known");
    if let Some(version) = version {
        if teller.is_json() {
            teller.json(&json!({"type": "version", "version": version}));
        } else {
            teller.out.line(&version.to_string());
        }
    }
    Ok(finish(teller, &problems))
}

/// Says what is wrong.
fn check(verb: &Check, common: &Common) -> Result<Exit, Error> {
    let search: Search = match problems::search(&verb.includes) {
        Ok(search) => search,
        Err(exit) => return Ok(exit),
    };
    let path = problems::path_of(&verb.config);
    let mut configuration = match Configuration::read_with(path, &verb.of_version_2.options(search))
    {
        Ok(configuration) => configuration,
        Err(why) => return Ok(generate::of_version_3(why)),
    };
    let outputs = configuration.definition.as_ref();
    let packets = Destination::Packets(Metadata::Ctf1);
    let outputs = outputs.map(|definition| outputs::outputs(definition, Language::C, packets));
    if let Some(Err(found)) = outputs {
        found.into_iter().for_each(|found| configuration.problems.add(found));
    }
    let mut teller = Teller::new(common);
    let so = "nothing can be generated of this";
    teller.tell(&configuration.problems, &configuration.sources, so);
    Ok(finish(teller, &configuration.problems))
}

/// Writes the JSON Schema.
fn schema(common: &Common) -> Exit {
    let schema = schema::of_version_3();
    let mut teller = Teller::new(common);
    if teller.is_json() {
        teller.json(&json!({"type": "schema", "version": 3, "schema": schema}));
    } else {
        teller.out.line(&format!("{schema:#}"));
    }
    finish(teller, &Problems::default())
}

fn finish(teller: Teller<'_>, problems: &Problems) -> Exit {
    let mut exit = Exit::default();
    teller.finish(problems, Map::new(), &mut exit);
    exit
}
