//! What is generated, as golden files. `BLESS=1` writes them.

use marey_generate::definition::Definition;
use marey_generate::outputs::{Destination, Folder, Language, Metadata, Output, outputs};
use marey_generate::{c, rust};

use super::super::configuration::{at_random, definition};
use super::super::goldens;

/// The example that `marey generate --example` writes, and the largest of those of platforms.
const EXAMPLES: [(&str, &str); 2] = [
    ("hello", include_str!("../../../../cli/example/config.yaml")),
    ("kettle", include_str!("../../../../../platforms/linux-mmap/example/config.yaml")),
];
/// All that can be in an event, in two streams.
pub const ALL: &str = include_str!("golden/all.yaml");

/// The files of the tracers in both languages.
fn files(definition: &Definition) -> Vec<Output> {
    let made = [Language::C, Language::Rust]
        .map(|language| outputs(definition, language, Destination::Layer).expect("a tracer"));
    made.concat()
}

#[test]
fn what_is_generated_is_what_was_read() {
    for (name, config) in EXAMPLES.into_iter().chain([("all", ALL)]) {
        let definition = definition(config);
        for Output { name: file, text, .. } in files(&definition) {
            let (_, ending) = file.rsplit_once('.').expect("an ending");
            let text = match ending {
                // That of packets, as the next test shows.
                "h" => continue,
                // What is in front of the functions of events is the same for all.
                "c" if name != "hello" => {
                    let at = text.find("/* Whether an event that is on").expect("a function");
                    text[at..].to_owned()
                }
                _ => text.replace(concat!("marey ", env!("CARGO_PKG_VERSION")), "marey VERSION"),
            };
            goldens::check(&format!("types/layer/golden/{name}.{ending}.txt"), &text);
        }
    }
}

/// So what was compiled for packets links with the tracer into the layer.
#[test]
fn the_header_is_that_of_packets() {
    let filters = "\n  marey: {filters: {event-enable: true, predicate: true}}\n";
    let filtered = EXAMPLES[1].1.replace("trace:\n", &format!("trace:{filters}"));
    for config in [ALL, EXAMPLES[0].1, EXAMPLES[1].1, &filtered] {
        let definition = definition(config);
        let packets = c::files(&definition).expect("a tracer");
        let layer = c::layer::files(&definition).expect("a tracer");
        assert_eq!(packets[0], layer[0]);
        let names: Vec<_> = layer.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["barectf.h", "barectf.c"]);
    }
}

/// Calls of events compile unchanged: types, methods and their parameters are those of packets.
#[test]
fn methods_in_rust_are_those_of_packets() {
    let methods = |files: Vec<c::File>| -> Vec<String> {
        let lines = files[0].text.lines().map(|line| line.replace("&mut self", "&self"));
        let is_public = |line: &String| {
            line.starts_with("    pub ") && !line.contains("(self") && !line.contains("pub fn ")
                || line.contains("pub fn trace_")
        };
        lines.filter(is_public).collect()
    };
    for config in [ALL, EXAMPLES[0].1, EXAMPLES[1].1] {
        let definition = definition(config);
        let layer = methods(rust::layer::files(&definition).expect("a tracer"));
        let packets = methods(rust::files(&definition).expect("a tracer"));
        assert!(layer.iter().any(|line| line.contains("pub fn trace_")), "{layer:#?}");
        let of_packets = |line: &&String| line.contains("pub who: ");
        let packets: Vec<_> = packets.iter().filter(|line| !of_packets(line)).collect();
        assert_eq!(layer.iter().collect::<Vec<_>>(), packets);
    }
}

/// The same configuration makes the same bytes, and no metadata.
#[test]
fn it_is_the_same_each_time() {
    for config in [ALL.to_owned(), EXAMPLES[1].1.to_owned(), at_random(15, "le")] {
        let definition = definition(&config);
        for language in [Language::C, Language::Rust] {
            let first = outputs(&definition, language, Destination::Layer);
            assert_eq!(first, outputs(&definition, language, Destination::Layer));
            let packets = outputs(&definition, language, Destination::Packets(Metadata::Both));
            let has_metadata =
                |files: &[Output]| files.iter().any(|file| file.folder == Folder::Metadata);
            assert!(has_metadata(&packets.expect("a tracer")));
            assert!(!first.is_ok_and(|files| has_metadata(&files)));
        }
    }
}
