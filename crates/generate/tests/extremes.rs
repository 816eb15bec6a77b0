//! What no tracer needs and somebody writes: it is answered, at once.

use std::time::{Duration, Instant};

use marey_generate::configuration::{Configuration, Options};
use marey_generate::diagnostic::Severity;
use marey_generate::include::Search;
use marey_generate::outputs::{self, Destination, Language, Metadata};
use marey_generate::v2::Compat;

/// A configuration with one field, and aliases.
fn with(field: &str, aliases: &str) -> Configuration {
    let text = format!(
        "--- !<tag:barectf.org,2020/3/config>\n\
         trace: {{type: {{native-byte-order: le, $field-type-aliases: {{{aliases}}}, \
         data-stream-types: {{s: {{event-record-types: {{e: {{payload-field-type: \
         {{class: struct, members: [x: {{field-type: {field}}}]}}}}}}}}}}}}}}\n"
    );
    let options = Options::default();
    Configuration::of_bytes("extreme.yaml", text.into_bytes(), &options).expect("version 3")
}

fn nested(depth: usize, inner: &str) -> String {
    let open = "{class: static-array, length: 1, element-field-type: ".repeat(depth);
    format!("{open}{inner}{}", "}".repeat(depth))
}

/// The errors of a configuration and of what is made of it, in words.
fn errors(configuration: &Configuration) -> Vec<String> {
    let read = configuration.problems.sorted().into_iter();
    let read = read.filter(|found| found.severity == Severity::Error);
    let mut errors: Vec<_> = read.map(|found| found.what.clone()).collect();
    let Some(definition) = &configuration.definition else { return errors };
    for language in [Language::C, Language::Rust] {
        let packets = Destination::Packets(Metadata::Both);
        if let Err(found) = outputs::outputs(definition, language, packets) {
            errors.extend(found.into_iter().map(|found| found.what.clone()));
        }
    }
    errors
}

/// What takes longer would take for ever.
fn soon<T>(work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    done
}

#[test]
fn arrays_in_arrays_in_arrays() {
    let field = nested(40, "{class: uint, size: 8}");
    assert_eq!(soon(|| errors(&with(&field, ""))), [""; 0]);
}

#[test]
fn aliases_that_nest_deeper_and_deeper() {
    let mut aliases = "a0: {class: uint, size: 8}".to_owned();
    for number in 1..40 {
        let inner = format!("a{}", number - 1);
        aliases += &format!(", a{number}: {}", nested(40, &inner));
    }
    let found = soon(|| errors(&with("a39", &aliases)));
    assert!(found.iter().any(|what| what.contains("deep")), "{found:?}");
}

#[test]
fn arrays_that_no_packet_holds() {
    let lengths = ["268435456", "5000000000", "18446744073709551615", "99999999999999999999"];
    for length in lengths {
        for element in ["{class: uint, size: 8}", "{class: str}", "{class: uint, size: 1}"] {
            let field =
                format!("{{class: static-array, length: {length}, element-field-type: {element}}}");
            let found = soon(|| errors(&with(&field, "")));
            let is_short = length == "268435456" && element.ends_with("size: 1}");
            assert_eq!(found.is_empty(), is_short, "{field}: {found:?}");
        }
    }
}

#[test]
fn aliases_of_the_wrong_kind_are_refused_used_or_not() {
    let field = "{class: uint, size: 8}";
    let wrong = [
        "1.5",
        "3",
        "[]",
        "{class: 3}",
        "{class: static-array, element-field-type: 65}",
        "{class: struct, members: uint8}",
        "{class: struct, members: [uint8]}",
        "{class: struct, members: [{a: uint8, b: uint8}]}",
        "{class: struct, members: [{}]}",
        "{class: struct, members: [{a: 1}]}",
        "{class: struct, members: [{a: {}}]}",
        "{class: struct, members: [{a: {field-type: 1}}]}",
    ];
    for alias in wrong {
        let found = errors(&with(field, &format!("a: {alias}")));
        assert_eq!(found.len(), 1, "{alias}: {found:?}");
    }
    let unfinished = ["null", "true", "nowhere", "{class: uint}", "{class: struct, members: null}"];
    for alias in unfinished {
        assert_eq!(errors(&with(field, &format!("a: {alias}"))), [""; 0], "{alias}");
    }
}

/// Structures in structures, each twice in the next one, so often.
fn doubled(times: usize, class: &str) -> String {
    let alias = |number: usize| {
        let inner = format!("{class}a{}{}", number - 1, "}".repeat(class.matches('{').count()));
        let member = match class {
            "" => inner,
            _ => format!("{{field-type: {inner}}}"),
        };
        format!(", a{number}: {{class: struct, members: [x: {member}, y: {member}]}}")
    };
    "a0: {class: uint, size: 8}".to_owned() + &(1..=times).map(alias).collect::<String>()
}

#[test]
fn structures_that_double_and_double() {
    for class in [
        "",
        "{class: dynamic-array, element-field-type: ",
        "{class: optional, field-type: ",
        "{class: static-array, length: 2, element-field-type: ",
    ] {
        let found = soon(|| errors(&with("a9", &doubled(9, class))));
        assert_eq!(found, [""; 0], "{class}");
        let found = soon(|| errors(&with("a15", &doubled(15, class))));
        let is_bounded = |what: &String| what.contains("more than") || what.contains("deep");
        assert!(!found.is_empty() && found.iter().all(is_bounded), "{class}: {found:?}");
    }
}

#[test]
fn files_that_hold_nothing_add_nothing() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("extremes");
    std::fs::create_dir_all(&folder).expect("a folder");
    for (name, text) in [("empty", ""), ("comment", "# nothing\n"), ("null", "---\nnull\n")] {
        std::fs::write(folder.join(format!("{name}.yaml")), text).expect("written");
        let event = "{class: struct, members: [{x: {field-type: {class: str}}}]}";
        let text = format!(
            "--- !<tag:barectf.org,2020/3/config>\n\
             trace: {{type: {{$include: [{name}.yaml, {name}.yaml], native-byte-order: le, \
             data-stream-types: {{s: {{event-record-types: {{e: {{payload-field-type: {event}}}}}\
             }}}}}}}}\n"
        );
        let search = Search { folders: vec![folder.clone()], ..Search::default() };
        let mut options = Options { search, ..Options::default() };
        let read = |text: &str, options: &Options| {
            errors(&Configuration::of_bytes("n.yaml", text.into(), options).expect("a version"))
        };
        assert_eq!(read(&text, &options), [""; 0], "{name}");
        let text = VERSION_2.replace("FILE", name);
        options.compat = Some(Compat::Barectf31);
        assert_eq!(read(&text, &options), [""; 0], "{name}");
        options.compat = Some(Compat::Barectf23);
        assert_eq!(read(&text, &options), ["a trace object is a map, not null"], "{name}");
    }
}

#[test]
fn structures_that_no_packet_holds() {
    let inner =
        "{class: struct, members: [x: {field-type: {class: static-blob, length: 99999999}}]}";
    let field = format!("{{class: static-array, length: 4000000000, element-field-type: {inner}}}");
    let found = soon(|| errors(&with(&field, "")));
    assert!(found.iter().all(|what| what.contains("256 MiB")), "{found:?}");
    assert!(!found.is_empty());
}

#[test]
fn numbers_are_not_cut() {
    let two_to = |power: u32| (1_i128 << power).to_string();
    let with_alignment =
        |bits: String| with(&format!("{{class: uint, size: 8, alignment: {bits}}}"), "");
    for power in 0..32 {
        assert_eq!(errors(&with_alignment(two_to(power))), [""; 0], "{power}");
    }
    for power in [32, 33, 40, 63, 100] {
        let expected = [format!("`{}` is too large", two_to(power))];
        assert_eq!(errors(&with_alignment(two_to(power))), expected);
    }
    for (property, bits) in [
        ("clock-types: {c: {frequency: NUMBER}}", 64),
        ("clock-types: {c: {precision: NUMBER}}", 64),
        ("clock-types: {c: {offset: {seconds: NUMBER}}}", 63),
        ("clock-types: {c: {offset: {cycles: NUMBER}}}", 63),
        ("data-stream-types: {s: {event-record-types: {e: {log-level: NUMBER}}}}", 63),
    ] {
        let found = |number: i128| {
            let text = format!(
                "--- !<tag:barectf.org,2020/3/config>\ntrace:\n  type:\n    \
                 $include: rest.yaml\n    {}\n",
                property.replace("NUMBER", &number.to_string())
            );
            let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("numbers");
            std::fs::create_dir_all(&folder).expect("a folder");
            std::fs::write(folder.join("rest.yaml"), REST).expect("written");
            let search = Search { folders: vec![folder], ..Search::default() };
            let options = Options { search, ..Options::default() };
            errors(&Configuration::of_bytes("n.yaml", text.into_bytes(), &options).expect("3"))
        };
        assert_eq!(found((1 << bits) - 1), [""; 0], "{property}");
        assert_eq!(found(1 << bits), [format!("`{}` is too large", two_to(bits))], "{property}");
    }
}

/// A configuration whose trace includes a file.
const VERSION_2: &str = "version: '2.2'\n\
    metadata:\n  \
      type-aliases: {u: {class: int, size: 32}}\n  \
      trace: {$include: FILE.yaml, byte-order: le}\n  \
      streams:\n    \
        s:\n      \
          packet-context-type: {class: struct, min-align: 8, fields: {\
            packet_size: u, content_size: u}}\n      \
          events: {e: {payload-type: {class: struct, min-align: 8, fields: {x: u}}}}\n";

/// What a trace type needs.
const REST: &str = "{native-byte-order: le, data-stream-types: {s: {event-record-types: {e: {\
                    payload-field-type: {class: struct, members: [x: {field-type: {class: str}}]}\
                    }}}}}\n";

#[test]
fn ranges_of_aliases_are_looked_at_as_barectf_2_does() {
    let alias = "type-aliases: {x: {class: enum, value-type: {class: int, size: 8}, members: \
                 [{label: a, value: [9, 2]}]}, y: {class: struct, fields: {x: x}}, ";
    let text = VERSION_2.replace("type-aliases: {", alias).replace("$include: FILE.yaml, ", "");
    for (compat, expected) in
        [(Compat::Barectf23, &["the range [9, 2] is empty"][..]), (Compat::Barectf31, &[])]
    {
        let options = Options { compat: Some(compat), ..Options::default() };
        let read = Configuration::of_bytes("n.yaml", text.clone().into(), &options);
        assert_eq!(errors(&read.expect("version 2")), expected);
    }
}
