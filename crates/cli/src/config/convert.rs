//! `marey config convert`: version 2 as version 3.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use marey::Error;
use marey_generate::configuration::{Configuration, Conversion};
use marey_generate::diagnostic::Diagnostic;
use marey_generate::yaml;
use serde_json::{Map, json};

use super::args::Convert;
use crate::args::Common;
use crate::exit::{self, Exit};
use crate::generate::{
    self,
    problems::{self, Teller},
};
use crate::target::{self, Target};

/// Converts a configuration.
pub fn run(verb: &Convert, common: &Common) -> Result<Exit, Error> {
    let search = match problems::search(&verb.includes) {
        Ok(search) => search,
        Err(exit) => return Ok(exit),
    };
    let path = problems::path_of(&verb.config);
    let target = match target(verb, path) {
        Ok(target) => target,
        Err(exit) => return Ok(exit),
    };
    let options = verb.of_version_2.options(search);
    let configuration = match Configuration::read_with(path, &options) {
        Ok(configuration) => configuration,
        Err(why) => return Ok(generate::of_version_3(why)),
    };
    let conversion = configuration.to_version_3().unwrap_or_else(|| refused(&configuration));
    let mut teller = Teller::new(common);
    let so = "nothing was converted";
    teller.tell(&conversion.problems, &configuration.sources, so);
    let mut exit = Exit::default();
    if let Some(effective) = &conversion.effective {
        let text = yaml::emit(effective, usize::from(verb.indent_spaces));
        match target {
            Target::Stdout if common.json => {
                teller.json(&json!({"type": "configuration", "yaml": text}));
            }
            target => target.write(&text, &mut teller.out, &mut exit),
        }
        exit.lost = conversion.losses > 0;
        tell_losses(conversion.losses, common);
    }
    let more = Map::from_iter([("losses".to_owned(), json!(conversion.losses))]);
    teller.finish(&conversion.problems, more, &mut exit);
    Ok(exit)
}

/// Where the output goes: not to where the input comes from.
fn target(verb: &Convert, input: &Path) -> Result<Target, Exit> {
    let id = |path: &Path| path.metadata().ok().map(|found| (found.dev(), found.ino()));
    let is_file = verb.output != "-";
    if is_file && id(Path::new(&verb.output)).is_some_and(|own| id(input) == Some(own)) {
        return Err(target::wrong(&verb.output, "it is the file that is read; name another"));
    }
    Target::of(&verb.output, verb.force)
}

/// What cannot be read is not converted, nor what is of version 3.
fn refused(configuration: &Configuration) -> Conversion {
    let mut problems = configuration.problems.clone();
    if !problems.has_errors() {
        let what = "this is of version 3 already";
        let found = Diagnostic::error(what);
        let root = configuration.effective.as_ref();
        let tag = root.and_then(|root| root.tag.as_ref()).map(|(_, span)| *span);
        let found = match tag {
            Some(span) => found.at(span, "the tag of version 3"),
            None => found,
        };
        problems.add(found.help("`marey config show` writes it with all that it includes"));
    }
    Conversion { effective: None, problems, losses: 0 }
}

fn tell_losses(losses: usize, common: &Common) {
    if losses > 0 && !common.json {
        let (what, are) = if losses == 1 { ("warning", "is") } else { ("warnings", "are") };
        exit::say(&format!(
            "marey: {losses} {what} above {are} of what version 3 cannot say; all else is kept\n"
        ));
    }
}
