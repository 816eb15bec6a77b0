//! Events of programs in shadow: all are there, each with what would discard it.

use std::process::{Command, Stdio};

use marey_diagnostic::Problems;
use marey_diagnostic::source::Sources;
use marey_filter::lang;
use marey_layer::event;
use marey_recorder::programs::{Ended, FOLDER, Filter, OWN, Plan, Recording};

use crate::support::{babeltrace, folder};

/// Says that this process is one that is recorded.
const WRITES: &str = "MAREY_TEST_WRITES";
/// How many events it has.
const EVENTS: u32 = 100;

/// Not a test of its own: it is what the others record.
#[test]
fn writes_events() {
    if std::env::var_os(WRITES).is_some() {
        (0..EVENTS).for_each(|number| event!("test:work", number = number));
    }
}

fn filter(text: &str) -> Filter {
    let (mut sources, mut problems) = (Sources::default(), Problems::default());
    let file = sources.add("filter", text.as_bytes().to_vec()).expect("short");
    let tree = lang::filter(&sources, file, &mut problems).expect("it is one");
    Filter { name: text.to_owned(), tree }
}

fn plan(filters: &[&str]) -> Plan {
    let filters = filters.iter().map(|text| filter(text)).collect();
    let patterns = vec!["*".to_owned()];
    Plan { patterns, filters, has_own: true, is_shadow: true, ..Plan::default() }
}

/// Records a program that is found before it begins; its events are taken when it has ended.
fn recorded(name: &str, filters: &[&str]) -> (Ended, std::path::PathBuf) {
    let folder = folder(name);
    let mut recording = Recording::new(plan(filters), &folder).expect("it begins");
    let mut command = Command::new(std::env::current_exe().expect("a path"));
    command.args(["programs::writes_events", "--exact"]).env(WRITES, "").stdout(Stdio::null());
    command.env("MAREY_DIR", folder.join(OWN)).env("MAREY_EVENTS", "*");
    assert!(command.status().expect("it runs").success());
    recording.stop().expect("it stops");
    (recording.end().expect("it ends"), folder)
}

#[test]
fn each_filter_is_asked_and_none_discards() {
    // What an event does not have makes a comparison false.
    let filters = ["number < 50", "number % 2 == 0", "missing == 1", "event == \"work\""];
    let (ended, folder) = recorded("shadow-programs", &filters);
    let [program] = ended.programs.as_slice() else { panic!("{ended:?}") };
    assert_eq!((program.delivered(), program.filtered(), program.lost()), (100, 0, 0));
    let of = |rule| (program.discarded_in_program(rule), program.discarded_at_drain(rule));
    assert_eq!([0, 1, 2, 3].map(of), [(0, 50), (0, 50), (0, 100), (0, 0)], "{program:?}");
    assert!(ended.asked.iter().all(|of| (of.asked, of.errors) == (100, 0)), "{ended:?}");
    let ledger = program.to_value();
    assert_eq!(ledger.pointer("/events/0/filtered").and_then(|is| is.as_u64()), Some(0));
    let trace = folder.join(FOLDER).join(&program.folder);
    let metadata = std::fs::read_to_string(trace.join("metadata")).expect("it is described");
    let named = |(bit, text): (usize, &&str)| {
        metadata.contains(&format!("rule_{bit} = \"{}\"", text.replace('"', "\\\"")))
    };
    assert!(filters.iter().enumerate().all(named), "{metadata}");
    let Some(lines) = babeltrace::lines(&trace) else { return };
    assert_eq!(lines.len(), 100);
    for (number, line) in lines.iter().enumerate() {
        let bits = u8::from(number >= 50) | u8::from(number % 2 == 1) << 1 | 1 << 2;
        let said = format!("discards_by_machine = 0x{bits:X} }}, {{ number = {number} }}");
        assert!(line.ends_with(&said), "{said}: {line}");
    }
}

#[test]
fn each_filter_has_a_bit() {
    let many = ["number < 50"; 64];
    let (ended, _) = recorded("shadow-programs-most", &many);
    assert!((0..64).all(|rule| ended.programs[0].discarded_at_drain(rule) == 50), "{ended:?}");
    let more = [&many[..], &["number < 50"]].concat();
    let refused = Recording::new(plan(&more), &folder("shadow-programs-more"));
    let why = refused.expect_err("there are too many").to_string();
    assert!(why.contains("at most 64 filters: each has a bit"), "{why}");
}
