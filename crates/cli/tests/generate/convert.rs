//! `marey config convert`: what is written, what is lost, how it ends.

use super::*;

const OLD: &str = "\
version: '2.2'
metadata:
  trace: {byte-order: le}
  $include: [stdint.yaml]
  clocks: {c: {$return-ctype: uint64_t}}
  streams:
    s:
      packet-context-type: {class: struct, fields: {packet_size: uint32, content_size: uint32}}
      event-header-type:
        class: struct
        fields:
          timestamp:
            $inherit: uint64
            property-mappings: [{type: clock, name: c, property: value}]
      events: {tick: {payload-type: {class: struct, fields: {count: uint32}}}}
";

#[test]
fn what_is_converted_is_generated_as_it_was() {
    let folder = folder("convert");
    write(&folder, "old.yaml", OLD);
    let ran = run_in(&folder, &["config", "convert", "old.yaml"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    write(&folder, "new.yaml", &ran.stdout);
    assert!(ran.stdout.contains("origin-is-unix-epoch: false"), "{}", ran.stdout);
    let ran = run_in(&folder, &["config", "diff", "old.yaml", "new.yaml"]);
    let expected = "the same calls write the same bytes\n\
        a trace of old.yaml read with the metadata of new.yaml: understood\n\
        a trace of new.yaml read with the metadata of old.yaml: understood\n";
    assert_eq!((ran.status, ran.stdout.as_str()), (0, expected));
    let (values, ran) = json(&folder, &["config", "convert", "old.yaml"]);
    assert_eq!((ran.status, &values.last().expect("an end")["losses"]), (0, &Value::from(0)));
    assert!(values[0]["yaml"].as_str().expect("a text").starts_with("--- !<tag:barectf.org"));
}

#[test]
fn what_is_lost_is_told_and_counted() {
    let folder = folder("convert-losses");
    let two = "events: {tick: {payload-type: {class: struct, fields: {count: uint32}}}, \
        boot: {payload-type: {class: struct, fields: {code: uint8}}}}";
    let events = OLD.lines().last().expect("the events").trim();
    let old = OLD
        .replace(events, two)
        .replace("        fields:\n", "        fields:\n          id: uint8\n");
    write(&folder, "old.yaml", old);
    let ran = run_in(&folder, &["config", "convert", "old.yaml", "-o", "new.yaml"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (3, ""));
    golden("generate/convert.txt", &ran.stderr);
    assert_eq!(run_in(&folder, &["config", "check", "new.yaml"]).ok(), "");
    let (values, ran) = json(&folder, &["config", "convert", "old.yaml"]);
    assert_eq!((ran.status, &values.last().expect("an end")["losses"]), (3, &Value::from(1)));
}

#[test]
fn nothing_is_overwritten_unasked() {
    let folder = folder("convert-over");
    write(&folder, "old.yaml", OLD);
    write(&folder, "new.yaml", "mine\n");
    let convert = |more: &[&str]| run_in(&folder, &[&["config", "convert"], more].concat()).status;
    assert_eq!(convert(&["old.yaml", "-o", "new.yaml"]), 2);
    assert_eq!(convert(&["old.yaml", "-o", "old.yaml", "--force"]), 2);
    assert_eq!(
        (read(&folder, "new.yaml"), read(&folder, "old.yaml")),
        ("mine\n".into(), OLD.into())
    );
    assert_eq!(convert(&["old.yaml", "-o", "new.yaml", "--force"]), 0);
    assert!(read(&folder, "new.yaml").starts_with("--- !<tag:barectf.org"));
    let ran = run_in(&folder, &["config", "convert", "config.yaml"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.starts_with("error: this is of version 3 already\n"), "{}", ran.stderr);
    assert_eq!(convert(&["absent.yaml"]), 1);
}
