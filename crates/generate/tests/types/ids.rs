//! `ids`: numbers that stay.

use marey_generate::configuration::{Configuration, Options};
use marey_generate::definition::Definition;
use marey_generate::yaml;
use marey_generate::{c, rust};

use super::configuration::definition;

const CONFIG: &str = "--- !<tag:barectf.org,2020/3/config>
trace:
  MAREY
  type:
    native-byte-order: le
    $field-type-aliases:
      state: {class: uenum, size: 8, mappings: {idle: [0], \"busy */\": [[1, 3], 9], busy__: [200]}}
      wide: {class: senum, size: 64, mappings: {low: [-9223372036854775808], high: [70000]}}
    data-stream-types:
      cpu:
        event-record-types:
          NEW
          stopped: {payload-field-type: {class: struct, members: [x: state]}}
          started: {payload-field-type: {class: struct, members: [x: state, y: wide]}}
      bus:
        event-record-types:
          sent: {payload-field-type: {class: struct, members: [x: state]}}
";
const NEW: &str = "a_new_one: {payload-field-type: {class: struct, members: [x: state]}}";

fn config(marey: &str, new: &str) -> String {
    CONFIG.replace("MAREY", marey).replace("          NEW\n", &format!("          {new}\n"))
}

/// Streams and events with their numbers.
fn numbers(definition: &Definition) -> Vec<(String, u64)> {
    let mut numbers = Vec::new();
    for stream in &definition.schema.streams {
        let name = stream.identity.name.clone().expect("a name");
        numbers.push((name, stream.id.expect("a number")));
        let events = stream.events.iter();
        numbers
            .extend(events.map(|event| (event.identity.name.clone().expect("a name"), event.id)));
    }
    numbers
}

fn expect(marey: &str, new: &str, expected: &[(&str, u64)]) {
    let numbers = numbers(&definition(&config(marey, new)));
    let expected: Vec<_> = expected.iter().map(|(name, id)| ((*name).to_owned(), *id)).collect();
    assert_eq!(numbers, expected, "{marey} {new}");
}

#[test]
fn a_new_event_changes_the_numbers_of_others_without() {
    expect("", "", &[("bus", 0), ("sent", 0), ("cpu", 1), ("started", 0), ("stopped", 1)]);
    let renumbered =
        [("bus", 0), ("sent", 0), ("cpu", 1), ("a_new_one", 0), ("started", 1), ("stopped", 2)];
    expect("", NEW, &renumbered);
}

#[test]
fn what_is_numbered_keeps_its_number() {
    let ids = "marey: {ids: {cpu: {id: 0, events: {started: 0, stopped: 1}}, bus: {id: 7}}}";
    let expected = [("bus", 7), ("sent", 0), ("cpu", 0), ("started", 0), ("stopped", 1)];
    expect(ids, "", &expected);
    let with_new =
        [("bus", 7), ("sent", 0), ("cpu", 0), ("a_new_one", 2), ("started", 0), ("stopped", 1)];
    expect(ids, NEW, &with_new);
}

#[test]
fn others_get_the_lowest_numbers_that_are_left() {
    let ids = "marey: {ids: {cpu: {events: {a_new_one: 1}}}}";
    let expected =
        [("bus", 0), ("sent", 0), ("cpu", 1), ("a_new_one", 1), ("started", 0), ("stopped", 2)];
    expect(ids, NEW, &expected);
    for nothing in ["marey: {ids: null}", "marey: {ids: {cpu: null}}", "marey: {ids: {}}"] {
        expect(nothing, "", &[("bus", 0), ("sent", 0), ("cpu", 1), ("started", 0), ("stopped", 1)]);
    }
}

#[test]
fn they_are_shown() {
    let text = config("marey: {ids: {cpu: {id: 0x10}}, constants: true}", "");
    let configuration =
        Configuration::of_bytes("c.yaml", text.into_bytes(), &Options::default()).expect("read");
    let effective = configuration.effective.expect("a configuration");
    let marey = effective.get("trace").and_then(|trace| trace.get("marey")).expect("the map");
    assert_eq!(yaml::emit(marey, 2), "ids:\n  cpu:\n    id: 16\nconstants: true\n");
}

#[test]
fn constants_are_there_if_asked_for() {
    let header = |marey: &str| c::files(&definition(&config(marey, ""))).expect("a tracer");
    let (plain, files) = (header(""), header("marey: {constants: true}"));
    assert!(!plain[0].text.contains("enum "));
    assert_eq!(plain[2], files[2], "the source is the same");
    let text = &files[0].text;
    for part in [
        "enum barectf_cpu_event_id {\n\t/* started */\n\tBARECTF_CPU_STARTED_ID = 0,\n\t\
         /* stopped */\n\tBARECTF_CPU_STOPPED_ID = 1\n};",
        "enum barectf_stream_id {\n\t/* bus */\n\tBARECTF_BUS_STREAM_ID = 0,\n\t\
         /* cpu */\n\tBARECTF_CPU_STREAM_ID = 1\n};",
        "enum barectf_x {\n\t/* idle: 0 */\n\tBARECTF_X_IDLE = 0,\n\t\
         /* busy '/: 1 to 3, 9 */\n\tBARECTF_X_BUSY___ = 1,\n\t\
         /* busy__: 200 */\n\tBARECTF_X_BUSY__ = 200\n};",
        "#define BARECTF_Y_HIGH ((uint32_t) (0x11170UL))",
    ] {
        assert!(text.contains(part), "{part}\nis not in\n{text}");
    }
    let rust = rust::files(&definition(&config("marey: {constants: true}", ""))).expect("a tracer");
    assert!(rust[0].text.contains("pub const CPU_STOPPED_ID: u64 = 1;"));
    assert!(rust[0].text.contains("pub const IDLE: Self = Self(0);"));
}
