//! Generates the metadata and the tracers in C and in Rust of a configuration: `generate CONFIG
//! FOLDER`.

use std::path::Path;

use marey_generate::configuration::Configuration;
use marey_generate::diagnostic::render;
use marey_generate::include::Search;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(path), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("usage: generate CONFIG FOLDER".into());
    };
    let search = Search { folders: vec![".".into()], ignores_missing: false };
    let configuration = Configuration::read(Path::new(&path), &search);
    for found in configuration.problems.sorted() {
        eprintln!("{}", render(found, &configuration.sources, false));
    }
    let definition = configuration.definition.ok_or("nothing is generated")?;
    let files = marey_generate::c::files(&definition).map_err(|found| format!("{found:?}"))?;
    let rust = marey_generate::rust::files(&definition).map_err(|found| format!("{found:?}"))?;
    for file in files.into_iter().chain(rust) {
        std::fs::write(Path::new(&folder).join(file.name), file.text)?;
    }
    let metadata = marey_ctf::tsdl::write(&definition.schema, marey_ctf::tsdl::Style::Barectf3);
    let metadata = metadata.map_err(|found| format!("{found:?}"))?;
    std::fs::write(Path::new(&folder).join("metadata"), metadata)?;
    Ok(())
}
