//! Whether two configurations are wire-compatible: what is said of small changes, and that what
//! means the same is found to be the same.

#[path = "support/goldens.rs"]
#[allow(dead_code, reason = "there are no files with mistakes")]
mod goldens;

use std::path::{Path, PathBuf};

use marey_generate::configuration::Options;
use marey_generate::diagnostic::{Severity, render};
use marey_generate::diff::{Comparison, Difference, Effect};
use marey_generate::yaml::emit;

const BASE: &str = "\
--- !<tag:barectf.org,2020/3/config>
trace:
  type:
    $include: [stdint.yaml, stdreal.yaml, stdmisc.yaml]
    native-byte-order: le
    uuid: 79e49040-21b5-42d4-a83b-646f78666b62
    clock-types:
      mono: {frequency: 1000000, $c-type: uint64_t}
    data-stream-types:
      main:
        $is-default: true
        $default-clock-type-name: mono
        event-record-common-context-field-type:
          class: struct
          members: [{cpu: uint8}]
        event-record-types:
          start:
            log-level: 3
            payload-field-type: {class: struct, members: [{name: string}]}
          step:
            payload-field-type:
              class: struct
              members:
                - count: uint32
                - load: float
                - state: {field-type: {class: uenum, size: 8, mappings: {idle: [0], busy: [1]}}}
                - axes: {field-type: {class: static-array, length: 3, element-field-type: uint16}}
          stop: {payload-field-type: {class: struct, members: [{code: uint8}]}}
";

/// Changes: a name, what is replaced, by what, and what follows from it at most.
const CHANGES: [(&str, &str, &str, Effect); 27] = [
    ("byte-order", "native-byte-order: le", "native-byte-order: be", Effect::Bytes),
    ("trace-order", "native-byte-order: le", "trace-byte-order: le", Effect::None),
    ("uuid", "79e49040", "79e49041", Effect::Bytes),
    (
        "uuid-not-written",
        "646f78666b62\n",
        "646f78666b62\n    $features: {uuid-field-type: false}\n",
        Effect::Bytes,
    ),
    ("frequency", "frequency: 1000000", "frequency: 32768", Effect::Meaning),
    ("offset", "frequency: 1000000", "frequency: 1000000, offset: {seconds: 5}", Effect::Meaning),
    ("clock-name", "mono", "cycles", Effect::None),
    ("no-clock", "        $default-clock-type-name: mono\n", "", Effect::Bytes),
    ("stream-name", "      main:", "      other:", Effect::Meaning),
    ("log-level", "log-level: 3", "log-level: 4", Effect::None),
    ("event-name", "          step:", "          stef:", Effect::Meaning),
    (
        "event-behind",
        "          stop: ",
        "          tick: {payload-field-type: {class: struct}}\n          stop: ",
        Effect::Added,
    ),
    (
        "event-in-front",
        "          start:\n",
        "          abort: {payload-field-type: {class: struct}}\n          start:\n",
        Effect::Bytes,
    ),
    (
        "event-less",
        "          stop: {payload-field-type: {class: struct, members: [{code: uint8}]}}\n",
        "",
        Effect::Removed,
    ),
    ("size", "count: uint32", "count: uint16", Effect::Bytes),
    ("sign", "count: uint32", "count: int32", Effect::Meaning),
    ("alignment", "count: uint32", "count: byte-packed-uint32", Effect::Bytes),
    ("class", "load: float", "load: uint32", Effect::Bytes),
    (
        "base",
        "count: uint32",
        "count: {field-type: {$inherit: uint32, preferred-display-base: hex}}",
        Effect::None,
    ),
    ("field-name", "count: uint32", "number: uint32", Effect::Meaning),
    ("field-more", "- load: float", "- more: uint8\n                - load: float", Effect::Bytes),
    ("field-less", "                - load: float\n", "", Effect::Bytes),
    (
        "field-order",
        "- count: uint32\n                - load: float",
        "- load: float\n                - count: uint32",
        Effect::Bytes,
    ),
    ("label", "busy: [1]", "busy: [1], broken: [2, [7, 9]]", Effect::Meaning),
    ("array", "length: 3", "length: 4", Effect::Bytes),
    ("common", "members: [{cpu: uint8}]", "members: [{cpu: uint16}]", Effect::Bytes),
    (
        "id-size",
        "        $is-default: true\n",
        "        $is-default: true\n        $features: {event-record: {type-id-field-type: \
      {class: uint, size: 8}}}\n",
        Effect::Bytes,
    ),
];

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("diff");
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn compare(name: &str, first: &str, second: &str) -> Comparison {
    let found = Comparison::of_texts([("a.yaml", first), ("b.yaml", second)], &Options::default());
    let found = found.expect("version 3 is read in one way");
    let errors = found.problems.sorted().into_iter();
    let errors = errors.filter(|found| found.severity == Severity::Error);
    let errors: String = errors.map(|error| render(error, &found.sources, false)).collect();
    assert!(found.verdict.is_some(), "{name}: {errors}");
    found
}

fn changed(what: &str, by: &str) -> String {
    assert!(BASE.contains(what), "{what}");
    BASE.replace(what, by)
}

fn text(found: &Comparison) -> String {
    let one = |difference: &Difference| {
        let text = render(&difference.diagnostic(&found.names), &found.sources, false);
        format!("[{}] {text}", difference.effect.as_str())
    };
    let differences: String = found.differences.iter().map(one).collect();
    format!("{differences}{:?}\n", found.verdict.expect("both are right"))
}

#[test]
fn each_change_has_its_effect() {
    let mut said = String::new();
    for (name, what, by, effect) in CHANGES {
        let (old, new) = (BASE, changed(what, by));
        let found = compare(name, old, &new);
        let most = found.differences.iter().map(|found| found.effect).max();
        assert_eq!(most.unwrap_or(Effect::None), effect, "{name}: {}", text(&found));
        let places = found.differences.iter().flat_map(|found| &found.sides);
        let unplaced = places.filter(|(span, label)| span.is_none() && !label.is_empty());
        assert_eq!(unplaced.count(), 0, "{name}: {}", text(&found));
        said += &format!("## {name}\n{}\n", text(&found));
        check_other_way(name, old, &new, &found);
    }
    goldens::check("diff.txt", &said);
}

/// From the other side all is the same, but what is added is removed.
fn check_other_way(name: &str, old: &str, new: &str, found: &Comparison) {
    let back = compare(&format!("{name}-back"), new, old);
    let (there, back) = (found.verdict.expect("right"), back.verdict.expect("right"));
    assert_eq!(there.same_bytes, back.same_bytes, "{name}");
    assert_eq!(there.first_by_second, back.second_by_first, "{name}");
    assert_eq!(there.second_by_first, back.first_by_second, "{name}");
}

#[test]
fn only_what_changes_bytes_or_meaning_is_incompatible() {
    for (name, what, by, effect) in CHANGES {
        let verdict = compare(&format!("{name}-verdict"), BASE, &changed(what, by)).verdict;
        let verdict = verdict.expect("both are right");
        assert_eq!(verdict.is_compatible(), effect == Effect::None, "{name}");
        assert_eq!(verdict.same_bytes, effect != Effect::Bytes, "{name}");
    }
}

#[test]
fn a_file_is_compatible_with_itself_and_with_its_other_forms() {
    let mut count = 0;
    for entry in std::fs::read_dir("tests/version2/cases").expect("a folder") {
        let path = entry.expect("an entry").path();
        let options = Options::default();
        let found = Comparison::read(&path, &path, &options).expect("of version 2");
        let Some(verdict) = found.verdict else { continue };
        assert!(verdict.is_compatible() && found.count == 0, "{}", path.display());
        let read = marey_generate::configuration::Configuration::read_with(&path, &options);
        let conversion = read.expect("of version 2").to_version_3().expect("it is right");
        let Some(effective) = conversion.effective.filter(|_| conversion.losses == 0) else {
            continue;
        };
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let other = folder().join(format!("new-{name}"));
        std::fs::write(&other, emit(&effective, 2)).expect("written");
        let found = Comparison::read(&path, &other, &options).expect("of both versions");
        let is_auto = |found: &Difference| found.what == "the UUID";
        let others: Vec<_> = found.differences.iter().filter(|found| !is_auto(found)).collect();
        assert!(found.verdict.is_some() && others.is_empty(), "{name}: {others:#?}");
        count += 1;
    }
    assert!(count >= 40, "{count} conversions");
}

#[test]
fn what_is_wrong_with_either_is_said() {
    let [good, bad] = ["good", "bad"].map(|name| folder().join(format!("wrong-{name}.yaml")));
    std::fs::write(&good, BASE).expect("written");
    std::fs::write(&bad, BASE.replace("uint32", "uint33")).expect("written");
    for [first, second] in [[&good, &bad], [&bad, &good], [&bad, &bad]] {
        let found = Comparison::read(first, second, &Options::default()).expect("of version 3");
        assert!(found.verdict.is_none() && found.problems.has_errors());
        let said: String =
            found.problems.sorted().iter().map(|e| render(e, &found.sources, false)).collect();
        assert!(said.contains("wrong-bad.yaml:24:26"), "{said}");
    }
}
