//! What is wrong with a configuration is said, and where. `BLESS=1` writes what is said.

use std::path::Path;

use marey_generate::configuration::{Configuration, Options};
use marey_generate::diagnostic::render;
use marey_generate::outputs::{Language, Metadata, outputs};

#[test]
fn mistakes_are_told() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/types/bad");
    let files = std::fs::read_dir(&folder).expect("a folder");
    let paths = files.map(|file| file.expect("a file").path());
    let mut paths: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|end| end == "yaml")).collect();
    paths.sort();
    assert!(paths.len() >= 20, "{} files", paths.len());
    for path in paths {
        let said = said(&path);
        assert!(said.starts_with("error: "), "{}: {said}", path.display());
        let golden = path.with_extension("txt");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&golden, &said).expect("written");
        }
        let expected = std::fs::read_to_string(&golden).unwrap_or_default();
        assert_eq!(said, expected, "{}", path.display());
    }
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
        let found = outputs(definition, Language::C, Metadata::Both).err().unwrap_or_default();
        said.extend(found.iter().map(|found| render(found, &configuration.sources, false)));
    }
    said.join("\n")
}
