//! What is wrong with a configuration is said, and where. `BLESS=1` writes what is said.

use std::path::Path;

use marey_generate::configuration::{Configuration, Options};
use marey_generate::diagnostic::render;
use marey_generate::outputs::{Destination, Language, Metadata, outputs};

use super::goldens::check_all;

#[test]
fn mistakes_are_told() {
    check_all("types/bad", 20, |path| {
        let said = said(path);
        assert!(said.starts_with("error: "), "{}: {said}", path.display());
        said
    });
}

/// All that is said of a configuration.
fn said(path: &Path) -> String {
    let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
    let text = std::fs::read(path).expect("a text");
    let configuration =
        Configuration::of_bytes(name, text, &Options::default()).expect("a configuration");
    let problems = configuration.problems.sorted().into_iter();
    let mut said: Vec<_> =
        problems.map(|found| render(found, &configuration.sources, false)).collect();
    if let Some(definition) = &configuration.definition {
        let packets = Destination::Packets(Metadata::Both);
        let found = outputs(definition, Language::C, packets).err().unwrap_or_default();
        said.extend(found.iter().map(|found| render(found, &configuration.sources, false)));
    }
    said.join("\n")
}
