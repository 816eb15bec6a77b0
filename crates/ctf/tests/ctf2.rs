//! The metadata of CTF 2.

mod support;

use marey_ctf::ctf2::write;
use marey_ctf::schema::Schema;
use serde_json::Value;
use support::golden::golden;
use support::schemas::{only_ctf2, rich};

#[test]
fn each_schema_writes_its_golden() {
    for (schema, name) in [(rich(), "rich"), (only_ctf2(), "only-ctf2")] {
        golden(&format!("{name}.ctf2.json"), &metadata(&schema));
    }
}

/// serde_json knows JSON by itself: each fragment is one object with a type.
#[test]
fn each_fragment_is_an_object() {
    for schema in [rich(), only_ctf2(), Schema::default()] {
        let metadata = metadata(&schema);
        let mut fragments = metadata.split('\u{1e}');
        assert_eq!(fragments.next(), Some(""));
        let types: Vec<String> = fragments
            .map(|fragment| {
                assert!(fragment.ends_with('\n'), "{fragment}");
                let value: Value = serde_json::from_str(fragment).expect("JSON");
                value["type"].as_str().expect("a type").to_owned()
            })
            .collect();
        assert_eq!(types.first().map(String::as_str), Some("preamble"));
        let events: usize = schema.streams.iter().map(|stream| stream.events.len()).sum();
        assert_eq!(types.len(), 2 + schema.clocks.len() + schema.streams.len() + events);
    }
}

fn metadata(schema: &Schema) -> String {
    write(schema).unwrap_or_else(|errors| panic!("{errors:#?}"))
}
