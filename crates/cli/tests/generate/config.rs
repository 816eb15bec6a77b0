//! `marey config`: shows, judges, and says what may stand in a configuration.

use super::*;
use marey_generate::diagnostic::Problems;
use marey_generate::source::Sources;
use marey_generate::yaml::{self, Node};
use process::run;

/// YAML as a tree.
pub fn parsed(text: &str) -> Node {
    let (mut sources, mut problems) = (Sources::default(), Problems::default());
    let file = sources.add("text", text.as_bytes().to_vec()).expect("text");
    yaml::load(&sources, file, &mut problems).expect("YAML").root
}

/// A tree as an editor hands it to what checks it by a schema.
fn value(node: &Node) -> Value {
    match &node.value {
        yaml::Value::Bool(it) => (*it).into(),
        yaml::Value::Int(it) => i64::try_from(*it).expect("a small number").into(),
        yaml::Value::Text(it) => it.to_string().into(),
        yaml::Value::List(items) => items.iter().map(value).collect(),
        yaml::Value::Map(map) => {
            let entries = map.iter().map(|(key, node)| (key.text().to_owned(), value(node)));
            Value::Object(entries.collect())
        }
        _ => Value::Null,
    }
}

#[test]
fn what_is_shown_means_the_same() {
    let folder = folder("show");
    let shown = run_in(&folder, &["config", "show", "config.yaml"]).ok();
    write(&folder, "shown.yaml", &shown);
    assert_eq!(run_in(&folder, &["config", "show", "shown.yaml"]).ok(), shown);
    assert!(shown.contains("class: unsigned-integer") && !shown.contains("$include"));
    for indent in ["1", "4", "8"] {
        let arguments = ["config", "show", "--indent-spaces", indent, "config.yaml"];
        let indented = run_in(&folder, &arguments).ok();
        assert!(parsed(&indented) == parsed(&shown), "{indented}");
        let spaces = " ".repeat(indent.parse().expect("a number"));
        assert!(indented.contains(&format!("\ntrace:\n{spaces}type:\n")), "{indented}");
    }
    for indent in ["0", "9", "x"] {
        let arguments = ["config", "show", "--indent-spaces", indent, "config.yaml"];
        assert_eq!(run_in(&folder, &arguments).status, 2);
    }
}

#[test]
fn barectfs_names_of_commands_work() {
    let folder = folder("aliases");
    let shown = run_in(&folder, &["config", "show", "--indent-spaces=4", "config.yaml"]).ok();
    for name in ["configuration", "config", "cfg"] {
        let show = format!("show-effective-{name}");
        let ran = run_in(&folder, &[&show, "--indent-spaces", "4", "config.yaml"]);
        assert_eq!(ran.ok(), shown, "{name}");
        let version = if name == "configuration" { "configuration" } else { name };
        let version = format!("show-{version}-version");
        assert_eq!(run_in(&folder, &[&version, "config.yaml"]).ok(), "3\n");
    }
    assert!(!run(["--help"]).ok().contains("show-effective"), "they are not shown");
}

#[test]
fn the_version_is_told_without_a_check() {
    let folder = folder("version");
    write(&folder, "three", "--- !<tag:barectf.org,2020/3/config>\nnonsense: true\n");
    write(&folder, "two", "version: '2.3'\nnonsense: true\n");
    write(&folder, "list", "- 1\n");
    let version = |name: &str| run_in(&folder, &["config", "version", name]);
    assert_eq!((version("three").ok(), version("two").ok()), ("3\n".into(), "2\n".into()));
    let ran = version("list");
    assert_eq!((ran.status, ran.stdout.as_str()), (1, ""));
    golden("generate/version.txt", &ran.stderr);
    let (values, _) = json(&folder, &["config", "version", "two"]);
    assert_eq!(values[0]["version"], 2);
    assert_eq!(json(&folder, &["config", "version", "list"]).1.status, 1);
}

#[test]
fn a_check_says_nothing_if_all_is_right() {
    let folder = folder("check");
    assert_eq!(run_in(&folder, &["config", "check", "config.yaml"]).ok(), "");
    write(&folder, "wrong.yaml", CONFIG.replace("uint32", "uint33"));
    let ran = run_in(&folder, &["config", "check", "wrong.yaml"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (1, ""));
    let last = "error: 1 error: nothing can be generated of this\n";
    assert!(ran.stderr.ends_with(last), "{}", ran.stderr);
    assert_eq!(names(&folder), ["config.yaml", "wrong.yaml"]);
    let ran = run_in(&folder, &["config", "show", "wrong.yaml"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (1, ""));
}

#[test]
fn the_schema_judges_as_an_editor_needs_it() {
    let text = run(["config", "schema"]).ok();
    let schema: Value = serde_json::from_str(&text).expect("JSON");
    jsonschema::meta::validate(&schema).expect("a valid schema");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let right = [
        CONFIG.to_owned(),
        run_in(&folder("schema"), &["config", "show", "config.yaml"]).ok(),
        CONFIG
            .replace("{count: uint32}", "{count: {field-type: {$inherit: uint32, alignment: 8}}}"),
        CONFIG.replace("greeting:", "greeting:\n            log-level: WARNING"),
        CONFIG.replace("greeting:", "greeting:\n            $include: greeting.yaml"),
        CONFIG.replace(
            "    native",
            "    $field-type-aliases: {u: {class: uint, size: 7}}\n    native",
        ),
        CONFIG.replace("    native-byte-order: little-endian\n", ""),
    ];
    for text in right {
        let errors: Vec<String> =
            validator.iter_errors(&value(&parsed(&text))).map(|e| e.to_string()).collect();
        assert_eq!(errors, [""; 0], "{text}");
    }
    let wrong = [
        CONFIG.replace("payload-field", "paylod-field"),
        CONFIG.replace("little-endian", "middle-endian"),
        CONFIG.replace("{count: uint32}", "{count: {field-type: {class: uint, size: 65}}}"),
        CONFIG.replace("{count: uint32}", "{count: {field-type: {class: uint}}}"),
        CONFIG.replace("{count: uint32}", "{count: {}}"),
        CONFIG.replace("trace:\n", "trac:\n"),
    ];
    for text in wrong {
        assert!(!validator.is_valid(&value(&parsed(&text))), "{text}");
    }
    let folder = folder("schema-json");
    assert_eq!(json(&folder, &["config", "schema"]).0[0]["schema"], schema);
}
