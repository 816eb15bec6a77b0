//! Warnings of what barectf 2.3 and barectf 3.1 do not make alike.

use std::path::Path;

use marey_generate::configuration::Configuration;
use marey_generate::diagnostic::{Diagnostic, Severity, render};
use marey_generate::v2::Compat;

use super::goldens::check;
use super::{files, name_of, read};

/// What is warned of, by file in `cases`: how each warning begins.
const WARNINGS: [(&str, &[&str]); 26] = [
    ("minimal", &[]),
    ("wiki-header", &[]),
    ("contexts", &[]),
    ("enums", &[]),
    ("strings", &[]),
    ("inherit", &[]),
    ("default-stream", &[]),
    ("bit-sizes", &["`size` of `a`", "`size` of `b`"]),
    ("clock-nulls", &["`absolute` of clock `c`"]),
    ("clock-other-field", &["`property-mappings` of `t`", "`clocks`: no stream uses `c`"]),
    ("clocks", &["`clocks`: no stream uses `b`", "`clocks`: no stream uses `a`"]),
    ("clock-order", &["`clocks` are not in alphabetical order", "`streams`"]),
    ("encoding", &["`encoding` of integer `a`", "`encoding` of `b`"]),
    ("enum-label-twice", &["`members` of `a`"]),
    ("env-lines", &["`env` variable `a`", "`description` of clock `c`"]),
    ("event-order", &["`events` are not in alphabetical order"]),
    ("field-order-le", &["`byte-order` of `a`", "`byte-order` of `c`"]),
    ("floats-loose", &["`align` of `a`", "`align` of `b`", "`align` of `c`"]),
    ("inherit-shallow", &["`$inherit`: the type of `a`"]),
    ("log-levels", &["`events`", "`log-level` of event `e` is 0"]),
    ("min-align", &["`min-align` of `packet-header-type`", "`min-align` of `event-header-type`"]),
    ("no-payload", &["event `e` has no `payload-type`", "event `f` has no `payload-type`"]),
    ("packet-extras", &["`packet-context-type`: `packet_size`", "`packet_seq_num`"]),
    ("packet-seq-num", &["`packet_seq_num`"]),
    ("two-streams", &["`streams` are not in alphabetical order", "`events`"]),
    (
        "header-extras",
        &[
            "`stream_instance_id`",
            "`name`",
            "`min-align` of `event-header-type`",
            "`level`",
            "`kind`",
            "`events`",
            "`log-level`",
        ],
    ),
];

/// The warnings that compare the two.
fn gaps(configuration: &Configuration) -> Vec<&Diagnostic> {
    let found = configuration.problems.sorted().into_iter();
    found.filter(|found| found.label.starts_with("barectf 2.3: ")).collect()
}

#[test]
fn each_gap_is_named_in_both_ways_to_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/version2/cases");
    for (name, expected) in WARNINGS {
        for compat in [Compat::Barectf23, Compat::Barectf31] {
            let configuration = read(&folder.join(format!("{name}.yaml")), compat);
            let found = gaps(&configuration);
            let all: Vec<_> = found.iter().map(|found| found.what.as_str()).collect();
            assert!(!configuration.problems.has_errors(), "{name} {compat:?}: {all:?}");
            let is_right = all.len() == expected.len()
                && expected.iter().all(|start| all.iter().any(|what| what.starts_with(start)));
            assert!(is_right, "{name} {compat:?}: {all:#?}");
            assert!(found.iter().all(|found| found.span.is_some()), "{name}: no place");
        }
    }
}

#[test]
fn warnings_say_what_each_tracer_does() {
    let mut said = String::new();
    for case in files("version2/cases") {
        let configuration = read(&case, Compat::Barectf23);
        if configuration.problems.has_errors() {
            continue;
        }
        let folder = case.parent().expect("a folder").display().to_string();
        for found in gaps(&configuration) {
            assert_eq!(found.severity, Severity::Warning);
            assert!(found.label.contains("; barectf 3.1: "), "{}", found.label);
            let text = render(found, &configuration.sources, false);
            said += &text.replace(&format!("{folder}/"), "");
        }
        assert!(configuration.definition.is_some(), "{}", name_of(&case));
    }
    check("version2/warnings.txt", &said);
}
