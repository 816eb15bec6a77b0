//! What `marey-layer` has no type or no room for is refused by its name. `BLESS=1` writes what is
//! said.

use std::path::Path;

use marey_generate::configuration::{Configuration, Options};
use marey_generate::diagnostic::render;
use marey_generate::outputs::{Destination, Language, Metadata, outputs};

use super::super::goldens::check_all;

#[test]
fn what_has_no_type_is_told() {
    check_all("types/layer/bad", 6, said);
}

/// What is said of a configuration in which nothing is wrong, and of which there are packets.
fn said(path: &Path) -> String {
    let text = std::fs::read(path).expect("a text");
    let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
    let configuration =
        Configuration::of_bytes(name, text, &Options::default()).expect("a configuration");
    let definition = configuration.definition.as_ref().expect("a definition");
    let said = [Language::C, Language::Rust].map(|language| {
        let packets = Destination::Packets(Metadata::Both);
        assert_eq!(outputs(definition, language, packets).map(|_| ()), Ok(()), "{name}");
        let found = outputs(definition, language, Destination::Layer).err().unwrap_or_default();
        let found = found.iter().map(|found| render(found, &configuration.sources, false));
        found.collect::<Vec<_>>().join("\n")
    });
    let [c, rust] = said;
    if c == rust { c } else { format!("in C:\n{c}\nin Rust:\n{rust}") }
}
