//! The files that are made of a definition, and which folder each goes to.

use marey_ctf::{ctf2, tsdl};

use crate::c;
use crate::definition::{Definition, Profile};
use crate::diagnostic::Diagnostic;
use crate::plan::Unsupported;
use crate::rust;

/// The name that readers know metadata by.
const METADATA: &str = "metadata";
/// The same in a folder of its own, when the metadata of CTF 1.8 has the name already. Readers of
/// a trace look at no folder in it.
const METADATA_BESIDE: &str = "ctf2/metadata";

/// The folder that a file goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Folder {
    /// That of the sources.
    Code,
    /// That of the headers.
    Headers,
    /// That of the trace: its metadata stands beside its streams.
    Metadata,
}

/// A file that is made of a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The folder that it goes to.
    pub folder: Folder,
    /// Its name in that folder.
    pub name: String,
    /// What is in it.
    pub text: String,
}

/// The languages of tracers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// C.
    #[default]
    C,
    /// Rust.
    Rust,
}

/// Where the events of a tracer go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Destination {
    /// Into CTF packets that the tracer writes. Metadata describes them.
    Packets(Metadata),
    /// Into the rings of `marey-layer`, from where `marey record -u` takes them. It describes them
    /// itself.
    Layer,
}

/// The versions of CTF in which metadata is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Metadata {
    /// CTF 1.8, which all readers of CTF know.
    #[default]
    Ctf1,
    /// CTF 2.
    Ctf2,
    /// CTF 1.8 beside the streams, and CTF 2 in the folder `ctf2` there.
    Both,
}

/// The tracer, and the metadata of its packets.
///
/// # Errors
///
/// All that no tracer in this language can write, and all that a version of CTF cannot say.
pub fn outputs(
    definition: &Definition,
    language: Language,
    destination: Destination,
) -> Result<Vec<Output>, Vec<Diagnostic>> {
    let mut outputs = Vec::new();
    let mut problems = Vec::new();
    let metadata = match destination {
        Destination::Packets(metadata) => metadata_texts(definition, metadata),
        Destination::Layer => Vec::new(),
    };
    for (name, text) in metadata {
        match text {
            Ok(text) => {
                outputs.push(Output { folder: Folder::Metadata, name: name.to_owned(), text });
            }
            Err(found) => problems.extend(found),
        }
    }
    match tracer(definition, language, destination) {
        Ok(files) => outputs.extend(files),
        Err(found) => problems.extend(found),
    }
    if problems.is_empty() { Ok(outputs) } else { Err(problems) }
}

type Text = Result<String, Vec<Diagnostic>>;

/// The names of the files of metadata, and what is in them.
fn metadata_texts(definition: &Definition, metadata: Metadata) -> Vec<(&'static str, Text)> {
    match metadata {
        Metadata::Ctf1 => vec![(METADATA, ctf1_text(definition))],
        Metadata::Ctf2 => vec![(METADATA, ctf2_text(definition))],
        Metadata::Both => {
            vec![(METADATA, ctf1_text(definition)), (METADATA_BESIDE, ctf2_text(definition))]
        }
    }
}

fn ctf1_text(definition: &Definition) -> Text {
    let style = match definition.profile {
        Profile::Barectf3 => tsdl::Style::Barectf3,
        Profile::Barectf2 => tsdl::Style::Barectf2,
    };
    tsdl::write(&definition.schema, style).map_err(|found| inexpressible("CTF 1.8", &found))
}

fn ctf2_text(definition: &Definition) -> Text {
    ctf2::write(&definition.schema).map_err(|found| inexpressible("CTF 2", &found))
}

fn inexpressible(version: &str, found: &[marey_ctf::Inexpressible]) -> Vec<Diagnostic> {
    let say = |found: &marey_ctf::Inexpressible| {
        Diagnostic::error(format!("{version} cannot say this: {found}"))
    };
    found.iter().map(say).collect()
}

fn tracer(
    definition: &Definition,
    language: Language,
    destination: Destination,
) -> Result<Vec<Output>, Vec<Diagnostic>> {
    let prefix = &definition.code.file_prefix;
    if !is_plain(prefix) {
        let what = format!("names of files cannot begin with `{prefix}`");
        let help = "give a `prefix` of letters, digits, `-`, `_` and `.`: files go to the folders \
                    that the command line names";
        return Err(vec![Diagnostic::error(what).help(help)]);
    }
    let (files, name) = match (language, destination) {
        (Language::C, Destination::Packets(_)) => (c::files(definition), "tracer in C"),
        (Language::Rust, Destination::Packets(_)) => (rust::files(definition), "tracer in Rust"),
        (Language::C, Destination::Layer) => (c::layer::files(definition), LAYER),
        (Language::Rust, Destination::Layer) => (rust::layer::files(definition), LAYER),
    };
    let files = files.map_err(|found| unsupported(name, found))?;
    let output = |file: c::File| {
        let folder = if file.name.ends_with(".h") { Folder::Headers } else { Folder::Code };
        Output { folder, name: file.name, text: file.text }
    };
    Ok(files.into_iter().map(output).collect())
}

/// What tracers are called whose events go into `marey-layer`.
const LAYER: &str = "tracer into marey-layer";

/// What a tracer cannot write, each once: fields that several events have, too.
fn unsupported(name: &str, found: Vec<Unsupported>) -> Vec<Diagnostic> {
    let mut once: Vec<Unsupported> = Vec::new();
    found.into_iter().for_each(|it| {
        if !once.contains(&it) {
            once.push(it)
        }
    });
    let say = |Unsupported { field, what }: &Unsupported| {
        let does = if name == LAYER { "have" } else { "write" };
        let found = Diagnostic::error(format!("a {name} cannot {does} `{field}`: {what}"));
        match (name == LAYER, field == rust::layer::FILTERS) {
            (false, _) => found,
            (true, false) => found.help("change it, or leave the event out (`leave-out`)"),
            (true, true) => found.help(
                "take them out: `MAREY_EVENTS` and `marey record -e` switch its events on and off",
            ),
        }
    };
    once.iter().map(say).collect()
}

/// Whether names that begin so stay in their folder, and are names everywhere.
fn is_plain(prefix: &str) -> bool {
    !prefix.is_empty()
        && prefix != "."
        && prefix != ".."
        && !prefix.chars().any(|c| c.is_control() || "/\\:\"".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_do_not_leave_their_folder() {
        for prefix in ["barectf", "my-tracer_2", "é", "a b", ".hidden"] {
            assert!(is_plain(prefix), "{prefix}");
        }
        for prefix in ["", "..", "../up", "/x", "a/b", "a\\b", "a\nb", "a\"b"] {
            assert!(!is_plain(prefix), "{prefix:?}");
        }
    }
}
