//! No. 13: what messages say.

use std::collections::BTreeSet;
use std::path::Path;

use marey_generate::configuration::Configuration;
use marey_generate::diagnostic::render;
use marey_generate::include::Search;

use super::{read, with_events};

/// All that is said about a configuration, without the lines of the file.
fn said(configuration: &Configuration) -> Vec<String> {
    let problems = configuration.problems.sorted();
    let rendered = problems.into_iter().map(|it| render(it, &configuration.sources, false));
    rendered.map(|text| text.lines().filter(|line| !is_source(line)).collect()).collect()
}

/// Whether a line begins with its number.
fn is_source(line: &str) -> bool {
    let number = line.split_once('|').map(|(number, _)| number.trim());
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|it| it.is_ascii_digit()))
}

/// All that is said about the wrong configurations beside the tests.
fn all_said() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad");
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|ending| ending == "yaml") {
            found.extend(said(&Configuration::read(&path, &Search::default())));
        }
    }
    assert!(found.len() > 50, "{} messages", found.len());
    found
}

/// The first word that stands there twice, one behind the other.
fn twice(text: &str) -> Option<String> {
    let words = text.split_whitespace().filter(|word| word.contains(char::is_alphabetic));
    let words: Vec<String> = words.map(str::to_lowercase).collect();
    let pair = words.windows(2).find(|pair| pair[0] == pair[1])?;
    pair.first().cloned()
}

#[test]
fn no_13_messages_name_the_property_and_say_no_word_twice() {
    for text in all_said() {
        assert_eq!(twice(&text), None, "{text}");
        assert!(!text.contains("prop_name"), "{text}");
    }
    // Of barectf these are two that do: one about `alignment`, one in a data stream type.
    let event = "{e: {payload-field-type: {class: struct, members: [\
                 x: {field-type: {class: uint, size: 8, alignment: 3}}]}}}";
    let (configuration, _) = read("13a", &with_events(event));
    let found = said(&configuration).join("\n");
    assert!(
        found.contains("`alignment` cannot be `3`") && found.contains("a power of two"),
        "{found}"
    );
    let (configuration, _) = read("13b", &with_events("{e: {log-level: -1}}"));
    let found = said(&configuration).join("\n");
    assert!(found.contains("`log-level` cannot be `-1`") && twice(&found).is_none(), "{found}");
}
