//! The versions of CTF, and LTTng's names.

use super::exact::{CALLS, program};
use super::*;

/// Records some calls by their names with these arguments.
fn record_calls(name: &str, arguments: &[&str]) -> Option<std::path::PathBuf> {
    let folder = scratch(name);
    let program = program("exact::calls");
    let own = ["-e", "syscall:statx", "-e", "sched:sched_switch"].into_iter();
    let all: Vec<&str> =
        own.chain(arguments.iter().copied()).chain(program.iter().map(String::as_str)).collect();
    let ran = record(&folder, &all)?;
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    Some(folder.join("recording"))
}

/// The fragments of metadata in CTF 2 (RFC 7464).
fn fragments(text: &str) -> Vec<Value> {
    assert!(text.starts_with('\u{1e}'), "a record separator first");
    let texts = text.split('\u{1e}').skip(1);
    texts.map(|text| serde_json::from_str(text).expect("JSON")).collect()
}

/// The text between two others.
fn between<'t>(text: &'t str, begin: &str, end: &str) -> &'t str {
    let (_, rest) = text.split_once(begin).expect("it begins");
    rest.split_once(end).expect("it ends").0
}

#[test]
fn version_2_describes_the_same_streams() {
    let Some(second) = record_calls("ctf-2", &["--ctf", "2"]) else { return };
    let Some(first) = record_calls("ctf-1", &["--ctf", "1.8"]) else { return };
    let text = fs::read_to_string(second.join("kernel/metadata")).expect("metadata");
    let fragments = fragments(&text);
    let of = |kind: &str| fragments.iter().filter(|fragment| fragment["type"] == kind).count();
    assert_eq!((of("preamble"), of("trace-class"), of("clock-class")), (1, 1, 1));
    let name = |fragment: &Value| fragment["name"].as_str().map(str::to_owned);
    let names: Vec<String> = fragments.iter().filter_map(name).collect();
    for event in ["syscall_entry_statx", "syscall_exit_statx", "sched_switch", "thread_state"] {
        assert!(names.iter().any(|name| name == event), "{names:?}");
    }
    // This version of babeltrace2 may know the other one only: the trace is read as that.
    let uuid: Vec<u8> = serde_json::from_value(fragments[0]["uuid"].clone()).expect("16 bytes");
    let uuid: String = uuid.iter().map(|byte| format!("{byte:02x}")).collect();
    let hyphens = [&uuid[..8], &uuid[8..12], &uuid[12..16], &uuid[16..20], &uuid[20..]].join("-");
    let old = fs::read_to_string(first.join("kernel/metadata")).expect("metadata");
    let other = between(&old, "uuid = \"", "\"");
    fs::write(second.join("kernel/metadata"), old.replace(other, &hyphens)).expect("it is written");
    let Some(lines) = babeltrace::lines(&second.join("kernel")) else { return };
    let text = fs::read_to_string(second.join("ledger.json")).expect("a ledger");
    let ledger: Value = serde_json::from_str(&text).expect("JSON");
    let events = lines.iter().filter(|line| !line.contains(" thread_state: "));
    assert_eq!(events.count() as u64, number(&ledger, "/delivered"));
    assert!(numbers(&lines).into_iter().eq(0..CALLS), "each of the calls, in their order");
}

#[test]
fn a_version_that_is_none_is_refused() {
    let folder = scratch("ctf-3");
    let ran = finish(marey().current_dir(&folder).args(["record", "-e", "irq", "--ctf", "3"]));
    assert_eq!(ran.status, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("write 1, for CTF 1.8, or 2"), "{}", ran.stderr);
}

#[test]
fn lttngs_names_and_environment() {
    let arguments = ["--lttng-names", "-e", "sched:sched_process_exit"];
    let Some(recording) = record_calls("lttng-names", &arguments) else { return };
    let metadata = fs::read_to_string(recording.join("kernel/metadata")).expect("metadata");
    for said in ["domain = \"kernel\";", "tracer_name = \"lttng-modules\";", "tracer_major = 2;"] {
        assert!(metadata.contains(said), "{metadata}");
    }
    let Some(lines) = babeltrace::lines(&recording.join("kernel")) else { return };
    let of = |event: &str| {
        let event = format!(" {event}: ");
        lines.iter().filter(move |line| line.contains(&event))
    };
    assert!(of("lttng_statedump_process_state").count() >= 1, "the command");
    assert!(numbers(&lines).into_iter().eq(0..CALLS), "each of the calls, in their order");
    let switches: Vec<_> = of("sched_switch").collect();
    assert!(!switches.is_empty());
    for line in switches {
        assert!(line.contains(" prev_tid = ") && line.contains(" next_tid = "), "{line}");
        assert!(!line.contains("_pid = "), "{line}");
    }
    let threads = |line: &&String| line.contains("{ pid = ") && line.contains(", procname = \"");
    assert!(lines.iter().all(|line| threads(&line)));
}
