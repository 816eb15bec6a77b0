//! Generates the metadata and the tracers in C and in Rust of a configuration:
//! `generate CONFIG FOLDER [2.3 | 3.1]`.

use std::path::Path;

use marey_ctf::tsdl::{self, Style};
use marey_generate::configuration::{Configuration, Options};
use marey_generate::definition::Profile;
use marey_generate::diagnostic::render;
use marey_generate::include::Search;
use marey_generate::v2::Compat;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(path), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("usage: generate CONFIG FOLDER [2.3 | 3.1]".into());
    };
    let search = Search { folders: vec![".".into()], ignores_missing: false };
    let compat = arguments.next().and_then(|word| Compat::parse(&word));
    let configuration = Configuration::read_with(Path::new(&path), &Options { search, compat })?;
    for found in configuration.problems.sorted() {
        eprintln!("{}", render(found, &configuration.sources, false));
    }
    let definition = configuration.definition.ok_or("nothing is generated")?;
    let files = marey_generate::c::files(&definition).map_err(|found| format!("{found:?}"))?;
    let rust = marey_generate::rust::files(&definition).map_err(|found| format!("{found:?}"))?;
    for file in files.into_iter().chain(rust) {
        std::fs::write(Path::new(&folder).join(file.name), file.text)?;
    }
    let style = match definition.profile {
        Profile::Barectf2 => Style::Barectf2,
        Profile::Barectf3 => Style::Barectf3,
    };
    let metadata = tsdl::write(&definition.schema, style).map_err(|found| format!("{found:?}"))?;
    std::fs::write(Path::new(&folder).join("metadata"), metadata)?;
    Ok(())
}
