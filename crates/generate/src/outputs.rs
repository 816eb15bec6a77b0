//! The files that are made of a definition, and which folder each goes to.

use marey_ctf::{ctf2, tsdl};

use crate::c;
use crate::definition::{Definition, Profile};
use crate::diagnostic::Diagnostic;
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

/// The tracer and the metadata.
///
/// # Errors
///
/// All that no tracer in this language can write, and all that a version of CTF cannot say.
pub fn outputs(
    definition: &Definition,
    language: Language,
    metadata: Metadata,
) -> Result<Vec<Output>, Vec<Diagnostic>> {
    let mut outputs = Vec::new();
    let mut problems = Vec::new();
    let texts = [
        (metadata != Metadata::Ctf2).then(|| (METADATA, ctf1_text(definition))),
        (metadata == Metadata::Ctf2).then(|| (METADATA, ctf2_text(definition))),
        (metadata == Metadata::Both).then(|| (METADATA_BESIDE, ctf2_text(definition))),
    ];
    for (name, text) in texts.into_iter().flatten() {
        match text {
            Ok(text) => {
                outputs.push(Output { folder: Folder::Metadata, name: name.to_owned(), text });
            }
            Err(found) => problems.extend(found),
        }
    }
    match tracer(definition, language) {
        Ok(files) => outputs.extend(files),
        Err(found) => problems.extend(found),
    }
    if problems.is_empty() { Ok(outputs) } else { Err(problems) }
}

fn ctf1_text(definition: &Definition) -> Result<String, Vec<Diagnostic>> {
    let style = match definition.profile {
        Profile::Barectf3 => tsdl::Style::Barectf3,
        Profile::Barectf2 => tsdl::Style::Barectf2,
    };
    tsdl::write(&definition.schema, style).map_err(|found| inexpressible("CTF 1.8", &found))
}

fn ctf2_text(definition: &Definition) -> Result<String, Vec<Diagnostic>> {
    ctf2::write(&definition.schema).map_err(|found| inexpressible("CTF 2", &found))
}

fn inexpressible(version: &str, found: &[marey_ctf::Inexpressible]) -> Vec<Diagnostic> {
    let say = |found: &marey_ctf::Inexpressible| {
        Diagnostic::error(format!("{version} cannot say this: {found}"))
    };
    found.iter().map(say).collect()
}

fn tracer(definition: &Definition, language: Language) -> Result<Vec<Output>, Vec<Diagnostic>> {
    let prefix = &definition.code.file_prefix;
    if !is_plain(prefix) {
        let what = format!("names of files cannot begin with `{prefix}`");
        let help = "give a `prefix` of letters, digits, `-`, `_` and `.`: files go to the folders \
                    that the command line names";
        return Err(vec![Diagnostic::error(what).help(help)]);
    }
    let (files, name) = match language {
        Language::C => (c::files(definition), "C"),
        Language::Rust => (rust::files(definition), "Rust"),
    };
    let files = files.map_err(|found| {
        let say = |found: &crate::plan::Unsupported| {
            let field = &found.field;
            Diagnostic::error(format!("a tracer in {name} cannot write `{field}`: {}", found.what))
        };
        found.iter().map(say).collect::<Vec<_>>()
    })?;
    let output = |file: c::File| {
        let folder = if file.name.ends_with(".h") { Folder::Headers } else { Folder::Code };
        Output { folder, name: file.name, text: file.text }
    };
    Ok(files.into_iter().map(output).collect())
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
