//! The metadata of each class of fields, in both versions of CTF, and its types in C and Rust.
//! `BLESS=1` writes them.

use marey_ctf::{ctf2, tsdl};
use marey_generate::{c, rust};

use super::configuration::definition;
use super::goldens;

/// Each class once, and in one another.
const CONFIG: &str = include_str!("golden/classes.yaml");

#[test]
fn each_class_has_its_metadata() {
    let definition = definition(CONFIG);
    let text = tsdl::write(&definition.schema, tsdl::Style::Barectf3).expect("CTF 1.8");
    goldens::check("types/golden/classes.tsdl", &text);
    let text = ctf2::write(&definition.schema).expect("CTF 2");
    goldens::check("types/golden/classes.ctf2.json", &text.replace('\u{1e}', ""));
}

#[test]
fn each_class_has_its_types() {
    let definition = definition(CONFIG);
    let header = &c::files(&definition).expect("a tracer")[0].text;
    let types = header.split_once("/* Field").expect("types").1;
    let types = types.split_once("/* Makes a context ready").expect("functions").0;
    let function = header.split_once("/* Traces event `e` */").expect("a function").1;
    let function = function.split_once(';').expect("an end").0;
    goldens::check(
        "types/golden/classes.h",
        &format!("/* Field{types}/* Traces event `e` */{function};\n"),
    );
    let module = &rust::files(&definition).expect("a tracer")[0].text;
    let types = module.split_once("/// Field").expect("types").1;
    let types = types.split_once("/// Stream").expect("a stream").0;
    let method = module.split_once("    pub fn trace_e(").expect("a method").1;
    let method = method.split_once(" {").expect("a body").0;
    let method = method.replace(", ", ",\n    ");
    goldens::check(
        "types/golden/classes.rs",
        &format!("/// Field{types}pub fn trace_e({method};\n"),
    );
}

/// What CTF 2 asks of field locations: the path ends with a member that stands before the field,
/// of a class that can say what is asked (CTF2-SPEC-2.0 §5.3).
#[test]
fn what_is_referred_to_stands_before() {
    let definition = definition(CONFIG);
    let text = ctf2::write(&definition.schema).expect("CTF 2");
    let mut references = 0;
    for fragment in text.split('\u{1e}').filter(|fragment| !fragment.trim().is_empty()) {
        let fragment: serde_json::Value = serde_json::from_str(fragment).expect("JSON");
        references += check(&fragment);
    }
    assert!(references >= 10, "{references} references");
}

/// Looks at all structures in a value; how many references there were.
fn check(value: &serde_json::Value) -> usize {
    let inner = match value {
        serde_json::Value::Array(values) => values.iter().map(check).sum(),
        serde_json::Value::Object(map) => map.values().map(check).sum(),
        _ => 0,
    };
    let members = value.get("member-classes").and_then(serde_json::Value::as_array);
    let members = members.map_or(&[][..], Vec::as_slice);
    let mut own = 0;
    for (index, member) in members.iter().enumerate() {
        let class = &member["field-class"];
        let kind = class["type"].as_str().expect("a type");
        let (property, wanted) = match kind {
            "optional" => ("selector-field-location", "fixed-length-boolean"),
            "variant" => ("selector-field-location", "fixed-length-unsigned-integer"),
            kind if kind.starts_with("dynamic-length") => {
                ("length-field-location", "fixed-length-unsigned-integer")
            }
            _ => continue,
        };
        own += 1;
        let path = class[property]["path"].as_array().expect("a path");
        let before = members[..index].iter().find(|before| before["name"] == path[0]);
        let before = before.unwrap_or_else(|| panic!("nothing before {member}"));
        assert_eq!(before["field-class"]["type"], wanted, "{member}");
        assert_eq!(class[property].get("origin"), None);
    }
    inner + own
}
