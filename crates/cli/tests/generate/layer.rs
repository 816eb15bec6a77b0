//! `marey generate --into layer`: what it writes, and with what it does not go together.

use super::*;

const INTO: [&str; 2] = ["--into", "layer"];

/// These arguments, and those that each run here has.
fn with<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [&INTO, arguments, &["config.yaml"]].concat()
}

#[test]
fn there_is_no_metadata() {
    let folder = folder("layer");
    let shown = generate(&folder, &with(&["--dry-run"])).ok();
    assert_eq!(shown, "new        barectf.h\nnew        barectf.c\n");
    assert_eq!(names(&folder), ["config.yaml"]);
    assert_eq!(generate(&folder, &with(&["--depfile", "deps"])).ok(), "");
    assert_eq!(names(&folder), ["barectf.c", "barectf.h", "config.yaml", "deps"]);
    assert!(read(&folder, "deps").starts_with("barectf.h barectf.c:"), "{}", read(&folder, "deps"));
    let (values, ran) = json(&folder, &[&["generate"], &with(&["--lang", "rust"])[..]].concat());
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    let files = of_type(&values, "file");
    let kinds: Vec<_> = files.iter().map(|file| (&file["kind"], &file["path"])).collect();
    assert_eq!(kinds, [(&Value::from("source"), &Value::from("barectf.rs"))]);
    assert!(read(&folder, "barectf.rs").contains("marey_layer::record("));
}

/// Who generates into packets again gets the very header that was there.
#[test]
fn the_header_stays() {
    let folder = folder("layer-header");
    generate(&folder, &["config.yaml"]).ok();
    let shown = generate(&folder, &with(&["--dry-run"])).ok();
    assert_eq!(shown, "unchanged  barectf.h\nchanged    barectf.c\n");
    let shown = generate(&folder, &["--into=packets", "--dry-run", "config.yaml"]).ok();
    let unchanged = ["metadata", "barectf.h", "barectf-bitfield.h", "barectf.c"];
    assert_eq!(shown, unchanged.map(|name| format!("unchanged  {name}\n")).concat());
}

#[test]
fn options_of_packets_are_refused() {
    let folder = folder("layer-options");
    for (option, value) in
        [("--ctf", "1"), ("--metadata-dir", "trace"), ("--metadata-dir", "."), ("--uuid", "random")]
    {
        let ran = generate(&folder, &with(&[option, value]));
        assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{option}");
        let expected = format!(
            "marey: {option} goes with --into packets: marey-layer describes its events itself\n  \
             Leave {option} out, or generate into packets.\n"
        );
        assert_eq!(ran.stderr, expected);
        assert_eq!(names(&folder), ["config.yaml"], "{option}");
    }
    let ran = generate(&folder, &[&INTO[..], &["--example", "new"]].concat());
    assert_eq!(ran.status, 2, "{}", ran.stderr);
}

#[test]
fn what_has_no_type_is_an_error_in_the_configuration() {
    let folder = folder("layer-type");
    let optional = "{note: {field-type: {class: optional, field-type: string}}}";
    let config = CONFIG.replace("{count: uint32}", optional);
    write(&folder, "config.yaml", &config);
    let ran = generate(&folder, &with(&[]));
    assert_eq!((ran.status, ran.stdout.as_str()), (1, ""));
    let expected = "error: a tracer into marey-layer cannot have `default:greeting.note`";
    assert!(ran.stderr.starts_with(expected), "{}", ran.stderr);
    assert_eq!(names(&folder), ["config.yaml"]);
    generate(&folder, &["config.yaml"]).ok();
    let left_out = "trace:\n  marey: {leave-out: {events: [greeting]}}\n";
    write(&folder, "config.yaml", config.replace("trace:\n", left_out));
    generate(&folder, &with(&[])).ok();
}
