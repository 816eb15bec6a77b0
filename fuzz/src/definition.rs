//! Configurations of traces.

use marey_generate::configuration::{Configuration, Options};
use marey_generate::diagnostic::{Problems, render};
use marey_generate::include::Search;
use marey_generate::source::Sources;
use marey_generate::v2::Compat;
use marey_generate::yaml;

/// Any bytes are a configuration or are refused, with a message that can be shown; and what a
/// configuration comes to is a configuration that comes to the same.
pub fn check(data: &[u8]) {
    for compat in [Compat::Barectf23, Compat::Barectf31] {
        let Some(configuration) = read(data.to_vec(), compat) else { continue };
        for found in configuration.problems.sorted() {
            render(found, &configuration.sources, false);
        }
        let Some(definition) = &configuration.definition else {
            assert!(configuration.problems.has_errors(), "nothing comes out, and nothing is wrong");
            continue;
        };
        assert!(!configuration.problems.has_errors(), "something comes out, and is wrong");
        let _ = marey_generate::c::files(definition);
        let _ = marey_generate::rust::files(definition);
        let _ = marey_generate::c::layer::files(definition);
        let _ = marey_generate::rust::layer::files(definition);
        let _ = marey_ctf::tsdl::write(&definition.schema, marey_ctf::tsdl::Style::default());
        let _ = marey_ctf::ctf2::write(&definition.schema);
        let Some(effective) = &configuration.effective else { continue };
        let again = read(yaml::emit(effective, 2).into_bytes(), compat).expect("this version");
        assert_eq!(again.definition.as_ref(), Some(definition), "what it comes to is another");
    }
}

/// Version 3 is read in one way, that of barectf 3.
fn read(bytes: Vec<u8>, compat: Compat) -> Option<Configuration> {
    let options = Options { search: Search::default(), compat: Some(compat) };
    Configuration::of_bytes("data.yaml", bytes, &options).ok()
}

/// A tree that is written is read as the same tree.
pub fn check_yaml(data: &[u8]) {
    let Some(root) = load(data.to_vec()) else { return };
    for indent_spaces in [1, 2, 8] {
        let text = yaml::emit(&root, indent_spaces);
        assert_eq!(load(text.into_bytes()).as_ref(), Some(&root), "it is read as another tree");
    }
    let formatted = format(data.to_vec());
    let Some(formatted) = formatted else { return };
    let again = format(formatted.clone().into_bytes());
    assert_eq!(again.as_ref(), Some(&formatted), "a format changes no more");
    let after = load(formatted.into_bytes());
    assert_eq!(after.as_ref(), Some(&root), "it is formatted as another tree");
}

fn format(bytes: Vec<u8>) -> Option<String> {
    let (mut sources, mut problems) = (Sources::default(), Problems::default());
    let file = sources.add("data.yaml", bytes).ok()?;
    yaml::format(&sources, file, &mut problems)
}

fn load(bytes: Vec<u8>) -> Option<yaml::Node> {
    let (mut sources, mut problems) = (Sources::default(), Problems::default());
    let file = sources.add("data.yaml", bytes).ok()?;
    let document = yaml::load(&sources, file, &mut problems);
    assert_eq!(document.is_none(), problems.has_errors(), "an error for each file without a tree");
    problems.sorted().into_iter().for_each(|found| drop(render(found, &sources, false)));
    document.map(|document| document.root)
}
