//! `marey generate --example`: a folder with all that a first trace needs.

use std::fs;
use std::io;
use std::path::Path;

use marey_generate::configuration::Configuration;
use marey_generate::diagnostic::Problems;
use marey_generate::include::Search;
use marey_generate::outputs::{self, Destination, Folder, Language, Metadata, Output};
use serde_json::{Map, json};

use super::problems::{self, Teller};
use super::write::{self, File};
use crate::args::Common;
use crate::exit::Exit;
use crate::target;

/// The files that are the same wherever marey runs.
const FILES: [(&str, &str); 4] = [
    ("README.md", include_str!("../../example/README.md")),
    ("main.c", include_str!("../../example/main.c")),
    ("platform.c", include_str!("../../example/platform.c")),
    ("platform.h", include_str!("../../example/platform.h")),
];
/// The configuration, for a target with the byte order of most.
const CONFIG: (&str, &str) = ("config.yaml", include_str!("../../example/config.yaml"));
/// Where the program writes its trace.
const TRACE: &str = "trace";

/// Writes the example, and says what to do with it.
pub fn run(folder: &Path, common: &Common) -> Exit {
    let mut teller = Teller::new(common);
    let written = files(folder);
    let mut exit = written.as_ref().err().copied().unwrap_or_default();
    let files = written.unwrap_or_default();
    if common.json {
        files.iter().for_each(|file| teller.json(&file.json(true)));
    } else if !files.is_empty() {
        teller.out.write(what_next(folder).as_bytes());
    }
    let count = json!(files.len());
    let more = [("files".to_owned(), count.clone()), ("written".to_owned(), count)];
    teller.finish(&Problems::default(), Map::from_iter(more), &mut exit);
    exit
}

fn files(folder: &Path) -> Result<Vec<File>, Exit> {
    let failed = |e: io::Error| target::failed(folder.as_os_str(), &e);
    match fs::read_dir(folder).map(Iterator::count) {
        Ok(1..) => {
            let what = "it is not empty; name a folder that is not there yet";
            return Err(target::wrong(folder.as_os_str(), what));
        }
        Ok(_) => {}
        Err(e) if e.kind() == io::ErrorKind::NotFound => {}
        Err(e) => return Err(target::wrong(folder.as_os_str(), &e.to_string())),
    }
    fs::create_dir_all(folder.join(TRACE)).map_err(failed)?;
    let (name, text) = CONFIG;
    let text = match cfg!(target_endian = "big") {
        true => text.replace("little-endian", "big-endian"),
        false => text.to_owned(),
    };
    let fixed = FILES.iter().map(|(name, text)| (*name, (*text).to_owned()));
    let fixed = fixed.chain([(name, text)]);
    let fixed = fixed.map(|(name, text)| File::new(folder.join(name), "example", text));
    let mut files = fixed.collect::<Result<Vec<File>, Exit>>()?;
    write::write(&files)?;
    let generated = generated(&folder.join(name))?;
    write::write(&generated)?;
    files.extend(generated);
    Ok(files)
}

/// What is generated of the example's configuration.
fn generated(config: &Path) -> Result<Vec<File>, Exit> {
    let folder = config.parent().unwrap_or(Path::new("."));
    let configuration = Configuration::read(config, &Search::default());
    let outputs = configuration.definition.as_ref();
    let packets = Destination::Packets(Metadata::Ctf1);
    let outputs = outputs.and_then(|it| outputs::outputs(it, Language::C, packets).ok());
    let Some(outputs) = outputs else { return Err(Exit { bug: true, ..Exit::default() }) };
    let file = |Output { folder: kind, name, text }| {
        let (path, kind) = match kind {
            Folder::Metadata => (folder.join(TRACE).join(name), "metadata"),
            Folder::Headers => (folder.join(name), "header"),
            Folder::Code => (folder.join(name), "source"),
        };
        File::new(path, kind, text)
    };
    outputs.into_iter().map(file).collect()
}

fn what_next(folder: &Path) -> String {
    let shown = problems::shown(folder);
    let is_word = |c: char| c.is_ascii_alphanumeric() || "_./+-".contains(c);
    let word = match shown.chars().all(is_word) && !shown.starts_with('-') {
        true => shown,
        false => format!("'{}'", shown.replace('\'', "'\\''")),
    };
    format!(
        "A first trace is in {word}; README.md there says which file is what.\n\
         Build it, run it, read it:\n  \
         cd {word} && cc -o hello *.c && ./hello && babeltrace2 {TRACE}\n"
    )
}
