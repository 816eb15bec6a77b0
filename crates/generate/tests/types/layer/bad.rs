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

/// A configuration of a stream with these events.
fn with(events: &str, left_out: &str) -> Configuration {
    let text = format!(
        "--- !<tag:barectf.org,2020/3/config>\ntrace:\n{left_out}  type:\n    $include: \
         [stdint.yaml]\n    native-byte-order: le\n    data-stream-types:\n      s:\n        \
         event-record-types:\n{events}"
    );
    let configuration =
        Configuration::of_bytes("config.yaml", text.into_bytes(), &Options::default());
    configuration.expect("a configuration")
}

#[test]
fn there_are_not_more_events_than_a_program_has() {
    let events = |count: usize| {
        (0..count).map(|number| format!("          e{number}: {{}}\n")).collect::<String>()
    };
    let said = |count: usize, left_out: &str| {
        let configuration = with(&events(count), left_out);
        let definition = configuration.definition.as_ref().expect("a definition");
        [Language::C, Language::Rust].map(|language| {
            let found = outputs(definition, language, Destination::Layer).err()?;
            Some(found.iter().map(|found| found.what.clone()).collect::<Vec<_>>())
        })
    };
    let refused = Some(vec![
        "a tracer into marey-layer cannot have `4097 events`: marey-layer has at most 4096 for a \
         program"
            .to_owned(),
    ]);
    assert_eq!(said(4096, ""), [None, None]);
    assert_eq!(said(4097, ""), [refused.clone(), refused]);
    assert_eq!(said(4097, "  marey: {leave-out: {events: [e7]}}\n"), [None, None]);
}

#[test]
fn what_is_left_out_may_be_of_any_type() {
    let row = "{class: dynamic-array, element-field-type: uint8}";
    let rows = format!("{{class: static-array, length: 2, element-field-type: {row}}}");
    let event = format!(
        "          e: {{payload-field-type: {{class: struct, members: [rows: {{field-type: \
         {rows}}}]}}}}\n          other: {{}}\n"
    );
    for (left_out, is_made) in [("", false), ("  marey: {leave-out: {events: [e]}}\n", true)] {
        let configuration = with(&event, left_out);
        let definition = configuration.definition.as_ref().expect("a definition");
        for language in [Language::C, Language::Rust] {
            let found = outputs(definition, language, Destination::Layer);
            assert_eq!(found.is_ok(), is_made, "{language:?}: {found:?}");
        }
    }
}
